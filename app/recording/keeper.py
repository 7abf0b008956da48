"""Keeps what is recorded: index, holds, retention, repair, and whether the disk that it should lie on is there.

Runs on: the thread "recording", which owns the index; every method but those marked may be called from any thread and
returns at once. What is told (``changed``, ``trouble``, the ``then`` of a job) comes on that thread.
"""

from __future__ import annotations

import logging
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from psygnal import Signal

from app.model.clip import Gap, GapCause, Segment, SegmentState
from app.model.errors import OperatorError
from app.model.recording import Aged, RecordingNews, SegmentBegun, SegmentEnded, Usage
from app.recording.place import Place
from app.recording.policy import KeepOf
from app.recording.retention import plan, stretches
from app.runtime.language import gettext as _

_log = logging.getLogger("lawang.recording")

LOOK_S = 2.0                        # how often the place is looked at
RETAIN_S = 10.0                     # how often room is made
DEAD_S = 30.0                       # a file that grows is written each second; its worker died
QUEUE = 4096                        # news of 64 cameras for some hours, or as many questions
CLOSE_S = 3.0
GAP_US = 3_000_000                  # a shorter pause is none: files follow each other within a picture's time


class Index(Protocol):
    """What the keeper needs of an index; app.registry.recordings has the real one."""

    def begin(self, news: SegmentBegun) -> None: ...
    def end(self, news: SegmentEnded, state: SegmentState = ...) -> None: ...
    def gap(self, gap: Gap) -> None: ...
    def open_rows(self) -> list[Segment]: ...
    def known(self) -> set[str]: ...
    def mark_missing(self, path: Path) -> None: ...
    def hold(self, holder: str, cameras: tuple[str, ...], t0: int, t1: int) -> None: ...
    def release(self, holder: str) -> None: ...
    def segments(self, camera: str, t0: int, t1: int) -> tuple[Segment, ...]: ...
    def last_end(self, camera: str) -> int | None: ...
    def gaps(self, camera: str, t0: int, t1: int) -> tuple[Gap, ...]: ...
    def candidates(self) -> list[Aged]: ...
    def forget(self, gone: list[Aged]) -> None: ...
    def used(self) -> tuple[int, int, int, int | None]: ...
    def close(self) -> None: ...


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


type Probe = Callable[[Path], Read | None]
type TimeOf = Callable[[Path], int | None]
type Job = Callable[[Index], object]


class Keeper:
    """One place for recordings. ``ready``: it may be recorded there now. ``taping``: cameras with an open file.

    ``known_marker``: the marker that was seen there before, "" at the first time; ``keep_marker`` is given a new one.
    """

    changed = Signal()                  # taping, ready or usage
    trouble = Signal(str)               # a sentence for the operator, once; "" when it is over

    def __init__(self, root: Path, open_index: Callable[[Path], Index], probe: Probe, time_of: TimeOf, *,
                 known_marker: str = "", keep_marker: Callable[[str], None] = lambda _id: None,
                 wall: Callable[[], float] = time.time) -> None:
        self.root = root.expanduser().absolute()
        self.ready = False
        self.room = True                # False: the disk is full and nothing may go
        self.taping: frozenset[str] = frozenset()
        self.usage = Usage()
        self.keep_of: KeepOf = lambda _camera: 5 * 60_000_000
        self.quota, self.floor = 2_000_000_000, 1_000_000_000
        self._open_index, self._probe, self._time_of, self._wall = open_index, probe, time_of, wall
        self._place = Place(self.root, known_marker, keep_marker)
        self._queue: queue.Queue[Job | RecordingNews | None] = queue.Queue(QUEUE)
        self._index: Index | None = None
        self._said = ""
        self._began = int(wall() * 1e6)
        self._crashed: set[str] = set()
        self._looked = self._retained = -1e9
        self._thread = threading.Thread(target=self._work, name="recording", daemon=True)

    def start(self) -> None:
        """Open the index, repair it, keep it."""
        self._thread.start()

    def heard(self, news: RecordingNews) -> None:
        """A worker began or ended a file, or could not write."""
        self._put(news)

    def submit(self, work: Callable[[Index], object], then: Callable[[object], None] | None = None) -> bool:
        """Do ``work`` with the index and give its answer to ``then`` (None when it failed); False: too much waits."""
        def job(index: Index) -> None:
            try:
                answer = work(index)
            except OperatorError as error:
                _log.warning("%s", error)
                answer = None
            if then is not None:
                then(answer)
        return self._put(job)

    def hold(self, holder: str, cameras: tuple[str, ...], t0: int, t1: int,
             then: Callable[[object], None] | None = None) -> bool:
        """What lies there stays, for a bookmark or a case; UTC microseconds."""
        return self.submit(lambda index: index.hold(holder, cameras, t0, t1), then)

    def release(self, holder: str) -> bool:
        """It may go with its age."""
        return self.submit(lambda index: index.release(holder))

    def close(self) -> None:
        """Write what waits, then end."""
        try:
            self._queue.put(None, timeout=CLOSE_S)
        except queue.Full:
            return
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    def _put(self, one: Job | RecordingNews) -> bool:
        try:
            self._queue.put_nowait(one)
            return True
        except queue.Full:
            _log.error("the index of recordings does not keep up; the next start mends it")
            return False

    # -- thread "recording" ------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            self._look()
            try:
                one = self._queue.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            if one is None:
                break
            self._safely(one)
        if self._index is not None:
            self._index.close()
        self._place.let_go()

    def _safely(self, one: Job | RecordingNews) -> None:
        index = self._index
        try:
            if index is None:
                return                              # its disk is gone: the repair finds the files when it is back
            if isinstance(one, SegmentBegun):
                self._since(index, one)
                index.begin(one)
                self._tapes(self.taping | {one.camera})
            elif isinstance(one, SegmentEnded):
                index.end(one)
                self._tapes(self.taping - {one.camera} if not self._still_open(index, one) else self.taping)
            elif isinstance(one, Gap):
                index.gap(one)
                if one.cause in (GapCause.DISK_FULL, GapCause.DISK_SLOW, GapCause.DISK_GONE, GapCause.DAMAGED):
                    self._say(_("Pictures of a camera could not be recorded: {cause}.").format(
                        cause=_cause_text(one.cause)))
                    self._tapes(self.taping - {one.camera})
            else:
                one(index)
        except OperatorError as error:
            self._say(str(error))
        except Exception:       # noqa: BLE001 - the top of this thread: one bad row must not end the index
            _log.exception("a job of the recording thread failed")

    def _since(self, index: Index, begun: SegmentBegun) -> None:
        """Why nothing was recorded since the last file, unless a worker has told: nobody asked, or nothing ran."""
        end = index.last_end(begun.camera)
        if end is None or begun.t0 - end < GAP_US or any(
                gap.cause is not GapCause.DELETED for gap in index.gaps(begun.camera, end, begun.t0)):
            return
        ran = end > self._began
        crashed = begun.camera in self._crashed and not ran
        index.gap(Gap(end, begun.t0, GapCause.NOT_WANTED if ran else GapCause.CRASHED if crashed else GapCause.STOPPED,
                      begun.camera))

    @staticmethod
    def _still_open(index: Index, ended: SegmentEnded) -> bool:
        return any(one.state is SegmentState.OPEN and os.fspath(one.path) != ended.path
                   for one in index.segments(ended.camera, ended.t1, 1 << 62))

    def _tapes(self, taping: frozenset[str]) -> None:
        if taping != self.taping:
            self.taping = taping
            self.changed.emit()

    def _say(self, sentence: str) -> None:
        if sentence != self._said:
            self._said = sentence
            if sentence:
                _log.warning("%s", sentence)
            self.trouble.emit(sentence)

    def _look(self) -> None:
        """Is the place still that place? Open it when it has come, make room now and then."""
        now = time.monotonic()
        if now - self._looked < LOOK_S:
            return
        self._looked = now
        wrong = self._place.wrong()
        if wrong:
            self._say(wrong)
            self._lost()
            return
        if self._index is None:
            try:
                self._index = self._open_index(self.root)
                self._repair(self._index)
            except (OperatorError, OSError) as error:
                self._say(str(error))
                self._lost()
                return
            self._say("")
            self.ready = True
            self.changed.emit()
        if now - self._retained >= RETAIN_S:
            self._retained = now
            try:
                self._retain(self._index)
            except (OperatorError, OSError) as error:
                self._say(str(error))

    def _lost(self) -> None:
        index, self._index = self._index, None
        if index is not None:
            index.close()
        self._place.let_go()
        if self.ready:
            self.ready, self.taping = False, frozenset()
            self.changed.emit()

    def _mend(self, index: Index, idle_s: float = 0.0) -> tuple[int, int]:
        """Rows that stayed open: (probed, missing). ``idle_s``: only those whose file was not written for so long."""
        mended = lost = 0
        for row in index.open_rows():
            part = row.path.with_name(row.path.name + ".part")
            whole = row.path.exists()
            file = row.path if whole else part
            written = file.stat().st_mtime if file.exists() else row.t0 / 1e6
            if idle_s and self._wall() - written < idle_s:
                continue
            if not whole:
                self._crashed.add(row.camera)
            if file.exists():
                mended += self._adopt(index, row.path, row.camera, whole=whole)
            else:
                index.mark_missing(row.path)
                lost += 1
        return mended, lost

    def _repair(self, index: Index) -> None:
        """Rows that stayed open are probed, files without a row adopted, rows without a file told missing."""
        mended, lost = self._mend(index)
        adopted = 0
        known = index.known()
        for path in sorted(self.root.glob("*/*/*/*.mp4*")):
            whole = path.suffix == ".mp4"
            name = path if whole else path.with_suffix("")
            if (whole or path.suffix == ".part") and name.relative_to(self.root).as_posix() not in known:
                adopted += self._adopt(index, name, name.relative_to(self.root).parts[0], whole=whole)
        if mended or adopted or lost:
            _log.warning("recordings: %d files mended, %d adopted, %d are missing", mended, adopted, lost)

    def _adopt(self, index: Index, path: Path, camera: str, *, whole: bool) -> bool:
        """A file as it is: closed in order when it has its name, else up to its last whole group of pictures."""
        t0 = self._time_of(path)
        part = path.with_name(path.name + ".part")
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

    def _retain(self, index: Index) -> None:
        """Oldest eligible first, by time, quota and free space; what goes is told in the log."""
        self._mend(index, DEAD_S)
        used, files, held, oldest = index.used()
        disk = shutil.disk_usage(self.root)
        found = plan(index.candidates(), self.keep_of, int(self._wall() * 1e6), used=used, quota=self.quota,
                     free=disk.free, floor=self.floor)
        gone: list[Aged] = []
        for one, _why in found.goes:
            try:
                (self.root / one.path).unlink(missing_ok=True)
            except OSError as error:
                _log.warning("%s cannot be deleted: %s", one.path, error.strerror)
                continue
            gone.append(one)
        if gone:
            index.forget(gone)
            for camera, (t0, t1, size) in stretches(gone).items():
                _log.info("room made: %s from %d to %d, %d bytes", camera, t0, t1, size)
            used, files, held, oldest = index.used()
            disk = shutil.disk_usage(self.root)
        room = disk.free >= self.floor // 2 and used < self.quota * 1.1
        if not room:
            self._say(_("There is no room for recordings at {place}: what is left is held by bookmarks or the disk is "
                        "full. Nothing more is recorded.").format(place=self.root))
        elif not self.room:
            self._say("")
        usage = Usage(used, files, held, oldest, disk.free, disk.total)
        if room != self.room or usage != self.usage:
            self.room, self.usage = room, usage
            self.changed.emit()


def _cause_text(cause: GapCause) -> str:
    return {GapCause.DISK_FULL: _("the disk is full"), GapCause.DISK_SLOW: _("the disk is too slow"),
            GapCause.DISK_GONE: _("the disk is gone")}.get(cause, _("the disk refuses"))
