"""A camera's clips written in one pass: each byte is read once, and hashed and written to clip and ZIP from there.

Runs on: a worker thread, which reads, hashes what it writes and fills buffers; "export-hash" hashes what was read; the
threads "export-disk" of app.evidence.streaming write.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from app.evidence import boxes, onvif_seal, tables
from app.evidence.archive import Draft
from app.evidence.boxes import Facts
from app.evidence.copied import Part
from app.evidence.manifest import Entry
from app.evidence.onvif_seal import Sign
from app.evidence.planning import Piece, Planner
from app.evidence.streaming import Streamed
from app.evidence.tables import Odd
from app.model.clip import Segment

_BLOCK = 1 << 20            # bytes read at a time
_AHEAD = 3                  # blocks in memory: one is read, one is hashed, one waits


@dataclass(frozen=True, slots=True)
class Laid:
    """What was written: each clip as the manifest lists it, and path of a segment -> its hash, "" when unreadable."""

    entries: dict[str, Entry]
    hashes: dict[str, str]


class _Clip:
    """One clip while it is written."""

    def __init__(self, part: Part, size: int, draft: Draft | None) -> None:
        self.name, self._size = part.path.name, size
        self.digest = hashlib.sha256()          # of what is written so far
        self._file = Streamed(part.path)
        self._packed: Any = None if draft is None else draft.begin(self.name, size)

    def write(self, data: Any) -> None:
        self._file.write(data)
        self.digest.update(data)
        if self._packed is not None:
            self._packed.write(data)

    def settle(self) -> Entry:
        """The disk has it. Raises OSError."""
        if self._packed is not None:
            self._packed.close()
        self._file.settle()
        return Entry(self.name, self._size, self.digest.hexdigest())

    def abandon(self) -> None:
        self._file.abandon()


class Layer:
    """Writes what a Planner planned. ``looked`` is told bytes read, and bytes written, and may raise. One use.

    ``sign``: a clip's SHA-256 -> the signature in its seal.
    """

    def __init__(self, plan: Planner, parts: Sequence[Part], facts: Callable[[int], Facts], draft: Draft | None,
                 looked: Callable[[int], None], sign: Sign) -> None:
        self._plan, self._parts, self._facts = plan, parts, facts
        self._draft, self._looked, self._sign = draft, looked, sign
        self._written: dict[str, Entry] = {}
        self._clip: _Clip | None = None
        self._tail = b""
        # (number of the clip, piece), the next one last.
        self._left: list[tuple[int, Piece]] = [
            (number, piece) for number, one in enumerate(plan.plans) for piece in one.pieces][::-1]
        self._number = -1
        self._buffers = [memoryview(bytearray(_BLOCK)) for _ in range(_AHEAD)]

    def run(self, segments: Sequence[Segment]) -> Laid:
        """Raises Odd when a segment is no longer what it was, OSError when the disk is full or gone."""
        try:
            with ThreadPoolExecutor(1, "export-hash") as beside:
                hashes = {str(segment.path): self._through(segment, beside) for segment in segments}
            if self._left:
                raise Odd("a segment is no longer there")
            self._settle()
        finally:
            if self._clip is not None:
                self._clip.abandon()
        return Laid(self._written, hashes)

    def _through(self, segment: Segment, beside: ThreadPoolExecutor) -> str:
        """Its hash; what the clips want of it is written on the way."""
        try:
            file = segment.path.open("rb", buffering=0)
        except OSError:
            return ""               # planned as unreadable, or Odd in the end
        digest, at, turn = hashlib.sha256(), 0, 0
        hashing: list[Future[None] | None] = [None] * _AHEAD
        with file:
            there = os.fstat(file.fileno())
            if self._plan.files.get(segment.path, (there.st_dev, there.st_ino)) != (there.st_dev, there.st_ino):
                raise Odd("another file took its name")
            while block := _filled(file, self._buffers[turn]):
                hashing[turn] = beside.submit(digest.update, block)
                self._looked(len(block))
                self._copy(segment, block, at)
                at += len(block)
                turn = (turn + 1) % _AHEAD
                if (before := hashing[turn]) is not None:
                    before.result()             # its block is read into next
        for one in hashing:
            if one is not None:
                one.result()
        if self._left and self._left[-1][1].segment is segment:
            raise Odd("shorter than planned")
        return digest.hexdigest()

    def _copy(self, segment: Segment, block: memoryview, at: int) -> None:
        """What of a block, which begins at byte ``at`` of its file, belongs into clips."""
        end = at + len(block)
        while self._left:
            number, piece = self._left[-1]
            if piece.segment is not segment or piece.at >= end:
                return
            if number != self._number:
                self._next(number)
            assert self._clip is not None
            data = block[max(piece.at, at) - at:min(piece.end, end) - at]
            self._clip.write(data)
            self._looked(len(data) * (1 + (self._draft is not None)))
            if piece.end > end:
                return
            self._left.pop()

    def _next(self, number: int) -> None:
        """The next clip begins."""
        self._settle()
        plan, part = self._plan.plans[number], self._parts[number]
        head = tables.head(plan.template, plan.pictures)
        self._tail = boxes.tail(tables.moov(plan.template, plan.pictures), self._facts(part.start))
        self._number = number
        self._clip = _Clip(part, len(head) + plan.pictures.bytes + len(self._tail), self._draft)
        self._clip.write(head)

    def _settle(self) -> None:
        if self._clip is not None:
            self._clip.write(onvif_seal.filled(self._tail, self._clip.digest, self._sign))
            entry = self._clip.settle()
            self._written[entry.name] = entry
            self._clip = None


def _filled(file: Any, buffer: memoryview) -> memoryview:
    """As much as the file gave; nothing at its end. Raises Odd: libav names a segment that cannot be read."""
    try:
        return buffer[:file.readinto(buffer) or 0]
    except OSError as error:
        raise Odd(f"a segment cannot be read: {error.strerror}") from None
