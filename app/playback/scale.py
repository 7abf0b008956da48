"""The stretch of time that a timeline shows: its place and width, marks of its ruler, moments and pixels. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

S = 1_000_000
MINUTE, HOUR, DAY = 60 * S, 3600 * S, 86_400 * S
WIDTHS = (2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY,
          30 * DAY)
FIRST = 10 * MINUTE
_TICKS = (S, 5 * S, 10 * S, 30 * S, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
          DAY, 2 * DAY, 5 * DAY, 10 * DAY)
_ROOM_PX = 96               # between two labels of a ruler


@dataclass(frozen=True, slots=True)
class Scale:
    """From ``t0`` on ``width`` microseconds (one of WIDTHS) over ``px`` pixels."""

    t0: int
    width: int = FIRST
    px: int = 1

    @property
    def t1(self) -> int:
        return self.t0 + self.width

    def x(self, at: int) -> float:
        """Where a moment lies, also beyond the edges."""
        return (at - self.t0) * self.px / self.width

    def at(self, x: float) -> int:
        """The moment at a pixel."""
        return self.t0 + round(x * self.width / self.px)

    def holds(self, at: int) -> bool:
        return self.t0 <= at < self.t1

    def zoomed(self, steps: int, about: int) -> Scale:
        """Shorter (positive) or longer stretches; ``about`` stays where it is."""
        index = min(max(WIDTHS.index(self.width) - steps, 0), len(WIDTHS) - 1)
        width = WIDTHS[index]
        share = min(max((about - self.t0) / self.width, 0.0), 1.0)
        return Scale(about - round(share * width), width, self.px)

    def around(self, at: int, share: float = 0.5) -> Scale:
        """The same width, with ``at`` at a share of it."""
        return Scale(at - round(self.width * share), self.width, self.px)

    def moved(self, us: int) -> Scale:
        return Scale(self.t0 + us, self.width, self.px)

    def following(self, at: int) -> Scale:
        """As it is while ``at`` is well inside; else turned on like a page."""
        if self.t0 + self.width // 50 <= at <= self.t1 - self.width // 50:
            return self
        return self.around(at, 0.25 if at > self.t1 - self.width // 50 else 0.75)

    def ticks(self, zone: tzinfo) -> list[tuple[int, str]]:
        """(moment, label) of the ruler, on round times of the zone."""
        step = next((one for one in _TICKS if one * self.px >= _ROOM_PX * self.width), _TICKS[-1])
        shift = datetime.fromtimestamp(self.t0 / S, UTC).astimezone(zone).utcoffset() or timedelta()
        shift_us = int(shift.total_seconds()) * S
        first = -(-(self.t0 + shift_us) // step) * step - shift_us
        form = "%H:%M:%S" if step < MINUTE else "%H:%M" if step < DAY else "%d.%m."
        return [(at, datetime.fromtimestamp(at / S, UTC).astimezone(zone).strftime(form))
                for at in range(first, self.t1, step)]
