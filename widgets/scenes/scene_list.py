"""The scenes as a list of rows: number, name, how many windows; dragged onto panes, walked by keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.model.scene import Scene
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from widgets.common.plain import tip
from widgets.theme import Theme, Weight, font, icon_pixmap
from widgets.theme.tokens import colour
from widgets.wall.drag_label import drag_label
from widgets.wall.dropping import SCENE_MIME

ROW_PX = 32
MOST_ROWS = 10              # then the list scrolls
_NUMBER_PX = 36             # three digits at 12/600 and their gap


class SceneList(QListWidget):
    """``chosen`` carries a scene id (Enter or a click)."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scenes: dict[str, Scene] = {}
        self.setItemDelegate(_Delegate(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._choose)

    def show_scenes(self, scenes: Sequence[Scene], now: str) -> None:
        """``now``: id of the scene on the wall, which is marked. The row that was current stays so."""
        kept = self.current() or now
        self._scenes = {scene.id: scene for scene in scenes}
        self.clear()
        for scene in scenes:
            words = f"{scene.number} {scene.name}, {extent(scene)}"
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, scene)
            item.setData(Qt.ItemDataRole.UserRole + 1, scene.id == now)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            item.setToolTip(tip(scene.name))
            self.addItem(item)
            if scene.id == kept:
                self.setCurrentItem(item)
        if self.currentItem() is None and self.count():
            self.setCurrentRow(0)

    def height_wanted(self) -> int:
        return min(max(self.count(), 1), MOST_ROWS) * ROW_PX

    def current(self) -> str:
        """Id of the current row's scene, "" without one."""
        item = self.currentItem()
        scene = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return scene.id if isinstance(scene, Scene) else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentItem())
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
                             Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()                      # digits, F2, Delete: the popover's own

    def startDrag(self, _actions: Qt.DropAction) -> None:
        scene = self._scenes.get(self.current())
        if scene is None:
            return
        data = QMimeData()
        data.setData(SCENE_MIME, QByteArray(scene.id.encode()))
        data.setText(scene.name)
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(drag_label(f"*{scene.number}  {scene.name}", self._theme.tokens, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-12, 8))
        drag.exec(Qt.DropAction.CopyAction)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole).id)


def extent(scene: Scene) -> str:
    """"all windows", "2 windows"."""
    if not scene.windows:
        return _("cannot be read")
    if scene.whole:
        return _("all windows")
    return ngettext("{count} window", "{count} windows", len(scene.windows)).format(count=len(scene.windows))


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        tokens = self._theme.tokens
        scene, now = index.data(Qt.ItemDataRole.UserRole), index.data(Qt.ItemDataRole.UserRole + 1)
        if not isinstance(scene, Scene):
            return
        box: QRect = option.rect
        state = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colour(tokens.selected_row))
            painter.fillRect(QRect(box.x(), box.y(), 2, box.height()), colour(tokens.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, colour(tokens.line))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(12, Weight.STRONG))
        painter.setPen(colour(tokens.quiet))
        painter.drawText(box.adjusted(12, 0, 0, 0), middle, str(scene.number))
        left = box.x() + 12 + max(_NUMBER_PX, QFontMetrics(painter.font()).horizontalAdvance(f"{scene.number}  "))
        painter.setFont(font(12))
        also = extent(scene)
        also_px = QFontMetrics(painter.font()).horizontalAdvance(also)
        right = box.right() - 12
        painter.drawText(QRect(right - also_px, box.y(), also_px + 1, box.height()), middle, also)
        painter.setFont(font(14, Weight.MEDIUM if now else Weight.NORMAL))
        painter.setPen(colour(tokens.text))
        room = right - also_px - 12 - left - (20 if now else 0)
        name = QFontMetrics(painter.font()).elidedText(scene.name, Qt.TextElideMode.ElideRight, max(room, 24))
        painter.drawText(QRect(left, box.y(), max(room, 24) + 1, box.height()), middle, name)
        if now:
            x = left + QFontMetrics(painter.font()).horizontalAdvance(name) + 6
            painter.drawPixmap(x, box.y() + (box.height() - 12) // 2,
                               icon_pixmap("check", 12, tokens.quiet, painter.device().devicePixelRatio()))
        painter.restore()
