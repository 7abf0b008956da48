"""Where a steered camera looks, over its picture: a heading tape, and on large panes a tilt and a zoom scale.

Drawn into images of device pixels when a number of it changes, at most twice a second, never per picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from app.runtime.language import gettext as _
from widgets.theme.fonts import Weight, font
from widgets.theme.tokens import Tokens, colour
from widgets.wall.geometry import Box

# Mock-ups, "1+7": tape 480 x 48 at y 56, 8 px per degree; tilt 76 x 280, 6 px per degree; zoom 64 x 240; plates 66 %.
_PLATE = 0.66
_LARGE, _SMALL = 640.0, 240.0       # logical height of the pane: all scales from the one, the tape from the other
_TAPE, _TAPE_Y, _TAPE_PX = (480.0, 48.0), 16.0, 8.0
_TILT, _TILT_PX, _ZOOM, _EDGE = (76.0, 280.0), 6.0, (64.0, 240.0), 8.0
_LABELS = 15                        # degrees between two numbers on the tape
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Looks:
    """``heading`` whole degrees 0..359, from north when ``north``, else from the camera's own zero; ``tilt`` whole
    degrees, up is positive; ``zoom`` percent of the way in, -1 unknown."""

    heading: int
    tilt: int
    zoom: int = -1
    north: bool = False


@dataclass(frozen=True, slots=True)
class TapeInks:
    """Colours of a tape: on a plate over a picture, or on a panel."""

    ground: str
    words: str
    quiet: str
    mark: str


def over_picture(tokens: Tokens) -> TapeInks:
    """For a tape that lies on a picture."""
    return TapeInks(tokens.plate, tokens.plate_words, tokens.plate_quiet, tokens.behind)


def on_panel(tokens: Tokens) -> TapeInks:
    """For a tape beside pictures."""
    return TapeInks(tokens.raised, tokens.text, tokens.quiet, tokens.panel)


def wind(heading: int) -> str:
    """The eighth of the compass in two letters at most."""
    return (_("N"), _("NE"), _("E"), _("SE"), _("S"), _("SW"), _("W"), _("NW"))[round(heading / 45) % 8]


def heading_text(looks: Looks) -> str:
    """"10° N" where north is known, else degrees alone."""
    return f"{looks.heading}° {wind(looks.heading)}" if looks.north else f"{looks.heading}°"


def paint_tape(painter: QPainter, area: QRectF, looks: Looks, inks: TapeInks, per_degree: float, ratio: float) -> None:
    """The circle as a tape that runs under a mark in the middle; no end at 360."""
    painter.setClipRect(area)
    small, size = font(_size(area, ratio)), _size(area, ratio)
    painter.setFont(small)
    middle, ground = area.center().x(), area.bottom()
    reach = int(area.width() / 2 / per_degree) + _LABELS
    first = (looks.heading - reach) // _TICKS * _TICKS
    for degree in range(first, looks.heading + reach, _TICKS):
        x = middle + (degree - looks.heading) * per_degree
        labelled = degree % _LABELS == 0
        painter.setPen(QPen(colour(inks.words if labelled else inks.quiet), max(1.0, ratio)))
        long = area.height() * (0.34 if labelled else 0.2)
        painter.drawLine(QPointF(x, ground - long), QPointF(x, ground - 2 * ratio))
        if labelled and size * 3 < abs(x - middle) < area.width() / 2 - size:
            shown = wind(degree % 360) if looks.north and degree % 45 == 0 else str(degree % 360)
            painter.drawText(QRectF(x - size * 2, area.y(), size * 4, area.height() * 0.62),
                             Qt.AlignmentFlag.AlignCenter, shown)
    painter.setFont(font(size * 1.15, Weight.STRONG))
    text = heading_text(looks)
    width = painter.fontMetrics().horizontalAdvance(text) + size
    plate = QRectF(middle - width / 2, area.y(), width, area.height() * 0.62)
    painter.fillRect(plate, colour(inks.mark))
    painter.setPen(colour(inks.words))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    _arrow(painter, QPointF(middle, plate.bottom() + 1 * ratio), QPointF(0, 1), size * 0.35, inks.words)
    painter.setClipping(False)


def images(looks: Looks, box: Box, tokens: Tokens) -> tuple[tuple[QPoint, QImage], ...]:
    """What lies over a pane's picture, each with its place in device pixels; nothing on small panes."""
    height, ratio, picture = box.logical_height, box.ratio, box.picture
    if height < _SMALL:
        return ()
    large, inks = height >= _LARGE, over_picture(tokens)
    share = 1.0 if large else 0.6
    wide = min(_TAPE[0] * share * ratio, picture.width() * 0.6)
    tape = _plate(wide, _TAPE[1] * share * ratio, tokens)
    painter = QPainter(tape)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_tape(painter, QRectF(tape.rect()), looks, inks, _TAPE_PX * share * ratio, ratio)
    painter.end()
    top = picture.y() + round((_TAPE_Y * share + (box.step.strip if box.strip.intersects(picture) else 0)) * ratio)
    found = [(QPoint(picture.x() + (picture.width() - tape.width()) // 2, top), tape)]
    if large:
        tilt = _tilt(looks.tilt, ratio, tokens)
        middle = picture.center().y()
        found.append((QPoint(picture.right() - tilt.width() - round(_EDGE * ratio), middle - tilt.height() // 2), tilt))
        if looks.zoom >= 0:
            zoom = _zoom(looks.zoom, ratio, tokens)
            found.append((QPoint(picture.x() + round(_EDGE * ratio), middle - zoom.height() // 2), zoom))
    return tuple(found)


def _tilt(tilt: int, ratio: float, tokens: Tokens) -> QImage:
    image = _plate(_TILT[0] * ratio, _TILT[1] * ratio, tokens)
    painter, area = QPainter(image), QRectF(image.rect())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(14 * ratio))
    reach = int(_TILT[1] / 2 / _TILT_PX) + 5
    for degree in range((tilt - reach) // 5 * 5, tilt + reach, 5):
        y = area.center().y() - (degree - tilt) * _TILT_PX * ratio
        labelled = degree % 10 == 0
        painter.setPen(QPen(colour(tokens.plate_words if labelled else tokens.plate_quiet), max(1.0, ratio)))
        long = (26 if labelled else 18) * ratio
        painter.drawLine(QPointF(area.right() - long, y), QPointF(area.right() - 10 * ratio, y))
        if labelled and abs(degree - tilt) > 3:
            painter.drawText(QRectF(0, y - 10 * ratio, area.right() - 34 * ratio, 20 * ratio),
                             Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _degrees(degree))
    plate = QRectF(0, area.center().y() - 13 * ratio, area.width() - 26 * ratio, 26 * ratio)
    painter.fillRect(plate, colour(tokens.behind))
    painter.setFont(font(16 * ratio, Weight.STRONG))
    painter.setPen(colour(tokens.plate_words))
    painter.drawText(plate.adjusted(0, 0, -6 * ratio, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                     _degrees(tilt))
    at = QPointF(plate.right() + 2 * ratio, plate.center().y())
    _arrow(painter, at, QPointF(1, 0), 5 * ratio, tokens.plate_words)
    painter.end()
    return image


def _zoom(percent: int, ratio: float, tokens: Tokens) -> QImage:
    image = _plate(_ZOOM[0] * ratio, _ZOOM[1] * ratio, tokens)
    painter, area = QPainter(image), QRectF(image.rect())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = QRectF(area.center().x() - 1 * ratio, 34 * ratio, 3 * ratio, area.height() - 68 * ratio)
    painter.fillRect(line, colour(tokens.plate_quiet))
    at = line.bottom() - line.height() * percent / 100
    painter.fillRect(QRectF(line.x(), at, line.width(), line.bottom() - at), colour(tokens.plate_words))
    painter.fillRect(QRectF(line.center().x() - 10 * ratio, at - 1 * ratio, 20 * ratio, 3 * ratio),
                     colour(tokens.plate_words))
    painter.setPen(colour(tokens.plate_words))
    painter.setFont(font(14 * ratio, Weight.STRONG))
    painter.drawText(QRectF(0, area.height() - 30 * ratio, area.width(), 24 * ratio), Qt.AlignmentFlag.AlignCenter,
                     f"{percent} %")
    painter.setPen(colour(tokens.plate_quiet))
    painter.setFont(font(12 * ratio))
    painter.drawText(QRectF(0, 6 * ratio, area.width(), 22 * ratio), Qt.AlignmentFlag.AlignCenter, _("Zoom"))
    painter.end()
    return image


def _plate(width: float, height: float, tokens: Tokens) -> QImage:
    image = QImage(max(round(width), 1), max(round(height), 1), QImage.Format.Format_ARGB32_Premultiplied)
    ground = QColor(tokens.plate)               # a copy: what colour() gives is the plate of every strip
    ground.setAlphaF(_PLATE)
    image.fill(ground)
    return image


def _arrow(painter: QPainter, tip_base: QPointF, way: QPointF, size: float, ink: str) -> None:
    """A small triangle whose base is there and whose tip points against ``way``: to the scale."""
    across = QPointF(way.y(), way.x())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(ink))
    painter.drawPolygon(QPolygonF([tip_base + across * size, tip_base - across * size, tip_base + way * size * 1.3]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _size(area: QRectF, ratio: float) -> float:
    return max(area.height() * 0.29, 10 * ratio)


def _degrees(value: int) -> str:
    return f"{value}°".replace("-", "\N{MINUS SIGN}")
