"""The state machine of a tour on one window, with a clock moved by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.model.scene import Stop, StopKind, Tour
from app.model.wall import Pane, WallState, WindowState
from app.runtime.clock import ManualClock
from app.tours.course import Course, Register
from app.tours.pages import show
from app.tours.runner import LEAST_LEAD_S, MOST_LEAD_S, Phase, WindowTour
from tests.tours.book_of_cameras import Cameras, camera

WINDOW = WindowState("w1", layout="2x2", panes=tuple(Pane(f"c{i}") for i in range(4)))


class Desk:
    """A window under a tour: ``ticks`` moves the clock and does what the tour says."""

    def __init__(self, cameras: int = 12, dwell: float = 20.0, idle: float = 60.0, grace: float = 5.0) -> None:
        self.clock, self.window = ManualClock(), WINDOW
        self.idle, self.grace, self.lit, self.live_after = idle, grace, True, 1.0
        stops = tuple(Stop(StopKind.CAMERA, f"c{i}") for i in range(cameras))
        course = Course(Tour("t", 1, "x", stops, dwell), Register(Cameras([camera(i) for i in range(cameras)])))
        self.tour = WindowTour(course, "2x2", self.clock, lambda: self.idle, lambda: self.grace)
        self.turns: list[tuple[float, str]] = []
        self.opened: list[float] = []
        self._open_since: float | None = None
        self.now = 0.0

    def ticks(self, seconds: float) -> None:
        for _tick in range(round(seconds * 5)):
            self.clock.advance(0.2)
            self.now = round(self.now + 0.2, 1)
            step = self.tour.tick(self.window, self.lit, lambda _page: self._open_since is not None
                                  and self.now - self._open_since >= self.live_after)
            if step.ahead is None:
                self._open_since = None
            elif self._open_since is None:
                self._open_since = self.now
                self.opened.append(self.now)
            if step.turn is not None:
                self.window = show(WallState((self.window,)), "w1", step.turn).windows[0]
                self.turns.append((self.now, step.turn.cameras[0]))
                self._open_since = None


def test_pages_follow_each_other_by_the_clock_each_opened_beforehand():
    desk = Desk()
    desk.ticks(65)
    assert [first for _at, first in desk.turns] == ["c4", "c8", "c0"]
    assert all(abs(at - due) <= 0.4 for (at, _first), due in zip(desk.turns, (20, 40, 60), strict=True)), desk.turns
    assert all(at > opened + desk.live_after for (at, _f), opened in zip(desk.turns, desk.opened, strict=False))


def test_the_lead_follows_how_long_pages_take_to_open():
    desk = Desk()
    desk.live_after = 6.0
    desk.ticks(45)
    assert 12.5 <= desk.tour.lead <= 14.0
    desk.live_after = 0.2
    desk.ticks(400)
    assert desk.tour.lead == LEAST_LEAD_S
    desk.live_after, desk.grace = 1e9, 30.0
    desk.ticks(200)
    assert desk.tour.lead == MOST_LEAD_S, "never more than one page, never earlier than this"


def test_a_page_whose_cameras_do_not_come_turns_after_the_grace():
    desk = Desk()
    desk.live_after = 1e9
    desk.ticks(24.6)
    assert desk.turns == []
    desk.ticks(1)
    assert desk.turns and 25.0 <= desk.turns[0][0] <= 25.4


def test_touched_it_waits_for_the_chosen_idle_time_counted_from_the_last_touch():
    desk = Desk()
    desk.ticks(10)
    left = desk.tour.seconds_left()
    assert desk.tour.touch("2x2") and not desk.tour.touch("2x2"), "said once"
    desk.ticks(50)
    desk.tour.touch("2x2")
    desk.ticks(59)
    assert desk.tour.phase is Phase.TOUCHED and desk.turns == [] and desk.tour.seconds_left() == left
    desk.ticks(1.2)
    assert desk.tour.phase is Phase.RUNNING
    desk.ticks(left + 1)
    assert len(desk.turns) == 1


def test_without_idle_time_only_a_hand_lets_it_go_on():
    desk = Desk(idle=0.0)
    desk.tour.touch("2x2")
    desk.ticks(1000)
    assert desk.tour.phase is Phase.TOUCHED and desk.tour.toggle() is Phase.RUNNING


def test_paused_by_hand_it_stays_and_pages_can_still_be_turned():
    desk = Desk()
    desk.ticks(1)
    assert desk.tour.toggle() is Phase.PAUSED
    assert not desk.tour.touch("2x2")
    desk.ticks(500)
    assert desk.turns == []
    desk.tour.skip(desk.window, 1)
    desk.ticks(2)
    assert [first for _at, first in desk.turns] == ["c4"] and desk.tour.phase is Phase.PAUSED
    desk.ticks(100)
    assert len(desk.turns) == 1


def test_a_dark_window_keeps_its_page_and_opens_nothing():
    desk = Desk()
    desk.ticks(5)
    desk.lit = False
    opened = len(desk.opened)
    desk.ticks(300)
    assert desk.turns == [] and len(desk.opened) == opened
    desk.lit = True
    desk.ticks(16)
    assert len(desk.turns) == 1


def test_a_tour_of_one_page_stands_and_opens_nothing():
    desk = Desk(cameras=4)
    desk.ticks(200)
    assert desk.turns == [] and desk.opened == [] and 0 < desk.tour.seconds_left() <= 20


def test_another_layout_by_hand_lays_the_pages_out_anew():
    desk = Desk()
    desk.ticks(1)
    desk.window = replace(desk.window, layout="1x1", panes=(Pane("c0"),))
    desk.tour.touch("1x1")
    desk.tour.toggle()
    desk.ticks(22)
    assert desk.window.layout == "1x1" and [pane.camera for pane in desk.window.panes] == ["c1"]


@pytest.mark.parametrize("step", [1, -1])
def test_the_next_page_and_the_one_before(step):
    desk = Desk()
    desk.ticks(1)
    desk.tour.skip(desk.window, step)
    desk.ticks(2)
    assert desk.turns[0][1] == {1: "c4", -1: "c8"}[step]
