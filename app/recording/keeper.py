"""Keeps what is recorded: index, holds, retention, repair, and whether the disk that it should lie on is there.

One program records to a place. Another one at the same place looks on: it reads, holds and keeps events like the first,
but neither writes pictures nor deletes any; when the first has gone, it takes over.

Runs on: the thread "recording", which owns the index; every method but those marked may be called from any thread and
returns at once. What is told (``changed``, ``trouble``, the ``then`` of a job) comes on that thread.
"""

from __future__ import annotations

import logging
import math
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from pathlib import Path

from psygnal import Signal

from app.model.clip import Clock, Gap, GapCause, SegmentState
from app.model.errors import DamagedFile, OperatorError
from app.model.recording import Owed, RecordingNews, SegmentBegun, SegmentEnded, Usage
from app.recording.place import WALL, Place, Rivals
from app.recording.policy import KeepOf, Rank
from app.recording.promised import Promised
from app.recording.repair import Probe, Repair, TimeOf
from app.recording.rows import Index
from app.recording.sweep import sweep
from app.recording.upheld import Upheld
from app.recording.words import cause_text, damaged, no_room
from app.runtime.language import gettext as _

_log = logging.getLogger("lawang.recording")

LOOK_S = 2.0                        # how often the place is looked at
RETAIN_S = 10.0                     # how often room is made
HURRY_S = 1.0                       # the same when a disk has told that it is full
STEP_S = 60.0                       # the wall clock against the monotonic one, between two passes
DISTRUST_S = 1800.0                 # for a person, or a time server, to set it right
CALM_S = 15.0                       # without another fault the last one is over
CALM = 3                            # so many passes with room until one rank more is recorded again
DEAD_S = 30.0                       # a file that grows is written each second; its worker died
QUEUE = 4096                        # news of 64 cameras for some hours, or as many questions
CLOSE_S = 3.0
ADOPT_S = 0.5                       # in each pass, for files that an index that was lost knew
GAP_US = 3_000_000                  # a shorter pause is none: files follow each other within a picture's time
WORD_US = 10_000_000                # so long the word of a program that looks on is good
_FAULTS = (GapCause.DISK_FULL, GapCause.DISK_SLOW, GapCause.DISK_GONE, GapCause.DAMAGED)


type Job = Callable[[Index | None], object]     # None: the index is not there
type Renew = Callable[[Path], str]              # a new index for a damaged one, and a sentence (app.registry.salvage)


class Keeper:
    """One place for recordings. ``ready``: it may be recorded there now. ``taping``: cameras with an open file.

    ``known_marker``: the marker that was seen there before, "" at the first time; ``keep_marker`` is given a new one.
    ``renew``: see Renew. ``kind``: see Place. ``must``: what is to be held, None while nobody knows: nothing is deleted
    before. ``least``: what ranks lower is not recorded now, for want of room. ``urgent``: cameras of which
    somebody holds this moment. ``shown_elsewhere``: what programs that look on show. ``keep_of``, ``kept_of`` (whether
    a rule asks for a camera now), ``clock_of`` and ``shown`` (what this program shows) are asked on the thread.
    """

    changed = Signal()                  # taping, ready, least or usage
    looked = Signal()                   # each LOOK_S: what depends on the time of day may have changed
    trouble = Signal(str)               # a sentence for the operator, once; "" when it is over; at a notice too

    def __init__(self, root: Path, open_index: Callable[[Path], Index], probe: Probe, time_of: TimeOf, *,
                 known_marker: str = "", keep_marker: Callable[[str], None] = lambda _id: None, kind: str = WALL,
                 renew: Renew = damaged, wall: Callable[[], float] = time.time) -> None:
        self.root = root.expanduser().absolute()
        self.ready = self.looks_on = False
        self.least = 0
        self.taping: frozenset[str] = frozenset()
        self.urgent: frozenset[str] = frozenset()
        self.shown_elsewhere: frozenset[str] = frozenset()
        self.usage = Usage()
        self.said = ""
        self.keep_of: KeepOf = lambda _camera, _kept: 5 * 60_000_000
        self.kept_of: Callable[[str], bool] = lambda _camera: True
        self.clock_of: Callable[[str], Clock] = lambda _camera: Clock()
        self.shown: Callable[[], Collection[str]] = tuple
        # Of other places: up to when a camera is recorded there (and why no longer), whether they are well, those that
        # another program has. What is to be done when the index is open, before anything may be deleted.
        self.before: Callable[[str], tuple[int, GapCause | None]] = lambda _camera: (0, None)
        self.others_go_on: Callable[[], bool] = lambda: False
        self.rivals: Rivals = lambda _holding: ()
        self.opened: Callable[[Index], None] = lambda _index: None
        self.must: Callable[[], tuple[Owed, ...] | None] = tuple
        self.last_ends: dict[str, int] = {}         # camera -> up to when it is recorded here
        self.alive = time.monotonic()               # when the thread did something last: a disk may hold it
        self.quota, self.floor = 2_000_000_000, 1_000_000_000
        self._open_index, self._renew, self._wall = open_index, renew, wall
        self.place = Place(self.root, known_marker, keep_marker, kind, lambda holding: self.rivals(holding))
        self.promised = Promised(self.place)
        self._repair = Repair(self.root, probe, time_of, wall)
        self._upheld = Upheld(lambda: self.must())
        self._queue: queue.Queue[Job | RecordingNews | None] = queue.Queue(QUEUE)
        self._index: Index | None = None
        self._began, self._anew = int(wall() * 1e6), ""
        self._calm = 0
        self._anchor, self._distrust = wall() - time.monotonic(), -math.inf
        self._late: deque[RecordingNews] = deque(maxlen=QUEUE)      # what a full disk did not let into the index
        self._looked = self._retained = self._fault = -1e9
        self._thread = threading.Thread(target=self._work, name="recording", daemon=True)

    @property
    def place_id(self) -> str:
        """The mark of the place, "" before it was first seen."""
        return self.place.id

    def start(self) -> None:
        """Open the index, repair it, keep it."""
        self._thread.start()

    def heard(self, news: RecordingNews) -> None:
        """A worker began or ended a file, or could not write."""
        self._put(news)

    def submit(self, work: Callable[[Index], object], then: Callable[[object], None] | None = None) -> bool:
        """Do ``work`` with the index and give its answer to ``then``; False: too much waits.

        The answer is None when it failed, also when the disk of the index is away.
        """
        def job(index: Index | None) -> None:
            answer = None
            try:
                answer = None if index is None else work(index)
            except DamagedFile:
                raise
            except OperatorError as error:
                _log.warning("%s", error)
            finally:                            # whoever waits for an answer waits for ever without one
                if then is not None:
                    then(answer)
        return self._put(job)

    def wake(self) -> None:
        """What must be held has come, or changed."""
        self._looked = -math.inf
        self.submit(lambda _index: None)

    def hold(self, holder: str, cameras: tuple[str, ...], t0: int, t1: int,
             then: Callable[[object], None] | None = None) -> bool:
        """What lies there stays, for a bookmark or a case; UTC microseconds."""
        return self.submit(lambda index: index.hold(holder, cameras, t0, t1), then)

    def release(self, holder: str) -> bool:
        """It may go with its age."""
        return self.submit(lambda index: index.release(holder))

    def keep(self, cameras: Collection[str], t0: int, t1: int) -> bool:
        """An event: what is recorded of these cameras between two moments stays for days; UTC microseconds."""
        def work(index: Index) -> None:
            for camera in cameras:
                index.keep(camera, t0, t1)
        return self.submit(work)

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
            try:
                self._look()
            except Exception:       # noqa: BLE001 - the top of this thread: the next look is due in LOOK_S
                _log.exception("a look at the place of recordings failed")
            try:
                self.alive = time.monotonic()
                one = self._queue.get(timeout=LOOK_S)
            except queue.Empty:
                continue
            if one is None:
                break
            self._safely(one)
        if self._index is not None:
            self._index.close()
        self.place.let_go()

    def _safely(self, one: Job | RecordingNews) -> None:
        index = self._index
        try:
            if callable(one):
                one(index)
            elif index is None:
                return                              # its disk is gone: the repair finds the files when it is back
            elif isinstance(one, SegmentBegun):
                self._since(index, one)
                index.clock(one.run, one.t0, self.clock_of(one.camera))
                index.begin(one, kept=self.kept_of(one.camera))
                self._tapes(self.taping | {one.camera})
            elif isinstance(one, SegmentEnded):
                index.end(one, kept=self.kept_of(one.camera))
                self._tapes(self.taping - {one.camera} if not self._still_open(index, one) else self.taping)
            elif isinstance(one, Gap):
                index.gap(one)
                if one.cause in _FAULTS:
                    self._fault = time.monotonic()
                    self._say(_("Pictures of a camera could not be recorded: {cause}.").format(
                        cause=cause_text(one.cause)))
                    self._tapes(self.taping - {one.camera})
                if one.cause is GapCause.DISK_FULL:
                    self._make_room(index, HURRY_S)
        except OperatorError as error:
            self._fault = time.monotonic()          # it stands for a while, not until the next look
            self._say(self._renewed() if isinstance(error, DamagedFile) else str(error))
            if isinstance(one, RecordingNews.__value__):
                self._late.append(one)
        except Exception:       # noqa: BLE001 - the top of this thread: one bad row must not end the index
            _log.exception("a job of the recording thread failed")

    def _since(self, index: Index, begun: SegmentBegun) -> None:
        """Why nothing was recorded since the last file, unless a worker has told: nobody asked, or nothing ran."""
        elsewhere, cause = self.before(begun.camera)
        end = max(elsewhere, index.last_end(begun.camera) or 0)
        if not end or begun.t0 - end < GAP_US or any(
                gap.cause is not GapCause.DELETED for gap in index.gaps(begun.camera, end, begun.t0)):
            return
        ran = end > self._began
        crashed = begun.camera in self._repair.crashed and not ran
        index.gap(Gap(end, begun.t0, cause or (
            GapCause.NOT_WANTED if ran else GapCause.CRASHED if crashed else GapCause.STOPPED), begun.camera))

    @staticmethod
    def _still_open(index: Index, ended: SegmentEnded) -> bool:
        return any(one.state is SegmentState.OPEN and os.fspath(one.path) != ended.path
                   for one in index.segments(ended.camera, ended.t1, 1 << 62))

    def _tapes(self, taping: frozenset[str]) -> None:
        if taping != self.taping:
            self.taping = taping
            self.changed.emit()

    def _say(self, sentence: str) -> None:
        if sentence != self.said:
            self.said = sentence
            if sentence:
                _log.warning("%s", sentence)
            self.trouble.emit(sentence)

    def _look(self) -> None:
        """Is the place still that place? Open it when it has come, make room now and then."""
        now = time.monotonic()
        if now - self._looked < LOOK_S:
            return
        self._looked = now
        wrong = self.place.wrong()
        if wrong and not self.place.taken:
            self._lost()
            self._say(wrong)
            return
        try:
            if self.place.taken:
                if self.ready:
                    self._lost()                    # the one that has an earlier place has this one too
                self._look_on(wrong)
                return
            if self.looks_on:
                self._lost(let_go=False)            # the other one has gone: from here on as after a start
            if self._index is not None and self._index.stale:
                self._shut()                        # somebody took the file away
            if self._index is None:
                self._index = self._open_index(self.root)
                self._upheld.forget()
                self._repair.whole(self._index, DEAD_S if self.ready else 0.0)      # ready: files are being written
                self.promised.open(self._index)
                self.opened(self._index)
                self._say(self._anew)
                self._anew = ""
                self.ready = True
                self.changed.emit()
            self._catch_up()
            if self.said and now - self._fault > CALM_S and not self.least:
                self._say("")
            self._listen(self._index)
            self._make_room(self._index, RETAIN_S)
        except DamagedFile:
            self._say(self._renewed())
            return
        except (OperatorError, OSError) as error:
            self._lost()
            self._say(str(error))
            return
        self.looked.emit()

    def _renewed(self) -> str:
        """A new index takes the damaged one's place, and is opened at the next look; a sentence about it.

        Recording goes on: what is told meanwhile waits in the queue.
        """
        self._shut()
        try:
            # At a place that another program has that one makes it.
            self._anew = damaged(self.root) if self.place.taken else self._renew(self.root)
        except OperatorError as refused:
            return str(refused)
        self._fault, self._looked = time.monotonic(), -math.inf
        return self._anew

    def _look_on(self, whose: str) -> None:
        """Another program records here: what it writes is known, what is shown here is told to it."""
        if self._index is not None and self._index.stale:
            self._lost(let_go=False)                # the other one made it anew
        if self._index is None:
            self._index = self._open_index(self.root)
        if not self.looks_on:
            self.looks_on = True
            self._say(whose)
        self._index.show(f"process {os.getpid()}", self.shown(), int(self._wall() * 1e6))
        self._tapes(self._index.being_written())

    def _clock_is_calm(self, now: float) -> bool:
        """A clock that was set makes files old in a moment: nothing goes for its age until somebody could look."""
        anchor = self._wall() - now
        if abs(anchor - self._anchor) > STEP_S:
            self._distrust = now + DISTRUST_S
            self.promised.clock_set(anchor - self._anchor)
            _log.warning("the clock was set by %+.0f s: nothing is deleted for its age in the next %.0f minutes",
                         anchor - self._anchor, DISTRUST_S / 60)
        self._anchor = anchor
        return now >= self._distrust

    def _listen(self, index: Index) -> None:
        now = int(self._wall() * 1e6)
        heard = index.urgent(now), index.shown(now - WORD_US)
        if heard != (self.urgent, self.shown_elsewhere):
            self.urgent, self.shown_elsewhere = heard
            self.changed.emit()

    def _catch_up(self) -> None:
        for _one in range(len(self._late)):
            self._safely(self._late.popleft())

    def _shut(self) -> None:
        index, self._index = self._index, None
        if index is not None:
            index.close()

    def _lost(self, *, let_go: bool = True) -> None:
        self._shut()
        if let_go:
            self.place.let_go()
        if self.ready or self.looks_on:
            self.ready, self.looks_on, self.taping = False, False, frozenset()
            self.changed.emit()

    def _make_room(self, index: Index, every_s: float) -> None:
        """Oldest eligible first; while that is not enough, what ranks lowest is not recorded."""
        now = time.monotonic()
        if now - self._retained < every_s or not self._upheld.follow(index):
            return                                      # nothing goes before it is known what must not
        self._retained = now
        self._repair.adopt(index, ADOPT_S)
        self._repair.open_rows(index, DEAD_S)
        calm, promised = self._clock_is_calm(now), self.promised
        limits = promised.limits(index, self.quota, self.floor)
        usage, room = sweep(index, self.root, self.keep_of, int(self._wall() * 1e6), limits, by_age=calm,
                            ledger=promised.ledger(index), whose=promised.whose)
        if promised.tell(index, usage, limits, now):
            if promised.notice:
                _log.warning("%s", promised.notice)
            self.trouble.emit(self.said)
        self._calm = self._calm + 1 if room else 0
        least = self.least
        if not room:
            least = min(least + 1, Rank.NEEDED + 1)
        elif least and self._calm >= CALM:
            least, self._calm = least - 1, 0
        if least:
            self._say(no_room(least, self.others_go_on()).format(place=self.root))
        elif self.least:
            self._say("")
        if (least, usage) != (self.least, self.usage):
            self.least, self.usage = least, usage
            self.changed.emit()
