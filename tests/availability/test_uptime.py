"""From spans to uptime: nothing is counted twice, nothing that nobody watched is counted at all."""

from __future__ import annotations

import itertools
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.availability.uptime import (
    DAY_S,
    NOT_WATCHED,
    Uptime,
    bars,
    day_beginnings,
    histories,
    merged,
    totals,
    uptime,
    worst_first,
)
from app.model.availability import Span

MAKASSAR = ZoneInfo("Asia/Makassar")
NOW = 1_790_000_000.0
moments = st.integers(0, 500)
spans = st.lists(st.builds(lambda up, a, b, cause: Span("c", up, float(a), float(b), "" if up else cause),
                           st.booleans(), moments, moments, st.sampled_from(("lost", "frozen"))), max_size=12)


def at(found: list[Span], moment: float) -> bool | None:
    """Second by second, the slow and plain way: up when anyone saw it up, else down when anyone saw it down."""
    here = [s.up for s in found if s.since <= moment < s.until]
    return None if not here else any(here)


@given(spans)
def test_merged_spans_say_of_every_second_what_the_plain_way_says(found: list[Span]) -> None:
    joined = merged(found)
    assert all(a.until <= b.since for a, b in itertools.pairwise(joined)), "no overlap, in order"
    for second in range(501):
        assert at(joined, second + 0.5) == at(found, second + 0.5)


@given(spans, moments, moments)
def test_uptime_counts_every_watched_second_once(found: list[Span], begin: int, end: int) -> None:
    counted = uptime(merged(found), begin, end)
    states = [at(found, second + 0.5) for second in range(begin, end)]
    assert counted.up_s == states.count(True) and counted.down_s == states.count(False)
    seen = [s for s in states if s is not None]
    outages = sum(not now and (place == 0 or seen[place - 1]) for place, now in enumerate(seen))
    assert counted.outages == outages
    assert counted.longest_s <= counted.down_s and (counted.longest_s > 0) == (counted.down_s > 0)


@given(spans)
def test_days_together_are_the_whole(found: list[Span]) -> None:
    joined, days = merged(found), [0.0, 100.0, 200.0, 500.0]
    shares = bars(joined, days)
    for share, begin, end in zip(shares, days, days[1:], strict=False):
        assert share == uptime(joined, begin, end).share


def test_a_day_begins_at_midnight_of_the_room() -> None:
    days = day_beginnings(NOW, MAKASSAR)
    assert len(days) == 31 and days[-2] <= NOW < days[-1]
    assert all((day + 8 * 3600) % DAY_S == 0 for day in days), "WITA is UTC+8"


def test_histories_totals_and_who_is_worst() -> None:
    known = histories([Span("a", True, NOW - 3000, NOW - 1000), Span("a", False, NOW - 1000, NOW, "lost"),
                       Span("b", True, NOW - 2 * DAY_S - 100, NOW - 2 * DAY_S)], NOW, MAKASSAR)
    assert known["a"].ranges[0] == Uptime(2000, 1000, 1, 1000)
    assert known["b"].ranges[0] == NOT_WATCHED and known["b"].ranges[0].share is None
    assert known["b"].ranges[1].share == 1.0 and known["b"].bars.count(1.0) == 1
    assert [camera for camera, _u in worst_first(known, 2)] == ["a", "b"]
    assert [camera for camera, _u in worst_first(known, 0)] == ["a"], "who was not watched is not called bad"
    areas = totals(known, {"a": ["city"], "b": ["city", "port"], "gone": ["city"]})
    assert areas["city"][2] == known["a"].ranges[2] + known["b"].ranges[2] and areas["port"][2].share == 1.0


@pytest.mark.parametrize("broken", [Span("c", True, 5, 5), Span("c", False, 9, 3)])
def test_spans_without_length_count_for_nothing(broken: Span) -> None:
    assert merged([broken]) == [] and merged([broken, replace(broken, since=0, until=1)])[0].until == 1
