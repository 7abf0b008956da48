"""A wall window: panes and nothing else, on a monitor of its own."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from app.model.wall import WindowState
from app.runtime.language import gettext as _
from widgets.theme import Theme
from widgets.wall import WallView
from widgets.window.frame import Frame


class WallWindow(Frame):
    """Frameless; the summary plate belongs to the view."""

    def __init__(self, window_id: str, view: WallView, theme: Theme) -> None:
        super().__init__(window_id, view, theme)
        self._number = 1
        self.setMinimumSize(64, 64)                       # --window may ask for a stamp; a bench does
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(view)
        self.retranslate()

    def show_state(self, state: WindowState, number: int) -> None:
        if number != self._number:
            self._number = number
            self.retranslate()
        self.view.show_state(state)

    def retranslate(self) -> None:
        self.setWindowTitle(_("Lawang · wall {number}").format(number=self._number))
        self.setAccessibleName(_("Wall {number}").format(number=self._number))
