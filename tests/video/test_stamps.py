"""Time stamps: strictly rising, near the arrival, smooth when the camera is, whatever its clock does."""

from __future__ import annotations

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from app.video.stamps import SLACK, TICKS_PER_S, Stamper, arrival_ticks

FRAME = TICKS_PER_S // 15
START_NS = 5_000_000_000_000


def _stamps(packets):
    """[(stamp, arrival ticks)] for (camera's ticks or None, nanoseconds since the packet before)."""
    stamper, now, found = Stamper(), START_NS, []
    for camera, gap in packets:
        now += gap
        found.append((stamper.stamp(camera, now), arrival_ticks(now)))
    return found


_cameras = st.one_of(st.none(), st.integers(-(2**33), 2**33), st.integers(0, 100_000), st.just(7))
_gaps = st.integers(0, 3_000_000_000)


@given(st.lists(st.tuples(_cameras, _gaps), max_size=60))
@example([(2**33 - 10, 66_000_000), (5, 66_000_000)])           # the 33-bit clock wraps
@example([(0, 0)] * 10)                                           # repeats, all at once
def test_stamps_rise_and_stay_near_the_arrival(packets):
    before = None
    for number, (stamp, arrival) in enumerate(_stamps(packets)):
        assert before is None or stamp > before
        assert stamp >= arrival - SLACK, "never more than the slack before the arrival"
        assert stamp <= max(arrival, (before or 0) + 1), f"packet {number} lies after its arrival"
        before = stamp


def test_even_stamps_stay_even_through_jitter():
    jitter = [0, 20, 3, 25, 8, 0, 14, 2] * 8          # ms after the camera's time
    packets, last = [], 0
    for index, late in enumerate(jitter):
        at = index * 66_666_667 + late * 1_000_000
        packets.append((index * FRAME, at - last))
        last = at
    stamps = [stamp for stamp, _ in _stamps(packets)]
    steps = [b - a for a, b in itertools.pairwise(stamps)][16:]
    arrivals = [b - a for (_, a), (_, b) in zip(_stamps(packets), _stamps(packets)[1:], strict=False)][16:]
    assert max(steps) - min(steps) < (max(arrivals) - min(arrivals)) / 4, "the camera's spacing wins"


def test_a_burst_is_spread_no_further_than_the_slack():
    stamps = _stamps([(index * FRAME, 0) for index in range(10)])
    assert stamps[-1][0] - stamps[0][0] <= 10, "packets that come together are stamped together: nothing lies ahead"


def test_a_jump_of_two_hours_makes_a_new_base():
    found = _stamps([(index * FRAME, 66_666_667) for index in range(5)]
                    + [(2 * 3600 * TICKS_PER_S + index * FRAME, 66_666_667) for index in range(5)])
    assert all(abs(stamp - arrival) <= SLACK for stamp, arrival in found)


def test_a_slow_clock_is_followed():
    """1 % slow for 100 s: without the pull of the base the stamps would fall 1 s behind."""
    found = _stamps([(index * FRAME * 99 // 100, 66_666_667) for index in range(1500)])
    assert all(arrival - stamp <= SLACK for stamp, arrival in found)


def test_no_clock_at_all_means_arrival():
    assert all(stamp == arrival for stamp, arrival in _stamps([(None, 66_666_667)] * 5))
