"""The palette's list: one model over the entries found and one delegate that paints rows of 40 and heads of 28 px."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from widgets.palette.entries import Entry
from widgets.theme import Theme, Weight, font, icon_pixmap
from widgets.theme.state_signs import STATE_SIGNS, state_ink
from widgets.theme.tokens import colour
from widgets.window import key_caps

_ROW_PX, _HEAD_PX, _PAD_PX = 40, 28, 16
_ENTRY = Qt.ItemDataRole.UserRole + 1
type Index = QModelIndex | QPersistentModelIndex


class EntryModel(QAbstractListModel):
    """The entries found; replaced whole at each letter (a few hundred values at most)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()

    def show(self, entries: tuple[Entry, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.entries[index.row()].is_head:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return " ".join(filter(None, (entry.title, entry.also, entry.key, entry.why_not)))
        return entry if role == _ENTRY else None


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _HEAD_PX if index.data(_ENTRY).is_head else _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._theme.tokens
        box: QRect = option.rect
        state = option.state
        entry: Entry = index.data(_ENTRY)
        painter.save()
        if entry.is_head:
            painter.setFont(font(12, Weight.STRONG))
            painter.setPen(colour(tokens.quiet))
            painter.drawText(box.adjusted(_PAD_PX, 4, 0, 0), Qt.AlignmentFlag.AlignVCenter, entry.title)
        else:
            if state & QStyle.StateFlag.State_Selected:
                painter.fillRect(box, colour(tokens.selected_row))
                painter.fillRect(QRect(box.x(), box.y(), 2, box.height()), colour(tokens.accent))
            self._row(painter, box, entry)
        painter.restore()

    def _row(self, painter: QPainter, box: QRect, entry: Entry) -> None:
        tokens = self._theme.tokens
        faded = bool(entry.why_not)
        ink = tokens.faint if faded else tokens.text
        symbol, shade = entry.symbol, tokens.faint if faded else tokens.quiet
        if entry.camera is not None:
            symbol = "video-camera"
            if entry.state is not None and entry.state in STATE_SIGNS:
                symbol, shade = STATE_SIGNS[entry.state], state_ink(entry.state, tokens)
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(box.x() + _PAD_PX, box.y() + 12, icon_pixmap(symbol, 16, shade, ratio))
        right = box.right() - _PAD_PX
        if entry.why_not:
            painter.setFont(font(12))
            metrics = QFontMetrics(painter.font())
            right -= metrics.horizontalAdvance(entry.why_not)
            painter.setPen(colour(tokens.quiet))
            painter.drawText(QRect(right, box.y(), box.right() - right, box.height()),
                             Qt.AlignmentFlag.AlignVCenter, entry.why_not)
            painter.drawPixmap(right - 20, box.y() + 12, icon_pixmap("lock-simple", 16, tokens.quiet, ratio))
            right -= 32
        elif entry.key:
            right -= key_caps.width(entry.key)
            key_caps.paint(painter, entry.key, right, box.y() + 8, tokens)
            right -= 12
        if entry.camera is not None and entry.camera.restricted:
            painter.drawPixmap(right - 16, box.y() + 12, icon_pixmap("lock-simple", 16, tokens.quiet, ratio))
            right -= 24
        x = self._title(painter, QRect(box.x() + 44, box.y(), max(right - box.x() - 44, 0), box.height()), entry, ink)
        painter.setFont(font(12))
        painter.setPen(colour(tokens.faint if faded else tokens.quiet))
        also = QFontMetrics(painter.font()).elidedText(entry.also, Qt.TextElideMode.ElideRight, max(right - x - 12, 0))
        painter.drawText(QRect(x + 12, box.y() + 1, max(right - x - 12, 0), box.height()),
                         Qt.AlignmentFlag.AlignVCenter, also)

    def _title(self, painter: QPainter, box: QRect, entry: Entry, ink: str) -> int:
        """The title with the letters that matched in accent; returns the x after it."""
        plain, strong = font(14), font(14, Weight.STRONG)
        whole = QFontMetrics(plain).elidedText(entry.title, Qt.TextElideMode.ElideRight, box.width())
        x, at = box.x(), 0
        pieces: list[tuple[str, bool]] = []
        for start, length in entry.marks:
            if start < at or entry.why_not:
                continue
            pieces += [(whole[at:start], False), (whole[start:start + length], True)]
            at = start + length
        pieces.append((whole[at:], False))
        for text, matched in pieces:
            painter.setFont(strong if matched else plain)
            painter.setPen(colour(self._theme.tokens.accent if matched else ink))
            painter.drawText(QRect(x, box.y(), box.right() - x + 20, box.height()),
                             Qt.AlignmentFlag.AlignVCenter, text)
            x += QFontMetrics(painter.font()).horizontalAdvance(text)
        return x


class EntryList(QListView):
    """Walks entries only: heads are passed over."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = EntryModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)             # the keyboard stays in the field
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.changed.connect(self.viewport().update)

    @property
    def entries(self) -> Sequence[Entry]:
        return self._model.entries

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        self._model.show(entries)
        self._go(0, 1)
        self.scrollToTop()

    def walk(self, steps: int) -> None:
        """Down by ``steps`` entries, or up; stays at the ends."""
        places = [i for i, entry in enumerate(self.entries) if not entry.is_head]
        if places:
            now = places.index(self.currentIndex().row()) if self.currentIndex().row() in places else 0
            self._go(places[min(max(now + steps, 0), len(places) - 1)], 1)

    def current(self) -> Entry | None:
        row = self.currentIndex().row()
        return self.entries[row] if 0 <= row < len(self.entries) and not self.entries[row].is_head else None

    def height_wanted(self) -> int:
        return sum(_HEAD_PX if entry.is_head else _ROW_PX for entry in self.entries)

    def _go(self, row: int, step: int) -> None:
        while 0 <= row < len(self.entries) and self.entries[row].is_head:
            row += step
        index = self._model.index(row, 0) if row < len(self.entries) else QModelIndex()
        self.setCurrentIndex(index)
        if row <= 1:
            self.scrollToTop()                                   # the head above the first entry stays in sight
