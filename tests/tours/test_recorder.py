"""Seconds on lit panes: between two looks, per hour, kept when they cannot be written."""

from __future__ import annotations

import pytest

from app.runtime.clock import ManualClock
from app.tours.recorder import Recorder, Watched

HOUR = 1_750_003_200 // 3600            # a whole hour


def at(seconds: float) -> ManualClock:
    return ManualClock(wall=HOUR * 3600 + seconds)


def test_time_counts_for_who_is_lit_at_both_looks():
    clock = at(0)
    recorder = Recorder(clock)
    for lit in ([("a", "w1"), ("b", "w1")], [("a", "w1"), ("c", "w2")], [("a", "w1"), ("c", "w2")]):
        recorder.look(lit)
        clock.advance(1)
    assert sorted(recorder.take()) == [Watched("a", HOUR, "w1", 2.0), Watched("c", HOUR, "w2", 1.0)]
    assert recorder.take() == []


def test_a_machine_that_slept_watched_nothing_and_a_clock_set_back_takes_nothing_away():
    clock = at(100)
    recorder = Recorder(clock)
    recorder.look([("a", "w1")])
    clock.advance(3600)
    recorder.look([("a", "w1")])
    clock.jump_wall(-7200)
    clock.advance(1)
    recorder.look([("a", "w1")])
    rows = {row.hour: row.seconds for row in recorder.take()}
    assert rows == {HOUR + 1: 5.0, HOUR - 1: 1.0}


def test_what_cannot_be_written_is_kept_and_bounded(monkeypatch: pytest.MonkeyPatch):
    clock = at(0)
    recorder = Recorder(clock)
    monkeypatch.setattr("app.tours.recorder.MOST_ROWS", 2)
    recorder.look([("a", "w1")])
    clock.advance(1)
    recorder.look([("a", "w1")])
    first = recorder.take()
    clock.advance(1)
    recorder.look([("a", "w1")])
    recorder.give_back(first)
    assert recorder.take() == [Watched("a", HOUR, "w1", 2.0)]
    recorder.give_back([Watched("a", HOUR - i, "w1", 1.0) for i in range(5)])
    assert sorted(row.hour for row in recorder.take()) == [HOUR - 1, HOUR], "the oldest go"
