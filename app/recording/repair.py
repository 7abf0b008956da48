"""Index and files brought together again after a crash: nothing is deleted, nothing is believed that was not read.

Runs on: the thread "recording", on its index.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from app.model.clip import Segment, SegmentState
from app.model.recording import SegmentEnded

_log = logging.getLogger("lawang.recording")

PART = ".part"                      # what is not closed yet (app.video.segment)
WHOLE_S = 20.0                      # for files without a row to be adopted before recording begins; the rest beside it


class Read(Protocol):
    """What a file was found to hold; app.video.segment.probe reads it."""

    @property
    def media(self) -> int: ...
    @property
    def keys(self) -> int: ...
    @property
    def first_key(self) -> int | None: ...
    @property
    def bytes(self) -> int: ...
    @property
    def sha256(self) -> str: ...


class Rows(Protocol):
    """What a repair needs of an index."""

    def open_rows(self) -> list[Segment]: ...
    def has(self, path: Path) -> bool: ...
    def known(self) -> set[str]: ...
    def mark_missing(self, path: Path) -> None: ...
    def end(self, news: SegmentEnded, state: SegmentState = ..., *, kept: bool = False) -> None: ...


type Probe = Callable[[Path], Read | None]
type TimeOf = Callable[[Path], int | None]


class Repair:
    """``crashed``: cameras whose file was left open by a program that died."""

    def __init__(self, root: Path, probe: Probe, time_of: TimeOf, wall: Callable[[], float] = time.time) -> None:
        self.root = root
        self.crashed: set[str] = set()
        self._probe, self._time_of, self._wall = probe, time_of, wall
        self._strays: Iterator[tuple[Path, bool]] = iter(())
        self._idle_s = 0.0

    def whole(self, index: Rows, idle_s: float = 0.0) -> None:
        """Rows that stayed open are probed, files without a row adopted, rows without a file told missing.

        ``idle_s``: files are being written; those that were in the last seconds are left alone.
        """
        self._idle_s = idle_s
        mended, lost = self.open_rows(index, idle_s)
        self._strays = self._without_row(index.known())
        adopted = self.adopt(index, WHOLE_S)
        if mended or adopted or lost:
            _log.warning("recordings: %d files mended, %d adopted, %d are missing", mended, adopted, lost)

    def adopt(self, index: Rows, limit_s: float) -> int:
        """How many files without a row were adopted, for so long: an index that was lost has a million to read."""
        ends, adopted = time.monotonic() + limit_s, 0
        for path, whole in self._strays:
            if not index.has(path) and (whole or not self._written_in(path, self._idle_s)):
                adopted += self._adopt(index, path, path.relative_to(self.root).parts[0], whole=whole)
            if time.monotonic() > ends:
                break
        return adopted

    def _without_row(self, known: set[str]) -> Iterator[tuple[Path, bool]]:
        """(name, whether it has that name already) of files; ``known``: those with a row."""
        for path in self._files():
            whole = path.suffix == ".mp4"
            name = path if whole else path.with_suffix("")
            if name.relative_to(self.root).as_posix() not in known:
                yield name, whole

    def _files(self) -> Iterator[Path]:
        """Everything that is called like a recording, <camera>/<date>/<hour>/<name>; a million names take seconds."""
        for folder, folders, names in os.walk(self.root):
            folders.sort()
            if len(Path(folder).relative_to(self.root).parts) == 3:
                for name in sorted(names):
                    if name.endswith((".mp4", ".mp4" + PART)):
                        yield Path(folder, name)

    def open_rows(self, index: Rows, idle_s: float = 0.0) -> tuple[int, int]:
        """Rows that stayed open: (probed, missing). ``idle_s``: only those whose file was not written for so long."""
        mended = lost = 0
        for row in index.open_rows():
            part = row.path.with_name(row.path.name + PART)
            whole = row.path.exists()
            file = row.path if whole else part
            if self._written_in(row.path, idle_s, row.t0 / 1e6):
                continue
            if not whole:
                self.crashed.add(row.camera)
            if file.exists():
                mended += self._adopt(index, row.path, row.camera, whole=whole)
            else:
                index.mark_missing(row.path)
                lost += 1
        return mended, lost

    def _written_in(self, path: Path, seconds: float, else_at: float = 0.0) -> bool:
        """Whether a file, or what is to become it, was written in the last seconds; ``else_at``: when there is none."""
        written = else_at
        for one in (path.with_name(path.name + PART), path):        # it may get its name just now
            with contextlib.suppress(OSError):
                written = one.stat().st_mtime
        return abs(self._wall() - written) < seconds        # a clock that was set back has files of tomorrow

    def _adopt(self, index: Rows, path: Path, camera: str, *, whole: bool) -> bool:
        """A file as it is: closed in order when it has its name, else up to its last whole group of pictures."""
        t0 = self._time_of(path)
        part = path.with_name(path.name + PART)
        try:
            found = self._probe(path if whole else part)
            if not whole and found is not None:
                part.rename(path)
        except OSError as error:
            _log.warning("%s cannot be read: %s", path.name, error.strerror)
            return False
        if found is None or t0 is None:
            index.mark_missing(path)
            if part.exists():
                part.rename(path.with_name(path.name + ".damaged"))
            return False
        first = None if found.first_key is None else t0 + found.first_key
        index.end(SegmentEnded(camera, os.fspath(path), t0, t0 + found.media, first, found.bytes, found.keys,
                               found.sha256), SegmentState.CLOSED if whole else SegmentState.RECOVERED)
        return True
