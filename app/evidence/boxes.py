"""The ONVIF Export File Format's boxes: who exported when, the true start of the pictures, the place, which way is up.

Appended to a finished MP4: players pass over boxes that they do not know. Layouts: ONVIF Export File Format
Specification (suep, cstb), ETSI TS 126 244 8.9 (loci).
"""

from __future__ import annotations

import io
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_FROM_1601_US = 11_644_473_600_000_000      # 1601 to 1970: the clock of StartTimeBox
_FROM_1904_S = 2_082_844_800                # 1904 to 1970: the clock of ISO/IEC 14496-12
_UND = 0x55C4                               # "und", an undetermined language, packed as ISO 639-2/T
_MATRIX_V0, _MATRIX_V1 = 40, 52             # bytes into a track's head, by its version: 32 or 64 bits for its times
_LARGEST_MOOV = 256 << 20                   # bytes; an hour's index has about 2 MB
_COMMENT, _VIEWING = b"\xa9cmt", "Viewing copy, encoded again. Master: SHA-256 "
_MASTER = re.compile(_VIEWING.encode() + rb"([0-9a-f]{64})")
_MOST = 100_000                             # boxes beside each other; a segment of 300 s that is still open has 600


@dataclass(frozen=True, slots=True)
class Facts:
    """What the boxes say. Times are UTC in microseconds; degrees as decimal text or ""; texts may be empty."""

    unit: str
    operator: str
    made: int
    start: int
    camera: str
    mac: str = ""
    line: str = ""
    place: str = ""
    latitude: str = ""
    longitude: str = ""
    track: int = 1
    seal: bytes = b""       # the box of app.evidence.onvif_seal, empty; it becomes the last one of the file
    rotation: int = 0       # degrees clockwise by which players shall show it turned
    master: str = ""        # of a viewing copy: SHA-256 of the clip that it was made from


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box lies in its file: offset and size with its head, both in bytes."""

    kind: bytes
    offset: int
    size: int
    head: int = 8


def append(path: Path, facts: Facts) -> None:
    """Puts the boxes at the end of ``path``. Raises ValueError when its index (moov) is not its last box."""
    with path.open("r+b") as file:
        boxes = list(top(file))
        last = boxes[-1]
        if facts.rotation or _told_to_readers(facts):
            # Inside moov, which may grow only where no pictures lie behind it.
            if last.kind != b"moov" or last.head != 8 or last.size > _LARGEST_MOOV:
                raise ValueError("moov is not the last box")
            file.seek(last.offset + 8)
            old = file.read(last.size - 8)
            file.seek(last.offset)
            file.write(boxed(b"moov", _told(old, facts)))
        file.seek(0, os.SEEK_END)
        file.write(_meta(facts))
        file.flush()


def top(file: BinaryIO) -> Iterator[Box]:
    """The boxes of a file, in order. Raises ValueError when one does not end within it, or when there is no end."""
    end = file.seek(0, os.SEEK_END)
    yield from _boxes(file, 0, end)


def within(content: bytes) -> Iterator[Box]:
    """The boxes in the content of another. Raises ValueError when one does not end within it."""
    yield from _boxes(io.BytesIO(content), 0, len(content))


def boxed(kind: bytes, content: bytes) -> bytes:
    """A box of that content."""
    return struct.pack(">I4s", len(content) + 8, kind) + content


def tail(moov: bytes, facts: Facts) -> bytes:
    """What comes behind the pictures: the index, whose content is ``moov``, with place and rotation; and the others."""
    return boxed(b"moov", _told(moov, facts)) + _meta(facts)


def read(file: BinaryIO) -> dict[str, object]:
    """What our boxes say: operator, unit, camera, start_us, made_us, place, master. Raises ValueError, struct.error."""
    found: dict[str, object] = {}
    for box in top(file):
        if box.kind in (b"meta", b"moov") and box.size <= _LARGEST_MOOV:
            file.seek(box.offset + box.head)
            (_read_meta if box.kind == b"meta" else _read_moov)(file.read(box.size - box.head), found)
    return found


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[Box]:
    for _ in range(_MOST):
        if at >= end:
            return
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            raise ValueError("a box is cut off")
        size, kind = struct.unpack(">I4s", head[:8])
        width = 8
        if size == 1:
            size, width = struct.unpack(">Q", head[8:16])[0], 16
        elif size == 0:
            size = end - at
        if size < width or at + size > end:
            raise ValueError("a box is cut off")
        yield Box(kind, at, size, width)
        at += size
    raise ValueError("more boxes than any clip has")


def _full(kind: bytes, version: int, content: bytes) -> bytes:
    return boxed(kind, struct.pack(">I", version << 24) + content)


def _text(text: str) -> bytes:
    return text.replace("\0", " ").encode() + b"\0"


def _meta(facts: Facts) -> bytes:
    handler = _full(b"hdlr", 0, struct.pack(">I4s12x", 0, b"null") + b"\0")
    made = facts.made // 1_000_000 + _FROM_1904_S
    suep = _full(b"suep", 1, _text(facts.unit) + _text("") + _text("") + struct.pack(">Q", made)
                 + _text(facts.operator) + struct.pack(">IH", 1, facts.track)
                 # The camera's address is left out on purpose: it is the city's network, not the court's matter.
                 + _text(facts.camera) + _text("") + _text(facts.mac) + _text(facts.line))
    cstb = boxed(b"cstb", struct.pack(">IIQ", 1, facts.track, (facts.start + _FROM_1601_US) * 10))
    return _full(b"meta", 0, handler + suep + cstb + facts.seal)


def _loci(facts: Facts) -> bytes:
    def fixed(degrees: str) -> int:
        return round(float(degrees) * 65_536)
    return _full(b"loci", 0, struct.pack(">H", _UND) + _text(facts.place) + b"\1"
                 + struct.pack(">iii", fixed(facts.longitude), fixed(facts.latitude), 0) + _text("earth") + _text(""))


def _comment(text: str) -> bytes:
    """What any player shows as the file's comment: Apple's list of tags, as FFmpeg writes it."""
    handler = _full(b"hdlr", 0, struct.pack(">I4s4s8x", 0, b"mdir", b"appl") + b"\0")
    data = boxed(b"data", struct.pack(">II", 1, 0) + text.encode())         # 1: UTF-8
    return _full(b"meta", 0, handler + boxed(b"ilst", boxed(_COMMENT, data)))


def _told_to_readers(facts: Facts) -> bytes:
    """The user data (udta) of a clip."""
    place = _loci(facts) if facts.latitude and facts.longitude else b""
    return place + (_comment(_VIEWING + facts.master) if facts.master else b"")


def _told(moov: bytes, facts: Facts) -> bytes:
    """The content of moov with what the facts have for it."""
    found = _turned(moov, facts.rotation) if facts.rotation else moov
    return _with_user_data(found, more) if (more := _told_to_readers(facts)) else found


def _turned(moov: bytes, rotation: int) -> bytes:
    """With the matrix of each track of pictures (ISO/IEC 14496-12, 8.3.2): players turn them, no picture is touched."""
    found = bytearray(moov)
    reading = io.BytesIO(moov)
    for track in (box for box in within(moov) if box.kind == b"trak"):
        for head in _boxes(reading, track.offset + track.head, track.offset + track.size):
            if head.kind == b"tkhd":
                at = head.offset + head.head
                at += _MATRIX_V1 if moov[at] == 1 else _MATRIX_V0
                width, height = struct.unpack_from(">ii", moov, at + 36)
                if not width:
                    continue                # of sound
                a, b, c, d, x, y = {90: (0, 1, -1, 0, height, 0), 180: (-1, 0, 0, -1, width, height),
                                    270: (0, -1, 1, 0, 0, width)}[rotation]
                struct.pack_into(">9i", found, at, a << 16, b << 16, 0, c << 16, d << 16, 0, x, y, 1 << 30)
    return bytes(found)


def _with_user_data(moov: bytes, more: bytes) -> bytes:
    """The content of moov with ``more`` in its udta, which is made when there is none."""
    parts, placed = [], False
    for box in within(moov):
        part = moov[box.offset:box.offset + box.size]
        if box.kind == b"udta" and not placed:
            part, placed = boxed(b"udta", part[8:] + more), True
        parts.append(part)
    return b"".join(parts if placed else [*parts, boxed(b"udta", more)])


def _read_meta(content: bytes, found: dict[str, object]) -> None:
    for box in within(content[4:]):
        body = content[4 + box.offset + 8:4 + box.offset + box.size]
        if box.kind == b"suep":
            unit, rest = body[4:].split(b"\0", 1)
            _, _, rest = rest.split(b"\0", 2)
            made = struct.unpack(">Q", rest[:8])[0]
            operator, rest = rest[8:].split(b"\0", 1)
            camera, _, mac, line, _ = rest[6:].split(b"\0", 4)
            found |= {"unit": unit.decode(), "made_us": (made - _FROM_1904_S) * 1_000_000,
                      "operator": operator.decode(), "camera": camera.decode(), "mac": mac.decode(),
                      "line": line.decode()}
        elif box.kind == b"cstb":
            found["start_us"] = struct.unpack(">Q", body[8:16])[0] // 10 - _FROM_1601_US


def _read_moov(content: bytes, found: dict[str, object]) -> None:
    for box in within(content):
        if box.kind != b"udta":
            continue
        inner = content[box.offset + 8:box.offset + box.size]
        for child in within(inner):
            if child.kind == b"loci":
                body = inner[child.offset + 8:child.offset + child.size]
                place, rest = body[6:].split(b"\0", 1)
                longitude, latitude = struct.unpack(">ii", rest[1:9])
                found |= {"place": place.decode(), "latitude": latitude / 65_536, "longitude": longitude / 65_536}
            elif child.kind == b"meta" and (master := _MASTER.search(inner, child.offset, child.offset + child.size)):
                found["master"] = master[1].decode()
