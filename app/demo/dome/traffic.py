"""Traffic round the dome: vehicles on the roundabout and its four streets, drawn where a lens that turns sees them.

The panorama was taken from the edge of the roundabout's island; where that lies was fitted to its kerb and lane marks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.demo.bodies import Light, vehicle
from app.demo.dome.panorama import WIDEST
from app.demo.onvif.head import Look
from app.demo.paint import Planes
from app.demo.view import PLATE, View

type Points = npt.NDArray[np.float32]

EYE_M = 10.0                        # the lens above the road
CENTRE_M, CENTRE_AT = 13.3, 166.5   # the roundabout's middle: metres from the pole, degrees of the panorama
STREETS_AT = (356.0, 86.0, 266.0)   # directions of the streets; the fourth lies behind palms and monument
RINGS_M = (19.0, 22.6)              # lanes of the roundabout
FREE = (242.0, 96.0)                # degrees of the panorama between which nothing stands before the roundabout's lanes
LANES_M = (4.2, 7.6)                # of a street, beside its median; Indonesia keeps left
NEAR_M, FAR_M = 34.0, 130.0         # of a street from the middle
MOST_SEEN = 3                       # drawn at once: what a vehicle costs is what a dome may cost
_KINDS = ("car", "bike", "van", "car", "suv", "bike", "bus")
_PAINTS = ((190, 192, 196), (60, 62, 70), (44, 110, 170), (150, 40, 36), (226, 224, 216), (70, 96, 80))
_DAY = Light(0.62, 0.5, (0.35, -0.5, 0.79), 0.0, False)
_NIGHT = Light(0.2, 0.0, (0.0, 0.0, 1.0), 1.0, False)
_INFRARED = Light(0.5, 0.0, (0.0, 0.0, 1.0), 0.4, True)


@dataclass(frozen=True, slots=True)
class _Vehicle:
    """``lane``: a ring's radius (``street`` None), or metres beside the street's median, negative towards us."""

    kind: str
    paint: tuple[float, float, float]
    lane: float
    street: float | None
    speed: float                    # metres per second
    start: float                    # metres along its lane at second 0
    cargo: int


class Traffic:
    """Always the same for one seed and second, so that two sizes of one picture agree."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._vehicles: list[_Vehicle] = []
        for n in range(10):
            kind = _KINDS[n % len(_KINDS)]
            self._vehicles.append(_Vehicle(kind, self._paint(rng), RINGS_M[n % 2], None, rng.uniform(5.0, 7.5),
                                           n * 14.0 + rng.uniform(0, 6), int(rng.integers(9))))
        for street in STREETS_AT:
            for n in range(8):
                side = 1.0 if n % 2 else -1.0
                self._vehicles.append(_Vehicle(_KINDS[(n + 3) % len(_KINDS)], self._paint(rng),
                                               side * LANES_M[n // 2 % 2], street, rng.uniform(7.0, 11.0),
                                               n * 24.0 + rng.uniform(0, 12), int(rng.integers(9))))

    @staticmethod
    def _paint(rng: np.random.Generator) -> tuple[float, float, float]:
        return _PAINTS[int(rng.integers(len(_PAINTS)))]

    def draw(self, planes: Planes, look: Look, seconds: float, *, night: bool, grey: bool) -> None:
        """Onto writable planes of a picture that looks there; the far ones first, MOST_SEEN at most."""
        height, width = planes[0].shape
        view = _view(look, width, height)
        light = _INFRARED if grey else _NIGHT if night else _DAY
        seen: list[tuple[float, _Vehicle, Points, float]] = []
        for each in self._vehicles:
            at, heading = _where(each, seconds)
            spot, depth = view.project(at[None])
            pixels = view.focal * view.scale / max(float(depth[0]), 0.1) * 6.0
            inside = -pixels < spot[0, 0] < width + pixels and -pixels < spot[0, 1] < height + pixels
            if float(depth[0]) > 2.0 and inside and pixels > 8 and _free(each, at):
                seen.append((float(depth[0]), each, at, heading))
        seen.sort(key=lambda one: one[0])
        for _depth, each, at, heading in reversed(seen[:MOST_SEEN]):
            vehicle(planes, view, light, each.kind, at, heading, each.paint, each.cargo)


def _towards(degrees: float) -> tuple[float, float]:
    """Ground direction of a place in the panorama, which counts clockwise."""
    turn = math.radians(degrees)
    return math.cos(turn), -math.sin(turn)


def _where(each: _Vehicle, seconds: float) -> tuple[Points, float]:
    """Metres from the pole's foot, and heading in radians counter-clockwise."""
    towards = _towards(CENTRE_AT)
    x, y = towards[0] * CENTRE_M, towards[1] * CENTRE_M
    along = each.start + each.speed * seconds
    if each.street is None:
        turn = -along / each.lane                       # clockwise, as traffic that keeps left goes round
        return np.array([x + each.lane * math.cos(turn), y + each.lane * math.sin(turn), 0], np.float32), \
            turn - math.pi / 2
    way = _towards(each.street)
    outwards = each.lane > 0
    far = along % (FAR_M - NEAR_M)
    far = NEAR_M + far if outwards else FAR_M - far
    left = (-way[1], way[0])                            # seen along the street; outwards keeps left
    side = abs(each.lane) * (1 if outwards else -1)
    heading = math.atan2(way[1], way[0]) + (0.0 if outwards else math.pi)
    return np.array([x + way[0] * far + left[0] * side, y + way[1] * far + left[1] * side, 0], np.float32), heading


def _free(each: _Vehicle, at: Points) -> bool:
    """Whether nothing of the panorama stands before it."""
    if each.street is not None:
        return True
    degrees = math.degrees(math.atan2(-float(at[1]), float(at[0]))) % 360.0
    return degrees >= FREE[0] or degrees <= FREE[1]


def _view(look: Look, width: int, height: int) -> View:
    """The lens of the panorama as the one that vehicles are projected with."""
    tilt, (x, y) = math.radians(look.tilt), _towards(look.pan)
    forward = np.array([x * math.cos(tilt), y * math.cos(tilt), math.sin(tilt)], np.float32)
    right = np.array([y, -x, 0.0], np.float32)
    down = np.cross(forward, right)
    focal = PLATE[0] / 2 / math.tan(math.radians(WIDEST / look.zoom / 2))
    return View(np.array([0, 0, EYE_M], np.float32), np.stack([right, down, forward], 1).astype(np.float32), forward,
                focal, (0.0, 0.0, 1.0), False, width, height)
