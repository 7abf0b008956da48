"""Privacy zones: which parts of a camera's picture a viewing copy blurs, as operators write them and as kept.

Kept are those of the picture as the camera sends it; operators see and write those of the picture as it is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.model.clip import Zone
from app.model.errors import OperatorError
from app.runtime.language import gettext as _

SETTING = "evidence.zones"
MOST = 32               # of one camera
_WRITTEN = re.compile(",".join([r"(\d{1,3}(?:\.\d{1,2})?)"] * 4))

WHOLE = 10_000          # a picture's width and height in a zone's units
LEAST = 100             # of a zone's sides: 1 % of the picture can still be seen and taken hold of

type Zones = Mapping[str, tuple[Zone, ...]]         # by camera id


def read(text: str) -> Zones:
    """The kept zones. Raises OperatorError when they cannot be read: nobody may be shown for want of a comma."""
    try:
        told = json.loads(text or "{}")
        return {str(camera): tuple(Zone(*map(int, zone)) for zone in zones) for camera, zones in told.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise OperatorError(_("The privacy zones cannot be read; set them again: station blur")) from None


def write(zones: Zones) -> str:
    """As they are kept."""
    return json.dumps({camera: [[z.left, z.top, z.width, z.height] for z in found] for camera, found in zones.items()
                       if found}, sort_keys=True)


def between(x0: float, y0: float, x1: float, y1: float) -> Zone:
    """The zone with these two corners, in any order; within the picture and large enough to be seen."""
    left, right = sorted(min(WHOLE, max(0, round(x))) for x in (x0, x1))
    top, end = sorted(min(WHOLE, max(0, round(y))) for y in (y0, y1))
    left, top = min(left, WHOLE - LEAST), min(top, WHOLE - LEAST)
    return Zone(left, top, max(LEAST, right - left), max(LEAST, end - top))


def moved(zone: Zone, right: int, down: int) -> Zone:
    """As large as it was, never over the picture's edge."""
    return replace(zone, left=min(max(0, zone.left + right), WHOLE - zone.width),
                   top=min(max(0, zone.top + down), WHOLE - zone.height))


def grown(zone: Zone, wider: int, taller: int) -> Zone:
    """From the same corner at its top left, never over the picture's edge."""
    return replace(zone, width=min(max(LEAST, zone.width + wider), WHOLE - zone.left),
                   height=min(max(LEAST, zone.height + taller), WHOLE - zone.top))


def turned(zones: Iterable[Zone], rotation: int) -> tuple[Zone, ...]:
    """Where zones of a camera's own picture lie once it is turned by so many degrees clockwise; by 360 - n back."""
    found = tuple(zones)
    for _quarter in range(rotation // 90 % 4):
        found = tuple(Zone(WHOLE - zone.top - zone.height, zone.left, zone.height, zone.width) for zone in found)
    return found


def written(words: Sequence[str]) -> tuple[Zone, ...]:
    """``10,20,30,15``: left, top, width and height in percent of the picture. Raises OperatorError."""
    found = []
    for word in words:
        match = _WRITTEN.fullmatch(word)
        zone = Zone(*(round(float(part) * 100) for part in match.groups())) if match else None
        if zone is None or not zone.width or not zone.height or max(
                zone.left + zone.width, zone.top + zone.height) > 10_000:
            raise OperatorError(_("“{word}” is no zone. Write left, top, width, height in percent of the picture, such "
                                  "as 10,20,30,15.").format(word=word))
        found.append(zone)
    if len(found) > MOST:
        raise OperatorError(_("A camera has at most {most} zones.").format(most=MOST))
    return tuple(found)
