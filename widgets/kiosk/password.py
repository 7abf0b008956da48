"""The password of kiosk mode on the settings page: set, changed, taken away; never shown.

Runs on: GUI thread; Argon2id takes a tenth of a second and runs on the registry's thread.
"""

from __future__ import annotations

from collections.abc import Mapping

from psygnal import SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.model.secret import Secret
from app.runtime.language import gettext as _
from app.runtime.passphrase import hashed
from app.runtime.settings import Value
from widgets.common import hop_to_gui
from widgets.theme import Weight, font
from widgets.theme.restyle import restyle
from widgets.window.seam import Lane

KEY = "kiosk.password"
LEAST = 4                   # characters: a PIN that the shift remembers; three wrong ones make it wait


class KioskPassword(QWidget):
    """Two fields that must agree, and what is in force now."""

    def __init__(self, registry: Lane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._registry = registry
        self._is_set = False
        self._done: SignalInstance = SignalInstance((object,), name="kiosk_password_kept")
        self._title, self._help, self._now, self._told = QLabel(), QLabel(), QLabel(), QLabel()
        self.first, self.again = QLineEdit(), QLineEdit()
        self.keep, self.forget = QPushButton(), QPushButton()
        self._place()
        self.keep.clicked.connect(self._keep)
        self.forget.clicked.connect(self._forget)
        self.first.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self._keep)
        hop_to_gui(self._done, self._outcome, self)
        self.retranslate()

    def show_values(self, settings: Mapping[str, Value]) -> None:
        """The settings in force."""
        self._is_set = bool(settings.get(KEY))
        self.forget.setEnabled(self._is_set)
        self._now.setText(_("A password is set.") if self._is_set
                          else _("No password is set: F9 pressed twice unlocks."))

    def retranslate(self) -> None:
        self.setAccessibleName(_("Kiosk password"))
        self._title.setText(_("Kiosk password"))
        self._help.setText(_("F9 locks every change of the wall, the docks and the settings. Looking, one pane alone, "
                             "zoom and help go on. This password unlocks."))
        for field, text in ((self.first, _("New password")), (self.again, _("New password again"))):
            field.setPlaceholderText(text)
            field.setAccessibleName(text)
        self.keep.setText(_("Keep password"))
        self.forget.setText(_("Remove password"))
        self._told.setText("")

    def _keep(self) -> None:
        typed, again = Secret(self.first.text()), Secret(self.again.text())
        if len(typed.reveal()) < LEAST:
            self._tell(_("The password needs {least} characters or more.").format(least=LEAST), wrong=True)
        elif typed != again:
            self._tell(_("The two passwords differ."), wrong=True)
        else:
            self._registry.submit(lambda registry: registry.settings.put_secret(KEY, hashed(typed)), self._done.emit)
        self._clear()

    def _forget(self) -> None:
        self._registry.submit(lambda registry: registry.settings.reset(KEY), self._done.emit)
        self._clear()

    def _clear(self) -> None:
        self.first.clear()
        self.again.clear()

    def _outcome(self, outcome: object) -> None:
        error = getattr(outcome, "error", None)
        if error is None:
            self._tell(_("Kept.") if self._is_set else _("The password was removed."))
        else:
            self._tell(str(error), wrong=True)

    def _tell(self, text: str, wrong: bool = False) -> None:
        self._told.setText(text)
        restyle(self._told, tone="red" if wrong else "quiet")

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(8)
        self._title.setFont(font(14, Weight.MEDIUM))
        for label in (self._help, self._now):
            label.setProperty("tone", "quiet")
            label.setWordWrap(True)
        for field in (self.first, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (self.first, self.again, self.keep, self.forget):
            row.addWidget(widget)
        column.addWidget(self._title)
        column.addWidget(self._help)
        column.addLayout(row)
        column.addWidget(self._now)
        column.addWidget(self._told)
