"""Every row of house.md section 6, and the scenes that only look like one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.model.pane import PaneState
from app.video.freshness import Limits, Observation, judge, says_still

NOW = 1000.0
# A healthy pane at 15 pictures a second.
LIVE = Observation(asked=NOW - 60, opened=NOW - 59, packet=NOW - 0.05, news=NOW - 0.05, picture=NOW - 0.06,
                   interval=1 / 15, delta_bytes=4000, key_bytes=30_000, delay=0.15)
NEW = Observation(asked=NOW - 1)
STILL = {"delta_bytes": 60.0}


def _state(seen, now=NOW):
    judgement = judge(seen, now)
    return judgement.state, judgement.cause


@pytest.mark.parametrize(("seen", "state", "cause", "age"), [
    (NEW, PaneState.CONNECTING, "", 1.0),
    (replace(NEW, opened=NOW - 0.5, packet=NOW - 0.1, news=NOW - 0.1), PaneState.CONNECTING, "", 1.0),
    (LIVE, PaneState.LIVE, "", 0.0),
    (replace(LIVE, delay=1.4), PaneState.LIVE, "", 0.0),
    (replace(LIVE, delay=1.6), PaneState.LATE, "", 1.6),
    (replace(LIVE, packet=NOW - 2.9, news=NOW - 2.9, picture=NOW - 2.8), PaneState.LATE, "", 2.8),
    (replace(LIVE, packet=NOW - 3.1, news=NOW - 3.1, picture=NOW - 3.0), PaneState.FROZEN, "silent", 3.0),
    (replace(LIVE, picture=NOW - 3.1), PaneState.FROZEN, "no-picture", 3.1),
    (replace(LIVE, picture=NOW - 3.1, news=NOW - 3.1), PaneState.FROZEN, "repeats", 3.1),
    (replace(LIVE, picture=NOW - 3.1, **STILL), PaneState.LIVE, "", 0.0),
    (replace(LIVE, picture=NOW - 600, **STILL), PaneState.LIVE, "", 0.0),
    (replace(LIVE, picture=NOW - 3.1, news=NOW - 3.1, **STILL), PaneState.FROZEN, "repeats", 3.1),
    (replace(LIVE, picture=NOW - 2.0, **STILL), PaneState.LIVE, "", 0.0),
    (replace(LIVE, picture=NOW - 2.0), PaneState.LATE, "", 2.0),
    (replace(LIVE, opened=0, failed=NOW - 7, cause="closed"), PaneState.LOST, "closed", 7.0),
    (replace(NEW, failed=NOW - 0.5, cause="no-route"), PaneState.LOST, "no-route", 0.5),
    (replace(NEW, failed=NOW - 0.5, cause="busy"), PaneState.CONNECTING, "busy", 1.0),
    (replace(NEW, asked=NOW - 599, failed=NOW - 599, cause="busy"), PaneState.CONNECTING, "busy", 599.0),
    (replace(NEW, asked=NOW - 601, failed=NOW - 601, cause="busy"), PaneState.LOST, "busy", 601.0),
    (replace(LIVE, opened=0, failed=NOW - 7, cause="busy"), PaneState.LOST, "busy", 7.0),
    (replace(LIVE, opened=0, failed=NOW - 7, cause="busy", picture=0.0), PaneState.LOST, "busy", 7.0),
    (replace(NEW, failed=NOW - 4, cause="unauthorised", waits_for_person=True), PaneState.REFUSED, "unauthorised", 4.0),
    (replace(LIVE, opened=0, failed=NOW - 4, cause="unauthorised", waits_for_person=True),
     PaneState.REFUSED, "unauthorised", 4.0),
    (replace(LIVE, decoder_cause="worker", picture=NOW - 1.0), PaneState.LIVE, "", 0.0),
    (replace(LIVE, decoder_cause="worker", picture=NOW - 2.0), PaneState.FROZEN, "worker", 2.0),
    (replace(LIVE, decoder_cause="worker", picture=0.0, asked=NOW - 2.0), PaneState.CONNECTING, "worker", 2.0),
    (replace(LIVE, picture=0.0), PaneState.FROZEN, "no-picture", 60.0),
    (replace(LIVE, picture=0.0, packet=NOW - 20, news=NOW - 20), PaneState.FROZEN, "silent", 60.0),
    (replace(LIVE, picture=0.0, opened=NOW - 11), PaneState.CONNECTING, "", 60.0),
])
def test_what_is_shown(seen, state, cause, age):
    judgement = judge(seen, NOW)
    assert (judgement.state, judgement.cause) == (state, cause)
    assert judgement.age == pytest.approx(age)


def test_a_camera_with_one_picture_in_two_seconds_is_live():
    slow = replace(LIVE, interval=2.0, packet=NOW - 1.9, news=NOW - 1.9, picture=NOW - 1.8)
    assert _state(slow)[0] is PaneState.LIVE
    assert _state(slow, NOW + 2.0)[0] is PaneState.LIVE, "one picture of a slow camera may fail"
    assert _state(slow, NOW + 4.0)[0] is PaneState.LATE
    assert _state(slow, NOW + 6.0) == (PaneState.FROZEN, "silent"), "seven seconds, 3.5 of its intervals"


def test_a_covered_pane_is_judged_by_its_packets():
    covered = replace(LIVE, picture=NOW - 50, decoding=False)
    assert _state(covered)[0] is PaneState.LIVE
    assert _state(covered, NOW + 4) == (PaneState.FROZEN, "silent")
    assert judge(replace(covered, packet=0.0, opened=0.0), NOW).state is PaneState.CONNECTING
    mute = judge(replace(covered, packet=0.0, opened=NOW - 5), NOW)
    assert (mute.state, mute.age) == (PaneState.FROZEN, 5.0), "never a packet: counted from the connection"
    assert _state(replace(NEW, decoding=False))[0] is PaneState.CONNECTING


def test_limits_are_settings():
    assert judge(replace(LIVE, packet=NOW - 4, news=NOW - 4, picture=NOW - 4), NOW, Limits(live=6, frozen=8)).state \
        is PaneState.LIVE


@pytest.mark.parametrize(("delta", "key", "still"), [(60, 0, True), (121, 0, False), (300, 30_000, True),
                                                     (500, 30_000, False)])
def test_what_stillness_looks_like(delta, key, still):
    assert says_still(Observation(asked=0, delta_bytes=delta, key_bytes=key)) is still


_times = st.one_of(st.just(0.0), st.floats(NOW - 100, NOW))


@settings(max_examples=200)
@given(asked=st.floats(NOW - 100, NOW), opened=_times, failed=_times, packet=_times, picture=_times,
       delay=st.floats(0, 9), interval=st.floats(0, 5), delta=st.floats(0, 5000), person=st.booleans(),
       decoding=st.booleans(), decoder=st.sampled_from(("", "worker")))
def test_the_wall_cannot_lie(asked, opened, failed, packet, picture, delay, interval, delta, person, decoding, decoder):
    """Whatever is observed: live and late are said only of a pane with young packets and no broken connection."""
    seen = Observation(asked=asked, opened=opened, failed=failed, cause="closed", waits_for_person=person,
                       packet=packet, news=packet, picture=picture, interval=interval, delta_bytes=delta, delay=delay,
                       decoding=decoding, decoder_cause=decoder)
    judgement = judge(seen, NOW)
    assert judgement.age >= 0
    assert (judgement.state is PaneState.REFUSED) == person
    if judgement.state.counts_as_live:
        assert not failed > opened
        assert packet and NOW - max(packet, opened) <= max(3.0, 3.5 * interval)
        assert not decoding or picture
