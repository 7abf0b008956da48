"""Cameras that were left away from home, by whom and since when; after a chosen idle time they are sent back. Pure."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Away:
    """``since``: seconds of the wall clock (time.time) when it was last moved by hand; ``who``: "" is this station."""

    since: float
    who: str = ""


class Homing:
    """``clock`` in monotonic seconds, ``today`` in seconds of the wall clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, today: Callable[[], float] = time.time) -> None:
        self._clock, self._today = clock, today
        self._touched: dict[str, float] = {}
        self._away: dict[str, Away] = {}

    def moved(self, camera: str, who: str = "") -> None:
        """A hand moved it."""
        self._touched[camera] = self._clock()
        self._away[camera] = Away(self._today(), who)

    def home(self, camera: str) -> None:
        """It was sent home, or where it stands became home."""
        self._touched.pop(camera, None)
        self._away.pop(camera, None)

    def away(self, camera: str) -> Away | None:
        return self._away.get(camera)

    def due(self, idle_s: Callable[[str], float]) -> tuple[str, ...]:
        """Cameras that nobody moved for as many seconds as are asked of each; 0 is never."""
        now = self._clock()
        return tuple(camera for camera, at in self._touched.items() if 0 < idle_s(camera) <= now - at)
