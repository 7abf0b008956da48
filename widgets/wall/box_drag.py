"""Ctrl and the mouse on a camera that turns: a click makes that point the middle, a box drawn is zoomed into.

Runs on: GUI thread; owned by a WallView's Pointer.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QApplication

from app.model.wall import View
from widgets.theme.tokens import Tokens, colour

_LINE_PX = 2.0
_MOST_CLOSER = 8.0          # a box of a few pixels is a slip of the hand, not a wish for the far end of the zoom


class BoxDrag:
    """Positions in the widget's own coordinates."""

    def __init__(self) -> None:
        self.pane: int | None = None
        self.camera = ""
        self._area, self._view = QRectF(), View()
        self._from = self._to = QPointF()

    def begin(self, pane: int, camera: str, area: QRectF, view: View, at: QPointF) -> None:
        """A press; ``area`` is the shown picture, ``view`` the part of it that a digital zoom shows."""
        self.pane, self.camera, self._area, self._view = pane, camera, area, view
        self._from = self._to = at

    def move(self, at: QPointF) -> None:
        self._to = QPointF(min(max(at.x(), self._area.left()), self._area.right()),
                           min(max(at.y(), self._area.top()), self._area.bottom()))

    def end(self) -> tuple[float, float, float]:
        """The point to centre, -1..1 from the picture's middle to the right and up, and how much closer, from 1."""
        self.pane = None
        box, area, view = self._box(), self._area, self._view
        x = view.centre_x + ((box.center().x() - area.x()) / area.width() - 0.5) / view.zoom
        y = view.centre_y + ((box.center().y() - area.y()) / area.height() - 0.5) / view.zoom
        share = max(box.width() / area.width(), box.height() / area.height()) / view.zoom
        closer = min(1.0 / share, _MOST_CLOSER) if self._drawn() else 1.0
        return round(x * 2 - 1, 4), round(1 - y * 2, 4), round(closer, 3)

    def give_up(self) -> None:
        self.pane = None

    def paint(self, painter: QPainter, ratio: float, tokens: Tokens) -> None:
        """The box; the painter's unit is the device pixel."""
        if self.pane is None or not self._drawn():
            return
        box = self._box()
        painter.save()
        painter.setPen(QPen(colour(tokens.plate_cyan), _LINE_PX * ratio))
        painter.drawRect(QRectF(box.topLeft() * ratio, box.size() * ratio))
        painter.restore()

    def _box(self) -> QRectF:
        return QRectF(self._from, self._to).normalized()

    def _drawn(self) -> bool:
        return (self._to - self._from).manhattanLength() >= QApplication.startDragDistance()
