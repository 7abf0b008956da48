"""How many bytes cameras, bit rate and days make, and what would do with less. Pure.

bytes = cameras × Mbit/s × 125,000 × 86,400 × days × share (reference/recording.md section 5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from app.runtime.language import mark as N_

MEGABIT = 125_000           # bytes
DAY_S = 86_400
_SUB_MBIT = 0.4             # a sub stream of 640×360
_INCIDENTS = 200 / 6000     # a day and camera: what a city of 6,000 cameras has
_CLIP_S = 600               # of an incident, on _CLIP_CAMERAS cameras
_CLIP_CAMERAS = 4


@dataclass(frozen=True, slots=True)
class Demand:
    """``share``: how much of the time is recorded, 0 to 1."""

    cameras: int
    mbit: float
    days: int
    share: float = 1.0

    @property
    def a_second(self) -> float:
        return self.cameras * self.mbit * MEGABIT * self.share

    @property
    def a_day(self) -> float:
        return self.a_second * DAY_S

    @property
    def bytes(self) -> float:
        return self.a_day * self.days

    def disks(self, terabytes: float) -> int:
        """How many disks of that size, without spares."""
        return max(1, math.ceil(self.bytes / (terabytes * 1e12)))


def alternatives(wish: Demand) -> tuple[tuple[str, Demand], ...]:
    """(what it is called, marked for the catalogue; what it needs), where it is less than the wish."""
    offers = (
        (N_("30 days of it"), replace(wish, days=min(30, wish.days))),
        (N_("Small stream only"), replace(wish, mbit=_SUB_MBIT)),
        (N_("30 days of the small stream"), replace(wish, mbit=min(_SUB_MBIT, wish.mbit), days=min(30, wish.days))),
        (N_("Clips of incidents only"),
         replace(wish, share=min(1.0, _INCIDENTS * _CLIP_CAMERAS * _CLIP_S / DAY_S))),
    )
    return tuple((text, demand) for text, demand in offers if demand.bytes < wish.bytes)
