"""Main or sub stream for a pane of a certain height: pure, with hysteresis and dwell.

Sources: Nx Witness' adaptive scaling (reference/features.md section 1) for hysteresis, dwell and caution; Milestone's
rule that the stream must have at least the pixels that the pane shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.model.camera import StreamRole
from app.model.pane import StreamWish

DWELL_S = 1.0                   # Nx: the pane must keep its new height this long
BETWEEN_S = 5.0                 # Nx: at least this long between two automatic switches
CROWD = 16                      # Nx: with more panes than this, new ones start on the sub stream
FAILURES = 2                    # Nx: a main stream that failed so often is not tried again ...
BLOCKED_S = 600.0               # ... for ten minutes


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Pane heights in device pixels: up to ``low`` the sub stream is enough, from ``high`` the main one is due.

    Nx: 240 lines / 1.4 = 171, and 1.34 times that. Where the sub stream is known to have more lines than ``low``,
    both grow with it: a pane never needs the main stream while the sub stream has a line for each of its own.
    """

    low: int = 171
    high: int = 229

    def limits(self, sub_height: int) -> tuple[float, float]:
        """The two heights for a camera whose sub stream has ``sub_height`` lines (0 = unknown)."""
        low = max(self.low, sub_height)
        return low, low * max(self.high / self.low, 1.0)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a camera has: heights in pixels, 0 while unknown."""

    has_main: bool
    has_sub: bool
    sub_height: int = 0


class Choice:
    """The choice for one pane; remembers when it last changed its mind."""

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self.thresholds = thresholds or Thresholds()
        self.role: StreamRole | None = None
        self._switched = float("-inf")
        self._leaning: StreamRole | None = None
        self._leaning_since = 0.0
        self._failures = 0
        self._blocked_until = float("-inf")

    def is_calm(self, now: float) -> bool:
        """Time alone will not change its mind."""
        return self._leaning is None and now >= self._blocked_until

    def main_failed(self, now: float) -> None:
        """The main stream gave no picture in time; after two of these it rests for ten minutes."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._blocked_until = now + BLOCKED_S
            self._failures = 0

    def decide(self, offer: Offer, height: int, *, wish: StreamWish, zoomed: bool, panes: int,
               now: float, saving: bool = False) -> StreamRole:
        """The stream to show. ``height`` is the pane's in device pixels, ``panes`` how many are open, ``now`` in s;
        ``saving``: the machine cannot follow, so the sub stream unless a person asked for the main one."""
        forced = self._forced(offer, wish, zoomed, saving)
        if forced is not None:
            return self._take(forced, now)
        small, large = self.thresholds.limits(offer.sub_height)
        if self.role is None:
            middle = (small + large) / 2
            crowded = panes > CROWD and height < large
            return self._take(StreamRole.SUB if crowded or height < middle else StreamRole.MAIN, now)
        wanted = self.role
        if height <= small or now < self._blocked_until:
            wanted = StreamRole.SUB
        elif height >= large:
            wanted = StreamRole.MAIN
        if wanted is self.role:
            self._leaning = None
            return self.role
        if self._leaning is not wanted:
            self._leaning, self._leaning_since = wanted, now
        if now - self._leaning_since >= DWELL_S and now - self._switched >= BETWEEN_S:
            return self._take(wanted, now)
        return self.role

    def is_large(self, offer: Offer, height: int) -> bool:
        """Whether a pane of that height is due the main stream, and there are two to choose from."""
        return offer.has_main and offer.has_sub and height >= self.thresholds.limits(offer.sub_height)[1]

    @staticmethod
    def _forced(offer: Offer, wish: StreamWish, zoomed: bool, saving: bool) -> StreamRole | None:
        if not offer.has_sub:
            return StreamRole.MAIN
        if not offer.has_main:
            return StreamRole.SUB
        if wish is not StreamWish.AUTO:
            return StreamRole(wish.value)
        if zoomed:
            return StreamRole.MAIN
        return StreamRole.SUB if saving else None

    def _take(self, role: StreamRole, now: float) -> StreamRole:
        if role is not self.role:
            self.role, self._switched, self._leaning = role, now, None
        return role
