"""Two clocks behind one small seam, so that tests move time by hand instead of sleeping."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """``monotonic`` measures spans (seconds, never jumps), ``wall`` names moments (seconds since the epoch, UTC)."""

    def monotonic(self) -> float: ...

    def wall(self) -> float: ...


class SystemClock:
    """The machine's own clocks. CLOCK_MONOTONIC is shared by all processes of one machine, so spans may cross them."""

    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()


class ManualClock:
    """Time that stands still until told; both clocks advance together, ``jump_wall`` moves the wall clock alone."""

    def __init__(self, monotonic: float = 1000.0, wall: float = 1_750_000_000.0) -> None:
        self._lock = threading.Lock()
        self._monotonic = monotonic
        self._wall = wall

    def monotonic(self) -> float:
        with self._lock:
            return self._monotonic

    def wall(self) -> float:
        with self._lock:
            return self._wall

    def advance(self, seconds: float) -> None:
        """Move both clocks forward. Raises ValueError for a negative span: monotonic time never runs back."""
        if seconds < 0:
            raise ValueError("a monotonic clock never runs back; use jump_wall")
        with self._lock:
            self._monotonic += seconds
            self._wall += seconds

    def jump_wall(self, seconds: float) -> None:
        """Step the wall clock, as a time server does; may be negative."""
        with self._lock:
            self._wall += seconds


SYSTEM = SystemClock()


def utc(wall: float) -> datetime:
    """A moment of ``Clock.wall`` as an aware datetime in UTC."""
    return datetime.fromtimestamp(wall, UTC)
