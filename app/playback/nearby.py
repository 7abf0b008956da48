"""Which cameras stand near another one. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable

from app.model.camera import Camera

FARTHEST_M = 2000.0         # beyond that a camera tells of something else
_EARTH_M = 6_371_000.0


def distance_m(one: Camera, other: Camera) -> float | None:
    """Metres between two cameras along the ground, None while a place is unknown; exact enough for a city."""
    if one.place is None or other.place is None:
        return None
    middle = math.radians((one.place.latitude + other.place.latitude) / 2)
    north = math.radians(other.place.latitude - one.place.latitude)
    east = math.radians(other.place.longitude - one.place.longitude) * math.cos(middle)
    return _EARTH_M * math.hypot(north, east)


def nearest(camera: Camera, others: Iterable[Camera], most: int) -> list[Camera]:
    """At most so many cameras, the nearest first; those without a place only from the same innermost area, last."""
    ranked: list[tuple[float, int, Camera]] = []
    for other in others:
        if other.id == camera.id:
            continue
        metres = distance_m(camera, other)
        if metres is None and camera.area and other.area == camera.area:
            metres = FARTHEST_M
        if metres is not None and metres <= FARTHEST_M:
            ranked.append((metres, other.number, other))
    return [other for _metres, _number, other in sorted(ranked, key=lambda one: one[:2])[:most]]
