"""How much moved before which camera, asked of the index for the stretch that a timeline shows, and kept for a while.

Runs on: GUI thread; the keeper answers on its own and hops.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from psygnal import Signal

from app.playback.activity import Bar, Measured, bars
from app.playback.scale import DAY, Scale

LONGEST_US = DAY                # wider stretches have plain bars: a month would be 43,200 files a row
FRESH_S = 20.0                  # a file lasts a minute
MOST = 64                       # cameras kept in memory
_STEPS = 240                    # columns in what is shown: six pixels each; six rows are painted in 2.6 ms
_LEAST_US = 10_000_000          # no file is shorter


class Lively:
    """``found``: there is something new. ``later`` runs work on the GUI thread."""

    found = Signal()

    def __init__(self, keeper: Any, later: Callable[[Callable[[], None]], None]) -> None:
        self._keeper, self._later = keeper, later
        self._bars: dict[str, tuple[Bar, ...]] = {}
        self._asked: dict[str, tuple[int, int, int, float]] = {}     # camera -> from, to, width, when

    def bars(self, camera: str, scale: Scale) -> tuple[Bar, ...]:
        """What was found; nothing of another width."""
        return self._bars.get(camera, ()) if camera in self._asked and self._asked[camera][2] == scale.width else ()

    def ask(self, cameras: Iterable[str], scale: Scale) -> None:
        """Look these up where the answer at hand is old or does not hold what is shown."""
        if scale.width > LONGEST_US or not scale.t0:
            return
        clock = time.monotonic()
        wanted = [camera for camera in cameras if not self._fresh(camera, scale, clock)]
        if not wanted:
            return
        # As much again on both sides: a hand that pushes the timeline finds it there.
        begin, end = scale.t0 - scale.width, scale.t1 + scale.width
        step = max(_LEAST_US, scale.width // _STEPS)
        for camera in wanted:
            self._asked.pop(camera, None)
            self._asked[camera] = begin, end, scale.width, clock
        for camera in list(self._asked)[:-MOST]:
            del self._asked[camera]
            self._bars.pop(camera, None)

        def look(index: Any) -> dict[str, tuple[Bar, ...]]:
            return {camera: bars(Measured(*one) for one in rows)
                    for camera, rows in index.coverage.sizes(wanted, begin, end, step).items()}
        self._keeper.submit(look, lambda answer: self._later(lambda: self._take(answer)))

    def _fresh(self, camera: str, scale: Scale, clock: float) -> bool:
        begin, end, width, at = self._asked.get(camera, (0, 0, 0, 0.0))
        return begin <= scale.t0 and scale.t1 <= end and width == scale.width and clock - at < FRESH_S

    def _take(self, answer: Any) -> None:
        fresh = {camera: found for camera, found in (answer or {}).items()
                 if camera in self._asked and found != self._bars.get(camera)}
        if fresh:
            self._bars.update(fresh)
            self.found.emit()
