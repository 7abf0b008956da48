"""The table of cameras: marks are Qt's row selection, so keyboard, Shift and Ctrl work as in any list.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from widgets.register.cell_delegate import BARS_WIDTH_PX, ROW_PX, CellDelegate, paint_mark
from widgets.register.rows import Column
from widgets.register.table_model import COLUMNS, CameraTable, title_of
from widgets.theme import Theme, Weight, font, icon_pixmap
from widgets.theme.tokens import colour

# Widths at 1440 px (mock-ups); what is left goes to the state. In narrow windows the last of _GIVE_WAY goes first.
_WIDTHS = {Column.MARK: 40, Column.NUMBER: 64, Column.NAME: 208, Column.AREA: 136, Column.OWNER: 152,
           Column.MODEL: 184, Column.ADDRESS: 120, Column.STREAMS: 168, Column.AVAILABILITY: BARS_WIDTH_PX + 72,
           Column.STATE: 146}
_GIVE_WAY = (Column.AVAILABILITY, Column.AREA, Column.OWNER, Column.ADDRESS, Column.MODEL, Column.STREAMS)
_SPARE = {Column.NAME: 0.35, Column.AREA: 0.15, Column.OWNER: 0.25, Column.STATE: 0.25}      # of wide windows
_SETTLED_MS = 40            # a Shift-drag over hundreds of rows tells the form once


class TableHead(QHeaderView):
    """Column heads: an arrow at the one that orders, and a box that marks all."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.column, self.falling = Column.NUMBER, False
        self.marks: bool | None = False
        self.setSectionsClickable(True)
        self.setFixedHeight(ROW_PX)
        self.setMinimumSectionSize(32)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        tokens, column = self._theme.tokens, COLUMNS[index]
        painter.save()
        painter.fillRect(rect, colour(tokens.panel))
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), colour(tokens.line))
        if column is Column.MARK:
            paint_mark(painter, rect, self.marks, tokens)
        else:
            strong = column is self.column
            painter.setFont(font(12, Weight.STRONG if strong else Weight.NORMAL))
            painter.setPen(colour(tokens.text if strong else tokens.quiet))
            text = title_of(column)
            painter.drawText(rect.adjusted(8, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
            if strong:
                x = rect.x() + 12 + QFontMetrics(painter.font()).horizontalAdvance(text)
                painter.drawPixmap(x, rect.y() + (rect.height() - 12) // 2, icon_pixmap(
                    "arrow-down" if self.falling else "arrow-up", 12, tokens.text,
                    painter.device().devicePixelRatioF()))
        painter.restore()


class TableView(QTableView):
    """``marks_changed`` after the marks have come to rest; ``order_asked`` carries a Column; ``opened`` on Enter."""

    marks_changed = Signal()
    order_asked = Signal(object)
    opened = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = CameraTable(self)
        self.setModel(self.table)
        self.setItemDelegate(CellDelegate(theme, self))
        self.head = TableHead(theme, self)
        self.setHorizontalHeader(self.head)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_PX)
        rows.setDefaultSectionSize(ROW_PX)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(self._tell_marks)
        self.selectionModel().selectionChanged.connect(lambda *_a: self._settled.start())
        self.head.sectionClicked.connect(self._head_clicked)
        for part in (self.viewport(), self.head.viewport()):
            theme.changed.connect(part.update)

    # --- marks ---

    def marked(self) -> list[str]:
        """Ids of the marked cameras in the order of the list; by ranges, for thousands may be marked."""
        rows: set[int] = set()
        for span in self.selectionModel().selection():  # type: ignore[attr-defined]   # the stubs lack __iter__
            rows.update(range(span.top(), span.bottom() + 1))
        cameras = self.table.cameras
        return [cameras[row].id for row in sorted(rows) if row < len(cameras)]

    def mark(self, ids: Collection[str]) -> None:
        """Exactly these, as far as the list shows them."""
        places = sorted(row for row in map(self.table.row_of, ids) if row >= 0)
        wanted, last = QItemSelection(), self.table.columnCount() - 1
        begin = 0
        for place, row in enumerate(places):
            if place + 1 == len(places) or places[place + 1] != row + 1:
                wanted.select(self.table.index(places[begin], 0), self.table.index(row, last))
                begin = place + 1
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(wanted, flags.ClearAndSelect | flags.Rows)

    def current_camera(self) -> str:
        """Id of the camera with the keyboard, "" when there is none."""
        row = self.currentIndex().row()
        return self.table.cameras[row].id if 0 <= row < len(self.table.cameras) else ""

    def go_to(self, camera_id: str) -> None:
        """The keyboard's row, without marking it."""
        row = self.table.row_of(camera_id)
        if row >= 0:
            self.selectionModel().setCurrentIndex(self.table.index(row, 1),
                                                  QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(self.table.index(row, 1))

    def show_rows(self, rows: list) -> None:  # type: ignore[type-arg]
        """Other rows; marks and the keyboard's place stay with their cameras."""
        marked, current = self.marked(), self.current_camera()
        top = self.verticalScrollBar().value()
        self.table.show(rows)
        if marked:
            self.mark(marked)
        row = self.table.row_of(current)
        index = self.table.index(max(row, 0), 1) if rows else QModelIndex()
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.verticalScrollBar().setValue(top)
        self._settled.start()

    def _tell_marks(self) -> None:
        count = sum(span.height() for span in self.selectionModel().selection())  # type: ignore[attr-defined]
        total = len(self.table.cameras)
        self.head.marks = False if not count else True if count == total else None
        self.head.viewport().update()
        self.marks_changed.emit()

    def _head_clicked(self, section: int) -> None:
        if COLUMNS[section] is not Column.MARK:
            self.order_asked.emit(COLUMNS[section])
        elif self.head.marks is True:
            self.clearSelection()
        else:
            self.selectAll()

    # --- Qt's events ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and COLUMNS[index.column()] is Column.MARK \
                and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._toggle(index)         # a box adds to the marks or takes away, without Ctrl
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self._toggle(self.currentIndex())
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self.selectionModel().hasSelection() and self.currentIndex().isValid():
                self._toggle(self.currentIndex())
            self.opened.emit()
            return
        super().keyPressEvent(event)

    def _toggle(self, index: QModelIndex) -> None:
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.Toggle | flags.Rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(self.viewport().width())

    def _fit(self, width: int) -> None:
        shown = set(COLUMNS)
        for column in reversed(_GIVE_WAY):
            if sum(_WIDTHS[each] for each in shown) <= width:
                break
            shown.discard(column)
        spare = max(width - sum(_WIDTHS[each] for each in shown), 0)
        shares = sum(_SPARE.get(column, 0) for column in shown)
        for section, column in enumerate(COLUMNS):
            self.setColumnHidden(section, column not in shown)
            self.setColumnWidth(section, _WIDTHS[column] + int(spare * _SPARE.get(column, 0) / shares))
