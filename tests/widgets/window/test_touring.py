"""A tour on a real window over a synthetic engine: opened beforehand, turned, touched, ended, kept over a restart."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.model.pane import PaneReport, PaneState
from app.model.scene import Order, Stop, StopKind, Tour
from app.runtime.clock import ManualClock
from app.tours.runner import Phase
from tests.widgets.window.conftest import Shown, until
from tests.widgets.window.stage import FakeStation
from widgets.tours.feature import TourFeature

pytestmark = pytest.mark.screen

ALL = tuple(Stop(StopKind.CAMERA, f"cam{i:04d}") for i in range(40))


def feature(shown: Shown) -> TourFeature:
    return next(each for each in shown.ui._features if isinstance(each, TourFeature))


@pytest.fixture
def station() -> FakeStation:
    made = FakeStation(40)
    made.registry.tours.save(Tour("t1", 7, "Malam rutin", ALL, 20.0))
    return made


@pytest.fixture
def shown(station, opening) -> Shown:
    made = opening(station)
    touring = feature(made).touring
    until(lambda: touring.book.all())
    touring._clock = ManualClock()
    return made


def cameras_on(shown: Shown) -> list[str]:
    return [pane.camera for pane in shown.state.panes[:16]]


def ticked(shown: Shown, seconds: float) -> None:
    touring = feature(shown).touring
    touring._clock.advance(seconds)
    touring.tick()


def begin(shown: Shown) -> None:
    """T, and the first page is on the window: the very cameras that a new wall shows."""
    shown.key(Qt.Key.Key_T)
    ticked(shown, 0.1)
    assert feature(shown).touring.of("w1").current is not None


def ahead(shown: Shown) -> list[str]:
    return sorted(key for key in shown.station.engine.wants if "/next/" in key)


def test_the_next_page_is_open_before_it_turns_and_its_pictures_move_in(shown):
    begin(shown)
    ticked(shown, 5)
    assert ahead(shown) == []
    ticked(shown, 10)
    until(lambda: len(ahead(shown)) == 16)
    box = shown.station.engine.wants["w1/3"]
    assert (shown.station.engine.wants["w1/next/3"].width, shown.station.engine.wants["w1/next/3"].height) == (
        box.width, box.height), "in the size of the pane that it will have"
    ticked(shown, 0.2)
    assert cameras_on(shown)[0] == "cam0000"
    renamed: list[dict[str, str]] = []
    shown.station.wall.moved.connect(renamed.append)
    ticked(shown, 5)
    assert cameras_on(shown) == [f"cam{i:04d}" for i in range(16, 32)]
    assert renamed == [{f"w1/next/{i}": f"w1/{i}" for i in range(16)}]
    assert {face.report.state for face in shown.frame.view.faces} == {PaneState.LIVE}, "no pane is asked for anew"
    until(lambda: not ahead(shown))


def test_a_page_waits_for_its_cameras_and_no_longer_than_the_grace(shown):
    begin(shown)
    ticked(shown, 15)
    until(lambda: len(ahead(shown)) == 16)
    shown.station.engine.report_by_key["w1/next/2"] = PaneReport(PaneState.CONNECTING)
    ticked(shown, 5.1)
    assert cameras_on(shown)[0] == "cam0000"
    ticked(shown, 4.0)
    assert cameras_on(shown)[0] == "cam0000"
    ticked(shown, 1.1)
    assert cameras_on(shown)[0] == "cam0016"
    assert shown.frame.view.faces[2].report.state is PaneState.CONNECTING, "the pane says the truth"


def test_a_hand_pauses_and_it_goes_on_by_itself(shown):
    begin(shown)
    tour = feature(shown).touring.of("w1")
    shown.key(Qt.Key.Key_Tab)
    assert tour.phase is Phase.TOUCHED
    assert "Malam rutin" in shown.frame.bar.notice.text
    ticked(shown, 59)
    assert tour.phase is Phase.TOUCHED and cameras_on(shown)[0] == "cam0000"
    shown.write("10")                           # a number being typed is a hand, too
    ticked(shown, 59)
    assert tour.phase is Phase.TOUCHED
    ticked(shown, 2)
    assert tour.phase is Phase.RUNNING
    shown.key(Qt.Key.Key_Escape)
    shown.key(Qt.Key.Key_Tab)
    shown.key(Qt.Key.Key_T)
    assert tour.phase is Phase.RUNNING, "T goes on at once after a touch"
    shown.key(Qt.Key.Key_T)
    assert tour.phase is Phase.PAUSED
    ticked(shown, 3600)
    assert cameras_on(shown)[0] == "cam0000"


def test_pages_by_hand_and_the_end(shown):
    before = cameras_on(shown)
    begin(shown)
    shown.key(Qt.Key.Key_N)
    ticked(shown, 0.1)
    until(lambda: len(ahead(shown)) == 16)
    ticked(shown, 0.2)
    assert cameras_on(shown)[0] == "cam0016"
    until(lambda: not ahead(shown))
    shown.key(Qt.Key.Key_P)
    ticked(shown, 0.1)
    until(lambda: len(ahead(shown)) == 16)
    ticked(shown, 0.2)
    assert cameras_on(shown)[0] == "cam0000"
    shown.key(Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    assert cameras_on(shown) == before
    assert feature(shown).touring.of("w1") is None
    assert shown.station.registry.settings["tour.running"] == ""


def test_a_number_starts_it_and_the_bar_counts_down(shown):
    shown.write("*7")
    shown.key(Qt.Key.Key_Return)
    ticked(shown, 0.1)
    ticked(shown, 5)
    bar = shown.frame.bar.tour
    assert bar._shown == ("Malam rutin", Phase.RUNNING, "00:15")
    assert bar.accessibleName() == "Tour Malam rutin" and bar.accessibleDescription() == "running"


def test_undo_does_not_walk_back_through_pages(shown):
    begin(shown)
    ticked(shown, 15)
    until(lambda: len(ahead(shown)) == 16)
    ticked(shown, 5.1)
    assert cameras_on(shown)[0] == "cam0016"
    assert len(shown.station.wall._past) <= 1


def test_it_goes_on_after_a_restart_only_when_it_ran(station, opening):
    first = opening(station)
    until(lambda: feature(first).touring.book.all())
    first.key(Qt.Key.Key_T)
    assert station.registry.settings["tour.running"] == '{"w1": "t1"}'
    first.close()
    again = FakeStation(40, station.wall.state)
    again.registry.tours, again.registry.settings = station.registry.tours, station.registry.settings
    second = opening(again)
    until(lambda: feature(second).touring.of("w1") is not None)
    assert feature(second).touring.of("w1").current is not None, "from the page that the window shows"
    second.key(Qt.Key.Key_T)
    assert again.registry.settings["tour.running"] == ""


def test_two_windows_run_two_tours_and_a_hand_pauses_only_its_own(shown):
    shown.station.registry.tours.save(Tour("t2", 8, "Pagi", tuple(reversed(ALL)), 30.0, Order.LEAST_SEEN))
    begin(shown)
    touring = feature(shown).touring
    shown.station.dispatcher.run("window.new", layout="2x2")
    until(lambda: "w2" in shown.ui.windows.frames)
    shown.station.dispatcher.run("tour.start", tour="t2", window="w2")
    until(lambda: touring.of("w2") is not None)
    ticked(shown, 0.2)
    until(lambda: len(ahead(shown)) == 4)
    ticked(shown, 0.2)
    other = shown.station.wall.window("w2")
    assert len({pane.camera for pane in other.panes[:4]} - {""}) == 4
    shown.station.dispatcher.run("pane.select", pane=2, window="w2")
    assert touring.of("w2").phase is Phase.TOUCHED and touring.of("w1").phase is Phase.RUNNING
    shown.station.dispatcher.run("window.close", window="w2")
    assert touring.of("w2") is None
    assert shown.station.registry.settings["tour.running"] == '{"w1": "t1"}'


def test_presets_are_sent_before_their_page_when_nobody_sees_the_camera_and_with_it_otherwise(station, opening) -> None:
    sent: list[tuple[str, str]] = []
    stops = (Stop(StopKind.PRESET, "cam0000/1"), *(Stop(StopKind.CAMERA, f"cam{i:04d}") for i in range(1, 16)),
             Stop(StopKind.PRESET, "cam0030/7"), Stop(StopKind.PRESET, "cam0001/2"))
    station.registry.tours.save(Tour("t1", 7, "Simpang", stops, 20.0))
    shown = opening(station)
    touring = feature(shown).touring
    until(lambda: touring.book.all())
    touring._clock = ManualClock()
    station.dispatcher.unbind("ptz.visit")
    station.dispatcher.bind("ptz.visit", lambda camera, token: sent.append((camera, token)))
    shown.key(Qt.Key.Key_T)
    ticked(shown, 0.1)
    until(lambda: (ticked(shown, 0.1), sent)[1])
    assert sent == [("cam0000", "1")]
    ticked(shown, 15.0)
    until(lambda: ahead(shown))
    assert sent == [("cam0000", "1"), ("cam0030", "7")], "it turns before anybody sees it"
    assert cameras_on(shown)[0] == "cam0000"
    for key in ahead(shown):
        station.engine.report_by_key[key] = PaneReport(PaneState.LIVE)
    ticked(shown, 6.0)
    assert cameras_on(shown)[:2] == ["cam0030", "cam0000"]
    assert sent[2:] == [("cam0000", "1")], "one that is in sight turns when its page comes, and only once"
    ticked(shown, 13.0)
    until(lambda: (ticked(shown, 1.0), cameras_on(shown)[0] == "cam0001")[1])
    assert sent[3:] == [("cam0001", "2")]
