"""The whole circle as one picture, and what a lens that looks somewhere sees of it, in correct perspective."""

from __future__ import annotations

import math
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
FINE = 0.72                         # pixels of the panorama to one of a quick picture: with fewer it looks like steps
DARKEST, BRIGHTEST = 16, 235        # luma of a picture

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
        self._half = _level(half)

    def see(self, look: Look, width: int, height: int, *, grey: bool = False, quick: bool = False) -> Planes:
        """What a lens at ``look`` shows, ``width`` x ``height`` pixels, both divisible by four: new planes.

        ``quick``: whole pixels of the panorama where they are fine enough, for a picture that runs by; most of its work
        is kept for the next one, if only the pan is another.
        """
        level = self._full if look.zoom > SHARP_ZOOM else self._soft
        if quick and self._half.width / 360.0 > width * look.zoom / WIDEST:
            level = self._half                      # a quarter of the memory to fetch
        start = look.pan % 360.0 * (level.width / 360.0)
        if quick and level.width / 360.0 > FINE * width * look.zoom / WIDEST:
            near, far = _places(look.tilt, look.zoom, width, height, level.luma.shape)
            at = round(start)
            luma = _taken(level.luma, at, near)
            return _infrared(luma) if grey else (luma, _taken(level.blue, at // 2, far),
                                                 _taken(level.red, at // 2, far))
        columns, rows = _rays(look.tilt, look.zoom, width, height, level.luma.shape, start)
        luma = _smooth(level.luma, columns, rows)
        if grey:
            return _infrared(luma)
        half = _whole(rows[::2, ::2] / 2, columns[::2, ::2] / 2, level.blue.shape[1])
        return luma, _taken(level.blue, 0, half), _taken(level.red, 0, half)


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


def _infrared(luma: Plane) -> Planes:
    """Without colour, and lit by lamps: what is near, which is low in the picture, is brighter."""
    height, width = luma.shape
    flat = np.full((height // 2, width // 2), 128, np.uint8)
    # In 64ths: bytes are four times as fast as floats.
    lift = np.linspace(1.05 * 64, 1.35 * 64, height).astype(np.uint16)[:, None]
    lit = luma * lift
    lit >>= 6
    return np.minimum(lit, BRIGHTEST, out=lit).astype(np.uint8), flat, flat.copy()


def _level(frame: av.VideoFrame) -> _Level:
    around = round(frame.width * AROUND / 360.0) & ~1
    luma, blue, red = views(frame)
    luma = np.clip(luma, DARKEST, BRIGHTEST)        # noise is added to it as bytes that wrap
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
    return (_whole(rows + np.float32(0.5), columns + np.float32(0.5), size[1]),
            _whole(rows[::2, ::2] / 2 + np.float32(0.25), columns[::2, ::2] / 2 + np.float32(0.25), size[1] // 2))


def _whole(rows: Floats, columns: Floats, stride: int) -> Places:
    places = rows.astype(np.int32)
    places *= stride
    places += columns.astype(np.int32)
    return places.astype(np.intp)


def _rays(tilt_degrees: float, zoom: float, width: int, height: int, size: tuple[int, int],
          start: float = 0.0) -> tuple[Floats, Floats]:
    """Column and row of a level for each pixel of a look to the pan at column ``start``, (height, width) float32."""
    across = (np.arange(0, width + GRID, GRID, dtype=np.float32) - width / 2)[None, :]
    down = (np.arange(0, height + GRID, GRID, dtype=np.float32) - height / 2)[:, None]
    focal = width / 2 / math.tan(math.radians(WIDEST / zoom / 2))
    tilt = math.radians(tilt_degrees)
    up = -down * math.cos(tilt) + focal * math.sin(tilt)
    forward = focal * math.cos(tilt) + down * math.sin(tilt)
    turn = np.degrees(np.arctan2(across, forward))
    rise = np.degrees(np.arctan2(up, np.hypot(across, forward)))
    rows = np.clip((TOP - rise) * (size[0] / (TOP - BOTTOM)), 0, size[0] - 2.001)
    columns = (turn + AROUND) * (size[1] / (360.0 + 2 * AROUND)) + np.float32(start)
    return _filled(columns, width, height), _filled(rows, width, height)


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
    """Bilinear samples in integers: eighths are finer than anybody sees, and six times as fast as floats."""
    aside, down = (columns * 8).astype(np.int32), (rows * 8).astype(np.int32)
    x, y = (aside & 7).astype(np.int16), (down & 7).astype(np.int16)
    stride = plane.shape[1]
    aside >>= 3
    down >>= 3
    down *= stride
    down += aside
    at = down.astype(np.intp)
    above, below = (_between(plane.ravel()[row:], at, x) for row in (0, stride))
    below -= above                                          # eighths of bytes: eight times that fit into 16 bits
    below *= y
    above <<= 3
    above += below
    above >>= 6
    return above.astype(np.uint8)


def _between(flat: Plane, at: Places, x: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Eighths of a pixel's value and its right neighbour's, ``x`` eighths of the way to that."""
    left, right = flat.take(at, mode="clip").astype(np.int16), flat[1:].take(at, mode="clip").astype(np.int16)
    right -= left
    right *= x
    left <<= 3
    left += right
    return left
