"""A viewing copy of a clip: time and camera burnt in, zones made unrecognisable, upright, H.264 that any phone plays.

It is encoded again and is no evidence: it lies in a package of its own, which names the master that it was made from.
Runs on: a worker thread; a minute at 15 pictures a second costs 3 s of a core at 640x360, 9 s at 1280x720.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from app.evidence.copied import SCALE
from app.evidence.files import moment
from app.evidence.hearing import Hearing, sound_of
from app.model.clip import Segment, Zone
from app.model.turning import sides, turned
from app.runtime import paths

WIDEST = 1920               # pixels; larger pictures are made smaller: level 4.1 is what phones of ten years decode
_OPTIONS = {"preset": "veryfast", "crf": "23", "profile": "main", "threads": "1"}     # one core: a wall runs beside
_LOWEST_STRIP = 20          # pixels; smaller letters cannot be read
_BLOCKS = 6                 # of a zone's shorter side: six grey blocks across a face tell nothing of it
_LOOK = 32                  # pictures between two looks at the stop button
_WHITE, _GREY = 235, 128    # of video: full luma, no colour

type Plane = npt.NDArray[np.uint8]


def encode(source: Path, target: Path, start: int, label: str, zone: tzinfo, zones: Sequence[Zone],
           looked: Callable[[int], None], rotation: int = 0, *, with_sound: bool = False) -> tuple[int, int, int]:
    """Writes ``target``; gives (pictures, width, height). ``start``: UTC microseconds of the first picture.

    ``zones`` are those of the picture as the camera sent it; after them it is turned by ``rotation`` degrees clockwise.

    ``with_sound``: what sound there is comes along as it is.

    ``looked`` is told how many pictures were made since it was asked last, and may raise. Raises av.error.FFmpegError,
    OSError.
    """
    made = 0
    with av.open(str(source)) as reading, av.open(str(target), "w", format="mp4", options={
            "video_track_timescale": str(SCALE), "movie_timescale": str(SCALE), "fflags": "+bitexact"}) as writing:
        given = reading.streams.video[0]
        given.codec_context.thread_count = 1
        sent = fitted(given.codec_context.width, given.codec_context.height)
        width, height = sides(*sent, rotation)
        stream: Any = writing.add_stream("libx264", rate=round(float(given.average_rate or 15)) or 15, options=_OPTIONS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, SCALE)
        sound = sound_of(reading) if with_sound else None
        whole = Segment(source, "", start, start)
        hearing = Hearing(writing, sound, whole, start) if sound is not None else None
        stamp = Stamp(width, height, label, zone)
        last = -1
        for frame in reading.decode(given):
            ticks = max(last + 1, round((frame.pts or 0) * (frame.time_base or Fraction(1, SCALE)) * SCALE))
            last = ticks
            planes: Any = frame.reformat(*sent, "yuv420p").to_ndarray()
            hide(planes.reshape(-1), *sent, zones)
            planes = upright(planes, rotation)
            stamp_on(planes.reshape(-1), width, height, stamp.at(start + ticks * 1_000_000 // SCALE))
            shown = av.VideoFrame.from_ndarray(planes, "yuv420p")
            shown.pts, shown.time_base = ticks, Fraction(1, SCALE)
            writing.mux(stream.encode(shown))
            if hearing is not None:
                hearing.until(whole, start + ticks * 1_000_000 // SCALE, 0)
            made += 1
            if made % _LOOK == 0:
                looked(_LOOK)
        writing.mux(stream.encode(None))
        if hearing is not None:
            hearing.until(whole, 1 << 62, 0)
            hearing.close()
    looked(made % _LOOK)
    return made, width, height


def fitted(width: int, height: int) -> tuple[int, int]:
    """Even, as the encoder wants it, and not wider than WIDEST."""
    if width > WIDEST:
        width, height = WIDEST, height * WIDEST // width
    return max(2, width // 2 * 2), max(2, height // 2 * 2)


class Stamp:
    """The strip at the foot of each picture: when, in the room's zone, and which camera."""

    def __init__(self, width: int, height: int, label: str, zone: tzinfo) -> None:
        self._label, self._zone = label, zone
        self._size = width, min(height, max(_LOWEST_STRIP, height // 18) // 2 * 2)
        file = paths.resources_dir() / "fonts" / "Inter-Regular.otf"
        size = self._size[1] * 7 // 10
        self._font = ImageFont.truetype(str(file), size)
        while size > 6 and self._font.getlength(self.text(0)) > width - size:
            size -= 1               # a long name on a small picture
            self._font = ImageFont.truetype(str(file), size)

    def text(self, at: int) -> str:
        """``2026-09-21 22:13:20.066 WITA · 0001 Simpang Lima``."""
        there = moment(at).astimezone(self._zone)
        return f"{there:%Y-%m-%d %H:%M:%S}.{there.microsecond // 1000:03d} {there:%Z} · {self._label}"

    def at(self, at: int) -> Plane:
        """The strip's luma at that moment, (height, width)."""
        strip = Image.new("L", self._size, 16)
        ImageDraw.Draw(strip).text((self._size[1] // 3, self._size[1] // 2), self.text(at), fill=_WHITE,
                                   font=self._font, anchor="lm")
        return np.asarray(strip)


def hide(planes: Plane, width: int, height: int, zones: Sequence[Zone]) -> None:
    """Zones into the bytes of a yuv420p picture, one plane after the other."""
    luma = planes[:width * height].reshape(height, width)
    colours = planes[width * height:].reshape(2, height // 2, width // 2)
    for zone in zones:
        left, right = sorted(min(10_000, max(0, x)) * width // 20_000 for x in (zone.left, zone.left + zone.width))
        top, end = sorted(min(10_000, max(0, y)) * height // 20_000 for y in (zone.top, zone.top + zone.height))
        right, end = min(right + 1, width // 2), min(end + 1, height // 2)      # a cut pixel belongs to the zone
        block = max(8, min(right - left, end - top) // _BLOCKS)
        coarsen(luma[top * 2:end * 2, left * 2:right * 2], block * 2)
        for plane in colours:
            coarsen(plane[top:end, left:right], block)


def upright(planes: Plane, rotation: int) -> Plane:
    """A yuv420p picture, shape (height * 3 / 2, width), turned clockwise: each of its three planes."""
    if not rotation:
        return planes
    height, width = planes.shape[0] * 2 // 3, planes.shape[1]
    flat = planes.reshape(-1)
    parts = flat[:width * height].reshape(height, width), *flat[width * height:].reshape(2, height // 2, width // 2)
    return np.concatenate([turned(part, rotation).reshape(-1) for part in parts]).reshape(
        -1, sides(width, height, rotation)[0])


def stamp_on(planes: Plane, width: int, height: int, strip: Plane) -> None:
    """The strip into the foot of a yuv420p picture."""
    luma = planes[:width * height].reshape(height, width)
    colours = planes[width * height:].reshape(2, height // 2, width // 2)
    rows = strip.shape[0]
    luma[height - rows:] = strip
    colours[:, height // 2 - rows // 2:] = _GREY


def coarsen(part: Plane, block: int) -> None:
    """Each block of so many pixels becomes its mean: what lay in it cannot be had back, as a soft blur's can."""
    height, width = part.shape
    if not height or not width:
        return
    rows, columns = np.arange(0, height, block), np.arange(0, width, block)
    sums = np.add.reduceat(np.add.reduceat(part.astype(np.uint32), rows, 0), columns, 1)
    tall, wide = np.diff(np.append(rows, height)), np.diff(np.append(columns, width))
    means = (sums // (tall[:, None] * wide[None, :])).astype(np.uint8)
    part[:] = means.repeat(tall, 0).repeat(wide, 1)
