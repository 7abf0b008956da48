"""What lies over a pane for a short while: digits being typed, where a drag will land, the number of a window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from widgets.theme.fonts import Weight, font
from widgets.theme.tokens import Tokens, colour
from widgets.wall.geometry import Box

# Digits are read by the neighbour at the next desk too: a quarter of the pane, between 22 and 96 px.
_DIGITS_SHARE, _DIGITS_LEAST, _DIGITS_MOST = 0.25, 22, 96
# Identify: read from the other end of the room; 100 pt are 133 px. Panes' own numbers are read from the desk.
_NUMBER_SHARE, _NUMBER_LEAST = 0.4, 134
_PANE_SHARE, _PANE_LEAST, _PANE_MOST = 0.14, 12, 44


def paint_frame(painter: QPainter, rect: QRect, thickness: int, ink: str) -> None:
    """A frame of ``thickness`` device pixels along the inside of ``rect``."""
    x, y, width, height = rect.x(), rect.y(), rect.width(), rect.height()
    made = colour(ink)
    painter.fillRect(QRect(x, y, width, thickness), made)
    painter.fillRect(QRect(x, y + height - thickness, width, thickness), made)
    painter.fillRect(QRect(x, y + thickness, thickness, height - 2 * thickness), made)
    painter.fillRect(QRect(x + width - thickness, y + thickness, thickness, height - 2 * thickness), made)


def paint_landing(painter: QPainter, box: Box, tokens: Tokens) -> None:
    """Where a dragged pane or camera will land: the accent over the whole cell, thin enough to see through."""
    painter.setOpacity(0.25)
    painter.fillRect(box.cell, colour(tokens.accent))
    painter.setOpacity(1.0)
    paint_frame(painter, box.cell, max(2, round(2 * box.ratio)), tokens.accent)


def paint_entry(painter: QPainter, box: Box, digits: str, name: str, tokens: Tokens) -> None:
    """The digits typed so far, large, on a plate in the middle of the pane; under them whose number it is."""
    ratio, area = box.ratio, box.picture
    size = min(max(box.logical_height * _DIGITS_SHARE, _DIGITS_LEAST), _DIGITS_MOST) * ratio
    name_size = (12 if size < 40 * ratio else 17) * ratio
    big, small = font(size, Weight.STRONG), font(name_size)
    pad = 16 * ratio
    painter.setFont(big)
    width: float = painter.fontMetrics().horizontalAdvance(digits)
    painter.setFont(small)
    shown_name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, round(area.width() - 2 * pad))
    width = max(width, painter.fontMetrics().horizontalAdvance(shown_name)) + 2 * pad
    digits_height, name_height = size * 1.25, name_size * 1.5 if name else 0.0
    height = min(digits_height + name_height + pad / 2, float(area.height()))
    plate = QRectF(area.x() + (area.width() - width) / 2, area.y() + (area.height() - height) / 2, width, height)
    painter.fillRect(plate, colour(tokens.plate))
    painter.setPen(colour(tokens.plate_words))
    painter.setFont(big)
    painter.drawText(QRectF(plate.x(), plate.y(), width, digits_height), Qt.AlignmentFlag.AlignCenter, digits)
    if name:
        painter.setFont(small)
        painter.drawText(QRectF(plate.x(), plate.y() + digits_height - pad / 4, width, name_height),
                         Qt.AlignmentFlag.AlignCenter, shown_name)


def paint_identify(painter: QPainter, area: QRect, number: int, panes: Sequence[tuple[int, QRect]], ratio: float,
                   tokens: Tokens) -> None:
    """The number by which operators call this window, at least 100 pt where there is room, and on each pane (index,
    cell) what calls it: ".2.3"."""
    size = min(max(area.height() * _NUMBER_SHARE, _NUMBER_LEAST * ratio), area.height() * 0.8, area.width() * 0.8)
    painter.setFont(font(size, Weight.STRONG))
    width = max(painter.fontMetrics().horizontalAdvance(str(number)) + round(size * 0.5), round(size))
    height = round(size * 1.2)
    plate = QRect(area.x() + (area.width() - width) // 2, area.y() + (area.height() - height) // 2, width, height)
    painter.fillRect(plate, colour(tokens.plate))
    painter.setPen(colour(tokens.plate_words))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, str(number))
    for index, cell in panes:
        text = f".{number}.{index + 1}"
        painter.setFont(font(min(max(cell.height() * _PANE_SHARE, _PANE_LEAST * ratio), _PANE_MOST * ratio),
                             Weight.STRONG))
        metrics = painter.fontMetrics()
        label = QRect(0, 0, metrics.horizontalAdvance(text) + metrics.height() // 2, metrics.height())
        label.moveBottomLeft(cell.bottomLeft())
        painter.fillRect(label, colour(tokens.plate))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)
