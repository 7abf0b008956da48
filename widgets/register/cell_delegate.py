"""Paints the cells of the camera list: mark boxes, thirty bars of availability, states with their icon.

Measures from the mock-ups ("registry"): rows of 32, bars 4 wide, 1 apart, 16 high, red under 90 %.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.availability.uptime import DAYS, History
from app.model.pane import PaneReport
from widgets.register.rows import MONTH, Column
from widgets.register.table_model import COLUMNS, Role, share_text
from widgets.theme import Theme, Tokens, Weight, font, icon_pixmap
from widgets.theme.state_signs import STATE_SIGNS, state_ink
from widgets.theme.tokens import colour

ROW_PX = 32
BAD_SHARE = 0.9                 # a day below it is red
POOR_SHARE = 0.95              # thirty days below it are red
_BAR_PX, _BAR_STEP_PX, _BARS_PX = 4, 5, 16
BARS_WIDTH_PX = DAYS * _BAR_STEP_PX
_PAD_PX = 8
_QUIET = frozenset({Column.MODEL, Column.STREAMS})


class CellDelegate(QStyledItemDelegate):
    """One delegate for all columns."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        tokens = self._theme.tokens
        box: QRect = option.rect
        column = COLUMNS[index.column()]
        marked = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if marked:
            painter.fillRect(box, colour(tokens.selected_row))
        painter.fillRect(QRect(box.x(), box.bottom(), box.width(), 1), colour(tokens.line))
        match column:
            case Column.MARK:
                paint_mark(painter, box, marked, tokens)
            case Column.AVAILABILITY:
                paint_history(painter, box, index.data(Role.HISTORY), tokens)
            case Column.STATE:
                self._state(painter, box, index.data(Role.REPORT), str(index.data()), tokens)
            case _:
                number = column is Column.NUMBER
                painter.setFont(font(12, Weight.STRONG if number else Weight.NORMAL))
                painter.setPen(colour(tokens.quiet if column in _QUIET else tokens.text))
                _word(painter, str(index.data()), box)
        if option.state & QStyle.StateFlag.State_HasFocus or self._is_current_row(option, index):
            painter.fillRect(QRect(box.x(), box.y(), box.width(), 1), colour(tokens.accent))
            painter.fillRect(QRect(box.x(), box.bottom(), box.width(), 1), colour(tokens.accent))
        painter.restore()

    def _is_current_row(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> bool:
        view = option.widget
        current = getattr(view, "currentIndex", None)
        return bool(current is not None and view.hasFocus() and current().row() == index.row())

    def _state(self, painter: QPainter, box: QRect, report: PaneReport, text: str, tokens: Tokens) -> None:
        symbol, shade = STATE_SIGNS.get(report.state), state_ink(report.state, tokens)
        left = box.x() + _PAD_PX
        if symbol is not None:
            painter.drawPixmap(left, box.y() + (ROW_PX - 16) // 2,
                               icon_pixmap(symbol, 16, shade, painter.device().devicePixelRatioF()))
            left += 22
        painter.setFont(font(12))
        painter.setPen(colour(shade))
        _word(painter, text, QRect(left - _PAD_PX, box.y(), box.right() - left + _PAD_PX, box.height()))


def paint_mark(painter: QPainter, box: QRect, on: bool | None, tokens: Tokens) -> None:
    """A box of 12 px: marked, not, or (None) some of many."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    square = QRectF(box.x() + 17.5, box.y() + (ROW_PX - 12) / 2 + 0.5, 11, 11)
    painter.setPen(QPen(colour(tokens.accent if on else tokens.quiet), 1))
    painter.setBrush(colour(tokens.accent) if on else Qt.BrushStyle.NoBrush)
    if on is not None:
        painter.drawRoundedRect(square, 2, 2)
    if on is None:
        painter.fillRect(QRectF(square.x(), square.center().y() - 0.5, 11, 1.5), colour(tokens.accent))
    elif on:
        painter.setPen(QPen(colour(tokens.on_fill), 1.5))
        x, y = square.x(), square.y()
        painter.drawPolyline([_at(x + 2.5, y + 5.5), _at(x + 4.8, y + 8), _at(x + 8.7, y + 3.2)])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_history(painter: QPainter, box: QRect, history: History, tokens: Tokens, index: int = MONTH) -> None:
    """The bars of thirty days and their share in figures."""
    x = paint_bars(painter, box, history.bars, tokens)
    share = history.ranges[index].share
    painter.setFont(font(12))
    painter.setPen(colour(tokens.quiet if share is None else tokens.red_words if share < POOR_SHARE else tokens.text))
    painter.drawText(QRect(x + 4, box.y(), 52, box.height()),
                     Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, share_text(share))


def paint_bars(painter: QPainter, box: QRect, shares: Sequence[float | None], tokens: Tokens) -> int:
    """A bar per day, as high as the share that the camera was up; days nobody watched are a line on the ground.

    Returns the x after them.
    """
    foot = box.y() + (ROW_PX + _BARS_PX) // 2
    x = box.x() + _PAD_PX
    for share in shares:
        if share is None:
            painter.fillRect(x, foot - 1, _BAR_PX, 1, colour(tokens.line))
        else:
            painter.fillRect(x, foot - _BARS_PX, _BAR_PX, _BARS_PX, colour(tokens.raised))
            high = max(1, round(share * _BARS_PX))
            shade = colour(tokens.red if share < BAD_SHARE else tokens.activity)
            painter.fillRect(x, foot - high, _BAR_PX, high, shade)
        x += _BAR_STEP_PX
    return x


def _at(x: float, y: float) -> QPointF:
    return QPointF(x, y)


def _word(painter: QPainter, text: str, box: QRect) -> None:
    area = box.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
    if area.width() > 0:
        short = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short)
