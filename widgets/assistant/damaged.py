"""A registry that is damaged, told in a small window before the wall; its last good copy is put back on a word.

Whoever starts the wall from a desktop's menu sees no terminal, and the next start would find no registry and make a new
one. Runs on: GUI thread; the copy is written once the window is gone.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.model.errors import OperatorError
from app.registry.copies import put_back
from app.registry.errors import DamagedRegistry
from app.runtime.language import gettext as _
from widgets.assistant.alone import Alone, standing_alone
from widgets.theme import Weight, font

_WIDTH_PX = 640             # a path of a hundred letters takes two lines


class DamagedWindow(Alone):
    """``wanted``: the copy is to be put back."""

    def __init__(self, damage: DamagedRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted = False
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(_("Lawang · damaged registry"))
        self.setAccessibleName(_("The list of cameras is damaged"))
        title, self.told = QLabel(_("The list of cameras is damaged")), QLabel(str(damage))
        title.setFont(font(17, Weight.STRONG))
        self.told.setWordWrap(True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.told.setAccessibleName(str(damage))
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(self.told)
        row = QHBoxLayout()
        self.leave = QPushButton(_("Close"))
        row.addWidget(self.leave)
        row.addStretch(1)
        self.back: QPushButton | None = None
        if damage.kept is not None and damage.last_good is not None:
            self.back = QPushButton(_("Put the copy of {moment} back").format(moment=_moment(damage.last_good)))
            self.back.setProperty("first", True)
            self.back.clicked.connect(self._want)
            row.addWidget(self.back)
        column.addLayout(row)
        for button in filter(None, (self.leave, self.back)):
            button.setAutoDefault(True)         # Enter works them; outside of dialogs Qt leaves that to the desktop
        self.setFixedWidth(_WIDTH_PX)
        self.leave.clicked.connect(self.finished)
        (self.back or self.leave).setFocus()

    def _want(self) -> None:
        self.wanted = True
        self.finished.emit()


def offer(damage: DamagedRegistry) -> bool:
    """Tells it, and puts the last good copy back when the operator wants that; False when there is no registry still.

    Raises OperatorError when it cannot be put back.
    """
    with standing_alone(lambda: DamagedWindow(damage)) as window:
        wanted = window.wanted
    if not wanted or damage.last_good is None:
        return False
    try:
        put_back(damage.last_good, damage.path)
    except OSError as error:
        raise OperatorError(_("The copy {copy} could not be put back ({reason}).").format(
            copy=damage.last_good, reason=error.strerror or type(error).__name__)) from error
    return True


def _moment(copy: Path) -> str:
    try:
        return datetime.fromtimestamp(copy.stat().st_mtime).astimezone().strftime("%Y-%m-%d %H:%M")
    except OSError:
        return copy.name
