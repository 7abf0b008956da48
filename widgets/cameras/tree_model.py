"""The camera list as a Qt model: branches with their counts and cameras below, or hits one below the other.

Runs on: GUI thread. Branches come grouped from the finder's thread (app.registry.search_groups); there is one small
node per branch that was looked into and nothing per camera, so that 60,000 of them cost as little as 64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.model.camera import Camera
from app.model.pane import PaneState
from app.registry.search_groups import Branch, alike
from app.runtime.language import gettext as _
from widgets.cameras.node import Node, place_of
from widgets.cameras.row import Role, Row
from widgets.wall.dropping import CAMERA_MIME
from widgets.window.counts import WRONG

CHUNK = 200                 # cameras of one branch that are shown at once; a row "n more" stands for the others
_FAR = 2_000                # rows: a camera further down is not unfolded only to be marked
# Made once: a view asks for the flags of each row several times per paint.
_BRANCH_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_LEAF_FLAGS = _BRANCH_FLAGS | Qt.ItemFlag.ItemNeverHasChildren      # a view asks no further then
_CAMERA_FLAGS = _LEAF_FLAGS | Qt.ItemFlag.ItemIsDragEnabled
type Index = QModelIndex | QPersistentModelIndex
type Paths = Callable[[Camera], Iterable[tuple[str, ...]]]


class CameraTree(QAbstractItemModel):
    """``show`` gives what to list, ``set_states`` what is known about the cameras on the wall.

    ``looks_changed``: the rows are the same, their words may not be; a view paints again. ``nameless`` is the title of
    the branch of those without area, owner or tag, ``first_hits`` how many hits are laid out before a view is painted.
    """

    looks_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.nameless, self.first_hits = "", CHUNK
        self._nodes: list[Node] = []
        self._by_path: dict[tuple[str, ...], Node] = {}
        self._paths: Paths = lambda _camera: ()
        self._states: Mapping[str, PaneState] = {}
        self._wrong: tuple[Camera, ...] = ()
        self._plant(Branch())

    def show(self, tree: Branch, paths: Paths, *, in_place: bool = False) -> bool:
        """List this tree; ``paths`` gives the branches of a camera. A tree without branches is a flat list.

        Rows that are the same as before stay where they are. True when everything was built anew: a view has
        forgotten what was unfolded. ``in_place``: as many hits as before take the rows of those, which a view need not
        lay out again; what it has selected is another camera then, so that it must forget that itself.
        """
        self._paths = paths
        root = self._nodes[0]
        if tree.shape == root.branch.shape:
            self._renew(root, tree)
            self.looks_changed.emit()
            return False
        if root.branch.branches and alike(root.branch, tree):
            self._mend(root, tree)
            self._count(self._wrong)
            self.looks_changed.emit()
            return False
        if in_place and self._exchange(root, tree):
            return True
        self.beginResetModel()
        self._plant(tree)
        self._count(self._wrong)
        self.endResetModel()
        return True

    def set_states(self, states: Mapping[str, PaneState], camera: Callable[[str], Camera | None]) -> None:
        """``camera`` knows cameras by id. Tells views about the rows that changed, and no others."""
        before, self._states = self._states, dict(states)
        changed = [key for key in {*before, *states} if before.get(key) is not states.get(key)]
        if not changed:
            return
        counts = {node.serial: node.wrong for node in self._nodes}
        self._count([known for key, state in states.items() if state in WRONG and (known := camera(key)) is not None])
        for node in self._nodes:
            if node.serial and node.wrong != counts.get(node.serial, 0):
                self._tell(self._index_of(node))
        for known in filter(None, map(camera, changed)):
            for node in self._nodes_of(known):
                place = place_of(node, known)
                if place is not None and place < node.shown:
                    self._tell(self._leaf(node, place))

    def index_of_camera(self, camera: Camera | None) -> QModelIndex:
        """The first row of this camera, shown if need be; an invalid index when it is not listed or too far down."""
        if camera is None:
            return QModelIndex()
        for node in self._nodes_of(camera):
            place = place_of(node, camera)
            if place is not None and place < max(_FAR, node.shown):
                while place >= node.shown:
                    self._show_more(node)
                return self._leaf(node, place)
        return QModelIndex()

    def branch_index(self, path: tuple[str, ...]) -> QModelIndex:
        """The row of a branch; an invalid index when there is none."""
        node = self._find(path)
        return self._index_of(node) if node is not None and node.serial else QModelIndex()

    @property
    def is_flat(self) -> bool:
        """Hits one below the other, without branches."""
        return not self._nodes[0].branch.branches

    def branches(self) -> Iterable[QModelIndex]:
        """Every branch, wide ones first."""
        def below(node: Node) -> Iterable[QModelIndex]:
            for child in self._children(node):
                yield self._index_of(child)
                yield from below(child)
        return below(self._nodes[0])

    def show_more(self, index: Index) -> bool:
        """Shows the next CHUNK in place of a row "n more"; False for any other row."""
        if not self._is_more(index):
            return False
        self._show_more(self._above(index))
        return True

    def show_rest(self) -> None:
        """The hits below those that were shown first: laying them out costs as much as painting the ones in sight."""
        root = self._nodes[0]
        if root.rest and not root.branch.branches:
            self._show_more(root)

    # --- Qt's questions ---

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 Qt's signature
        node = self._node(parent)
        if node is None or column or not 0 <= row < node.rows:
            return QModelIndex()
        if row < len(node.branch.branches):
            return self.createIndex(row, 0, self._children(node)[row].serial << 1)
        return self.createIndex(row, 0, node.serial << 1 | 1)

    def parent(self, child: Index) -> QModelIndex:    # type: ignore[override]  # QObject.parent() shares the name
        if not child.isValid():
            return QModelIndex()
        above = self._above(child)
        return self._index_of(above) if above.serial else QModelIndex()

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        return not parent.isValid() or not parent.internalId() & 1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        node = self._node(parent)
        return node.rows if node is not None else 0

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        key = index.internalId() if index.isValid() else -1
        if key < 0:
            return Qt.ItemFlag.NoItemFlags
        if not key & 1:
            return _BRANCH_FLAGS
        return _CAMERA_FLAGS if self._camera(index) is not None else _LEAF_FLAGS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        node = self._node(index)
        return self._branch_data(node, role) if node is not None else self._leaf_data(index, role)

    def row_at(self, index: Index) -> Row:
        """All that is painted of a row, asked for once."""
        key = index.internalId()
        above = self._nodes[key >> 1]
        if not key & 1:
            path, total = above.branch.path, above.branch.total
            return Row(path[-1] or self.nameless, len(path) - 1, count=(total - above.wrong, total))
        return self._leaf_row(above, index.row() - len(above.branch.branches))

    def hit_at(self, place: int) -> Row:
        """The same of a flat list, by its place: no index is made for it."""
        return self._leaf_row(self._nodes[0], place)

    def mimeTypes(self) -> list[str]:
        return [CAMERA_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        for index in indexes:
            camera = self._camera(index)
            if camera is not None:
                data.setData(CAMERA_MIME, QByteArray(camera.id.encode()))
                data.setText(f"{camera.label} {camera.name}")
        return data

    # --- inside ---

    def _leaf_row(self, above: Node, place: int) -> Row:
        depth = len(above.branch.path)
        if place >= above.shown:
            return Row(_("{count} more").format(count=above.rest), depth)
        camera = above.branch.cameras[place]
        return Row(camera.name, depth, camera, self._states.get(camera.id))

    def _branch_data(self, node: Node, role: int) -> object:
        path, total = node.branch.path, node.branch.total
        name = path[-1] or self.nameless
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _("{name}, {working} of {total}").format(name=name, working=total - node.wrong, total=total)
        if role == Role.COUNT:
            return (total - node.wrong, total)
        if role == Role.PATH:
            return path
        return len(path) - 1 if role == Role.DEPTH else None

    def _leaf_data(self, index: Index, role: int) -> object:
        camera = self._camera(index)
        above = self._above(index)
        depth = len(above.branch.path)
        if role == Role.DEPTH:
            return depth
        if camera is None:
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                return _("{count} more").format(count=above.rest)
            return above.rest if role == Role.MORE else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{camera.label} {camera.name}"
        if role == Role.CAMERA:
            return camera
        if role == Role.STATE:
            return self._states.get(camera.id)
        return 0 if role == Role.MORE else None

    def _plant(self, tree: Branch) -> None:
        # Hits begin with what a view shows of them, see show_rest; a branch begins with one chunk.
        shown = min(len(tree.cameras), CHUNK if tree.branches else self.first_hits)
        root = Node(None, 0, 0, tree, shown=shown)
        self._nodes, self._by_path = [root], {tree.path: root}

    def _exchange(self, root: Node, tree: Branch) -> bool:
        """Other hits in the same rows; False where they would not be as many, or too few in sight."""
        rows, many = root.rows, len(tree.cameras)
        shown = rows if many == rows else rows - 1
        if root.branch.branches or tree.branches or not rows or many < rows or shown < min(many, self.first_hits):
            return False
        root.branch, root.shown = tree, shown
        self.dataChanged.emit(self._leaf(root, 0), self._leaf(root, rows - 1))
        return True

    def _children(self, node: Node) -> list[Node]:
        """The nodes of its branches, made when they are first asked for: of 1,300 areas a few are looked into."""
        if not node.children:
            for row, branch in enumerate(node.branch.branches):
                made = Node(node, row, len(self._nodes), branch, shown=min(len(branch.cameras), CHUNK))
                self._nodes.append(made)
                self._by_path[branch.path] = made
                node.children.append(made)
        return node.children

    def _find(self, path: tuple[str, ...]) -> Node | None:
        """The node of a branch, made with those above it where nobody asked before."""
        node = self._by_path.get(path)
        if node is None and path:
            above = self._find(path[:-1])
            if above is not None and not above.children:
                self._children(above)
                node = self._by_path.get(path)
        return node

    def _renew(self, node: Node, branch: Branch) -> None:
        """The same rows, perhaps with other names."""
        node.branch = branch
        if node.children:
            for child, new in zip(node.children, branch.branches, strict=True):
                self._renew(child, new)

    def _mend(self, node: Node, branch: Branch) -> None:
        """The same branches with other cameras: only the rows of those that differ go and come."""
        if node.branch.shape == branch.shape:
            self._renew(node, branch)
            return
        if node.children:
            for child, new in zip(node.children, branch.branches, strict=True):
                self._mend(child, new)
        here, first = self._index_of(node), len(branch.branches)
        if [c.id for c in node.branch.cameras] == [c.id for c in branch.cameras]:
            node.branch = branch
            return
        shown = min(max(node.shown, CHUNK), len(branch.cameras))
        if node.rows > first:
            self.beginRemoveRows(here, first, node.rows - 1)
            node.branch, node.shown = Branch(branch.path, branch.branches), 0
            self.endRemoveRows()
        if branch.cameras:
            self.beginInsertRows(here, first, first + shown - (shown == len(branch.cameras)))
            node.branch, node.shown = branch, shown
            self.endInsertRows()
        node.branch = branch

    def _show_more(self, node: Node) -> None:
        here, first = self._index_of(node), len(node.branch.branches) + node.shown
        more = min(CHUNK, node.rest)
        # At the end the row "n more" itself becomes the first of the last cameras.
        last = more == node.rest
        if not last or more > 1:
            self.beginInsertRows(here, first + last, first + more - 1)
        node.shown += more
        if not last or more > 1:
            self.endInsertRows()
        self.looks_changed.emit()

    def _count(self, wrong: Sequence[Camera]) -> None:
        for node in self._nodes:
            node.wrong = 0
        for camera in wrong:
            met: set[int] = set()           # a camera of two tags counts once in what lies above both
            for node in self._nodes_of(camera):
                above: Node | None = node if place_of(node, camera) is not None else None
                while above is not None and above.serial not in met:
                    met.add(above.serial)
                    above.wrong += 1
                    above = above.parent
        self._wrong = tuple(wrong)

    def _nodes_of(self, camera: Camera) -> Iterable[Node]:
        root = self._nodes[0]
        if not root.branch.branches:
            return (root,)
        return [node for path in self._paths(camera) if (node := self._find(tuple(path))) is not None]

    def _tell(self, index: QModelIndex) -> None:
        self.dataChanged.emit(index, index)

    def _node(self, index: Index) -> Node | None:
        """The branch of a row, the root for none, None for a camera or "n more"."""
        if not index.isValid():
            return self._nodes[0]
        key = index.internalId()
        return None if key & 1 else self._nodes[key >> 1]

    def _above(self, index: Index) -> Node:
        key = index.internalId()
        node = self._nodes[key >> 1]
        return node if key & 1 else (node.parent or self._nodes[0])

    def _camera(self, index: Index) -> Camera | None:
        if not index.isValid() or not index.internalId() & 1:
            return None
        above = self._nodes[index.internalId() >> 1]
        place = index.row() - len(above.branch.branches)
        return above.branch.cameras[place] if 0 <= place < above.shown else None

    def _is_more(self, index: Index) -> bool:
        return index.isValid() and bool(index.internalId() & 1) and self._camera(index) is None

    def _leaf(self, node: Node, place: int) -> QModelIndex:
        return self.createIndex(len(node.branch.branches) + place, 0, node.serial << 1 | 1)

    def _index_of(self, node: Node) -> QModelIndex:
        return self.createIndex(node.row, 0, node.serial << 1) if node.serial else QModelIndex()
