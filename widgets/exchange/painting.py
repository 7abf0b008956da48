"""How the rows of the import panel look: the short list at the left, the lines of the file at the right.

Measures from the mock-up: rows of 32 px at the left; at the right a gutter of 48 px with the line's number, the
wrong cell in red with a rule below it, and the sentence in the row below.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from widgets.exchange.entries import Entry, Role
from widgets.theme import Theme, Weight, font, icon_pixmap
from widgets.theme import icons as names
from widgets.theme.tokens import colour

ROW_PX = 32
LINE_PX = 26
_TITLE_PX = 76          # "Baris 99999" in 12 px medium
_WHAT_PX = 68
_GUTTER_PX = 48
_SECOND_PX = 16         # a second line of a sentence
MOST_WRAPPED = 2000     # lines whose sentences are measured; of more faults than that nobody reads each
_BETWEEN = " ; "
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class RowDelegate(QStyledItemDelegate):
    """A row of the short list: line, column, what is wrong."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        entry = index.data(Role.ENTRY)
        if not isinstance(entry, Entry):
            return
        tokens, box = self._theme.tokens, option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colour(tokens.selected_row))
            painter.fillRect(QRect(box.x(), box.y(), 2, box.height()), colour(tokens.accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, colour(tokens.raised))
        left = box.x() + 16
        painter.setFont(font(12, Weight.MEDIUM))
        painter.setPen(colour(tokens.text))
        _elided(painter, entry.title, QRect(left, box.y(), _TITLE_PX - 8, box.height()))
        painter.setFont(font(12))
        painter.setPen(colour(tokens.quiet))
        what = QRect(left + _TITLE_PX, box.y(), _WHAT_PX - 8, box.height())
        _elided(painter, entry.what, what)
        painter.setPen(colour(tokens.text))
        rest = left + _TITLE_PX + (_WHAT_PX if entry.what else 0)
        room = max(box.right() - 12 - rest, 0)
        _elided(painter, entry.short or entry.sentence, QRect(rest, box.y(), room, box.height()))
        painter.restore()


class LineDelegate(QStyledItemDelegate):
    """A line of the file with its cells, and below it the sentence about it."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.errors = True          # sentences are red and have the sign

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        rows = index.data(Role.ROWS) or 1
        view = option.widget
        if rows > 1 and self.errors and isinstance(view, QListView) and index.model().rowCount() <= MOST_WRAPPED:
            entry = index.data(Role.ENTRY)
            width = view.viewport().width() - _GUTTER_PX - 24 - 16
            words = QFontMetrics(font(12)).horizontalAdvance(entry.sentence)
            return QSize(200, rows * LINE_PX + (_SECOND_PX if words > width else 0))
        return QSize(200, rows * LINE_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        entry = index.data(Role.ENTRY)
        if not isinstance(entry, Entry):
            return
        tokens, box = self._theme.tokens, option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colour(tokens.selected_row))
        top = box.y()
        if entry.cells:
            row = QRect(box.x() + _GUTTER_PX, top, max(box.width() - _GUTTER_PX - 16, 0), LINE_PX)
            painter.setFont(font(12))
            painter.setPen(colour(tokens.quiet))
            painter.drawText(QRect(box.x(), top, _GUTTER_PX - 14, LINE_PX),
                             Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(entry.line))
            paint_cells(painter, row, entry.cells, entry.wrong, tokens.text, tokens.red_words)
            top += LINE_PX
        if entry.sentence:
            left = box.x() + _GUTTER_PX
            if self.errors:
                sign = icon_pixmap(names.TROUBLE, 16, tokens.red_words, painter.device().devicePixelRatioF())
                painter.drawPixmap(left, top + (LINE_PX - 16) // 2, sign)
                left += 24
            painter.setFont(font(12))
            painter.setPen(colour(tokens.red_words if self.errors else tokens.quiet))
            room = QRect(left, top, max(box.right() - 16 - left, 0), LINE_PX)
            if box.bottom() - top > LINE_PX + 4:
                # A sentence ends with its cure: it is wrapped rather than cut.
                painter.drawText(room.adjusted(0, 5, 0, _SECOND_PX), Qt.TextFlag.TextWordWrap, entry.sentence)
            else:
                _elided(painter, entry.sentence, room)
        painter.restore()


def paint_cells(painter: QPainter, box: QRect, cells: tuple[str, ...], wrong: int, words: str, red: str) -> None:
    """Cells in a row; when they are too long, the first ones give way until the wrong one is seen."""
    plain, bold = font(12), font(12, Weight.STRONG)
    measure, strong = QFontMetrics(plain), QFontMetrics(bold)
    gap = measure.horizontalAdvance(_BETWEEN)
    first = 0
    if 0 <= wrong < len(cells):
        widths = [measure.horizontalAdvance(cell) + gap for cell in cells[:wrong]]
        room = box.width() - strong.horizontalAdvance(cells[wrong]) - 2 * gap
        while first < wrong and sum(widths[first:]) > max(room, 0):
            first += 1
    x = box.x()
    if first:
        painter.setPen(colour(words))
        painter.drawText(QRect(x, box.y(), gap * 2, box.height()), _LEFT, "…")
        x += measure.horizontalAdvance("…") + gap
    for place in range(first, len(cells)):
        if x >= box.right():
            return
        is_wrong = place == wrong
        painter.setFont(bold if is_wrong else plain)
        painter.setPen(colour(red if is_wrong else words))
        text = cells[place] or ("—" if is_wrong else "")
        whole = (strong if is_wrong else measure).horizontalAdvance(text)
        width = min(whole, box.right() - x)
        _elided(painter, text, QRect(x, box.y(), width + 1, box.height()))
        if is_wrong:
            painter.fillRect(QRect(x, box.y() + box.height() - 5, width, 2), colour(red))
        x += width
        if width < whole:
            return
        if place + 1 < len(cells):
            painter.setFont(plain)
            painter.setPen(colour(words))
            painter.drawText(QRect(x, box.y(), gap, box.height()), _LEFT, _BETWEEN)
            x += gap


def _elided(painter: QPainter, text: str, box: QRect) -> None:
    short = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, _LEFT, short)
