"""Bookmarks and replay by keyboard, in a real window on a station without cameras."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.model.bookmark import Severity
from tests.widgets.wall.synthetic import plain
from tests.widgets.window.conftest import Shown, until
from widgets.bookmarks.feature import BookmarkDesk
from widgets.bookmarks.page import BookmarksPage
from widgets.bookmarks.popover import BookmarkPopover
from widgets.window.console import Console

pytestmark = pytest.mark.screen
SHIFT = Qt.KeyboardModifier.ShiftModifier


def page(shown: Shown) -> BookmarksPage:
    shown.key(Qt.Key.Key_F7)
    frame = shown.frame
    assert isinstance(frame, Console)
    found = frame.findChild(BookmarksPage)
    assert found is not None
    until(lambda: len(found.model.rows) == len(shown.station.registry.bookmarks.kept))
    return found


def test_b_marks_what_is_seen_and_holds_it(shown: Shown) -> None:
    shown.key(Qt.Key.Key_Tab)
    shown.key("b")
    (kept,) = shown.station.registry.bookmarks.kept.values()
    panes = [pane.camera for pane in shown.state.panes[:16]]
    assert [one.id for one in kept.cameras] == [panes[1], panes[0], *panes[2:]]
    assert (kept.at - kept.t0, kept.t1 - kept.at) == (60_000_000, 60_000_000)
    assert shown.station.recording.held == {kept.id: (tuple(one.id for one in kept.cameras), kept.t0, kept.t1)}


def test_words_are_asked_for_without_stopping_the_wall(shown: Shown) -> None:
    shown.key("b", SHIFT)
    popover = shown.frame.findChild(BookmarkPopover)
    assert popover is not None and popover.isVisible() and not popover.isModal()
    shown.write("banjir")
    shown.key(Qt.Key.Key_Return)
    (kept,) = shown.station.registry.bookmarks.kept.values()
    assert kept.words == "banjir"
    until(lambda: shown.app.focusWidget() is shown.frame.view)


def test_the_page_finds_deletes_and_brings_back(shown: Shown) -> None:
    shown.key("b")
    shown.key("b", SHIFT)
    shown.write("kebakaran")
    shown.key(Qt.Key.Key_Return)
    until(lambda: shown.app.focusWidget() is shown.frame.view)
    list_page = page(shown)
    list_page.finder.setText("kebakaran")
    assert [one.words for one in list_page.model.rows] == ["kebakaran"]
    list_page.do("delete")
    assert [one.words for one in shown.station.registry.bookmarks.kept.values()] == [""]
    assert len(shown.station.recording.held) == 1
    list_page.do("undo")
    assert {one.words for one in shown.station.registry.bookmarks.kept.values()} == {"", "kebakaran"}
    assert len(shown.station.recording.held) == 2


def test_the_page_filters_tells_the_story_and_takes_a_change_back(shown: Shown) -> None:
    for words in ("banjir", "kebakaran"):
        shown.key("b", SHIFT)
        shown.write(words)
        shown.key(Qt.Key.Key_Return)
        until(lambda: shown.app.focusWidget() is shown.frame.view)
    list_page = page(shown)
    newest = list_page.model.rows[0]
    fire = replace(newest, category="fire", severity=Severity.HIGH, agency="Damkar")
    desk = next(one for one in shown.ui._features if isinstance(one, BookmarkDesk))
    desk.book.save(fire, "rina")
    list_page.book.refresh()
    until(lambda: list_page.model.rows[0] == fire)
    list_page.severity.setCurrentIndex(list_page.severity.findData(3))
    list_page.severity.activated.emit(0)
    assert list_page.model.rows == [fire]
    list_page.category.setCurrentIndex(list_page.category.findData("fire"))
    list_page.agency.setCurrentIndex(list_page.agency.findData("Damkar"))
    list_page.agency.activated.emit(0)
    assert list_page.model.rows == [fire]
    assert "UTC" in list_page.details.facts.text()
    until(lambda: "rina" in list_page.details.history.text())
    for choice in (list_page.severity, list_page.category, list_page.agency):
        choice.setCurrentIndex(0)
    list_page.do("undo")
    assert shown.station.registry.bookmarks.kept[newest.id] == newest


def test_each_row_shows_a_picture_of_its_moment(shown: Shown, tmp_path) -> None:
    shown.station.recording.root = tmp_path
    shown.station.engine.publish("stills/0", plain(96, 54, 0, 180, 0))
    shown.key("b")
    (kept,) = shown.station.registry.bookmarks.kept.values()
    list_page = page(shown)
    until(lambda: list_page.model.picture(0) is not None)
    picture = list_page.model.picture(0)
    assert picture is not None and picture.pixelColor(5, 5).green() == 180
    asked = [camera for camera in shown.station.engine.steered if camera.startswith(f"replay:{kept.cameras[0].id}:")]
    assert shown.station.engine.steered[asked[0]][0].at == kept.at


def test_space_shows_the_past_and_never_as_live(shown: Shown) -> None:
    camera = shown.state.panes[0].camera
    shown.key(Qt.Key.Key_Space)
    assert shown.station.engine.wants["w1/0"].camera.id == camera           # nothing is recorded of it
    shown.station.recording.taping = frozenset({camera})
    shown.key(Qt.Key.Key_Space)
    until(lambda: shown.station.engine.wants["w1/0"].camera.id.startswith(f"replay:{camera}:"))
    until(lambda: shown.station.engine.steered)
    face = shown.frame.view.faces[0]
    assert face.badges.replay
    until(lambda: face.badges.replay_time)
    until(lambda: "w1/0" not in shown.ui.desk.reports and "w1/1" in shown.ui.desk.reports)
    shown.key(Qt.Key.Key_Space)
    until(lambda: shown.station.engine.wants["w1/0"].camera.id == camera)
    assert not shown.frame.view.faces[0].badges.replay
