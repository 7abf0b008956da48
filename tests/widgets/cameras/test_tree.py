"""The camera tree at the size of a large city."""

from __future__ import annotations

import time
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from app.model.camera import Camera
from app.model.pane import PaneState
from widgets.cameras.tree_model import CAMERA_MIME, CameraTree, Role

pytestmark = pytest.mark.screen
CITY = [Camera(f"c{i}", 1 + i, f"Kamera {i}", ("Makassar" if i < 3000 else "Ambon", f"Kelurahan {i // 60 % 50}"))
        for i in range(6000)]


@pytest.fixture
def tree(qapp: Any) -> CameraTree:
    made = CameraTree()
    made.show(CITY)
    return made


def test_qt_finds_no_fault_with_the_model(tree: CameraTree) -> None:
    small = CameraTree()
    QAbstractItemModelTester(small, QAbstractItemModelTester.FailureReportingMode.Warning)
    small.show(CITY[:200])
    small.set_states({"c3": PaneState.LOST})
    small.show(CITY[:10])
    assert small.rowCount() == 1


def test_areas_and_cameras_by_number(tree: CameraTree) -> None:
    assert [tree.index(row, 0).data() for row in range(tree.rowCount())] == ["Makassar", "Ambon"]
    district = tree.index(0, 0, tree.index(0, 0))
    assert district.data(Role.DEPTH) == 1 and tree.rowCount(district) == 60
    first = tree.index(0, 0, district)
    assert first.data() == "0001 Kamera 0" and first.parent() == district
    assert tree.index_of_camera("c4000").data(Role.CAMERA) == CITY[4000]
    assert not tree.index_of_camera("nobody").isValid()


def test_only_rows_that_changed_are_told(tree: CameraTree) -> None:
    told: list[QModelIndex] = []
    tree.dataChanged.connect(lambda top, _bottom, _roles: told.append(top))
    tree.set_states({"c0": PaneState.LIVE, "c1": PaneState.LIVE})
    tree.set_states({"c0": PaneState.LIVE, "c1": PaneState.FROZEN})
    assert [index.data() for index in told[-3:]] == ["0002 Kamera 1", "Kelurahan 0", "Makassar"]
    assert tree.index(0, 0).data(Role.COUNT) == (2999, 3000)
    told.clear()
    tree.set_states({"c0": PaneState.LIVE, "c1": PaneState.FROZEN})
    assert told == []


def test_a_camera_travels_by_its_id(tree: CameraTree) -> None:
    data = tree.mimeData([tree.index_of_camera("c17"), tree.index(0, 0)])
    assert bytes(data.data(CAMERA_MIME).data()) == b"c17"


def test_six_thousand_cameras_are_listed_at_once(tree: CameraTree) -> None:
    """A budget with room for a slow machine: typing in the search field must not feel it."""
    begun = time.perf_counter()
    tree.show(CITY)
    tree.set_states({f"c{i}": PaneState.LIVE for i in range(64)})
    assert time.perf_counter() - begun < 0.5
