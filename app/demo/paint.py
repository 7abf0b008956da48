"""Paints soft-edged polygons and glows into the planes of one picture (YUV 4:2:0, full range limited to 16..235)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

type Plane = npt.NDArray[np.uint8]
type Floats = npt.NDArray[np.floating[Any]]
type Colour = tuple[float, float, float]       # Y, U, V
type Planes = tuple[Plane, Plane, Plane]


PIXELS = np.arange(4096, dtype=np.float32) + np.float32(0.5)     # middles of the pixels of any picture


def yuv(red: float, green: float, blue: float) -> Colour:
    """RGB 0..255 to limited-range YUV (BT.601, as the decoders of the wall assume for small pictures)."""
    y = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
    return y, 128 - 0.148 * red - 0.291 * green + 0.439 * blue, 128 + 0.439 * red - 0.368 * green - 0.071 * blue


def coverage(points: Floats, width: int, height: int) -> tuple[slice, slice, Floats] | None:
    """Rows, columns and share 0..1 of each pixel that a convex polygon covers; None outside the picture.

    Rows and columns begin and end at even numbers, so that every second value serves the colour planes.
    """
    # plain numbers for four to eight corners: numpy's own overhead would be most of the time here
    corners: list[list[float]] = points.tolist()
    left, right = min(c[0] for c in corners), max(c[0] for c in corners)
    top, bottom = min(c[1] for c in corners), max(c[1] for c in corners)
    x0, y0 = max(0, int(left - 1) & ~1), max(0, int(top - 1) & ~1)
    x1, y1 = min(width, (int(right) + 3) & ~1), min(height, (int(bottom) + 3) & ~1)
    if x1 <= x0 or y1 <= y0:
        return None
    turn = sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(corners, (*corners[1:], corners[0]), strict=True))
    if abs(turn) < 0.02:                                # twice the area; its sign is the winding
        return None
    xs, ys = PIXELS[x0:x1], PIXELS[y0:y1, None]
    inside: Floats | None = None
    for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True):
        length = math.hypot(bx - ax, by - ay)
        if length < 1e-3:
            continue
        nx, ny = (ay - by) / math.copysign(length, turn), (bx - ax) / math.copysign(length, turn)
        # three quarters: half a pixel to its middle, and an overlap that hides cracks between faces
        distance = xs * np.float32(nx) + (ys * np.float32(ny) + np.float32(0.75 - ax * nx - ay * ny))
        inside = distance if inside is None else np.minimum(inside, distance, out=inside)
    if inside is None:
        return None
    np.minimum(inside, np.float32(1), out=inside)
    np.maximum(inside, np.float32(0), out=inside)
    return slice(y0, y1), slice(x0, x1), inside


def _blend(plane: Plane, rows: slice, columns: slice, share: Floats, value: float) -> None:
    part = plane[rows, columns]
    part[...] = part + share * (np.float32(value) - part)


def polygon(planes: Planes, points: Floats, colour: Colour, alpha: float = 1.0) -> None:
    """Fill a convex polygon, given as (n, 2) pixels."""
    height, width = planes[0].shape
    hit = coverage(points, width, height)
    if hit is None:
        return
    rows, columns, share = hit
    if alpha < 1:
        share = share * np.float32(alpha)
    _blend(planes[0], rows, columns, share, colour[0])
    small = slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)
    quarter = share[::2, ::2]
    _blend(planes[1], *small, quarter, colour[1])
    _blend(planes[2], *small, quarter, colour[2])


def darken(planes: Planes, points: Floats, by: float) -> None:
    """A shadow: brightness times (1 - by) within a convex polygon."""
    height, width = planes[0].shape
    hit = coverage(points, width, height)
    if hit is not None:
        rows, columns, share = hit
        part = planes[0][rows, columns]
        part[...] = part - share * np.float32(by) * (part - np.float32(16))


def glow(planes: Planes, x: float, y: float, radius: tuple[float, float], strength: float,
         tint: tuple[float, float] = (0.0, 0.0)) -> None:
    """Add soft light: a Gaussian of these radii in pixels, ``strength`` in luma, ``tint`` towards U and V."""
    height, width = planes[0].shape
    for plane, shrink, amount in ((planes[0], 1, strength), (planes[1], 2, tint[0]), (planes[2], 2, tint[1])):
        if not amount:
            continue
        w, h = width // shrink, height // shrink
        cx, cy, rx, ry = x / shrink, y / shrink, max(0.6, radius[0] / shrink), max(0.6, radius[1] / shrink)
        x0, x1 = max(0, int(cx - 2.2 * rx)), min(w, int(cx + 2.2 * rx) + 1)
        y0, y1 = max(0, int(cy - 2.2 * ry)), min(h, int(cy + 2.2 * ry) + 1)
        if x1 <= x0 or y1 <= y0:
            continue
        gx = np.exp(-(((np.arange(x0, x1, dtype=np.float32) + 0.5 - cx) / rx) ** 2))
        gy = np.exp(-(((np.arange(y0, y1, dtype=np.float32) + 0.5 - cy) / ry) ** 2))
        part = plane[y0:y1, x0:x1]
        part[...] = np.clip(part + np.outer(gy, gx) * np.float32(amount), 16, 235 if shrink == 1 else 240)
