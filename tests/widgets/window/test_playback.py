"""The timeline by keyboard alone, in a real window on a station whose index says what a test puts into it."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt

from app.commands.dispatcher import Ran
from app.model.bookmark import Bookmark, Marked
from app.model.clip import Gap, GapCause
from app.model.playback import NORMAL
from app.playback.scale import DAY, MINUTE, Scale
from tests.widgets.window.conftest import Shown, until
from widgets.playback.beside import KEY
from widgets.playback.calendar import Calendar
from widgets.playback.feature import PlaybackDesk
from widgets.playback.timeline import TimelinePanel

pytestmark = pytest.mark.screen
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
S = 1_000_000


@pytest.fixture
def past(shown: Shown) -> Shown:
    """Ten minutes are recorded of the first four cameras, with a hole in the second.

    On a disk that cannot be seen from here: what the index knows is enough, no window asks a disk.
    """
    now = time.time_ns() // 1000
    for pane in shown.state.panes[:4]:
        shown.station.recording.recorded[pane.camera] = (((now - 600 * S, now),), ())
    second = shown.state.panes[1].camera
    shown.station.recording.recorded[second] = (
        ((now - 600 * S, now - 300 * S), (now - 200 * S, now)),
        (Gap(now - 300 * S, now - 200 * S, GapCause.CAMERA_LOST, second),))
    shown.station.recording.changed.emit()
    until(lambda: len(desk(shown)._kept or ()) == 4)
    shown.key(Qt.Key.Key_Space)
    return shown


def desk(shown: Shown) -> PlaybackDesk:
    found = next(one for one in shown.ui._features if isinstance(one, PlaybackDesk))
    return found


def panel(shown: Shown) -> TimelinePanel:
    found = shown.frame.findChild(TimelinePanel)
    assert found is not None
    return found


def moment(shown: Shown) -> int:
    look = desk(shown).past.look("w1/0")
    assert look is not None
    return look.session.moment(time.monotonic_ns())


def test_keys_move_the_clock_and_space_is_live_again(past: Shown) -> None:
    look = desk(past).past.look("w1/0")
    assert look is not None
    past.key("k")
    assert look.session.moving.paused
    there = moment(past)
    past.key(Qt.Key.Key_Left, SHIFT)
    assert moment(past) == there - 60 * S
    past.key(".")
    until(lambda: not look.waits_for)
    assert moment(past) % 100_000 == 0                      # the synthetic engine has 10 pictures a second
    here = moment(past)
    past.key(",")
    until(lambda: not look.waits_for)
    assert moment(past) == here - 100_000
    past.key(Qt.Key.Key_Right)
    until(lambda: not look.waits_for)
    assert moment(past) == here
    speeds = []
    for key, modifiers in (("l", None), ("l", None), ("j", None), ("j", None), ("l", SHIFT), ("l", None)):
        past.key(key, modifiers or Qt.KeyboardModifier.NoModifier)
        speeds.append(look.session.moving.eighths)
    assert speeds == [NORMAL, 2 * NORMAL, -NORMAL, -2 * NORMAL, -NORMAL, NORMAL]
    layout = past.state.layout
    past.key(Qt.Key.Key_Escape)
    assert not desk(past).past and past.state.layout == layout
    until(lambda: not panel(past).isVisible())


def test_the_timeline_shows_rows_gaps_and_their_cause(past: Shown) -> None:
    until(lambda: panel(past).isVisible())
    past.key("k")
    past.key("c")
    track = panel(past).track
    until(lambda: len(track.rows) == 4)
    assert [row.camera for row in track.rows] == [pane.camera for pane in past.state.panes[:4]]
    assert track.rows[0].leads
    desk(past).jump(time.time_ns() // 1000 - 250 * S)
    until(lambda: "camera lost" in panel(past).said)
    assert past.frame.view.faces[1].badges.replay
    wide = track.scale.width
    past.key("z", SHIFT)
    assert track.scale.width > wide
    past.key("c")
    assert list(desk(past).past.keys()) == ["w1/0"]


def test_a_wider_window_goes_on_following_the_moment(past: Shown) -> None:
    until(lambda: panel(past).isVisible() and panel(past).track.scale.t0)
    timelines = desk(past).timelines
    line = timelines._lines["w1"]
    until(lambda: not line.free)
    wide = panel(past).track.scale.px
    past.frame.resize(past.frame.width() - 120, past.frame.height())
    until(lambda: panel(past).track.scale.px < wide)
    assert not line.free
    panel(past).track.set_scale(panel(past).track.scale.moved(60 * S))      # by hand: the operator looks elsewhere
    assert line.free


def test_a_pointer_that_is_dragged_asks_for_no_more_pictures_than_can_be_shown(past: Shown) -> None:
    until(lambda: panel(past).isVisible() and panel(past).track.scale.t0)
    track, ran = panel(past).track, []
    past.station.dispatcher.ran.connect(lambda done: ran.append(done.args.get("at")) if done.command == "replay.jump"
                                        else None)
    places = [track.scale.t0 + step * S for step in range(50)]
    for at in places:
        track.sought.emit(at)               # faster than any hand: no turn of the loop between them
    assert ran == places[:1]
    track.released.emit()
    assert ran == [places[0], places[-1]]


def test_live_stands_beside_the_past_when_the_setting_says_so(past: Shown) -> None:
    engine, camera = past.station.engine, past.state.panes[0].camera
    assert KEY not in engine.wants
    past.station.registry.settings["replay.beside"] = True
    until(lambda: KEY in engine.wants)
    assert engine.wants[KEY].camera.id == camera
    assert engine.wants["w1/0"].camera.id.startswith("replay:")
    past.key(Qt.Key.Key_Space)
    until(lambda: KEY not in engine.wants and engine.wants["w1/0"].camera.id == camera)


def test_a_marked_span_of_all_cameras_goes_to_the_export(past: Shown) -> None:
    ran: list[Ran] = []
    past.station.dispatcher.ran.connect(ran.append)
    past.key("k")
    past.key("c")
    past.key(Qt.Key.Key_Left, SHIFT)
    past.key("i")
    past.key(Qt.Key.Key_Right, SHIFT)
    past.key("o")
    cameras, t0, t1 = desk(past).marked()
    assert cameras == tuple(pane.camera for pane in past.state.panes[:4])
    assert 55 * S <= t1 - t0 <= 60 * S
    assert list(past.station.recording.held.values()) == [(cameras, t0, t1)]
    past.key("e", CTRL)
    (asked,) = [one for one in ran if one.command == "case.export"]
    assert (asked.args["cameras"], asked.args["t0"], asked.args["t1"]) == (cameras, t0, t1)
    desk(past).live()
    assert not past.station.recording.held


def test_the_calendar_goes_to_a_day_and_flags_to_their_bookmark(past: Shown) -> None:
    now = time.time_ns() // 1000
    camera = past.state.panes[0].camera
    past.station.registry.bookmarks.save(Bookmark("b1", now - 400 * S, now - 460 * S, now - 340 * S,
                                                  (Marked(camera, 101, "a"),), words="banjir"))
    past.key("k")
    past.key("f", SHIFT)
    until(lambda: moment(past) == now - 405 * S)
    past.key("g")
    calendar = past.frame.findChild(Calendar)
    assert calendar is not None and calendar.isVisible() and not calendar.isModal()
    assert calendar.month.day in calendar.month.recorded
    day = calendar.month.day
    past.key(Qt.Key.Key_Left)
    assert (day - calendar.month.day).days == 1
    past.key(Qt.Key.Key_Return)
    assert not calendar.isVisible()
    assert moment(past) // S == (now - 405 * S) // S - 86_400
    until(lambda: past.app.focusWidget() is past.frame.view)


def test_how_much_moved_stands_in_the_rows_and_not_where_a_stretch_is_too_long(past: Shown) -> None:
    track, first = panel(past).track, past.state.panes[0].camera
    until(lambda: track.rows and track.scale.t0)
    begin = past.station.recording.recorded[first][0][0][0]
    past.station.recording.sizes[first] = tuple(
        (begin + minute * 60 * S, begin + (minute * 60 + 60) * S, 4000 if minute == 7 else 1000)
        for minute in range(10))
    past.station.dispatcher.run("timeline.closer")          # another width is asked for at once
    until(lambda: len(track.rows[0].bars) == 10)
    assert [bar.height == 1.0 for bar in track.rows[0].bars].index(True) == 7
    track.set_scale(Scale(begin, 10 * MINUTE, track.scale.px))
    until(lambda: len(track.rows[0].bars) == 10)
    image, tokens = track.grab().toImage(), past.ui.theme.tokens

    def at(minute: float) -> str:
        x = track.left + track.scale.x(begin + round(minute * MINUTE))
        return image.pixelColor(round(x * image.devicePixelRatio()), round(28 * image.devicePixelRatio())).name()
    assert at(7.4) == tokens.activity
    assert at(4.4) == at(8.4) == tokens.recorded
    while track.scale.width < 3 * DAY:
        past.station.dispatcher.run("timeline.farther")
    until(lambda: track.rows[0].bars == ())
