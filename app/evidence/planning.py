"""What a camera's clips will hold, before a byte is copied: which stretches of which segments, and the index of each.

With that a clip is written, hashed and packed in one pass (app.evidence.laying). Whatever is unusual raises Odd: then
libav reads and writes packet by packet (app.evidence.copying).
Runs on: a worker thread or process.
"""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from app.evidence import boxes, tables
from app.evidence.copied import Copied
from app.evidence.copying import Copier
from app.evidence.pictures import Picture, Unreadable, demuxed, listed
from app.evidence.tables import Odd, Pictures, Template
from app.model.clip import Segment

_CODECS = {"h264", "hevc"}      # libav's muxer passes their pictures on as they are
_UNKNOWN = (b"ctts", b"sdtp")   # tables that the quick way does not write
_LARGEST_MOOV = 64 << 20        # bytes


@dataclass(slots=True)
class Piece:
    """A stretch of a segment's file, in bytes."""

    segment: Segment
    at: int
    end: int


@dataclass(slots=True)
class Plan:
    """One clip to be written: ``pieces`` one after the other between head and index."""

    path: Path
    template: Template
    pictures: Pictures = field(default_factory=Pictures)
    pieces: list[Piece] = field(default_factory=list)


class Planner(Copier):
    """Copies nothing, but says what would be: ``plans`` beside each part of what ``run`` gives. One use.

    ``files``: the segments as they were found, each by device and number on it: another one may take its name.
    """

    def __init__(self, t0: int, t1: int, name: Callable[[int], Path], *, stopped: Callable[[], bool]) -> None:
        super().__init__(t0, t1, name, stopped=stopped, advanced=lambda _: None)
        self.plans: list[Plan] = []
        self.files: dict[Path, tuple[int, int]] = {}

    def run(self, segments: Sequence[Segment]) -> Copied:
        """As Copier's; raises Odd as well."""
        copied = super().run(segments)
        for plan in self.plans:
            if not 0 < plan.pictures.ticks <= tables.LONGEST:
                raise Odd("it lasts too long, or no time at all")
        return copied

    def _read(self, container: Any, segment: Segment) -> Iterator[Picture]:
        if "mp4" not in container.format.name or len(container.streams.video) > 1:
            raise Odd("no plain MP4")
        if container.streams.audio:
            raise Odd("sound beside the pictures")
        try:
            file = segment.path.open("rb")
        except OSError as error:
            raise Unreadable(type(error).__name__) from None
        with contextlib.closing(file):
            there = os.fstat(file.fileno())
            self.files[segment.path] = there.st_dev, there.st_ino
            whole = _whole(file)
            if whole and any(entry.is_discard for stream in container.streams.video for entry in stream.index_entries):
                raise Odd("an edit list leaves pictures out")
            for picture in listed(container, segment, file) if whole else demuxed(container, segment):
                if picture.dts_lag or picture.at < 0:
                    raise Odd("pictures out of order")
                yield picture

    def _begin(self, path: Path, picture: Picture) -> None:
        if picture.stream.codec_context.name not in _CODECS:
            raise Odd("another codec")
        self.plans.append(Plan(path, tables.template(picture.stream)))

    def _put(self, picture: Picture, pts: int, dts: int, length: int) -> None:
        plan = self.plans[-1]
        if pts != dts or (not plan.pictures.sizes and dts):
            raise Odd("times that need an edit list")
        plan.pictures.add(picture.size, dts, length, picture.key)
        last = plan.pieces[-1] if plan.pieces else None
        if last is not None and last.segment is picture.segment:
            if picture.at < last.end:
                raise Odd("pictures that lie out of order")
            if picture.at == last.end:
                last.end += picture.size
                return
        plan.pieces.append(Piece(picture.segment, picture.at, picture.at + picture.size))

    def _end(self) -> None:
        """There is no file yet."""


def _whole(file: BinaryIO) -> bool:
    """Whether a segment was closed: its index lies in one box. Raises Odd when that has tables that nobody expects."""
    try:
        there = list(boxes.top(file))
    except ValueError:
        return False                    # cut off: libav reads what it can of it
    found = [box for box in there if box.kind == b"moov"]
    if len(found) != 1 or found[0].size > _LARGEST_MOOV or any(box.kind == b"moof" for box in there):
        return False
    file.seek(found[0].offset)
    moov = file.read(found[0].size)
    at = moov.find(b"stsd")
    if any(kind in moov for kind in _UNKNOWN) or struct.unpack(">I", moov[at + 8:at + 12].rjust(4, b"\0"))[0] != 1:
        raise Odd("tables that nobody expects")
    return True
