"""How long each camera stood live on a lit pane: gathered each second, given away each minute. Pure but for its clock.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from app.runtime.clock import Clock

HOUR_S = 3600
LONGEST_GAP_S = 5.0             # between two looks; a machine that slept in between watched nothing
MOST_ROWS = 50_000              # kept while the registry cannot write: hours of 64 panes; then the oldest go


class Watched(NamedTuple):
    """Seconds of one camera in one window within one hour (hours since 1970 UTC)."""

    camera: str
    hour: int
    place: str
    seconds: float


class Recorder:
    """``look`` is told what is lit now; the time since the look before is theirs who were lit then and are now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at: float | None = None
        self._lit: frozenset[tuple[str, str]] = frozenset()
        self._seconds: dict[tuple[str, int, str], float] = {}

    def look(self, lit: Iterable[tuple[str, str]]) -> None:
        """``lit``: (camera id, window id) of every pane on a lit screen whose picture is live at this moment."""
        now, present = self._clock.monotonic(), frozenset(lit)
        span = min(now - self._at, LONGEST_GAP_S) if self._at is not None else 0.0
        self._at = now
        if span > 0:
            hour = int(self._clock.wall() // HOUR_S)
            for camera, place in present & self._lit:
                key = (camera, hour, place)
                self._seconds[key] = self._seconds.get(key, 0.0) + span
        self._lit = present

    def take(self) -> list[Watched]:
        """All that was gathered since the last time."""
        rows = [Watched(camera, hour, place, seconds)
                for (camera, hour, place), seconds in self._seconds.items()]
        self._seconds.clear()
        return rows

    def give_back(self, rows: Iterable[Watched]) -> None:
        """They could not be written: they are kept for the next time."""
        for camera, hour, place, seconds in rows:
            key = (camera, hour, place)
            self._seconds[key] = self._seconds.get(key, 0.0) + seconds
        for key in sorted(self._seconds, key=lambda each: each[1])[:max(0, len(self._seconds) - MOST_ROWS)]:
            del self._seconds[key]
