"""What is recorded and what is missing fill a stretch together; scales and near cameras."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.model.camera import Camera, Place
from app.model.clip import Gap, GapCause
from app.playback.coverage import JOINED_US, Coverage, days_of, holes, merged, together
from app.playback.nearby import nearest
from app.playback.scale import DAY, HOUR, MINUTE, WIDTHS, S, Scale

NOW = 1_790_000_000 * S
PIECES = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 60)).map(
    lambda one: (NOW + one[0] * S, NOW + (one[0] + one[1]) * S)), max_size=20)


@given(PIECES)
def test_stretches_and_holes_fill_the_time(pieces: list[tuple[int, int]]) -> None:
    coverage = Coverage(merged(pieces), NOW, NOW + 600 * S)
    missing = holes(coverage, (), NOW, NOW + 600 * S)
    for second in range(0, 600, 7):
        at = NOW + second * S
        there = any(begin <= at < end for begin, end in pieces)
        assert coverage.holds(at) or not there
        if any(gap.t0 <= at < gap.t1 for gap in missing):
            assert not there
    assert all(gap.t1 - gap.t0 > JOINED_US for gap in missing)
    if pieces:
        assert coverage.next_after(0) == min(begin for begin, _end in pieces)
        assert coverage.last_before(NOW * 2) == max(end for _begin, end in pieces) - 1


def test_a_hole_tells_its_longest_cause_and_before_the_first_file_nothing_is_missing() -> None:
    coverage = Coverage(((NOW, NOW + 60 * S), (NOW + 120 * S, NOW + 180 * S)), NOW - HOUR, NOW + HOUR)
    told = (Gap(NOW + 60 * S, NOW + 70 * S, GapCause.DISK_SLOW), Gap(NOW + 70 * S, NOW + 120 * S, GapCause.CAMERA_LOST))
    assert holes(coverage, told, NOW - HOUR, NOW + 180 * S) == [
        Gap(NOW + 60 * S, NOW + 120 * S, GapCause.CAMERA_LOST)]
    assert holes(Coverage(), (), NOW, NOW + HOUR)[0].cause is GapCause.UNKNOWN


def test_several_cameras_are_known_where_all_were_looked_up() -> None:
    both = together([Coverage(((NOW, NOW + 60 * S),), NOW, NOW + HOUR), Coverage(
        ((NOW + 50 * S, NOW + 90 * S),), NOW - HOUR, NOW + DAY)])
    assert both == Coverage(((NOW, NOW + 90 * S),), NOW, NOW + HOUR)
    assert not together([]).knows(NOW)


def test_days_are_those_of_the_zone() -> None:
    midnight = 1_789_920_000 * S                   # 2026-09-20 16:00 UTC is midnight in Makassar
    zone = ZoneInfo("Asia/Makassar")
    assert days_of([(midnight - HOUR, midnight)], zone) == {date(2026, 9, 20)}
    assert days_of([(midnight - HOUR, midnight + 1)], zone) == {date(2026, 9, 20), date(2026, 9, 21)}


@given(width=st.sampled_from(WIDTHS), px=st.integers(200, 3000), steps=st.integers(-12, 12),
       share=st.floats(0, 1))
def test_zooming_keeps_what_is_under_the_pointer(width: int, px: int, steps: int, share: float) -> None:
    scale = Scale(NOW, width, px)
    about = scale.at(px * share)
    zoomed = scale.zoomed(steps, about)
    assert zoomed.width in WIDTHS
    assert abs(zoomed.x(about) - scale.x(about)) < 1.0
    assert scale.following(NOW - DAY * 40).holds(NOW - DAY * 40)


def test_a_ruler_stands_on_round_times_of_the_zone() -> None:
    ticks = Scale(NOW, 10 * MINUTE, 1360).ticks(ZoneInfo("Asia/Makassar"))
    assert 8 <= len(ticks) <= 14
    assert all(label.endswith(":" + label[-2:]) and at % MINUTE == 0 for at, label in ticks)
    month = Scale(NOW, 30 * DAY, 1360).ticks(ZoneInfo("Asia/Jayapura"))
    assert all((at + 9 * HOUR) % DAY == 0 for at, _label in month)


def test_near_cameras_come_first_and_far_ones_not() -> None:
    here = Camera("a", 1, "a", ("Makassar",), Place(-5.1400, 119.4000))
    others = [Camera("far", 2, "b", ("Makassar",), Place(-5.2400, 119.4000)),
              Camera("near", 3, "c", ("Makassar",), Place(-5.1401, 119.4000)),
              Camera("next", 4, "d", ("Makassar",), Place(-5.1420, 119.4000)),
              Camera("unplaced", 5, "e", ("Makassar",)), Camera("elsewhere", 6, "f", ("Ambon",))]
    assert [one.id for one in nearest(here, [here, *others], 3)] == ["near", "next", "unplaced"]
