"""Vehicles kept as they were painted last: light of their own, and how much of the street shows through.

To paint a vehicle costs a hundred times what it costs to put it elsewhere. From one picture to the next it hardly turns
or grows, so one vehicle a picture is painted anew, the one that changed most, and the others drive on as they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from app.demo.bodies import SHAPES, Light, vehicle
from app.demo.paint import Plane, Planes
from app.demo.view import PLATE, View

type Floats = npt.NDArray[np.floating[Any]]

TURNED, GROWN, MOVED = math.radians(6.0), 0.06, 0.2     # a change that is seen: of its side, size, share of the width
FAR_OFF = 4.0                               # times that, and it is painted however many others are
BESIDE = 32                                 # pixels that are painted outside the picture, since it may drive in
HIGHEST_M = 3.2                             # of a vehicle
BESIDE_M = 1.2                              # of a vehicle: where its shadow falls by day and its lamps shine by night
POOL_M = 5.5, 2.5                           # to each side of the light before it, and up and down in the picture
BRIGHTEST = 235.0


class _Glass(np.ndarray[Any, Any]):
    """A plane on which app.demo.bodies paints: real is light, imaginary the share of what is behind (it begins as 1j).

    What is painted over it is linear, so both come right at once. Only the bounds of a glow are not: nobody knows yet
    what is behind it, so they are kept when it is put onto the picture.
    """

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return args[0] if func is np.clip else super().__array_function__(func, types, args, kwargs)


@dataclass(frozen=True, slots=True)
class _Layer:
    """Of one plane: picture = behind * through + light, from row ``top`` and column ``left`` on."""

    top: int
    left: int
    through: Floats
    light: Floats

    def put(self, plane: Plane, down: int, aside: int) -> None:
        """Onto the plane of a picture, moved by so many of its pixels."""
        height, width = self.through.shape
        top, left = self.top + down, self.left + aside
        y0, y1, x0, x1 = max(top, 0), min(top + height, plane.shape[0]), max(left, 0), min(left + width, plane.shape[1])
        if y1 <= y0 or x1 <= x0:
            return
        part, own = plane[y0:y1, x0:x1], (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        shown = part * self.through[own]
        shown += self.light[own]
        np.minimum(shown, np.float32(BRIGHTEST), out=shown)
        part[...] = shown


@dataclass(frozen=True, slots=True)
class Pose:
    """How a vehicle is seen: where it stands in a picture of that width (pixels), pixels a metre, the side it shows."""

    x: float
    y: float
    pixels: float
    aspect: float                           # radians between the way it goes and the line of sight
    width: int

    def change(self, other: Pose) -> float:
        """1 is the least that is seen."""
        turned = abs((self.aspect - other.aspect + math.pi) % (2 * math.pi) - math.pi)
        moved = math.hypot(self.x - other.x, self.y - other.y)
        return max(turned / TURNED, abs(math.log(self.pixels / other.pixels)) / GROWN, moved / self.width / MOVED)


@dataclass(frozen=True, slots=True)
class Driving:
    """A vehicle at a moment: metres, heading in radians counter-clockwise, and how the lens sees it."""

    number: int
    kind: str
    at: Floats
    heading: float
    paint: tuple[float, float, float]
    cargo: int
    pose: Pose


class Sprites:
    """Those of one dome, for one size of picture and one light at a time."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Pose, tuple[_Layer, ...]]] = {}
        self._of: tuple[int, int, Light] | None = None

    def show(self, planes: Planes, view: View, light: Light, vehicles: Sequence[Driving], patience: float) -> None:
        """Onto writable planes of a picture, in this order. ``patience``: 1, more where nobody sees such a change."""
        if self._of != (view.width, view.height, light):
            self._of, self._kept = (view.width, view.height, light), {}
        self._kept = {each.number: self._kept[each.number] for each in vehicles if each.number in self._kept}
        changes = {each.number: each.pose.change(self._kept[each.number][0]) if each.number in self._kept else math.inf
                   for each in vehicles}
        most = max(changes, key=lambda number: changes[number], default=-1)
        for each in vehicles:
            if changes[each.number] > FAR_OFF or (each.number == most and changes[most] > patience):
                self._kept[each.number] = each.pose, _painted(view, light, each)
            then, layers = self._kept[each.number]
            aside, down = round(each.pose.x - then.x), round(each.pose.y - then.y)
            for plane, layer, shrink in zip(planes, layers, (1, 2, 2), strict=False):
                layer.put(plane, down // shrink, aside // shrink)


def _painted(view: View, light: Light, each: Driving) -> tuple[_Layer, ...]:
    """Its layers of luma and both colours; none where it is outside of what is painted."""
    x0, x1, y0, y1 = _around(view, light, each)
    if x1 <= x0 or y1 <= y0:
        return ()
    kind = _Glass if light.lamps else np.ndarray
    glass = [np.full(((y1 - y0) // shrink, (x1 - x0) // shrink), 1j, np.complex64).view(kind) for shrink in (1, 2, 2)]
    plate = view.scale * PLATE[0], view.scale * PLATE[1]
    part = replace(view, crop=(x0 / plate[0], y0 / plate[1], (x1 - x0) / plate[0]), width=x1 - x0, height=y1 - y0)
    vehicle((glass[0], glass[1], glass[2]), part, light, each.kind, each.at, each.heading, each.paint, each.cargo)
    luma = np.asarray(glass[0])
    touched = luma != 1j
    rows, columns = touched.any(1).nonzero()[0], touched.any(0).nonzero()[0]
    if not len(rows):
        return ()
    down = y0, int(rows[0]) & ~1, (int(rows[-1]) + 2) & ~1
    aside = x0, int(columns[0]) & ~1, (int(columns[-1]) + 2) & ~1
    return tuple(_layer(np.asarray(plane), down, aside, shrink) for plane, shrink in zip(glass, (1, 2, 2), strict=True))


def _around(view: View, light: Light, each: Driving) -> tuple[int, int, int, int]:
    """Left, right, top and bottom of what it may touch, even pixels, not far outside the picture."""
    shape = SHAPES[each.kind]
    ahead, beside = shape.length / 2 + BESIDE_M, shape.width / 2 + BESIDE_M
    box = np.array([[x, y, z] for x in (-ahead, ahead) for y in (-beside, beside) for z in (0.0, HIGHEST_M)],
                   np.float32)
    along = np.array([math.cos(each.heading), math.sin(each.heading), 0], np.float32)
    turn = np.array([along, [-along[1], along[0], 0], [0, 0, 1]], np.float32)
    spots = view.project(box @ turn + each.at)[0]
    (left, top), (right, bottom) = spots.min(0).tolist(), spots.max(0).tolist()
    if light.lamps:
        pool = view.project((each.at + along * np.float32(shape.length / 2 + 3.0))[None])[0][0].tolist()
        wide, high = POOL_M[0] * each.pose.pixels, POOL_M[1] * each.pose.pixels
        left, right = min(left, pool[0] - wide), max(right, pool[0] + wide)
        top, bottom = min(top, pool[1] - high), max(bottom, pool[1] + high)
    x0, x1 = (int(min(max(edge, -BESIDE), view.width + BESIDE)) & ~1 for edge in (left, right + 2))
    y0, y1 = (int(min(max(edge, -BESIDE), view.height + BESIDE)) & ~1 for edge in (top, bottom + 2))
    return x0, x1, y0, y1


def _layer(plane: npt.NDArray[np.complex64], down: tuple[int, int, int], aside: tuple[int, int, int],
           shrink: int) -> _Layer:
    (y0, top, bottom), (x0, left, right) = ((n // shrink for n in numbers) for numbers in (down, aside))
    part = plane[top:bottom, left:right]
    return _Layer(y0 + top, x0 + left, part.imag.copy(), part.real + np.float32(0.5))       # half: rounded, not cut off
