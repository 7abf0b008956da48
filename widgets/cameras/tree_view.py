"""The tree itself: keyboard, drag, folding by click; rows are painted by the delegate; it knows no wall."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QDrag,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QStyleOptionViewItem, QTreeView, QWidget

from app.model.camera import Camera
from widgets.cameras.row import Role
from widgets.cameras.row_delegate import ROW_PX, RowDelegate
from widgets.cameras.tree_model import CameraTree
from widgets.theme import Theme
from widgets.wall.drag_label import drag_label

_BELOW_SIGHT = 8            # hits: a key or the wheel may come before the others are there


class CameraTreeView(QTreeView):
    """``chosen`` carries the camera id of a row that was double clicked or entered."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._selected, self._hovered = QModelIndex(), QModelIndex()
        self.tree = CameraTree(self)
        self.setModel(self.tree)
        self.rows = RowDelegate(theme, self)
        self.setItemDelegate(self.rows)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)                       # the delegate indents; the selection bar reaches the edge
        self.setUniformRowHeights(True)              # 6,000 rows are laid out without asking each
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setAutoScroll(False)                    # the row of the selected pane is marked, the list stays put
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(self._choose)
        theme.changed.connect(self.viewport().update)
        self.tree.looks_changed.connect(self.viewport().update)

    def current_camera(self) -> Camera | None:
        camera = self.currentIndex().data(Role.CAMERA)
        return camera if isinstance(camera, Camera) else None

    def show_current(self, camera: Camera | None) -> None:
        """Mark the camera of the selected pane, without unfolding or scrolling a list that someone is using."""
        if not self.hasFocus():
            self.mark(camera)

    def mark(self, camera: Camera | None) -> QModelIndex:
        """Select the row of a camera where it lies; setCurrentIndex would scroll and unfold. Gives its index."""
        known = self.current_camera()
        if camera is not None and known is not None and known.id == camera.id:
            return self.currentIndex()
        index = self.tree.index_of_camera(camera)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, self.selectionModel().SelectionFlag.ClearAndSelect)
        elif known is not None:
            self.selectionModel().clear()
        return index

    def keep_place(self, change: Callable[[], object]) -> None:
        """Do what builds the rows anew, and scroll back to where the view was."""
        place = self.verticalScrollBar().value()
        change()
        self.executeDelayedItemsLayout()
        self.verticalScrollBar().setValue(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tree.first_hits = self.viewport().height() // ROW_PX + _BELOW_SIGHT

    def paintEvent(self, event: QPaintEvent) -> None:
        chosen = self.selectionModel().selectedIndexes()
        self._selected = chosen[0] if chosen else QModelIndex()
        port = self.viewport()
        # Where the pointer is, is asked of the screen, which answers when it has drawn what came before.
        self._hovered = self.indexAt(port.mapFromGlobal(QCursor.pos())) if port.underMouse() else QModelIndex()
        if self.tree.is_flat:
            self._paint_hits(event.rect())
        else:
            super().paintEvent(event)

    def _paint_hits(self, wanted: QRect) -> None:
        """Hits lie one below the other: Qt would make three indexes for each row, and a letter typed shows 36."""
        self.executeDelayedItemsLayout()
        above, width = self.verticalOffset(), self.viewport().width()
        selected, hovered = self._selected.row(), self._hovered.row()
        walked = self.hasFocus()
        painter = QPainter(self.viewport())
        try:
            for place in range(max(0, (wanted.top() + above) // ROW_PX),
                               min(self.tree.rowCount(), (wanted.bottom() + above) // ROW_PX + 1)):
                box = QRect(0, place * ROW_PX - above, width, ROW_PX)
                self.rows.paint_row(painter, box, self.tree.hit_at(place), selected=place == selected,
                                    walked=walked and place == selected, hovered=place == hovered, is_open=False)
        finally:
            painter.end()

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem,
                index: QModelIndex | QPersistentModelIndex) -> None:
        """A row is one cell without decoration. Qt's own way asks the model for seven things per row, and the style
        sheet twice: half of the time from a letter typed to the list."""
        row = self.tree.row_at(index)
        selected = index == self._selected
        self.rows.paint_row(painter, option.rect, row, selected=selected, walked=selected and self.hasFocus(),
                            hovered=index == self._hovered, is_open=row.camera is None and self.isExpanded(index))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
            return
        if event.key() == Qt.Key.Key_Asterisk:
            return                               # Qt would unfold everything: 60,000 rows
        super().keyPressEvent(event)
        self._more(self.currentIndex())
        self.scrollTo(self.currentIndex())

    def keyboardSearch(self, _text: str) -> None:
        """Letters are commands here; the field above is for searching."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid() and index.data(Role.CAMERA) is None \
                and not self._more(index):
            self.setExpanded(index, not self.isExpanded(index))

    def startDrag(self, actions: Qt.DropAction) -> None:
        camera = self.current_camera()
        if camera is None:
            return
        drag = QDrag(self)
        drag.setMimeData(self.tree.mimeData([self.currentIndex()]))
        drag.setPixmap(drag_label(f"{camera.label}  {camera.name}", self._theme.tokens, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-12, 8))              # beside the pointer: the pane below stays visible
        drag.exec(actions, Qt.DropAction.CopyAction)

    def _choose(self, index: QModelIndex) -> None:
        camera = index.data(Role.CAMERA)
        if isinstance(camera, Camera):
            self.chosen.emit(camera.id)
        elif index.isValid() and not self._more(index):
            self.setExpanded(index, not self.isExpanded(index))

    def _more(self, index: QModelIndex) -> bool:
        """Reached "n more": the next rows come in its place."""
        row, above = index.row(), index.parent()
        if not self.tree.show_more(index):
            return False
        self.setCurrentIndex(self.tree.index(row, 0, above))
        return True
