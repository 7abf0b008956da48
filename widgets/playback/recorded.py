"""What is recorded of which camera, asked of the index and kept for a while.

Runs on: GUI thread; the keeper answers on its own and hops.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from psygnal import Signal

from app.model.clip import Gap
from app.playback.coverage import Coverage, merged

LONGEST_US = 31 * 86_400_000_000        # a month, the widest that the timeline shows
FRESH_S = 5.0                           # so long an answer counts ...
MANY = 4                                # ... of a few cameras; of more, as many times longer as they are more
LEAST_GAP_US = 3_000_000                # a shorter one is none
MOST = 256                              # cameras kept in memory


class Recorded:
    """``found``: there is something new about some cameras. ``later`` runs work on the GUI thread."""

    found = Signal()

    def __init__(self, keeper: Any, later: Callable[[Callable[[], None]], None]) -> None:
        self._keeper, self._later = keeper, later
        self._coverage: dict[str, Coverage] = {}
        self._gaps: dict[str, tuple[Gap, ...]] = {}
        self._asked: dict[str, float] = {}
        self._reach: dict[str, int] = {}

    def coverage(self, camera: str) -> Coverage:
        return self._coverage.get(camera, Coverage())

    def gaps(self, camera: str) -> tuple[Gap, ...]:
        return self._gaps.get(camera, ())

    def ask(self, cameras: Iterable[str], t0: int | None = None) -> None:
        """Look these up when the answer at hand is old, or does not reach back to ``t0``; at least a month."""
        cameras = tuple(cameras)
        now, clock = time.time_ns() // 1000, time.monotonic()
        fresh = FRESH_S * max(1.0, len(cameras) / MANY)
        since = min(now - LONGEST_US, t0 if t0 is not None else now)
        wanted = [camera for camera in cameras
                  if clock - self._asked.get(camera, -fresh) >= fresh or self._reach.get(camera, now) > since]
        if not wanted:
            return
        for camera in wanted:
            self._asked[camera] = clock
            self._reach[camera] = min(since, self._reach.get(camera, since))
        begin = min(self._reach[camera] for camera in wanted)

        def look(index: Any) -> dict[str, tuple[Coverage, tuple[Gap, ...]]]:
            found = index.coverage.many(wanted, begin, now, LEAST_GAP_US)
            return {camera: (Coverage(merged(stretches), begin, now), gaps)
                    for camera, (stretches, gaps) in found.items()}
        self._keeper.submit(look, lambda answer: self._later(lambda: self._take(answer)))

    def _take(self, answer: Any) -> None:
        if not answer:
            return
        for camera, (coverage, gaps) in answer.items():
            self._coverage.pop(camera, None)
            self._coverage[camera] = coverage
            self._gaps[camera] = gaps
        for camera in list(self._coverage)[:-MOST]:
            for kept in (self._coverage, self._gaps, self._asked, self._reach):
                kept.pop(camera, None)
        self.found.emit()
