"""The whole circle as one picture, and what a lens that looks somewhere sees of it, in correct perspective."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from app.demo.cameras import folder
from app.demo.onvif.head import Look
from app.demo.paint import Plane, Planes

TOP, BOTTOM = 23.0, -52.0           # degrees above and below the horizon (equirectangular, 360 wide)
WIDEST = 60.0                       # degrees across at zoom 1
AROUND = 60.0                       # degrees repeated at each side: a corner at tilt -45 lies 51 degrees aside
GRID = 16                           # pixels: angles are computed this coarsely and interpolated, error < 0.1 pixel
SHARP_ZOOM = 1.7                    # below it a panorama without its finest detail is sampled: no shimmer as it turns
LARGE_ZOOM = 2.2                    # beyond it a quick picture is sampled at half its size: there is no more detail

type Floats = npt.NDArray[np.floating[Any]]
type Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Level:
    """The panorama: luma, and both colours at half its size, all with AROUND repeated at both sides."""

    luma: Plane
    blue: Plane
    red: Plane
    width: int                      # pixels of luma for the whole circle


class Panorama:
    """``night`` takes the picture by night, ``grey`` infrared: brighter, without colour."""

    def __init__(self, night: bool) -> None:
        self.night = night
        with av.open(str(folder() / f"panorama-{'night' if night else 'day'}.jpg")) as container:
            frame = next(container.decode(video=0)).reformat(format="yuv420p")
        half = frame.reformat(frame.width // 2, frame.height // 2, interpolation="AREA")
        self._full = _level(frame)
        self._soft = _level(half.reformat(frame.width, frame.height, interpolation="BILINEAR"))
        self._enlarge = av.video.reformatter.VideoReformatter()
        self._enlarging = threading.Lock()          # domes share a panorama; 0.1 ms

    def see(self, look: Look, width: int, height: int, *, grey: bool = False, quick: bool = False,
            coarse: bool = False) -> Planes:
        """What a lens at ``look`` shows, ``width`` x ``height`` pixels, both divisible by four: new planes.

        ``quick``: whole pixels of the panorama, a tenth of the work, for a picture that runs by; ``coarse`` also at
        half the size, where tilt or zoom are other ones than before and nothing is known of them.
        """
        level = self._full if look.zoom > SHARP_ZOOM else self._soft
        start = look.pan % 360.0 * (level.width / 360.0)
        if quick and (coarse or look.zoom > LARGE_ZOOM):
            planes = self._sampled(level, start, look, width // 2, height // 2)
            with self._enlarging:
                large = self._enlarge.reformat(frame_of(planes), width, height, "yuv420p", interpolation="BILINEAR",
                                               threads=1)
            return _lit(views(large), grey)
        if quick:
            near, far = _places(look.tilt, look.zoom, width, height, level.luma.shape)
            at = round(start)
            return _lit((_taken(level.luma, at, near), _taken(level.blue, at // 2, far),
                         _taken(level.red, at // 2, far)), grey)
        return _lit(self._sampled(level, start, look, width, height), grey)

    @staticmethod
    def _sampled(level: _Level, start: float, look: Look, width: int, height: int) -> Planes:
        columns, rows = _rays(look.tilt, look.zoom, width, height, level.luma.shape)
        columns = columns + np.float32(start)
        half = (rows[::2, ::2] / 2).astype(np.intp), (columns[::2, ::2] / 2).astype(np.intp)
        return _smooth(level.luma, columns, rows), level.blue[half], level.red[half]


def frame_of(planes: Planes) -> av.VideoFrame:
    """A picture of its own with these planes."""
    height, width = planes[0].shape
    frame = av.VideoFrame(width, height, "yuv420p")
    for target, plane in zip(views(frame), planes, strict=True):
        target[...] = plane
    return frame


def views(frame: av.VideoFrame) -> Planes:
    """The planes of a picture (yuv420p) where they lie: what is written to them is written to it."""
    luma, blue, red = (np.frombuffer(p, np.uint8).reshape(p.height, p.line_size)[:, :p.width] for p in frame.planes)
    return luma, blue, red


def _lit(planes: Planes, grey: bool) -> Planes:
    if not grey:
        return planes
    height, width = planes[0].shape
    flat = np.full((height // 2, width // 2), 128, np.uint8)
    # Infrared lamps light what is near, which is low in the picture. In 64ths: bytes are four times as fast as floats.
    lift = np.linspace(1.05 * 64, 1.35 * 64, height).astype(np.uint16)[:, None]
    return np.clip(planes[0] * lift >> 6, 16, 235).astype(np.uint8), flat, flat.copy()


def _level(frame: av.VideoFrame) -> _Level:
    around = round(frame.width * AROUND / 360.0) & ~1
    luma, blue, red = views(frame)
    return _Level(_closed(luma, around), _closed(blue, around // 2), _closed(red, around // 2), frame.width)


def _closed(plane: Plane, around: int) -> Plane:
    """The right edge meets the left one, whichever way the lens looks."""
    return np.ascontiguousarray(np.concatenate([plane[:, -around:], plane, plane[:, :around]], 1))


def _taken(plane: Plane, start: int, places: Places) -> Plane:
    return plane.ravel()[start:].take(places, mode="clip")      # clip: no place lies outside, and it need not be asked


@lru_cache(maxsize=2)               # a dome that only pans asks for the same again and again
def _places(tilt: float, zoom: float, width: int, height: int, size: tuple[int, int]) -> tuple[Places, Places]:
    """Which pixel of a level's luma, and of its colours, each pixel of the picture shows at pan 0."""
    columns, rows = _rays(tilt, zoom, width, height, size)
    down, aside = (rows + np.float32(0.5)).astype(np.int32), (columns + np.float32(0.5)).astype(np.int32)
    far = (down[::2, ::2] >> 1) * (size[1] // 2) + (aside[::2, ::2] >> 1)
    down *= size[1]
    down += aside
    return down.astype(np.intp), far.astype(np.intp)


def _rays(tilt_degrees: float, zoom: float, width: int, height: int, size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Column and row of a level for each pixel of a look to pan 0, (height, width) float32."""
    across = (np.arange(0, width + GRID, GRID, dtype=np.float32) - width / 2)[None, :]
    down = (np.arange(0, height + GRID, GRID, dtype=np.float32) - height / 2)[:, None]
    focal = width / 2 / math.tan(math.radians(WIDEST / zoom / 2))
    tilt = math.radians(tilt_degrees)
    up = -down * math.cos(tilt) + focal * math.sin(tilt)
    forward = focal * math.cos(tilt) + down * math.sin(tilt)
    turn = np.degrees(np.arctan2(across, forward))
    rise = np.degrees(np.arctan2(up, np.hypot(across, forward)))
    rows = np.clip((TOP - rise) * (size[0] / (TOP - BOTTOM)), 0, size[0] - 2.001)
    return _filled((turn + AROUND) * (size[1] / (360.0 + 2 * AROUND)), width, height), _filled(rows, width, height)


def _filled(coarse: Floats, width: int, height: int) -> Floats:
    """Linear interpolation from every GRID-th pixel to all of them, as two small matrix products."""
    return np.asarray(_weights(height, coarse.shape[0]) @ coarse @ _weights(width, coarse.shape[1]).T)


@lru_cache(maxsize=8)
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
    above = flat.take(at, mode="clip") * (8 - x) + flat.take(at + 1, mode="clip") * x
    at += stride
    below = flat.take(at, mode="clip") * (8 - x) + flat.take(at + 1, mode="clip") * x
    return np.asarray((above * (8 - y) + below * y) >> 6, np.uint8)
