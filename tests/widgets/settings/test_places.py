"""Places for recordings on the settings page: seen, added, changed, taken away, refused; by keyboard alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.model.recording import Usage
from app.recording.place import MARKER, State
from app.recording.placing import Changed, added, removed
from app.recording.roots import GIGABYTE, LEAST_FLOOR, WHOLE_DISK, Root, roots_of
from app.recording.standing import Standing, folder_of, read_size
from app.registry.lane import RegistryLane
from tests.widgets.settings.test_page import lane
from tests.widgets.window.conftest import until
from widgets.recording.places import StoragePlaces
from widgets.theme import Theme

__all__ = ["lane"]
pytestmark = pytest.mark.screen


class Places:
    """See app.recording_room: what is asked is answered at once, on this thread."""

    def __init__(self, lane: RegistryLane) -> None:
        self._lane = lane
        self.states: dict[str, State] = {}

    def standings(self) -> tuple[Standing, ...]:
        return tuple(Standing(root, self.states.get(root.path.name, State.WELL),
                              Usage(bytes=40 * GIGABYTE, free=60 * GIGABYTE, size=100 * GIGABYTE), 5e9)
                     for root in roots_of(self._lane.settings))

    def place_added(self, folder: str, quota: str, floor: str, then: Changed) -> bool:
        return self._answer(lambda: added(self._lane.settings, folder_of(folder),
                                          read_size(quota) if quota else WHOLE_DISK,
                                          read_size(floor) if floor else LEAST_FLOOR), then)

    def place_removed(self, folder: str, then: Changed) -> bool:
        return self._answer(lambda: removed(self._lane.settings, Path(folder)), then)

    @staticmethod
    def _answer(work: Callable[[], dict[str, object]], then: Changed) -> bool:
        try:
            then(work(), "")  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - as the room does
            then({}, str(error))
        return True


@pytest.fixture
def part(qapp: QApplication, lane: RegistryLane) -> Iterator[tuple[StoragePlaces, Places]]:
    theme, places = Theme("dark"), Places(lane)
    theme.install(qapp)
    part = StoragePlaces(lambda: places, lane, theme)
    part.resize(880, 400)
    part.show()
    part.activateWindow()
    until(part.isActiveWindow)
    yield part, places
    part.close()
    part.deleteLater()
    theme.deleteLater()


def rows(part: StoragePlaces) -> list[list[str]]:
    cells = [[part.table.item(row, column) for column in range(part.table.columnCount())]
             for row in range(part.table.rowCount())]
    return [[cell.text() if cell is not None else "" for cell in row] for row in cells]


def test_a_place_is_added_changed_and_removed_by_keyboard(part, lane, tmp_path) -> None:
    page, _places = part
    assert [row[1] for row in rows(page)] == ["in use"]
    assert rows(page)[0][6] == "0.4 days"                   # 2 GB of quota at 5 GB a day
    page.folder.setFocus(Qt.FocusReason.TabFocusReason)     # selects what stands there
    QTest.keyClicks(page.folder, str(tmp_path / "disk2"))
    for field in (page.folder, page.quota):
        QTest.keyClick(field, Qt.Key.Key_Return)
    until(page.floor.hasFocus)
    QTest.keyClick(page.floor, Qt.Key.Key_Return)
    until(lambda: "mount the disk" in page._told.text())   # there is no such folder
    assert len(rows(page)) == 1

    (tmp_path / "disk2").mkdir()
    page.quota.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClicks(page.quota, "500G")
    QTest.keyClick(page.floor, Qt.Key.Key_Return)
    until(lambda: len(rows(page)) == 2)
    assert rows(page)[1][4:6] == ["500 GB", "1.0 GB"]
    assert roots_of(lane.settings)[1] == Root(tmp_path / "disk2", 500 * GIGABYTE, LEAST_FLOOR)
    assert json.loads((tmp_path / "disk2" / MARKER).read_text())["id"]

    page.table.setFocus()
    page.table.setCurrentCell(0, 0)
    QTest.keyClick(page.table, Qt.Key.Key_Down)             # the form shows the place that the table stands on
    assert page.folder.text() == str(tmp_path / "disk2")
    assert (page.quota.text(), page.floor.text(), page.keep.text()) == ("500G", "1G", "Change limits")
    page.quota.setText("")
    page.keep.setFocus()
    QTest.keyClick(page.keep, Qt.Key.Key_Space)
    until(lambda: rows(page)[1][4] == "whole disk")
    assert len(rows(page)) == 2
    page.remove.setFocus()
    QTest.keyClick(page.remove, Qt.Key.Key_Space)
    until(lambda: len(rows(page)) == 1)
    assert not page.remove.isEnabled()                      # the last one stays
    assert (tmp_path / "disk2" / MARKER).exists()


def test_a_place_that_is_away_is_what_to_look_at(part, lane) -> None:
    page, places = part
    calm = page.table.item(0, 1).foreground().color()
    places.states["recordings"] = State.AWAY
    page.refresh()
    assert rows(page)[0][1] == "away"
    assert page.table.item(0, 1).foreground().color() != calm
    assert page.table.item(0, 0).foreground().color() == calm
    for field in (page.table, page.folder, page.quota, page.floor):
        assert field.accessibleName()
