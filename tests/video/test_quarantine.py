"""A stream that crashes the decoder is found among its neighbours and waits; they do not."""

from __future__ import annotations

import signal

import pytest

from app.video.quarantine import PROVEN_S, REST_S, TWICE_WITHIN_S, Quarantine, fell_over


class FakeRun:
    def __init__(self) -> None:
        self.crashes: list[float] = []
        self.suspected = False
        self.convictions = 0
        self.not_before = 0.0


def test_one_crash_suspects_nobody() -> None:
    quarantine, run = Quarantine(), FakeRun()
    quarantine.crashed([run], 100.0)
    assert quarantine.may_start(run, 100.1)
    quarantine.crashed([run], 100.0 + TWICE_WITHIN_S + 1)
    assert not run.suspected


def test_suspects_are_tried_one_at_a_time_and_the_culprit_waits() -> None:
    quarantine, good, bad = Quarantine(), FakeRun(), FakeRun()
    for at in (100.0, 102.0):
        quarantine.crashed([good, bad], at)
    assert quarantine.may_start(good, 102.1)
    assert not quarantine.may_start(bad, 102.1)
    quarantine.played(good, 102.2)
    assert not quarantine.may_start(bad, 102.3), "a first picture alone proves nothing"
    quarantine.played(good, 102.1 + PROVEN_S + 0.1)
    assert not good.suspected
    assert quarantine.may_start(bad, 103.0)
    quarantine.crashed([good, bad], 103.2)
    assert bad.not_before == 103.2 + REST_S[0]
    assert not good.suspected and not good.crashes, "what died beside a culprit is not blamed"
    assert quarantine.may_start(bad, 200.0)
    quarantine.crashed([bad], 200.1)
    assert bad.not_before == 200.1 + REST_S[1]


def test_a_suspect_that_goes_away_lets_the_next_one_try() -> None:
    quarantine, first, second = Quarantine(), FakeRun(), FakeRun()
    for at in (100.0, 102.0):
        quarantine.crashed([first, second], at)
    assert quarantine.may_start(first, 103.0)
    quarantine.gone(first)
    assert quarantine.may_start(second, 103.0)


@pytest.mark.parametrize(("code", "crash"), [(-signal.SIGSEGV, True), (-signal.SIGABRT, True), (-signal.SIGKILL, False),
                                             (0, False), (1, False), (0xC0000005, True)])
def test_only_a_fall_is_a_crash(code: int, crash: bool) -> None:
    assert fell_over(code) is crash
