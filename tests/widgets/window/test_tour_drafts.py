"""What was written of a tour and not saved waits while another tour is looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.model.scene import Stop, StopKind, Tour
from tests.widgets.window.conftest import Shown, until
from tests.widgets.window.stage import FakeStation
from widgets.tours.editor import TourEditor

pytestmark = pytest.mark.screen
STOPS = (Stop(StopKind.CAMERA, "cam0001"),)


@pytest.fixture
def editor(opening: Callable[..., Shown]) -> TourEditor:
    station = FakeStation(4)
    station.registry.tours.save(Tour("t1", 7, "Malam", STOPS, 20.0))
    station.registry.tours.save(Tour("t2", 8, "Siang", STOPS, 20.0))
    shown = opening(station)
    shown.key(Qt.Key.Key_F6)
    until(lambda: shown.frame.page == "tours")
    made = shown.frame.findChild(TourEditor)
    until(lambda: made.tours.count() == 2 and made.name.text() == "Malam")
    return made


def kept(editor: TourEditor, tour: str) -> Tour | None:
    return editor._book.by_id(tour)


def rows(editor: TourEditor) -> list[str]:
    return [editor.tours.item(row).text() for row in range(editor.tours.count())]


def test_edits_wait_while_another_tour_is_shown(editor: TourEditor) -> None:
    assert not editor.undo_it.isEnabled()
    editor.name.setText("Malam rutin")
    editor.dwell.setValue(45)
    assert editor.undo_it.isEnabled()
    editor.tours.setCurrentRow(1)
    assert editor.name.text() == "Siang" and not editor.undo_it.isEnabled()
    assert rows(editor) == ["*7   Malam *", "*8   Siang"]
    editor.refresh()
    assert rows(editor) == ["*7   Malam *", "*8   Siang"], "another station changed something"
    editor.tours.setCurrentRow(0)
    assert (editor.name.text(), editor.dwell.value()) == ("Malam rutin", 45) and editor.undo_it.isEnabled()
    editor.save()
    until(lambda: kept(editor, "t1") == Tour("t1", 7, "Malam rutin", STOPS, 45.0))
    until(lambda: not editor.undo_it.isEnabled())
    assert rows(editor) == ["*7   Malam rutin", "*8   Siang"]


def test_undo_brings_back_what_is_kept(editor: TourEditor) -> None:
    editor.name.setText("Malam rutin")
    editor.tours.setCurrentRow(1)
    editor.tours.setCurrentRow(0)
    editor.undo_it.click()
    assert editor.name.text() == "Malam" and not editor.edited
    editor.tours.setCurrentRow(1)
    assert rows(editor) == ["*7   Malam", "*8   Siang"]


def test_a_new_tour_that_was_begun_waits_too(editor: TourEditor) -> None:
    editor.new()
    QTest.keyClicks(editor.name, "Pelabuhan")
    editor.tours.setCurrentRow(0)
    assert editor.name.text() == "Malam"
    editor.new()
    assert editor.name.text() == "Pelabuhan" and editor.edited
    editor.undo_it.click()
    assert not editor.name.text() and not editor.edited
