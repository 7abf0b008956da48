"""Privacy zones: which parts of a camera's picture a viewing copy blurs, as operators write them and as kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from app.model.clip import Zone
from app.model.errors import OperatorError
from app.runtime.language import gettext as _

SETTING = "evidence.zones"
MOST = 32               # of one camera
_WRITTEN = re.compile(",".join([r"(\d{1,3}(?:\.\d{1,2})?)"] * 4))

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
