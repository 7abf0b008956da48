"""The passphrase of the camera passwords, asked in a small window before the wall.

Runs on: GUI thread; Argon2id takes a tenth of a second and runs on a thread of its own.
"""

from __future__ import annotations

import threading

from psygnal import SignalInstance
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.model.secret import Secret
from app.runtime.language import gettext as _
from app.runtime.secrets import Vault
from widgets.assistant.alone import Alone, standing_alone
from widgets.common import hop_to_gui
from widgets.theme import Weight, font

_WIDTH_PX = 520


class PassphraseWindow(Alone):
    """``finished`` when the passwords open, or when the operator goes on without them."""

    def __init__(self, vault: Vault, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._vault = vault
        self._looking: threading.Thread | None = None
        self._answered: SignalInstance = SignalInstance((bool,), name="passphrase_looked_at")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(_("Lawang · passphrase"))
        self.setAccessibleName(_("Passphrase of the camera passwords"))
        title, words = QLabel(_("Passphrase of the camera passwords")), QLabel(_(
            "Without it the wall opens, and cameras that ask for a password are refused."))
        title.setFont(font(17, Weight.STRONG))
        words.setWordWrap(True)
        words.setProperty("tone", "quiet")
        self.field, self.told = QLineEdit(), QLabel()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.field.setAccessibleName(_("Passphrase"))
        self.told.setProperty("tone", "red")
        self.without, self.open_button = QPushButton(_("Go on without")), QPushButton(_("Open"))
        self.open_button.setProperty("first", True)
        for button in (self.without, self.open_button):
            button.setAutoDefault(True)         # Enter works them; outside of dialogs Qt leaves that to the desktop
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(12)
        for widget in (title, words, self.field, self.told):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.without)
        row.addStretch(1)
        row.addWidget(self.open_button)
        column.addLayout(row)
        self.setFixedWidth(_WIDTH_PX)
        self.field.returnPressed.connect(self._look)
        self.open_button.clicked.connect(self._look)
        self.without.clicked.connect(self.finished)
        hop_to_gui(self._answered, self._looked, self)
        self.field.setFocus()

    def join(self) -> None:
        """Wait for the look that is under way; it takes a tenth of a second."""
        if self._looking is not None:
            self._looking.join()

    def _look(self) -> None:
        secret = Secret(self.field.text())
        self.field.clear()
        if not secret or (self._looking is not None and self._looking.is_alive()):
            return
        self.told.setText("")
        self._looking = threading.Thread(target=lambda: self._answered.emit(self._vault.give_passphrase(secret)),
                                         name="passphrase", daemon=True)
        self._looking.start()

    def _looked(self, right: bool) -> None:
        if right:
            self.finished.emit()
        else:
            self.told.setText(_("This is not the passphrase of the camera passwords."))


def ask(vault: Vault) -> None:
    """Shows the window until the passwords open or the operator goes on without them."""
    with standing_alone(lambda: PassphraseWindow(vault)) as window:
        window.join()
