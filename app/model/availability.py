"""When a camera was up and when it was down, as a station that asked for it saw it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of time, UTC seconds since the epoch; ``cause`` as in PaneReport, "" while up.

    Time that lies in no span of a camera was not watched: nobody asked for it, so it was neither up nor down.
    """

    camera: str
    up: bool
    since: float
    until: float
    cause: str = ""
