"""The head and the index (moov) of a clip whose pictures are known before they are copied.

libav writes a file of one empty picture like the first one; its tables are replaced by those of all pictures, in the
form in which libav would have written them (FFmpeg's movenc.c; ISO/IEC 14496-12): the file is the same byte for byte.
Runs on: a worker thread or process.
"""

from __future__ import annotations

import io
import itertools
import struct
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import av

from app.evidence import boxes
from app.evidence.copied import SCALE
from app.evidence.copying import opened
from app.evidence.pictures import TICK

LONGEST = (1 << 31) - 1     # ticks, 6.6 hours: beyond that the boxes have another form
_CHUNK = 1 << 20            # bytes that one entry of stco may cover
_LARGEST = (1 << 32) - 1
_TEMPLATE = 1 << 30         # ticks of the empty picture: long enough that it has no bit rate to speak of
_WITHIN = {b"trak", b"edts", b"mdia", b"minf"}


class Odd(Exception):
    """Something that this way of writing does not know; libav's own way does."""


@dataclass(slots=True)
class Pictures:
    """The pictures of a file in their order: bytes, ticks of decoding, numbers (from 1) of key pictures."""

    sizes: array[int] = field(default_factory=lambda: array("Q"))
    times: array[int] = field(default_factory=lambda: array("Q"))
    keys: array[int] = field(default_factory=lambda: array("Q"))
    last: int = 0               # ticks that the last one lasts

    def add(self, size: int, time: int, length: int, key: bool) -> None:
        self.sizes.append(size)
        self.times.append(time)
        self.last = length
        if key:
            self.keys.append(len(self.sizes))

    @property
    def ticks(self) -> int:
        return self.times[-1] + self.last

    @property
    def bytes(self) -> int:
        return sum(self.sizes)


@dataclass(frozen=True, slots=True)
class Template:
    """libav's file of one empty picture: what comes before the pictures, and the content of moov."""

    head: bytes
    moov: bytes


def template(stream: Any) -> Template:
    """For pictures of ``stream``. Raises Odd, av.error.FFmpegError."""
    target = io.BytesIO()
    container, made = opened(target, stream)
    try:
        packet = av.Packet(b"\0" * 8)
        packet.stream, packet.time_base = made, TICK
        packet.pts, packet.dts, packet.duration, packet.is_keyframe = 0, 0, _TEMPLATE, True
        container.mux_one(packet)
    finally:
        container.close()
    there = list(boxes.top(target))
    content = target.getvalue()
    if [box.kind for box in there] != [b"ftyp", b"free", b"mdat", b"moov"] or there[1].size != 8:
        raise Odd("libav orders its file otherwise")
    moov = there[-1]
    return Template(content[:there[2].offset], content[moov.offset + moov.head:moov.offset + moov.size])


def head(form: Template, pictures: Pictures) -> bytes:
    """The file up to its first picture."""
    size = pictures.bytes + 8
    if size <= _LARGEST:
        return form.head + struct.pack(">I4s", size, b"mdat")
    return form.head[:-8] + struct.pack(">I4sQ", 1, b"mdat", size + 8)      # the free box was there for this


def moov(form: Template, pictures: Pictures) -> bytes:
    """The content of moov. Raises Odd when the pictures last too long, or libav's own has boxes that nobody expects."""
    if pictures.ticks > LONGEST:
        raise Odd("it lasts too long")
    return _moov(form, pictures)


def _moov(form: Template, pictures: Pictures) -> bytes:
    first = len(form.head) + 8
    changed: dict[bytes, Callable[[bytes], bytes]] = {
        b"mvhd": lambda body: _told(body, 16, pictures.ticks),
        b"tkhd": lambda body: _told(body, 20, pictures.ticks),
        b"elst": lambda body: _told(body, 8, pictures.ticks),
        b"mdhd": lambda body: _told(body, 16, pictures.ticks),
        b"stbl": lambda body: _stbl(body, pictures, first)}
    return _rewritten(form.moov, changed)


def _rewritten(content: bytes, changed: dict[bytes, Callable[[bytes], bytes]]) -> bytes:
    found = []
    for box in boxes.within(content):
        body = content[box.offset + 8:box.offset + box.size]
        if box.kind in _WITHIN:
            body = _rewritten(body, changed)
        elif change := changed.get(box.kind):
            body = change(body)
        found.append(boxes.boxed(box.kind, body))
    return b"".join(found)


def _told(body: bytes, at: int, ticks: int) -> bytes:
    """A box with another length of time; all are counted in the same ticks."""
    if body[0] != 0:
        raise Odd("a box of version 1")
    return body[:at] + struct.pack(">I", ticks) + body[at + 4:]


def _stbl(content: bytes, pictures: Pictures, first: int) -> bytes:
    there = {box.kind: content[box.offset + 8:box.offset + box.size] for box in boxes.within(content)}
    if set(there) - {b"stsd", b"stts", b"stss", b"stsc", b"stsz", b"stco"}:
        raise Odd("a table that nobody expects")
    tables = [(b"stsd", _rated(there[b"stsd"], pictures)), (b"stts", _stts(pictures))]
    if len(pictures.keys) < len(pictures.sizes):
        tables.append((b"stss", _counted(pictures.keys, len(pictures.keys))))
    return b"".join(boxes.boxed(kind, body) for kind, body in (*tables, *_chunks(pictures, first)))


def _rated(body: bytes, pictures: Pictures) -> bytes:
    """stsd with the bit rates of all pictures, in its box btrt: the last 20 bytes of its only entry."""
    if body[-16:-12] != b"btrt":
        raise Odd("no bit rate")
    mean = pictures.bytes * 8 * SCALE // pictures.ticks
    most = max(mean, struct.unpack(">I", body[-8:-4])[0])
    return body[:-8] + struct.pack(">II", min(most, _LARGEST), min(mean, _LARGEST))


def _stts(pictures: Pictures) -> bytes:
    times = pictures.times
    steps = itertools.chain((after - before for before, after in itertools.pairwise(times)), (pictures.last,))
    found = array("Q")
    for step, same in itertools.groupby(steps):
        found.extend((sum(1 for _ in same), step))
    return _counted(found, len(found) // 2)


def _chunks(pictures: Pictures, first: int) -> list[tuple[bytes, bytes]]:
    """stsc, stsz and the chunks' places, the first of which is ``first``."""
    places, counts = array("Q"), array("Q")
    at, filled = first, 0
    for size in pictures.sizes:
        if counts and filled + size < _CHUNK:
            counts[-1] += 1
            filled += size
        else:
            places.append(at)
            counts.append(1)
            filled = size
        at += size
    runs, number = array("Q"), 1
    for count, same in itertools.groupby(counts):
        runs.extend((number, count, 1))
        number += sum(1 for _ in same)
    sizes = pictures.sizes
    alike = len(set(sizes)) == 1
    stsz = struct.pack(">III", 0, sizes[0] if alike else 0, len(sizes)) + (b"" if alike else _words(sizes))
    wide = places[-1] > _LARGEST
    return [(b"stsc", _counted(runs, len(runs) // 3)), (b"stsz", stsz),
            (b"co64" if wide else b"stco", _counted(places, len(places), wide=wide))]


def _counted(values: array[int], count: int, *, wide: bool = False) -> bytes:
    return struct.pack(">II", 0, count) + _words(values, wide=wide)


def _words(values: array[int], *, wide: bool = False) -> bytes:
    return struct.pack(f">{len(values)}{'Q' if wide else 'I'}", *values)
