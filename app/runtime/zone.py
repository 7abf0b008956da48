"""Indonesia's three zones by name: times are stored in UTC and shown as WIB, WITA or WIT.

Source: Keputusan Presiden 41/1987; the boundaries below follow provinces as far as longitude alone can.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Zone(Enum):
    """The zones; the value is the name that operators read."""

    WIB = "WIB"
    WITA = "WITA"
    WIT = "WIT"

    @property
    def zoneinfo(self) -> ZoneInfo:
        return _zoneinfo(_PLACES[self])


_PLACES = {Zone.WIB: "Asia/Jakarta", Zone.WITA: "Asia/Makassar", Zone.WIT: "Asia/Jayapura"}
DEFAULT = Zone.WITA         # the first control room is in Makassar

# 114.5 E: west of it Java (to 114.6 E) and West Kalimantan, east of it Bali (from 114.4 E) and Banjarmasin (114.6 E).
# 126 E: west of it Sulawesi with Manado (124.8 E) and Kupang (123.6 E), east of it Ternate (127.4 E), Ambon (128.2 E).
# Longitude alone misses the east of Central Kalimantan, Talaud and western Sula: there the camera's own zone is set.
_WITA_FROM_DEGREES = 114.5
_WIT_FROM_DEGREES = 126.0


@cache
def _zoneinfo(place: str) -> ZoneInfo:
    return ZoneInfo(place)


def zone_of(longitude: float | None) -> Zone:
    """The zone of a place in Indonesia by its longitude (WGS 84 degrees east); DEFAULT when unknown or elsewhere."""
    if longitude is None or not 94.0 <= longitude <= 142.0:
        return DEFAULT
    if longitude < _WITA_FROM_DEGREES:
        return Zone.WIB
    return Zone.WITA if longitude < _WIT_FROM_DEGREES else Zone.WIT


def in_force(setting: str) -> Zone:
    """The zone of the setting; "system" is the machine's own when it stands in Indonesia, else the default."""
    if setting in Zone.__members__:
        return Zone[setting]
    offset = datetime.now().astimezone().utcoffset() or timedelta()
    return {7: Zone.WIB, 8: Zone.WITA, 9: Zone.WIT}.get(round(offset.total_seconds() / 3600), DEFAULT)


def local(moment: datetime, zone: Zone = DEFAULT) -> datetime:
    """An aware moment in the zone. Raises ValueError for a moment without a zone: it could be anything."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be shown")
    return moment.astimezone(zone.zoneinfo)


def clock_text(moment: datetime, zone: Zone = DEFAULT) -> str:
    """"WITA 14:03:22", as the title bar shows it."""
    return f"{zone.value} {local(moment, zone):%H:%M:%S}"


def zone_or_utc(name: str) -> tzinfo:
    """The zone of that name, UTC for one that this machine does not know."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
