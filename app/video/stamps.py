"""Time stamps for a decoder: smooth like the camera's own, never later than arrival allows. Pure.

The camera's clock gives even spacing, the arrival time gives truth. A packet is stamped with the camera's time moved
by the smallest delay seen, so that a burst is spread again; when the camera's clock runs away, jumps or repeats, the
arrival time wins. Ticks are 90 kHz, on CLOCK_MONOTONIC.
"""

from __future__ import annotations

TICKS_PER_S = 90_000
SLACK = 27 * 90             # 27 ms: how much earlier than its arrival a packet may be stamped (absorbed by the caching)
JUMP = TICKS_PER_S          # 1 s between camera and arrival is not jitter any more: a new base
PULL = 90                   # 1 ms per packet: how quickly the base follows a camera whose clock runs slow


def arrival_ticks(arrived_ns: int) -> int:
    """CLOCK_MONOTONIC nanoseconds in ticks."""
    return arrived_ns * 9 // 100_000


class Stamper:
    """Stamps the packets of one stream; stamps rise strictly."""

    def __init__(self) -> None:
        self._offset: int | None = None
        self._last = 0

    def stamp(self, camera: int | None, arrived_ns: int) -> int:
        """The decode time of a packet with the camera's time ``camera`` (ticks, None when it has none)."""
        now = arrival_ticks(arrived_ns)
        if camera is None:
            stamp = now
        else:
            if self._offset is None or abs(camera + self._offset - now) > JUMP:
                self._offset = now - camera
            early = now - (camera + self._offset)       # > 0: the stamp would lie before the arrival
            if early < 0:
                self._offset += early                   # arrived sooner than any before: the new smallest delay
            elif early > SLACK:
                self._offset += early - SLACK
            elif early > 0:
                self._offset += min(PULL, early)
            stamp = camera + self._offset
        stamp = max(stamp, self._last + 1)
        self._last = stamp
        return stamp
