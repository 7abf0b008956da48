"""The whole circle as one picture, and what a lens that looks somewhere sees of it, in correct perspective."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from app.demo.cameras import folder
from app.demo.onvif.head import Look
from app.demo.paint import Plane, Planes

TOP, BOTTOM = 23.0, -52.0           # degrees above and below the horizon (equirectangular, 360 wide)
WIDEST = 60.0                       # degrees across at zoom 1
GRID = 16                           # pixels: angles are computed this coarsely and interpolated, error < 0.1 pixel
SHARP_ZOOM = 1.7                    # below it a panorama of half the size is sampled: no shimmer while it turns

type Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class _Level:
    """The panorama at one size: luma, and both colours at half of it, each padded by its first column."""

    luma: Plane
    blue: Plane
    red: Plane


class Panorama:
    """``night`` takes the picture by night, ``grey`` infrared: brighter, without colour."""

    def __init__(self, night: bool) -> None:
        self.night = night
        self._full = _level(folder() / f"panorama-{'night' if night else 'day'}.jpg", 1)
        self._half = _level(folder() / f"panorama-{'night' if night else 'day'}.jpg", 2)

    def see(self, look: Look, width: int, height: int, *, grey: bool = False) -> Planes:
        """What a lens at ``look`` shows, ``width`` x ``height`` pixels, both even: new planes."""
        level = self._full if look.zoom > SHARP_ZOOM else self._half
        columns, rows = _angles(look, width, height, level.luma.shape)
        luma = _smooth(level.luma, columns, rows)
        if grey:
            flat = np.full((height // 2, width // 2), 128, np.uint8)
            # Infrared lamps light what is near, which is low in the picture.
            lift = np.linspace(1.05, 1.35, height, dtype=np.float32)[:, None]
            return np.clip(luma * lift, 16, 235).astype(np.uint8), flat, flat.copy()
        small_columns = (columns[::2, ::2] / 2).astype(np.intp)
        small_rows = (rows[::2, ::2] / 2).astype(np.intp)
        return luma, level.blue[small_rows, small_columns], level.red[small_rows, small_columns]


def _level(path: Path, shrink: int) -> _Level:
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
    frame = frame.reformat(frame.width // shrink, frame.height // shrink, "yuv420p", interpolation="AREA")
    planes = [np.frombuffer(p, np.uint8).reshape(p.height, p.line_size)[:, :p.width] for p in frame.planes]
    # One column more: the right edge meets the left, and a sample between them needs both.
    return _Level(*(np.ascontiguousarray(np.concatenate([plane, plane[:, :2]], 1)) for plane in planes))


def _angles(look: Look, width: int, height: int, size: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Column and row of the panorama for each pixel, (height, width) float32."""
    panorama_width = size[1] - 2
    columns, rows = _rays(look.tilt, look.zoom, width, height, size)
    columns = columns + np.float32(look.pan % 360.0 * panorama_width / 360.0)
    return np.where(columns >= panorama_width, columns - np.float32(panorama_width), columns), rows


@lru_cache(maxsize=4)               # a dome that only pans asks for the same again and again
def _rays(tilt_degrees: float, zoom: float, width: int, height: int, size: tuple[int, ...]) -> tuple[Floats, Floats]:
    """The same for a look straight to the panorama's left edge; columns within 0..its width."""
    across = (np.arange(0, width + GRID, GRID, dtype=np.float32) - width / 2)[None, :]
    down = (np.arange(0, height + GRID, GRID, dtype=np.float32) - height / 2)[:, None]
    focal = width / 2 / math.tan(math.radians(WIDEST / zoom / 2))
    tilt = math.radians(tilt_degrees)
    up = -down * math.cos(tilt) + focal * math.sin(tilt)
    forward = focal * math.cos(tilt) + down * math.sin(tilt)
    turn = np.degrees(np.arctan2(across, forward))
    rise = np.degrees(np.arctan2(up, np.hypot(across, forward)))
    panorama_width, panorama_height = size[1] - 2, size[0]
    columns = _filled(turn * (panorama_width / 360.0), width, height) % panorama_width
    rows = _filled((TOP - rise) * (panorama_height / (TOP - BOTTOM)), width, height)
    return columns, np.clip(rows, 0, panorama_height - 2.001)


def _filled(coarse: Floats, width: int, height: int) -> Floats:
    """Linear interpolation from every GRID-th pixel to all of them, as two small matrix products."""
    coarse = np.broadcast_to(coarse, (-(-height // GRID) + 1, -(-width // GRID) + 1)).astype(np.float32)
    return np.asarray(_weights(height, coarse.shape[0]) @ coarse @ _weights(width, coarse.shape[1]).T)


def _weights(pixels: int, knots: int) -> Floats:
    at = np.arange(pixels, dtype=np.float32) / GRID
    weights = np.zeros((pixels, knots), np.float32)
    low = at.astype(np.intp)
    weights[np.arange(pixels), low] = 1 - (at - low)
    weights[np.arange(pixels), np.minimum(low + 1, knots - 1)] += at - low
    return weights


def _smooth(plane: Plane, columns: Floats, rows: Floats) -> Plane:
    """Bilinear samples in integers: eighths are finer than anybody sees, and four times as fast as floats."""
    left, top = columns.astype(np.int32), rows.astype(np.int32)
    x = ((columns - left) * 8).astype(np.uint16)
    y = ((rows - top) * 8).astype(np.uint16)
    flat, stride = plane.ravel(), plane.shape[1]
    at = top * stride + left
    above = flat.take(at) * (8 - x) + flat.take(at + 1) * x
    at += stride
    below = flat.take(at) * (8 - x) + flat.take(at + 1) * x
    return np.asarray((above * (8 - y) + below * y) >> 6, np.uint8)
