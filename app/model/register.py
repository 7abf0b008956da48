"""What the register knows around a camera: who owns it, where it lies, what device it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OwnerKind(StrEnum):
    """Whose camera it is: mayoral rule 4/2017 of Makassar joins private ones to the city's."""

    CITY = "city"
    POLICE = "police"
    PRIVATE = "private"


class Level(StrEnum):
    """The levels of an Indonesian city's areas, from wide to narrow."""

    CITY = "city"
    KECAMATAN = "kecamatan"
    KELURAHAN = "kelurahan"
    LORONG = "lorong"


class Risk(StrEnum):
    """The risk class of an alley or area (Makassar, April 2025); NONE is not classed."""

    NONE = ""
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns cameras, and within which limits they may be watched.

    ``purposes``: what the agreement permits, in its own words. ``hours``: local "HH:MM-HH:MM", several parted by
    commas, "" at all times. ``expires``: the last day of the agreement, "YYYY-MM-DD", "" when open-ended.
    """

    id: str
    name: str
    kind: OwnerKind = OwnerKind.CITY
    agreement: str = ""
    contact: str = ""
    purposes: tuple[str, ...] = ()
    hours: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """One area. ``path`` from wide to narrow, its own name last; ``level`` is None when nobody said which."""

    id: str
    path: tuple[str, ...]
    level: Level | None = None
    risk: Risk = Risk.NONE


@dataclass(frozen=True, slots=True)
class Device:
    """What the camera is, as the register or the device itself says.

    ``service``: its ONVIF device service, http(s) without login; "" for a camera that only streams.
    """

    make: str = ""
    model: str = ""
    serial: str = ""
    mac: str = ""
    service: str = ""


NO_DEVICE = Device()
