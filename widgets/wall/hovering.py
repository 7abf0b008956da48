"""Which pane is under the pointer, for headers that show there only. Follows nothing while nobody asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QMouseEvent

if TYPE_CHECKING:
    from widgets.wall.view import WallView


class Hovering(QObject):
    """``tell`` gets the index of the pane, or None, when it changes. Lives as long as its view."""

    def __init__(self, view: WallView, tell: Callable[[int | None], None], on: bool) -> None:
        super().__init__(view)
        self._view, self._tell, self._on = view, tell, False
        self._pane: int | None = None
        self.follow(on)

    def follow(self, on: bool) -> None:
        """Begin or cease to watch the pointer."""
        if on is self._on:
            return
        self._on = on
        self._view.setMouseTracking(on)
        if on:
            self._view.installEventFilter(self)
        else:
            self._view.removeEventFilter(self)
            self._over(None)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._over(self._view.pane_at(event.position()))
        elif event.type() is QEvent.Type.Leave:
            self._over(None)
        return False

    def _over(self, pane: int | None) -> None:
        if pane != self._pane:
            self._pane = pane
            self._tell(pane)
