"""Traffic round the dome: vehicles on the roundabout and its four streets, drawn where a lens that turns sees them.

The panorama was taken from the edge of the roundabout's island; where that lies was fitted to its kerb and lane marks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from app.demo.bodies import Light
from app.demo.dome.panorama import WIDEST
from app.demo.dome.sprites import Driving, Pose, Sprites
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
MOST_SEEN, MOST_PASSING = 3, 2      # drawn at once: what a vehicle costs is what a dome may cost
PATIENCE = 2.0                      # with changes of a vehicle that is passing
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
        self._ways = _Ways(self._vehicles)
        self._sprites = Sprites()

    @staticmethod
    def _paint(rng: np.random.Generator) -> tuple[float, float, float]:
        return _PAINTS[int(rng.integers(len(_PAINTS)))]

    def draw(self, planes: Planes, look: Look, seconds: float, *, night: bool, grey: bool,
             passing: bool = False) -> None:
        """Onto writable planes of a picture that looks there, which is ``passing`` while the lens turns.

        The far ones first, and no more than MOST_SEEN or MOST_PASSING.
        """
        height, width = planes[0].shape
        view = _view(look, width, height)
        light = _INFRARED if grey else _NIGHT if night else _DAY
        at, headings = self._ways.where(seconds)
        spots, depths = view.project(at)
        pixels = view.focal * view.scale / np.maximum(depths, 0.1) * 6.0
        seen = ((depths > 2.0) & (pixels > 8) & (spots > -pixels[:, None]).all(1)
                & (spots < np.array([width, height]) + pixels[:, None]).all(1)).nonzero()[0]
        near = [n for n in seen[np.argsort(depths[seen])].tolist() if _free(self._vehicles[n], at[n])]
        shown = []
        for n in reversed(near[:MOST_PASSING if passing else MOST_SEEN]):
            each, heading = self._vehicles[n], float(headings[n])
            pose = _pose(spots[n], at[n], heading, pixels[n] / 6.0, width)
            shown.append(Driving(n, each.kind, at[n], heading, each.paint, each.cargo, pose))
        self._sprites.show(planes, view, light, shown, PATIENCE if passing else 1.0)


def _pose(spot: Points, at: Points, heading: float, pixels: float, width: int) -> Pose:
    return Pose(float(spot[0]), float(spot[1]), float(pixels), heading - math.atan2(float(at[1]), float(at[0])), width)


class _Ways:
    """Where all vehicles are at once: a numpy call costs about as much for 34 of them as for one."""

    def __init__(self, vehicles: list[_Vehicle]) -> None:
        self._rings = sum(each.street is None for each in vehicles)         # they come first
        self._lane, self._speed, self._start = (
            np.array([getattr(each, name) for each in vehicles]) for name in ("lane", "speed", "start"))
        self._ways = np.array([_towards(each.street) for each in vehicles if each.street is not None])
        self._middle = np.array(_towards(CENTRE_AT)) * CENTRE_M

    def where(self, seconds: float) -> tuple[Points, Points]:
        """Metres from the pole's foot, (n, 3), and headings in radians counter-clockwise."""
        along, rings = self._start + self._speed * seconds, self._rings
        turn = -along[:rings] / self._lane[:rings]      # clockwise, as traffic that keeps left goes round
        circle = np.stack([np.cos(turn), np.sin(turn)], 1) * self._lane[:rings, None]
        lane, way = self._lane[rings:], self._ways
        outwards = lane > 0
        far = along[rings:] % (FAR_M - NEAR_M)
        far = np.where(outwards, NEAR_M + far, FAR_M - far)
        left = np.stack([-way[:, 1], way[:, 0]], 1)     # seen along the street; both ways keep left
        flat = np.concatenate([circle, way * far[:, None] + left * lane[:, None]]) + self._middle
        heading = np.arctan2(way[:, 1], way[:, 0]) + np.where(outwards, 0.0, math.pi)
        return (np.concatenate([flat, np.zeros((len(flat), 1))], 1).astype(np.float32),
                np.concatenate([turn - math.pi / 2, heading]))


def _towards(degrees: float) -> tuple[float, float]:
    """Ground direction of a place in the panorama, which counts clockwise."""
    turn = math.radians(degrees)
    return math.cos(turn), -math.sin(turn)


def _free(each: _Vehicle, at: Points) -> bool:
    """Whether nothing of the panorama stands before it."""
    if each.street is not None:
        return True
    degrees = math.degrees(math.atan2(-float(at[1]), float(at[0]))) % 360.0
    return degrees >= FREE[0] or degrees <= FREE[1]


@lru_cache(maxsize=8)               # of a dome that stands
def _view(look: Look, width: int, height: int) -> View:
    """The lens of the panorama as the one that vehicles are projected with."""
    tilt, (x, y) = math.radians(look.tilt), _towards(look.pan)
    forward = np.array([x * math.cos(tilt), y * math.cos(tilt), math.sin(tilt)], np.float32)
    right = np.array([y, -x, 0.0], np.float32)
    down = np.cross(forward, right)
    focal = PLATE[0] / 2 / math.tan(math.radians(WIDEST / look.zoom / 2))
    return View(np.array([0, 0, EYE_M], np.float32), np.stack([right, down, forward], 1).astype(np.float32), forward,
                focal, (0.0, 0.0, 1.0), False, width, height)
