"""Moments as an operator reads them: the room's zone, by name."""

from __future__ import annotations

from datetime import UTC, datetime

from app.runtime.zone import Zone


def time_text(at: int, zone: Zone) -> str:
    """``at`` in microseconds since 1970 -> "14:01:10 WITA"."""
    return f"{datetime.fromtimestamp(at / 1e6, UTC).astimezone(zone.zoneinfo):%H:%M:%S} {zone.value}"


def moment_text(at: int, zone: Zone) -> str:
    """As "2026-11-22 14:01:10 WITA"."""
    return f"{datetime.fromtimestamp(at / 1e6, UTC).astimezone(zone.zoneinfo):%Y-%m-%d %H:%M:%S} {zone.value}"
