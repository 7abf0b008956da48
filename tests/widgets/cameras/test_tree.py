"""The camera tree at the size of a large city."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.model.camera import Camera
from app.model.pane import PaneState
from app.model.register import Owner
from app.registry.search_groups import Branch, By, grouped, paths_by
from widgets.cameras.tree_model import CAMERA_MIME, CHUNK, CameraTree, Role

pytestmark = pytest.mark.screen
CITY = [Camera(f"c{i}", 1 + i, f"Kamera {i}", ("Makassar" if i < 3000 else "Ambon", f"Kelurahan {i // 60 % 50}"))
        for i in range(6000)]
BY_ID = {camera.id: camera for camera in CITY}
PATHS = paths_by(By.AREA, {})


def show(tree: CameraTree, cameras: list[Camera], by: By = By.AREA, owners: dict[str, Owner] | None = None) -> bool:
    return tree.show(grouped(cameras, by, owners or {}), paths_by(by, owners or {}))


def rows(tree: CameraTree, parent: QModelIndex | None = None) -> list[str]:
    above = parent or QModelIndex()
    return [tree.index(row, 0, above).data() for row in range(tree.rowCount(above))]


@pytest.fixture
def tree(qapp: Any) -> CameraTree:
    made = CameraTree()
    show(made, CITY)
    return made


def test_qt_finds_no_fault_with_the_model(tree: CameraTree) -> None:
    small = CameraTree()
    QAbstractItemModelTester(small, QAbstractItemModelTester.FailureReportingMode.Warning)
    show(small, CITY[:200])
    small.set_states({"c3": PaneState.LOST}, BY_ID.get)
    show(small, CITY[:150])
    show(small, [replace(CITY[0], name="Baru"), *CITY[1:170]])
    wide = [replace(camera, area=("Makassar",)) for camera in CITY[:CHUNK * 3]]
    assert show(small, wide)
    above = small.index(0, 0)
    while small.show_more(small.index(small.rowCount(above) - 1, 0, above)):
        pass
    assert small.rowCount(above) == CHUNK * 3
    assert not show(small, wide[:CHUNK + 7])
    assert small.rowCount(above) == CHUNK + 7
    small.show(Branch(cameras=tuple(CITY[:5]), total=5, shape=1), PATHS)
    assert small.rowCount() == 5


def test_areas_and_cameras_by_number(tree: CameraTree) -> None:
    assert rows(tree) == ["Makassar", "Ambon"]
    district = tree.index(0, 0, tree.index(0, 0))
    assert district.data(Role.DEPTH) == 1 and tree.rowCount(district) == 60
    first = tree.index(0, 0, district)
    assert first.data() == "0001 Kamera 0" and first.parent() == district
    assert tree.index_of_camera(CITY[4000]).data(Role.CAMERA) == CITY[4000]
    assert not tree.index_of_camera(Camera("nobody", 9, "x", ("Makassar", "Kelurahan 0"))).isValid()
    assert not tree.index_of_camera(None).isValid()


def test_by_owner_and_by_tag_and_those_without(qapp: Any) -> None:
    owners = {"o2": Owner("o2", "Dishub"), "o1": Owner("o1", "Polres")}
    cameras = [Camera("a", 1, "A", ("Makassar", "Wajo"), owner="o1"),
               Camera("b", 2, "B", ("Makassar", "Tallo"), owner="o2", tags=("banjir", "pasar")),
               Camera("c", 3, "C")]
    tree = CameraTree()
    tree.nameless = "Tanpa"
    show(tree, cameras, By.OWNER, owners)
    assert rows(tree) == ["Dishub", "Polres", "Tanpa"]
    assert rows(tree, tree.index(0, 0)) == ["Tallo"]
    assert rows(tree, tree.index(2, 0)) == ["0003 C"]
    show(tree, cameras, By.TAG, owners)
    assert rows(tree) == ["banjir", "pasar", "Tanpa"]
    tree.set_states({"b": PaneState.LOST}, {c.id: c for c in cameras}.get)
    assert [tree.index(row, 0).data(Role.COUNT) for row in range(3)] == [(0, 1), (0, 1), (2, 2)]


def test_a_branch_of_thousands_is_shown_piece_by_piece(qapp: Any) -> None:
    tree = CameraTree()
    show(tree, [replace(camera, area=("Makassar",)) for camera in CITY])
    above = tree.index(0, 0)
    assert tree.rowCount(above) == CHUNK + 1
    more = tree.index(CHUNK, 0, above)
    assert more.data(Role.MORE) == 6000 - CHUNK and str(6000 - CHUNK) in more.data()
    assert not tree.show_more(above)
    assert tree.show_more(more)
    assert tree.rowCount(above) == 2 * CHUNK + 1
    assert tree.index(CHUNK, 0, above).data(Role.CAMERA).number == CHUNK + 1
    deep = tree.index_of_camera(replace(CITY[1500], area=("Makassar",)))
    assert deep.data(Role.CAMERA).number == 1501


def test_a_changed_camera_leaves_the_other_rows_where_they_are(tree: CameraTree) -> None:
    heard: list[str] = []
    tree.modelReset.connect(lambda: heard.append("reset"))
    tree.rowsInserted.connect(lambda *_: heard.append("rows"))
    tree.looks_changed.connect(lambda: heard.append("looks"))
    show(tree, [replace(CITY[7], name="Baru"), *CITY[:7], *CITY[8:]])
    assert heard == ["looks"]
    assert tree.index_of_camera(CITY[7]).data() == "0008 Baru"
    heard.clear()
    show(tree, [*CITY[:60], *CITY[61:]])
    assert "reset" not in heard and heard.count("rows") == 1
    assert tree.index(0, 0).data(Role.COUNT) == (2999, 2999)
    heard.clear()
    show(tree, CITY[60:])
    assert heard == ["reset"]


def test_only_rows_that_changed_are_told(tree: CameraTree) -> None:
    told: list[QModelIndex] = []
    tree.dataChanged.connect(lambda top, _bottom, _roles: told.append(top))
    tree.set_states({"c0": PaneState.LIVE, "c1": PaneState.LIVE}, BY_ID.get)
    told.clear()
    tree.set_states({"c0": PaneState.LIVE, "c1": PaneState.FROZEN}, BY_ID.get)
    assert sorted(index.data() for index in told) == ["0002 Kamera 1", "Kelurahan 0", "Makassar"]
    assert tree.index(0, 0).data(Role.COUNT) == (2999, 3000)
    told.clear()
    tree.set_states({"c0": PaneState.LIVE, "c1": PaneState.FROZEN}, BY_ID.get)
    assert told == []


def test_a_camera_travels_by_its_id(tree: CameraTree) -> None:
    data = tree.mimeData([tree.index_of_camera(CITY[17]), tree.index(0, 0)])
    assert bytes(data.data(CAMERA_MIME).data()) == b"c17"


def test_six_thousand_cameras_are_listed_at_once(tree: CameraTree) -> None:
    """Room for a loaded machine; tests/bench measures it."""
    grown = grouped(CITY[::-1][1:], By.AREA, {})
    begun = time.perf_counter()
    tree.show(grown, PATHS)
    tree.set_states({f"c{i}": PaneState.LIVE for i in range(64)}, BY_ID.get)
    assert time.perf_counter() - begun < 2.0


def test_of_many_hits_those_in_sight_come_first(tree: CameraTree) -> None:
    tree.first_hits = 40
    hits = Branch(cameras=tuple(CITY[:150]), total=150, shape=1)
    tree.show(hits, paths_by(By.AREA, {}))
    assert tree.rowCount() == 41 and tree.index(39, 0).data(Role.CAMERA) is CITY[39]
    tree.show_rest()
    assert tree.rowCount() == 150 and tree.index(149, 0).data(Role.CAMERA) is CITY[149]
    tree.show_rest()
    assert tree.rowCount() == 150


def test_as_many_other_hits_take_the_rows_of_those_before(qapp: Any) -> None:
    """A letter typed mostly finds more than is in sight, as the one before did: nothing is laid out anew then."""
    tree, heard = CameraTree(), []
    QAbstractItemModelTester(tree, QAbstractItemModelTester.FailureReportingMode.Warning)
    tree.first_hits = 40
    tree.modelReset.connect(lambda: heard.append("reset"))
    tree.dataChanged.connect(lambda top, bottom, _roles: heard.append((top.row(), bottom.row())))

    def hits(first: int, last: int) -> bool:
        return tree.show(Branch(cameras=tuple(CITY[first:last]), total=last - first, shape=first + 7 * last), PATHS,
                         in_place=True)

    assert hits(0, 150) and heard.pop() == "reset"
    assert hits(200, 290) and heard.pop() == (0, 40)
    assert tree.index(0, 0).data(Role.CAMERA) is CITY[200] and tree.hit_at(39).camera is CITY[239]
    assert tree.rowCount() == 41 and tree.index(40, 0).data(Role.MORE) == 50
    assert hits(300, 341) and heard.pop() == (0, 40) and tree.index(40, 0).data(Role.CAMERA) is CITY[340]
    assert not hits(300, 341) and not heard
    assert hits(0, 200) and heard.pop() == (0, 40) and tree.index(40, 0).data(Role.MORE) == 160
    tree.show_rest()
    assert hits(200, 400) and heard.pop() == (0, 199) and tree.hit_at(199).camera is CITY[399]
    assert hits(0, 12) and heard.pop() == "reset" and tree.rowCount() == 12
    assert hits(0, 90) and heard.pop() == "reset" and tree.rowCount() == 41
    assert show(tree, CITY) and heard.pop() == "reset" and not tree.is_flat
    assert hits(0, 2) and heard.pop() == "reset" and tree.is_flat


def test_what_has_nothing_below_it_says_so(tree: CameraTree) -> None:
    never = Qt.ItemFlag.ItemNeverHasChildren
    city = tree.index(0, 0)
    assert not city.flags() & never and not tree.index(0, 0, city).flags() & never
    assert tree.index_of_camera(CITY[0]).flags() & never
    tree.first_hits = 1
    tree.show(Branch(cameras=tuple(CITY[:3]), total=3, shape=1), PATHS)
    assert tree.index(1, 0).data(Role.MORE) == 2 and tree.index(1, 0).flags() & never
