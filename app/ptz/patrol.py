"""Patrols that the program itself runs: one preset after the other, until a hand comes, and on again after a rest.

Pure but for the clock. What a patrol is, and that it runs, lies in the registry as facts of its camera
(widgets.ptz.remembering).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.model.errors import OperatorError
from app.runtime.language import gettext as _

DWELL_S, RESUME_S = 10.0, 60.0          # field practice: long enough to see what goes on at a junction
LEAST_DWELL_S, MOST_DWELL_S = 3.0, 3600.0
MOST_STOPS = 64


@dataclass(frozen=True, slots=True)
class Stop:
    """A preset, how many seconds it is looked at, and how fast the camera travels there (0..1; 0: its own speed)."""

    token: str
    dwell_s: float = DWELL_S
    speed: float = 0.0


@dataclass(frozen=True, slots=True)
class Running:
    """``at``: index of a stop; ``rests_until``: a hand was on the keys, it goes on then (monotonic; 0: it runs)."""

    stops: tuple[Stop, ...]
    at: int = -1
    next_at: float = 0.0
    rests_until: float = 0.0


class Patrols:
    """``go`` (camera, stop) sends a camera to a preset."""

    def __init__(self, go: Callable[[str, Stop], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._go, self._clock = go, clock
        self._running: dict[str, Running] = {}

    def start(self, camera: str, stops: Sequence[Stop]) -> None:
        """From the first stop. Raises OperatorError when there are fewer than two."""
        if len(stops) < 2:
            raise OperatorError(_("A patrol needs two presets at least."))
        self._running[camera] = Running(tuple(stops[:MOST_STOPS]))
        self.tick()

    def end(self, camera: str) -> bool:
        """False when none ran."""
        return self._running.pop(camera, None) is not None

    def of(self, camera: str) -> Running | None:
        return self._running.get(camera)

    @property
    def running(self) -> Mapping[str, Running]:
        """By camera; those that rest are among them."""
        return self._running

    def hand(self, camera: str, resume_s: float = RESUME_S) -> None:
        """A hand steers: it rests, from now on for ``resume_s`` seconds (0: until it is started again)."""
        running = self._running.get(camera)
        if running is None:
            return
        if resume_s <= 0:
            del self._running[camera]
            return
        self._running[camera] = replace(running, rests_until=self._clock() + resume_s)

    def tick(self) -> None:
        """Now and then, at least once a second."""
        now = self._clock()
        for camera, running in tuple(self._running.items()):
            if now < running.rests_until or (not running.rests_until and now < running.next_at):
                continue
            # After a rest it goes back to the stop that it was taken from.
            at = running.at if running.rests_until and running.at >= 0 else (running.at + 1) % len(running.stops)
            stop = running.stops[at]
            self._running[camera] = Running(running.stops, at, now + stop.dwell_s)
            self._go(camera, stop)


def stops_from(value: Any) -> tuple[Stop, ...]:
    """A kept patrol back from JSON; what makes no sense is left out."""
    found: list[Stop] = []
    for each in value.get("stops", ()) if isinstance(value, dict) else ():
        try:
            dwell, speed = float(each["dwell_s"]), float(each.get("speed", 0.0))
            if dwell == dwell and 0.0 <= speed <= 1.0:
                found.append(Stop(str(each["token"]), min(max(dwell, LEAST_DWELL_S), MOST_DWELL_S), speed))
        except (KeyError, TypeError, ValueError):
            continue
    return tuple(found[:MOST_STOPS])


def stops_to(stops: Sequence[Stop]) -> dict[str, Any]:
    """As JSON values."""
    return {"stops": [{"token": stop.token, "dwell_s": stop.dwell_s, "speed": stop.speed} for stop in stops]}
