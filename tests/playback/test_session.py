"""The clock of the past: whatever is pressed, it is where the arithmetic says, and never beyond what can be seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.model.playback import NORMAL, RUNGS, Moving
from app.playback.coverage import Coverage
from app.playback.session import EDGE_US, Marks, Session

S = 1_000_000
NOW = 1_790_000_000 * S
SPEEDS = st.sampled_from([*RUNGS, *(-rung for rung in RUNGS)])


def session(at: int = NOW - 600 * S, eighths: int = NORMAL) -> Session:
    return Session(Moving(at, 0, eighths))


@given(at=st.integers(NOW - 10**12, NOW), speeds=st.lists(st.tuples(SPEEDS, st.integers(0, 60_000)), max_size=12))
def test_a_clock_that_changes_its_speed_loses_and_gains_nothing(at: int, speeds: list[tuple[int, int]]) -> None:
    one, now_ns, there = session(at, 0), 0, float(at)
    for eighths, milliseconds in speeds:
        one.set_speed(eighths, now_ns)
        now_ns += milliseconds * 1_000_000
        there += milliseconds * 1000 * eighths / 8
        assert abs(one.moment(now_ns) - there) <= len(speeds)       # a microsecond is rounded at each turn


@given(wait=st.integers(0, 10**10), pause=st.integers(0, 10**12), speed=SPEEDS)
def test_a_pause_stands_still_and_goes_on_as_before(wait: int, pause: int, speed: int) -> None:
    one = session(eighths=speed)
    stands = one.moment(wait)
    one.toggle(wait)
    assert one.moving.paused
    assert one.moment(wait + pause) == stands
    one.toggle(wait + pause)
    assert one.moving.eighths == speed
    assert one.moment(wait + pause) == stands


@given(st.lists(st.sampled_from(["faster", "backward", "slower", "toggle"]), max_size=40))
def test_every_speed_is_a_rung_and_the_keys_do_what_they_say(keys: list[str]) -> None:
    one = session()
    for key in keys:
        before = one.moving.eighths
        getattr(one, key)(0)
        now = one.moving.eighths
        assert now == 0 or abs(now) in RUNGS
        if key == "faster":
            assert now == (NORMAL if before <= 0 else min(256, before * 2))
        elif key == "backward":
            assert now == (-NORMAL if before >= 0 else max(-256, before * 2))
        elif key == "slower" and abs(before) > 1:
            assert now == before // 2 or now == -(-before // 2)


@given(speed=SPEEDS, behind=st.integers(0, 20 * S), ticks=st.lists(st.integers(1, 3000), max_size=20))
def test_nothing_later_than_now_is_asked_for(speed: int, behind: int, ticks: list[int]) -> None:
    one, now_ns = session(NOW - behind, speed), 0
    for milliseconds in ticks:
        now_ns += milliseconds * 1_000_000
        newest = NOW + now_ns // 1000
        one.tick(now_ns, newest)
        assert one.moment(now_ns) <= newest
    one.jump(NOW * 2, now_ns, NOW)
    assert one.moment(now_ns) == NOW - EDGE_US


STRETCHES = ((NOW - 500 * S, NOW - 400 * S), (NOW - 300 * S, NOW - 200 * S))


@given(at=st.integers(NOW - 600 * S, NOW - 210 * S), speed=SPEEDS)
def test_a_running_clock_goes_over_gaps_in_its_direction(at: int, speed: int) -> None:
    one = session(at, speed)
    one.recorded = Coverage(STRETCHES, NOW - 700 * S, NOW)
    inside = one.recorded.holds(at)
    moved = one.tick(0, NOW)
    after = one.moment(0)
    assert moved is not inside
    if inside:
        assert after == at
    elif one.moving.paused:
        assert speed < 0 and at < STRETCHES[0][0]
    else:
        assert one.recorded.holds(after)
        assert (after > at) is (speed > 0)


def test_a_pause_in_a_gap_stays_there() -> None:
    one = session(NOW - 350 * S, 0)
    one.recorded = Coverage(STRETCHES, NOW - 700 * S, NOW)
    assert not one.tick(0, NOW)
    assert one.moment(10**12) == NOW - 350 * S


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 100)), max_size=12))
def test_marks_never_cross(presses: list[tuple[bool, int]]) -> None:
    marks = Marks()
    for begin, at in presses:
        marks = marks.with_begin(at) if begin else marks.with_end(at)
        assert (marks.begin if begin else marks.end) == at
        if marks.span is not None:
            assert marks.span[0] < marks.span[1]
