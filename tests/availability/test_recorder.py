"""What the wall sees becomes spans: causes, silence, clocks that are set, a lane that refuses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.availability.recorder import CONNECTING_S, MOST_SILENCE_S, WRITE_S, Recorder, seen
from app.model.availability import Span
from app.model.pane import PaneReport, PaneState
from app.model.wall import Pane, WallState, WindowState
from app.runtime.clock import ManualClock


class Bench:
    """A recorder on a clock of its own; ``kept`` holds the newest form of each span."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.kept: dict[tuple[str, float], Span] = {}
        self.writes = 0
        self.takes = True
        self.recorder = Recorder(self._keep, wall_clock=self.clock.wall, monotonic=self.clock.monotonic)

    def _keep(self, spans: Sequence[Span]) -> bool:
        self.writes += 1
        if self.takes:
            self.kept.update({(span.camera, span.since): span for span in spans})
        return self.takes

    def watch(self, seconds: int, now: dict[str, tuple[bool, str]]) -> None:
        for _second in range(seconds):
            self.recorder.observe(now)
            self.clock.advance(1.0)

    def lengths(self) -> list[tuple[bool, str, float]]:
        return [(s.up, s.cause, round(s.until - s.since, 3)) for s in self.kept.values()]


UP, LOST = {"c": (True, "")}, {"c": (False, "no-route")}


def test_up_down_and_not_watched() -> None:
    bench = Bench()
    bench.watch(10, UP)
    bench.watch(5, LOST)
    bench.watch(20, {})
    bench.watch(4, UP)
    bench.recorder.close()
    assert bench.lengths() == [(True, "", 10), (False, "no-route", 5), (True, "", 3)], "20 s nobody watched are nothing"


def test_an_open_span_is_written_longer_each_time() -> None:
    bench = Bench()
    bench.watch(int(WRITE_S) * 3 + 1, UP)
    assert bench.writes == 3 and len(bench.kept) == 1
    assert bench.lengths() == [(True, "", 3 * WRITE_S)], "a kill at this moment loses the last half minute at most"


def test_a_station_that_slept_saw_nothing_meanwhile() -> None:
    bench = Bench()
    bench.watch(10, UP)
    bench.clock.advance(MOST_SILENCE_S + 3600)
    bench.watch(10, UP)
    bench.recorder.close()
    assert [length for *_rest, length in bench.lengths()] == [9, 9]


@given(st.lists(st.tuples(st.integers(1, 40), st.sampled_from((UP, LOST, {})), st.integers(-90_000, 90_000)),
                max_size=8))
def test_a_clock_that_is_set_makes_no_negative_and_no_longer_span(moves) -> None:
    bench = Bench()
    watched = 0
    for seconds, now, leap in moves:
        bench.watch(seconds, now)
        watched += seconds if now else 0
        bench.clock.jump_wall(leap)
    bench.recorder.close()
    assert all(length > 0 for *_rest, length in bench.lengths())
    assert sum(length for *_rest, length in bench.lengths()) <= watched + 0.01 * len(moves) + 1


def test_a_lane_that_refuses_gets_the_same_spans_again() -> None:
    bench = Bench()
    bench.takes = False
    bench.watch(10, UP)
    bench.watch(int(WRITE_S), LOST)
    assert bench.kept == {} and bench.writes == 1
    bench.takes = True
    bench.recorder.close()
    assert [row[:2] for row in bench.lengths()] == [(True, ""), (False, "no-route")]


def test_what_panes_prove() -> None:
    states = [(PaneState.LIVE, "", 0.0), (PaneState.LATE, "", 2.0), (PaneState.FROZEN, "silent", 9.0),
              (PaneState.LOST, "no-route", 4.0), (PaneState.REFUSED, "unauthorised", 1.0),
              (PaneState.CONNECTING, "", CONNECTING_S - 1), (PaneState.CONNECTING, "", CONNECTING_S + 1)]
    wall = WallState((WindowState("w", panes=tuple(Pane(f"c{i}") for i in range(len(states) + 1))),))
    reports = {f"w/{i}": PaneReport(state, age, cause) for i, (state, cause, age) in enumerate(states)}
    assert seen(wall, reports) == {"c0": (True, ""), "c1": (True, ""), "c2": (False, "silent"),
                                   "c3": (False, "no-route"), "c4": (False, "unauthorised"),
                                   "c6": (False, "connecting")}


def test_one_picture_proves_that_a_camera_is_up() -> None:
    wall = WallState((WindowState("a", panes=(Pane("c"),)), WindowState("b", panes=(Pane("c"), Pane("c")))))
    lost, live, frozen = map(PaneReport, (PaneState.LOST, PaneState.LIVE, PaneState.FROZEN))
    reports = {"a/0": lost, "b/0": live, "b/1": frozen}
    assert seen(wall, reports) == {"c": (True, "")}


def test_spans_of_one_camera_follow_each_other() -> None:
    bench = Bench()
    for now in (UP, LOST, UP, {"c": (False, "frozen")}):
        bench.watch(7, now)
    bench.recorder.close()
    spans = sorted(bench.kept.values(), key=lambda s: s.since)
    assert len(spans) == 4 and all(abs(a.until - b.since) < 0.01 for a, b in pairwise(spans))
