"""Main or sub stream: figures of Nx, never a flapping pane."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.camera import StreamRole
from app.model.pane import StreamWish
from app.video.choice import BETWEEN_S, BLOCKED_S, CROWD, DWELL_S, Choice, Offer, Thresholds

MAIN, SUB = StreamRole.MAIN, StreamRole.SUB
BOTH = Offer(has_main=True, has_sub=True)
LOW, HIGH = 171, 229            # Nx: 240 lines / 1.4, and 1.34 times that


def _decide(choice, height, now, *, offer=BOTH, wish=StreamWish.AUTO, zoomed=False, panes=1):
    return choice.decide(offer, height, wish=wish, zoomed=zoomed, panes=panes, now=now)


@pytest.mark.parametrize(("height", "sub_height", "panes", "role"), [
    (100, 0, 1, SUB), (600, 0, 1, MAIN), (190, 0, 1, SUB), (210, 0, 1, MAIN),
    (360, 360, 1, SUB), (400, 360, 1, SUB), (450, 360, 1, MAIN), (500, 360, 1, MAIN),
    (450, 360, CROWD, MAIN), (450, 360, CROWD + 1, SUB), (500, 360, CROWD + 1, MAIN),
])
def test_first_choice(height, sub_height, panes, role):
    assert _decide(Choice(), height, 0.0, offer=Offer(True, True, sub_height), panes=panes) is role


@pytest.mark.parametrize(("offer", "wish", "zoomed", "role"), [
    (Offer(True, False), StreamWish.SUB, False, MAIN), (Offer(False, True), StreamWish.MAIN, True, SUB),
    (BOTH, StreamWish.MAIN, False, MAIN), (BOTH, StreamWish.SUB, False, SUB), (BOTH, StreamWish.SUB, True, SUB),
    (BOTH, StreamWish.AUTO, True, MAIN),
])
def test_what_there_is_and_what_the_operator_says_comes_first(offer, wish, zoomed, role):
    choice = Choice()
    _decide(choice, 100 if role is MAIN else 1000, 0.0)
    assert _decide(choice, 100 if role is MAIN else 1000, 0.1, offer=offer, wish=wish, zoomed=zoomed) is role


@given(st.integers(LOW + 1, HIGH - 1), st.sampled_from((100, 1000)))
def test_between_the_limits_nothing_changes(height, first):
    choice = Choice()
    role = _decide(choice, first, 0.0)
    for second in range(1, 60):
        assert _decide(choice, height, float(second * 10)) is role


def test_dwell_a_height_that_passes_by_changes_nothing():
    choice = Choice()
    assert _decide(choice, 100, 0.0) is SUB
    for now in (20.0, 20.5, 20.9):
        assert _decide(choice, 1000, now) is SUB
    assert _decide(choice, 100, 20.95) is SUB, "back: the leaning is forgotten"
    assert _decide(choice, 1000, 21.5) is SUB
    assert _decide(choice, 1000, 21.5 + DWELL_S) is MAIN


def test_five_seconds_between_two_switches():
    choice = Choice()
    _decide(choice, 100, 0.0)
    _decide(choice, 1000, 10.0)
    assert _decide(choice, 1000, 11.0) is MAIN
    _decide(choice, 100, 11.5)
    assert _decide(choice, 100, 11.0 + BETWEEN_S - 0.01) is MAIN
    assert _decide(choice, 100, 11.0 + BETWEEN_S) is SUB


@given(st.lists(st.tuples(st.floats(0.01, 2), st.integers(1, 1200)), max_size=80))
def test_whatever_the_heights_switches_are_five_seconds_apart(steps):
    choice, now, last, switched = Choice(), 0.0, None, []
    for gap, height in steps:
        now += gap
        role = _decide(choice, height, now)
        if last is not None and role is not last:
            switched.append(now)
        last = role
    assert all(b - a >= BETWEEN_S - 1e-9 for a, b in itertools.pairwise(switched))


def test_a_failing_main_rests_for_ten_minutes():
    choice = Choice()
    assert _decide(choice, 1000, 0.0) is MAIN
    choice.main_failed(10.0)
    for now in (10.0, 12.0, 20.0):
        assert _decide(choice, 1000, now) is MAIN, "once is no reason"
    choice.main_failed(30.0)
    _decide(choice, 1000, 30.0)
    assert _decide(choice, 1000, 31.0) is SUB
    _decide(choice, 1000, 600.0)
    assert _decide(choice, 1000, 30.0 + BLOCKED_S - 1) is SUB
    _decide(choice, 1000, 30.0 + BLOCKED_S)
    assert _decide(choice, 1000, 30.0 + BLOCKED_S + DWELL_S) is MAIN


def test_thresholds_are_settings_and_grow_with_the_sub_stream():
    assert Thresholds().limits(0) == (LOW, pytest.approx(HIGH))
    assert Thresholds().limits(360) == (360, pytest.approx(360 * HIGH / LOW))
    assert Thresholds(500, 400).limits(0) == (500, 500), "a high below the low is no hysteresis, but no nonsense either"
    assert Choice(Thresholds(500, 600)).decide(BOTH, 450, wish=StreamWish.AUTO, zoomed=False, panes=1, now=0.0) is SUB


def test_time_alone_changes_a_mind_that_leans_or_waits_for_a_main_stream():
    choice = Choice()
    assert _decide(choice, 100, 0.0) is SUB and choice.is_calm(0.0)
    _decide(choice, 1000, 20.0)
    assert not choice.is_calm(20.0), "it leans to the main stream"
    assert _decide(choice, 1000, 20.0 + DWELL_S) is MAIN and choice.is_calm(20.0 + DWELL_S)
    choice.main_failed(30.0)
    choice.main_failed(40.0)
    assert not choice.is_calm(41.0), "the main stream may come back"
