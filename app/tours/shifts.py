"""The shifts of a control room, and since when a camera must not have been seen to be missed. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from app.runtime.zone import Zone, local

USUAL = (7, 15, 23)             # three shifts of eight hours, as rooms in Indonesia keep them
MISSED_SHIFTS = 3               # a day: nobody of any crew saw it
HOUR_S = 3600


def parse(text: str) -> tuple[int, ...]:
    """The hours at which shifts begin, in order, from "07-15-23" or "07:00, 15:00, 23:00"; the usual ones when the
    text makes no sense. Shifts begin at whole hours, as watching is written down by hours."""
    text = text.replace(":00", "")
    words = re.findall(r"\d+", text) if ":" not in text else []
    hours = sorted({int(word) for word in words if len(word) <= 2 and int(word) < 24})
    return tuple(hours) if hours and len(hours) == len(words) else USUAL


def missed_since(now: datetime, zone: Zone, shifts: tuple[int, ...], count: int = MISSED_SHIFTS) -> datetime:
    """The beginning of the oldest of the last ``count`` whole shifts; the shift that is on does not count as one.

    ``now`` is an aware moment; so is the answer, in the room's zone. Indonesia's zones have no summer time.
    """
    at = local(now, zone)
    begins = (at.replace(hour=hour, minute=0, second=0, microsecond=0) - timedelta(days=day)
              for day in range(count + 2) for hour in sorted(shifts, reverse=True))
    past = [moment for moment in begins if moment <= at]
    return past[count]


def hour_of(moment: datetime) -> int:
    """Hours since 1970 UTC, as the proof of watching counts them."""
    return int(moment.timestamp() // HOUR_S)
