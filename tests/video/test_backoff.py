"""When a lost camera is tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.video.backoff import HEALTHY_S, JITTER, STEPS_S, Backoff


def _row(backoff, count, **kwargs):
    given = {"refused": False, "ran_seconds": 0.0, "chance": 0.5} | kwargs
    return [backoff.failed(**given).seconds for _ in range(count)]


def test_the_schedule():
    assert _row(Backoff(), 8) == [1, 2, 5, 10, 30, 60, 60, 60]


def test_a_camera_that_says_not_now_is_asked_again_soon():
    assert _row(Backoff(), 6, busy=True) == [2, 3, 5, 10, 10, 10]


@given(st.floats(0, 1), st.integers(1, 12))
def test_jitter_stays_within_a_fifth(chance, count):
    step = STEPS_S[min(count, len(STEPS_S)) - 1]
    seconds = _row(Backoff(), count, chance=chance)[-1]
    assert step * (1 - JITTER) <= seconds <= step * (1 + JITTER)


def test_jitter_tells_cameras_apart():
    assert _row(Backoff(), 1, chance=0.0) != _row(Backoff(), 1, chance=1.0)


@pytest.mark.parametrize(("ran", "following"), [(HEALTHY_S - 0.1, 5), (HEALTHY_S, 1)])
def test_half_a_minute_of_health_forgives(ran, following):
    backoff = Backoff()
    _row(backoff, 2)
    assert _row(backoff, 1, ran_seconds=ran) == [following]


def test_a_refused_password_waits_for_a_word():
    backoff = Backoff()
    assert _row(backoff, 2, refused=True) == [None, None]
    backoff.asked()
    assert _row(backoff, 1) == [1]


def test_a_refusal_is_no_failure():
    backoff = Backoff()
    assert _row(backoff, 1) == [1]
    assert _row(backoff, 1, refused=True) == [None]
    assert _row(backoff, 1) == [2]
