"""The pictures of a segment in their order: when, how long, which parameters, and where they lie in its file.

Runs on: a worker thread or process.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import av.error

from app.evidence.copied import SCALE
from app.evidence.nal import parameter_sets
from app.evidence.spans import GAP_US
from app.model.clip import Segment

TICK = Fraction(1, SCALE)
_HEAD = 4096                # bytes of a key picture read at once: its parameter sets come first


class Unreadable(Exception):
    """A segment cannot be read, or no further; what was read of it stays."""


@dataclass(slots=True)
class Picture:
    """One picture. ``packet`` is libav's, None when only its place was read."""

    packet: Any
    stream: Any
    segment: Segment
    utc: int                # of its presentation
    length: int             # microseconds
    key: bool
    parameters: str
    dts_lag: int            # ticks by which it is decoded before it is shown
    at: int                 # where its bytes begin in the segment's file; -1 when libav does not say
    size: int               # bytes


def demuxed(container: Any, segment: Segment) -> Iterator[Picture]:
    """With their bytes. Raises Unreadable."""
    clock = _Clock(container, segment)
    for packet in _packets(container, clock.stream):
        if packet.size == 0 or (packet.pts is None and packet.dts is None):
            continue
        pts = packet.pts if packet.pts is not None else packet.dts
        dts = packet.dts if packet.dts is not None else pts
        if packet.is_keyframe:
            clock.sets(bytes(packet))
        yield clock.picture(packet, pts, dts, packet.duration, bool(packet.is_keyframe),
                            -1 if packet.pos is None else packet.pos, packet.size)


def listed(container: Any, segment: Segment, file: BinaryIO) -> Iterator[Picture]:
    """Without their bytes, from the index of a closed segment whose pictures are shown in the order of decoding.

    ``file`` is the segment's own, for the parameter sets. Raises Unreadable, OSError.
    """
    clock = _Clock(container, segment)
    entries = clock.stream.index_entries
    count = len(entries)
    end = clock.stream.duration or 0
    times = [entry.timestamp for entry in entries]
    for number, entry in enumerate(entries):
        if entry.size == 0:
            continue
        if entry.is_keyframe:
            clock.sets(_Unit(file, entry.pos, entry.size))
        length = (times[number + 1] if number + 1 < count else end) - times[number]
        yield clock.picture(None, times[number], times[number], max(0, length), entry.is_keyframe, entry.pos,
                            entry.size)


class _Clock:
    """Gives the packets of one segment their time and their parameters."""

    def __init__(self, container: Any, segment: Segment) -> None:
        if not container.streams.video:
            raise Unreadable("no pictures in it")
        self.stream = container.streams.video[0]
        self._segment = segment
        context = self.stream.codec_context
        self._codec = context.name
        self._base = hashlib.sha256(f"{context.name} {context.width}x{context.height} ".encode()
                                    + bytes(context.extradata or b"")).hexdigest()
        self._inner = ""
        self._scale = self.stream.time_base or TICK
        self._over, self._under = self._scale.numerator * 1_000_000, self._scale.denominator
        rate = self.stream.average_rate
        self._usual = round(1_000_000 / rate) if rate else 1_000_000 // 15
        self._first: int | None = None

    def sets(self, unit: Any) -> None:
        """A key picture's own parameter sets hold until another brings its own."""
        if found := parameter_sets(unit, self._codec):
            self._inner = found

    def picture(self, packet: Any, pts: int, dts: int, duration: int | None, key: bool, at: int, size: int) -> Picture:
        if self._first is None:
            self._first = pts
        length = self._us(duration) if duration else self._usual
        # A muxer stretches the last picture before a pause over the pause: a gap must not hide in it.
        return Picture(packet, self.stream, self._segment, self._segment.t0 + self._us(pts - self._first),
                       min(length, max(self._usual, GAP_US // 2)), key, self._base + self._inner,
                       max(0, round((pts - dts) * self._scale * SCALE)) if pts != dts else 0, at, size)

    def _us(self, ticks: int) -> int:
        # As round() of a fraction, at a tenth of its price: there are 54,000 pictures in a camera's hour.
        whole, rest = divmod(ticks * self._over, self._under)
        return whole + (rest * 2 > self._under or (rest * 2 == self._under and whole & 1))


class _Unit:
    """A key picture's bytes, read as far as someone looks at them."""

    def __init__(self, file: BinaryIO, at: int, size: int) -> None:
        self._file, self._at, self._size = file, at, size
        self._head = self._read(0, min(size, _HEAD))

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, which: int | slice) -> Any:
        begin, end = (which, which + 1) if isinstance(which, int) else which.indices(self._size)[:2]
        found = self._head[begin:end] if end <= len(self._head) else self._read(begin, end - begin)
        return found[0] if isinstance(which, int) else found

    def _read(self, begin: int, count: int) -> bytes:
        self._file.seek(self._at + begin, os.SEEK_SET)
        found = self._file.read(count)
        if len(found) < count:
            raise OSError("the segment is shorter than its index says")
        return found


def _packets(container: Any, stream: Any) -> Iterator[Any]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise Unreadable(type(error).__name__) from None
        yield packet
