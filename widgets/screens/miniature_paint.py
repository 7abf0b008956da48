"""Paints the wall in small: grey where all is well, shape and colour only where something is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from app.model.pane import PaneState
from widgets.theme import Tokens, Weight, font
from widgets.theme.icons import paint_icon
from widgets.theme.state_signs import STATE_SIGNS, state_ink
from widgets.theme.tokens import colour

NUMBER_PX = 14                  # below a window, for its number
_LABEL_PX = 11                  # the smallest type there is (mock-ups, strips of 16 px)
_LABEL_HEIGHT = 13              # cells lower than this bear no number, the tool tip does
_ICON_PX = 12
_AIR_PX = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One pane as drawn. ``label``: its camera's number; ``selected``: in its window."""

    index: int
    box: QRect
    occupied: bool
    label: str
    state: PaneState
    selected: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """One window as drawn. ``active``: it has the keyboard."""

    window_id: str
    number: int
    box: QRect
    active: bool
    cells: tuple[Cell, ...]


def paint(painter: QPainter, monitors: Sequence[QRect], windows: Sequence[Drawn], tokens: Tokens,
          cursor: QRect | None, landing: QRect | None, held: QRect | None) -> None:
    """``cursor``: where the keyboard is; ``landing``: where a drag will land; ``held``: a pane that was picked up."""
    for monitor in monitors:
        if not any(window.box.intersects(monitor) for window in windows):
            painter.setPen(QPen(colour(tokens.line), 1, Qt.PenStyle.DotLine))      # a monitor without a window
            painter.drawRect(monitor.adjusted(0, 0, -1, -1))
    for window in windows:
        painter.fillRect(window.box, colour(tokens.line))
        painter.fillRect(window.box.adjusted(1, 1, -1, -1), colour(tokens.ground))
        for cell in window.cells:
            _paint_cell(painter, cell, tokens)
        if len(windows) > 1:
            _paint_number(painter, window, windows, tokens)
    # Frames after everything, so that no neighbour cuts them.
    for window in windows:
        for cell in window.cells:
            if cell.selected:
                shade, thick = (tokens.accent, 2) if window.active else (tokens.quiet, 1)
                _frame(painter, cell.box.adjusted(-1, -1, 1, 1) if window.active else cell.box, shade, thick)
    if held is not None:
        painter.setPen(QPen(colour(tokens.accent), 1, Qt.PenStyle.DashLine))
        painter.drawRect(held.adjusted(0, 0, -1, -1))
    if landing is not None:
        painter.setOpacity(0.35)
        painter.fillRect(landing, colour(tokens.accent))
        painter.setOpacity(1.0)
        _frame(painter, landing, tokens.accent, 2)
    if cursor is not None:
        _frame(painter, cursor.adjusted(-1, -1, 1, 1), tokens.text, 2)


def _paint_cell(painter: QPainter, cell: Cell, tokens: Tokens) -> None:
    box = cell.box
    if not cell.occupied:
        return
    painter.fillRect(box, colour(tokens.raised))
    sign, shade = STATE_SIGNS.get(cell.state), state_ink(cell.state, tokens)
    wrong = sign is not None and cell.state is not PaneState.LATE
    roomy = box.height() >= _LABEL_HEIGHT
    if wrong:
        _frame(painter, box, tokens.red, 1)
        if not roomy:
            # Too small for an icon: frozen is a frame, what gives no picture at all is crossed out.
            if cell.state is not PaneState.FROZEN:
                painter.setPen(colour(tokens.red))
                painter.drawLine(box.topLeft(), box.bottomRight())
                painter.drawLine(box.bottomLeft(), box.topRight())
            return
    face = font(_LABEL_PX, Weight.MEDIUM)
    metrics = QFontMetrics(face)
    # "0107" where it has air on both sides, else "107", else nothing: numbers that touch are one long number.
    label = next((text for text in (cell.label, cell.label.lstrip("0"))
                  if metrics.horizontalAdvance(text) + 2 * _AIR_PX <= box.width()), "")
    label_px = metrics.horizontalAdvance(label)
    with_icon = sign is not None and roomy and box.width() >= _ICON_PX + 2
    fits_both = label_px + _ICON_PX + 4 <= box.width()
    if with_icon and sign is not None:
        left = box.right() - _ICON_PX - 1 if fits_both else box.center().x() - _ICON_PX // 2
        top = box.y() + (box.height() - _ICON_PX) // 2
        paint_icon(painter, sign, QRectF(left, top, _ICON_PX, _ICON_PX), shade, _ICON_PX)
    elif cell.state is PaneState.LATE:
        painter.fillRect(QRect(box.x(), box.bottom() - 1, box.width(), 2), colour(tokens.amber))
    if roomy and label and (fits_both or not with_icon):
        painter.setFont(face)
        painter.setPen(colour(tokens.text if cell.state is not PaneState.CONNECTING else tokens.quiet))
        text = box.adjusted(2, 0, -_ICON_PX - 2, 0) if with_icon else box
        painter.drawText(text, Qt.AlignmentFlag.AlignCenter, label)


def _paint_number(painter: QPainter, window: Drawn, others: Sequence[Drawn], tokens: Tokens) -> None:
    """The window's number below it; on a plate in its corner when another window lies there."""
    painter.setFont(font(_LABEL_PX, Weight.STRONG))
    text = str(window.number)
    place = QRect(window.box.x(), window.box.bottom() + 1, window.box.width(), NUMBER_PX)
    if any(other.box.intersects(place) for other in others):
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + 6
        place = QRect(window.box.right() - width, window.box.bottom() - _LABEL_HEIGHT, width, _LABEL_HEIGHT)
        painter.fillRect(place, colour(tokens.panel))
    painter.setPen(colour(tokens.text if window.active else tokens.quiet))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _frame(painter: QPainter, box: QRect, shade: str, thick: int) -> None:
    ink = colour(shade)
    x, y, width, height = box.x(), box.y(), box.width(), box.height()
    painter.fillRect(QRect(x, y, width, thick), ink)
    painter.fillRect(QRect(x, y + height - thick, width, thick), ink)
    painter.fillRect(QRect(x, y, thick, height), ink)
    painter.fillRect(QRect(x + width - thick, y, thick, height), ink)
