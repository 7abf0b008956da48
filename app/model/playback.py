"""Where recorded pictures are being looked at: one moment that moves with a speed, the same for all who ask.

Times are UTC in microseconds since 1970; the clock that moves them is CLOCK_MONOTONIC in nanoseconds, which all
processes of a machine share: cameras that follow one Moving are in step without a word between them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

NORMAL = 8                                          # life's own speed: speeds are counted in eighths
RUNGS = (1, 2, 4, 8, 16, 32, 64, 128, 256)          # 1/8 to 32 times
KEYS_FROM = 32                                      # from 4 times on key pictures are enough


@dataclass(frozen=True, slots=True)
class Moving:
    """The moment ``at`` belongs to the monotonic ``since``; ``eighths`` is the speed, negative backwards, 0 paused."""

    at: int
    since: int = 0
    eighths: int = 0

    def moment(self, now_ns: int) -> int:
        """The moment that is to be seen now."""
        return self.at + (now_ns - self.since) * self.eighths // (1000 * NORMAL)

    def turned(self, eighths: int, now_ns: int) -> Moving:
        """From here on with another speed."""
        return Moving(self.moment(now_ns), now_ns, eighths)

    def put(self, at: int, now_ns: int) -> Moving:
        """Another moment, the speed stays."""
        return replace(self, at=at, since=now_ns)

    @property
    def paused(self) -> bool:
        return self.eighths == 0

    @property
    def keys_only(self) -> bool:
        """So fast that nobody could see more."""
        return abs(self.eighths) >= KEYS_FROM


class Played(NamedTuple):
    """What a pane in the past shows. ``order``: the number of the last order that it has carried out.

    ``missing``: nothing was recorded at the moment that was asked for; ``at`` is the last picture before it then.
    """

    at: int
    order: int
    missing: bool
