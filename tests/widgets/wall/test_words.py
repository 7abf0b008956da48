"""Every cause has words, spans and counts read well, strips shorten in their order, zoom is sound arithmetic."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psygnal import SignalInstance
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication

from app.model.pane import NO_REPORT, PaneReport, PaneState
from app.model.wall import WHOLE, View
from app.video import causes
from widgets.common import hop_to_gui
from widgets.theme import DARK, Theme
from widgets.wall import Badges, count, words, zoom
from widgets.wall.geometry import alone
from widgets.wall.measures import Style, step_for
from widgets.wall.middle import middle_of
from widgets.wall.strip import StripContent, _right_side, _Sizes, _squeeze, console_inks

pytestmark = pytest.mark.screen


def test_every_cause_of_the_video_room_has_words_of_its_own() -> None:
    told = {cause for _kind, cause in causes._BY_TYPE} | set(causes._BY_NUMBER.values())
    told |= {"closed", "silent", "no-picture", "no-video", "too-big", "worker", "failed"}
    assert {cause for cause in told if cause not in words.REASONS} == set()


def test_a_refused_password_says_what_happened_and_what_to_do() -> None:
    assert words.what_happened("unauthorised", "0107") == "Camera 0107 refused the password"
    assert words.how_to_mend("unauthorised", "0107") == "Update it in Camera ▸ Edit"
    assert words.what_happened("a-key-of-tomorrow", "0107") == "The camera gives no picture"


def test_a_camera_that_says_not_now_connects_quietly_and_tells_when_it_is_asked_again() -> None:
    report = PaneReport(PaneState.CONNECTING, age=9, cause="busy", retry_in=2.2)

    def shown(height: int) -> list[str]:
        middle = middle_of(report, "0107", 1, 0.0, lambda _at: ("", ""), alone(2 * height, height, Style.WALL, 1.0))
        assert all(line.quiet for line in middle.lines)
        return [line.text for line in middle.lines]

    assert shown(270) == shown(120) == ["Camera busy or not ready", "trying again in 3 s"]
    assert shown(60) == ["00:09"]
    assert words.state_texts(report) == ("", "", "")            # nothing red, no tag


@pytest.mark.parametrize(("seconds", "text"), [(0, "00:00"), (7.9, "00:07"), (268, "04:28"), (3599, "59:59"),
                                               (3600, "1:00:00"), (-1, "00:00"), (90061, "25:01:01")])
def test_spans(seconds: float, text: str) -> None:
    assert words.span(seconds) == text


def test_counts_late_is_live_and_empty_is_nothing() -> None:
    told = count([NO_REPORT, PaneReport(PaneState.LIVE, delay=0.4), PaneReport(PaneState.LATE, age=3.1),
                  PaneReport(PaneState.FROZEN, age=900), PaneReport(PaneState.CONNECTING, age=5)])
    assert (told.live, told.total, told.worst, told.late, told.wrong) == (2, 4, 3.1, 1, True)


def fitted(content: StripContent, width: int) -> tuple[list[str], str, float]:
    sizes = _Sizes(step_for(200), 1.0)
    pieces, place, room, _short = _squeeze(content, width, sizes, console_inks(DARK))
    return [p.text for p in pieces], place, room


def test_a_strip_shortens_in_the_order_of_the_mock_ups(qapp: QApplication) -> None:
    Theme().install(qapp)
    calm = StripContent("0107", "Jl Ahmad Yani", "Ujung Pandang", PaneState.LIVE, badges=Badges(recording=True))
    steps = []
    for width in range(400, 60, -1):
        texts, place, room = fitted(calm, width)
        shown = ("REC" in texts, bool(place), room >= 80, room > 0)
        if not steps or steps[-1] != shown:
            steps.append(shown)
    assert steps == [(True, True, True, True), (False, True, True, True), (False, False, True, True),
                     (False, False, False, True), (False, False, False, False)]


def test_a_place_gives_way_to_anything_that_is_to_be_said(qapp: QApplication) -> None:
    Theme().install(qapp)
    steered = StripContent("0107", "Jl Ahmad Yani", "Ujung Pandang", PaneState.LIVE,
                           badges=Badges(True, "Anda", 42.0), stream="M")
    texts, place, _room = fitted(steered, 343)
    assert (texts, place) == (["Anda 00:42", "M", "REC"], "")


def test_the_past_loses_its_zone_and_name_before_its_time(qapp: QApplication) -> None:
    Theme().install(qapp)
    past = StripContent("0107", "Jl Ahmad Yani", "", PaneState.LIVE,
                        badges=Badges(True, replay=True, replay_time="21:01:12 WITA"))
    assert fitted(past, 500)[0] == ["WITA", "21:01:12", "REC"]
    texts, _place, room = fitted(past, 200)
    assert texts == ["21:01:12", ""]
    assert room == 0.0


def test_a_tight_holder_is_the_person(qapp: QApplication) -> None:
    content = StripContent("0301", "Gerbang Tol", "", badges=Badges(holder="Bripka Andi · Polrestabes"))
    sizes = _Sizes(step_for(100), 1.0)
    assert [p.text for p in _right_side(content, sizes, console_inks(DARK), True, 1)] == ["Bripka Andi"]


parts = st.floats(0, 1)
views = st.builds(lambda x, y, z: zoom.clamped(View(x, y, z)), parts, parts, st.floats(1, zoom.MOST))


@given(views, st.floats(-20, 20), parts, parts)
def test_zoom_never_leaves_the_picture(view: View, notches: float, x: float, y: float) -> None:
    after = zoom.zoomed(view, notches, x, y)
    assert 1 <= after.zoom <= zoom.MOST
    half = 0.5 / after.zoom
    assert half - 1e-9 <= after.centre_x <= 1 - half + 1e-9 and half - 1e-9 <= after.centre_y <= 1 - half + 1e-9


@given(views, parts, parts)
def test_zooming_out_again_shows_all(view: View, x: float, y: float) -> None:
    assert zoom.zoomed(view, -100, x, y) == WHOLE


def test_a_signal_of_another_thread_arrives_on_the_gui_thread(qapp: QApplication) -> None:
    source, parent = SignalInstance((int,), name="source"), QObject()
    seen: list[tuple[int, bool]] = []
    hop_to_gui(source, lambda n: seen.append((n, QThread.currentThread() is qapp.thread())), parent)
    worker = threading.Thread(target=lambda: [source.emit(n) for n in range(3)], name="emitter")
    worker.start()
    worker.join()
    assert seen == []                       # queued, not called on the emitting thread
    qapp.processEvents()
    assert seen == [(0, True), (1, True), (2, True)]
    parent.deleteLater()
    qapp.sendPostedEvents(None, 52)         # QEvent.Type.DeferredDelete
    source.emit(4)
    qapp.processEvents()
    assert len(seen) == 3 and len(source) == 0
