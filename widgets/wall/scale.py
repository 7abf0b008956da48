"""From the widget's own coordinates to device pixels and back, at 1, 1.25 and 2 device pixels each."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Scale:
    """``width`` x ``height`` whole device pixels lie inside the widget; the first one is ``shift`` from its corner.

    At 1.25 a widget may begin and end between two device pixels.
    """

    ratio: float
    shift: QPointF
    width: int
    height: int

    @classmethod
    def of(cls, widget: QWidget) -> Scale:
        """Measured now; again after every resize, move and change of screen."""
        ratio = widget.devicePixelRatioF()
        origin = widget.mapTo(widget.window(), QPoint(0, 0))
        spans = []
        for begin, extent in ((origin.x(), widget.width()), (origin.y(), widget.height())):
            first, last = ceil(begin * ratio - 1e-6), floor((begin + extent) * ratio + 1e-6)
            spans.append((first - begin * ratio, max(0, last - first)))
        return cls(ratio, QPointF(spans[0][0], spans[1][0]), spans[0][1], spans[1][1])

    def logical(self, rect: QRect) -> QRectF:
        """Device pixels in the widget's coordinates."""
        ratio, shift = self.ratio, self.shift
        return QRectF((rect.x() + shift.x()) / ratio, (rect.y() + shift.y()) / ratio,
                      rect.width() / ratio, rect.height() / ratio)

    def whole(self, rect: QRect) -> QRect:
        """The smallest rectangle of whole logical pixels around device pixels."""
        return rect if self.ratio == 1.0 else self.logical(rect).toAlignedRect()

    def device(self, point: QPointF) -> QPoint:
        """The device pixel under a point of the widget."""
        at = point * self.ratio - self.shift
        return QPoint(floor(at.x()), floor(at.y()))

    def device_region(self, region: QRegion) -> QRegion:
        """The device pixels that a dirty region touches."""
        scaled = QRegion()
        for rect in region:  # type: ignore[attr-defined]   # the stubs lack __iter__
            scaled += QRectF(rect.x() * self.ratio - self.shift.x(), rect.y() * self.ratio - self.shift.y(),
                             rect.width() * self.ratio, rect.height() * self.ratio).toAlignedRect()
        return scaled
