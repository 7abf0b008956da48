"""Which new pictures need no painting: those that nothing lies over go to the screen from the memory they lie in.

Painting is what makes a wall right; this only spares it for the next picture of a pane that has been painted, and by
far the most pictures are such. What is doubtful is painted. Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget

from app.video.engine import PaneKey
from widgets.wall.face import Face
from widgets.wall.face_painter import FacePainter
from widgets.wall.measures import Style
from widgets.wall.scale import Scale
from widgets.wall.stage import Stage
from widgets.x11.short_way import Exposures, Piece, ShortWay
from widgets.x11.xcb import Connection

_MOST_PIECES = 6            # of one picture; each is a request, and painting has its price only once


class Shortcut:
    """For one wall. ``drawn_over`` tells the panes upon which something is drawn at the moment, None for all."""

    def __init__(self, widget: QWidget, stage: Stage, painter: FacePainter,
                 drawn_over: Callable[[], Sequence[int | None] | None]) -> None:
        connection = Connection.of_qt()
        self._way = ShortWay(connection) if connection is not None else None    # pictures can only be painted then
        self._widget, self._stage, self._painter, self._drawn_over = widget, stage, painter, drawn_over
        self._exposures = Exposures(widget.update, widget)
        self._corner = QPoint()
        self._covered: tuple[tuple[int, int, int, int], ...] = ()
        self._cut: dict[PaneKey, tuple[tuple[object, ...], tuple[Piece, ...], tuple[QRect, ...]]] = {}

    def show(self, faces: Sequence[Face], scale: Scale) -> list[QRect]:
        """Show their new pictures as far as that goes; gives the device pixels that have to be painted."""
        native = self._widget if self._widget.isWindow() else self._widget.nativeParentWidget()
        way, hands = self._way, self._drawn_over()
        if way is None or native is None or hands is None or not scale.ratio.is_integer() \
                or not way.aim(int(native.effectiveWinId())):
            return [face.area for face in faces]
        self._exposures.watch(native.windowHandle())
        corner = self._widget.mapTo(native, QPoint(0, 0)) * scale.ratio
        left, top = corner.x(), corner.y()
        if corner != self._corner:
            self._corner = corner
            self._widget.update()       # whatever it lies in has moved, and Qt moved along what it painted last
        covered = _covered(self._widget, native, scale)
        if covered != self._covered:
            self._covered = covered     # else the same object, which compares at once
        look, on_wall, plate = self._stage.look, self._stage.look.style is Style.WALL, self._stage.plate_rect()
        newest, put, rest = self._painter.newest, way.put, []
        for face in faces:
            picture = newest(face, look) if face.index not in hands else None
            if picture is None or (on_wall and self._stage.paints_last(face)):
                rest.append(face.area)
                continue
            told = face.fitted, face.strip_area if look.over else None, plate, self._covered
            cut = self._cut.get(face.key)
            if cut is None or cut[0] != told:
                cut = self._cut[face.key] = (told, *self._divided(face))
            if len(cut[1]) > _MOST_PIECES or not put(picture, cut[1], left, top):
                rest.append(face.area)
                continue
            self._painter.reached(face, picture)
            rest += cut[2]
        way.flush()
        return rest

    def forget(self) -> None:
        """Let go of all memory: while it is held, that of a worker that is gone stays mapped."""
        self._painter.wrappers.forget()
        self._cut.clear()
        if self._way is not None:
            self._way.forget()

    def close(self) -> None:
        """Nobody sees the wall, or it goes: leave nothing with the X server."""
        self._exposures.watch(None)
        if self._way is not None:
            self._way.close()

    def _divided(self, face: Face) -> tuple[tuple[Piece, ...], tuple[QRect, ...]]:
        """What of a pane's picture lies free, and what has something over it."""
        over = QRegion(self._stage.plate_rect())
        if self._stage.look.over:
            over += face.strip_area
        for x, y, wide, high in self._covered:
            over += QRect(x, y, wide, high)
        target = face.target
        free, over = QRegion(target) - over, over.intersected(target)
        pieces = tuple((part.x() - target.x(), part.y() - target.y(), part.width(), part.height(), part.x(), part.y())
                       for part in free)  # type: ignore[attr-defined]   # the stubs lack __iter__
        return pieces, tuple(QRect(part) for part in over)  # type: ignore[attr-defined]


def _covered(widget: QWidget, native: QWidget, scale: Scale) -> tuple[tuple[int, int, int, int], ...]:
    """Device pixels of the widget over which other widgets of its window lie: its own children, and whoever is
    stacked above it or above one of those that it lies in."""
    found: list[tuple[int, int, int, int]] = []
    below: QWidget | None = None
    level: QWidget | None = widget
    while level is not None:
        above = below is None
        for child in level.children():
            if child is below:
                above = True
            elif above and isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
                area = QRectF(child.rect().translated(child.mapTo(native, QPoint(0, 0))
                                                      - widget.mapTo(native, QPoint(0, 0))))
                whole = QRectF(area.topLeft() * scale.ratio, area.size() * scale.ratio).toAlignedRect()
                found.append((whole.x(), whole.y(), whole.width(), whole.height()))
        if level is native:
            break
        below, level = level, level.parentWidget()
    return tuple(found)
