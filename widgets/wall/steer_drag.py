"""A drag from the middle of a camera that turns steers it: the speed by the distance, a vector shows it.

Runs on: GUI thread; owned by a WallView's Pointer.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from app.runtime.language import gettext as _
from widgets.theme import Weight, font
from widgets.theme.tokens import Tokens, colour

# Mock-ups, "1+7": dead zone radius 24, vector 3 px cyan. Small panes have a smaller one.
_DEAD_PX, _DEAD_SHARE, _LINE_PX = 24.0, 0.07, 3.0
_MIDDLE_SHARE = 0.2         # of the picture's height around its middle; outside it a drag takes the pane along
_FULL_SHARE = 0.45          # of the picture's height: from there on full speed
_CURVE = 1.7                # fine near the middle, fast at the edge


class SteerDrag:
    """``turns`` answers for a camera id; without it nothing is steered. Positions in the widget's own coordinates."""

    def __init__(self) -> None:
        self.turns: Callable[[str], bool] = lambda _camera: False
        self.pane: int | None = None
        self.camera = ""                # what was taken hold of, and nothing else, is steered
        self._area = QRectF()
        self._at = QPointF()
        self._share = 0.0               # of full speed

    def begins(self, pane: int, camera: str, area: QRectF, at: QPointF) -> bool:
        """A press; True when it takes hold of the camera."""
        self.pane = None
        if not camera or area.isEmpty() or not self.turns(camera):
            return False
        reach = max(area.height() * _MIDDLE_SHARE, _DEAD_PX)
        if math.hypot(at.x() - area.center().x(), at.y() - area.center().y()) > reach:
            return False
        self.pane, self.camera, self._area, self._at, self._share = pane, camera, area, at, 0.0
        return True

    def velocity(self, at: QPointF) -> tuple[float, float]:
        """Pan and tilt -1..1 for a pointer there."""
        self._at = at
        x, y = at.x() - self._area.center().x(), self._area.center().y() - at.y()
        length = math.hypot(x, y)
        dead = self._dead()
        full = max(self._area.height() * _FULL_SHARE, dead + 1)
        if length <= dead:
            self._share = 0.0
            return 0.0, 0.0
        self._share = share = min((length - dead) / (full - dead), 1.0) ** _CURVE
        return x / length * share, y / length * share

    def end(self) -> None:
        self.pane = None

    def paint(self, painter: QPainter, ratio: float, tokens: Tokens) -> None:
        """The dead zone and the vector, over the pane that is steered; the painter's unit is the device pixel."""
        if self.pane is None:
            return
        centre, at = self._area.center() * ratio, self._at * ratio
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(tokens.plate_words), max(1.0, ratio)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, self._dead() * ratio, self._dead() * ratio)
        painter.setPen(QPen(colour(tokens.plate_cyan), _LINE_PX * ratio))
        painter.drawLine(centre, at)
        painter.setBrush(colour(tokens.plate_cyan))
        painter.drawEllipse(at, 4 * ratio, 4 * ratio)
        self._say_speed(painter, at, ratio, tokens)
        painter.restore()

    def _say_speed(self, painter: QPainter, at: QPointF, ratio: float, tokens: Tokens) -> None:
        """The share of full speed on a plate beside the tip, as long as it stands within the picture."""
        words = _("Speed {speed}").format(speed=f"{round(self._share * 100)} %")
        painter.setFont(font(12 * ratio, Weight.STRONG))
        box = QRectF(0, 0, QFontMetrics(painter.font()).horizontalAdvance(words) + 16 * ratio, 20 * ratio)
        room = QRectF(self._area.topLeft() * ratio, self._area.size() * ratio)
        side = -1 if at.y() - 32 * ratio > room.top() else 1            # below it at the upper edge
        box.moveCenter(QPointF(at.x(), at.y() + side * 22 * ratio))
        box.moveLeft(min(max(box.left(), room.left()), room.right() - box.width()))
        if room.contains(box):
            painter.fillRect(box, colour(tokens.plate))
            painter.setPen(colour(tokens.plate_cyan))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _dead(self) -> float:
        return min(_DEAD_PX, max(self._area.height() * _DEAD_SHARE, 6.0))
