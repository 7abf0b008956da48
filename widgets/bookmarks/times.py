"""Moments as an operator reads them: the room's zone, by name."""

from __future__ import annotations

from datetime import UTC, datetime

from app.runtime.language import current_language
from app.runtime.zone import Zone


def time_text(at: int, zone: Zone) -> str:
    """``at`` in microseconds since 1970 -> "14:01:10 WITA"."""
    return f"{datetime.fromtimestamp(at / 1e6, UTC).astimezone(zone.zoneinfo):%H:%M:%S} {zone.value}"


def moment_text(at: int, zone: Zone) -> str:
    """As "2026-11-22 14:01:10 WITA"."""
    return f"{datetime.fromtimestamp(at / 1e6, UTC).astimezone(zone.zoneinfo):%Y-%m-%d %H:%M:%S} {zone.value}"


def exact_time_text(at: int, zone: Zone) -> str:
    """As "14:01:10,40 WITA": to the hundredth, which tells two pictures apart."""
    moment = datetime.fromtimestamp(at // 10_000 / 100, UTC).astimezone(zone.zoneinfo)
    point = "," if current_language() == "id" else "."
    return f"{moment:%H:%M:%S}{point}{at // 10_000 % 100:02d} {zone.value}"
