"""The camera tree as a Qt model: areas from wide to narrow, cameras by number below; good for thousands of rows.

Runs on: GUI thread. Nothing is made per row but one small node; a view asks only for the rows it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from PySide6.QtCore import QAbstractItemModel, QByteArray, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.model.camera import Camera
from app.model.pane import PaneState
from app.runtime.language import gettext as _
from widgets.window.counts import WRONG

CAMERA_MIME = "application/x-lawang-camera"      # the camera id in UTF-8
type Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What the delegate asks for beyond Qt's own roles."""

    CAMERA = Qt.ItemDataRole.UserRole + 1        # Camera, or None for an area
    STATE = Qt.ItemDataRole.UserRole + 2         # PaneState, or None while no pane shows the camera
    DEPTH = Qt.ItemDataRole.UserRole + 3         # 0 for the widest area
    COUNT = Qt.ItemDataRole.UserRole + 4         # (working, total) of an area
    PATH = Qt.ItemDataRole.UserRole + 5          # tuple of area names


@dataclass(slots=True, eq=False)
class _Node:
    parent: _Node | None
    row: int
    path: tuple[str, ...] = ()
    camera: Camera | None = None
    children: list[_Node] = field(default_factory=list)
    total: int = 0
    wrong: int = 0
    serial: int = 0                              # place in CameraTree._nodes: what a QModelIndex can carry


class CameraTree(QAbstractItemModel):
    """``show`` gives the cameras to list, ``set_states`` what is known about those on the wall."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = _Node(None, 0)
        self._nodes: list[_Node] = []
        self._by_camera: dict[str, _Node] = {}
        self._states: Mapping[str, PaneState] = {}

    def show(self, cameras: Sequence[Camera]) -> None:
        """Replace the list. Cameras are sorted by number, areas by their first camera: number plans are geographic."""
        self.beginResetModel()
        self._root, self._nodes, self._by_camera = _Node(None, 0), [], {}
        areas: dict[tuple[str, ...], _Node] = {(): self._root}
        elsewhere = (_("Without area"),)
        for camera in sorted(cameras, key=lambda c: (not c.area, c.number)):
            node = self._area(camera.area or elsewhere, areas)
            leaf = self._add(node, node.path, camera)
            self._by_camera[camera.id] = leaf
            above: _Node | None = node
            while above is not None:
                above.total += 1
                above = above.parent
        self._count()
        self.endResetModel()

    def set_states(self, states: Mapping[str, PaneState]) -> None:
        """Tell views about the rows that changed, and no others."""
        before, self._states = self._states, dict(states)
        changed = [key for key in {*before, *states} if before.get(key) is not states.get(key)]
        touched = [node for key in changed if (node := self._by_camera.get(key)) is not None]
        if not touched:
            return
        self._count()
        seen: set[int] = set()
        for node in touched:
            above: _Node | None = node
            while above is not None and above is not self._root and above.serial not in seen:
                seen.add(above.serial)
                index = self._index_of(above)
                self.dataChanged.emit(index, index)
                above = above.parent

    def index_of_camera(self, camera_id: str) -> QModelIndex:
        node = self._by_camera.get(camera_id)
        return self._index_of(node) if node is not None else QModelIndex()

    def areas(self) -> Iterable[QModelIndex]:
        """Every area row, wide ones first."""
        return [self._index_of(node) for node in self._nodes if node.camera is None]

    # --- Qt's questions ---

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 Qt's signature
        children = self._node(parent).children
        return self.createIndex(row, column, children[row].serial) if 0 <= row < len(children) and column == 0 \
            else QModelIndex()

    def parent(self, child: Index) -> QModelIndex:    # type: ignore[override]  # QObject.parent() shares the name
        above = self._node(child).parent if child.isValid() else None
        return QModelIndex() if above is None or above is self._root else self._index_of(above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._node(parent).children)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsDragEnabled if self._node(index).camera else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        node = self._node(index)
        camera = node.camera
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{camera.label} {camera.name}" if camera else node.path[-1]
        if role == Role.CAMERA:
            return camera
        if role == Role.STATE:
            return self._states.get(camera.id) if camera else None
        if role == Role.DEPTH:
            return len(node.path) - 1 + (camera is not None)
        if role == Role.COUNT:
            return (node.total - node.wrong, node.total)
        if role == Role.PATH:
            return node.path
        return None

    def mimeTypes(self) -> list[str]:
        return [CAMERA_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        for index in indexes:
            camera = self._node(index).camera
            if camera is not None:
                data.setData(CAMERA_MIME, QByteArray(camera.id.encode()))
                data.setText(f"{camera.label} {camera.name}")
        return data

    # --- inside ---

    def _node(self, index: Index) -> _Node:
        return self._nodes[index.internalId()] if index.isValid() else self._root

    def _index_of(self, node: _Node) -> QModelIndex:
        return self.createIndex(node.row, 0, node.serial)

    def _add(self, parent: _Node, path: tuple[str, ...], camera: Camera | None) -> _Node:
        node = _Node(parent, len(parent.children), path, camera, serial=len(self._nodes))
        parent.children.append(node)
        self._nodes.append(node)
        return node

    def _area(self, path: tuple[str, ...], areas: dict[tuple[str, ...], _Node]) -> _Node:
        node = areas.get(path)
        if node is None:
            node = areas[path] = self._add(self._area(path[:-1], areas), path, None)
        return node

    def _count(self) -> None:
        for node in self._nodes:
            node.wrong = 0
        for key, state in self._states.items():
            above = self._by_camera.get(key) if state in WRONG else None
            while above is not None:
                above.wrong += 1
                above = above.parent
