"""Recording inside an ingest worker: what the hub hands out is written to files, and never slows what is shown.

Runs on: ``Tape.offer`` on the reader's or a pull's thread, which only queues; files are touched by the thread "tape"
alone, one per worker and place. What the disk cannot take is dropped by whole groups of pictures, counted and told.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import av.error

from app.model.clip import GapCause
from app.runtime.process import Message
from app.video import messages
from app.video.segment import SegmentFile, parameter_sets
from app.video.segment_name import name_of
from app.video.transport import Heard, Sound, Unit
from app.video.voice import Voice

QUEUE_BYTES = 96 << 20      # of one worker's cameras together: 64 streams of 1 Mbit/s for 12 s of a slow disk
QUEUE_UNITS = 40_000        # the same 12 s at 50 pictures a second
SHARES = (0.5, 0.6, 0.7, 0.85, 1.0)     # of the queue, by rank: what matters least is left out first
SYNC_S = 5.0                # what a power cut may cost beyond the open group of pictures
STEP_US = 2_000_000         # the wall clock against the monotonic one: a larger step ends the run
ENDLESS = 3                 # times its length a segment may grow while no key picture comes; then it ends anyway
REST_S = 3.0                # after the disk refused
SILENT_S = 3.0              # without a packet for so long there is a gap
_RUNS = itertools.count(1)  # of this worker, whichever place they are written to
_FULL = {27, 28, 122}       # EFBIG, ENOSPC, EDQUOT
_GONE = {2, 5, 6, 19, 30}   # ENOENT, EIO, ENXIO, ENODEV, EROFS
_FAULTS = (OSError, ValueError, MemoryError, av.error.FFmpegError)  # a worker's memory has a limit, see ingest_worker

type Tell = Callable[[Message], None]


def same_place(order: messages.Record) -> bool:
    """Whether the mark of the place lies above the camera's folder; an order without place is not asked."""
    if not order.place:
        return True
    try:
        return bool(json.loads(Path(order.mark).read_bytes())["id"] == order.place)
    except (OSError, ValueError, KeyError, TypeError):
        return False


@dataclass(slots=True, eq=False)
class _Run:
    """One stretch on one clock. ``anchor``: microseconds since 1970 at monotonic zero."""

    name: str
    anchor: int
    number: int = 0


@dataclass(slots=True, eq=False)
class Tape:
    """The recording of one stream: a consumer of its hub."""

    order: messages.Record
    codec: str
    size: tuple[int, int]
    deck: Deck
    sound: Sound | None = None                  # recorded too
    needs_key: bool = True
    dropped: int = 0                            # units that found no room in the queue
    heard_ns: int = 0                           # when the newest unit arrived, written yet or not
    ended: bool = False
    # The thread "tape" only, from here on.
    run: _Run | None = None
    file: SegmentFile | None = None
    t0: int = 0
    sets: bytes = b""
    slot: int = 0
    synced: float = 0.0
    last: int = 0                               # UTC end of what is on disk, 0 = nothing yet
    cause: GapCause | None = None               # why nothing is written now
    rest: float = 0.0
    lost: int = 0                               # dropped units that stand in a gap
    told: int = 0                               # dropped units that look() has told
    voice: Voice | None = None                  # where its sound is made AAC first

    def begin(self, group: Sequence[Unit]) -> None:
        for unit in group:
            self.offer(unit)

    def offer(self, unit: Unit) -> None:
        if unit.key:
            self.needs_key = False
        self.heard_ns = unit.arrived_ns
        if self.needs_key or self.ended:
            return
        if not self.deck.put(self, unit):
            self.needs_key = True               # the rest of this group is of no use
            self.dropped += 1

    def hear(self, heard: Heard) -> None:
        """Sound, between pictures; what finds no room is left out before any picture is."""
        if self.sound is not None and not (self.needs_key or self.ended):
            self.deck.put(self, heard)


@dataclass(slots=True, eq=False)
class Deck:
    """All tapes of one worker and place, and the thread that writes them."""

    tell: Tell
    wall: Callable[[], int] = field(default=lambda: time.time_ns() // 1000)
    _lock: threading.Condition = field(default_factory=threading.Condition)
    _queue: deque[tuple[Tape, Unit | Heard | None]] = field(default_factory=deque)
    _bytes: int = 0
    _tapes: list[Tape] = field(default_factory=list)
    _thread: threading.Thread | None = None
    _closing: bool = False

    def start(self, tape: Tape) -> None:
        """From now on this tape may be offered units."""
        with self._lock:
            self._tapes.append(tape)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tape", daemon=True)
                self._thread.start()

    def stop(self, tape: Tape) -> None:
        """No more units; its file is closed after those that wait."""
        tape.ended = True
        with self._lock:
            self._queue.append((tape, None))
            self._lock.notify()

    def put(self, tape: Tape, unit: Unit | Heard) -> bool:
        """Queue one unit; False when there is no room."""
        with self._lock:
            room = SHARES[0] if isinstance(unit, Heard) else SHARES[min(max(tape.order.rank, 0), len(SHARES) - 1)]
            if self._bytes + len(unit.data) > QUEUE_BYTES * room or len(self._queue) >= QUEUE_UNITS * room:
                return False
            self._bytes += len(unit.data)
            self._queue.append((tape, unit))
            if len(self._queue) > 64:           # a wake-up per packet costs more than writing it
                self._lock.notify()
            return True

    def look(self) -> None:
        """Tell what was left out since the last look: also while the disk holds the thread that writes."""
        with self._lock:
            tapes = tuple(self._tapes)
        for tape in tapes:
            dropped = tape.dropped
            if dropped > tape.told:
                self.tell(messages.Missing(tape.order.camera, tape.last or self.wall(), self.wall(),
                                           GapCause.DISK_SLOW.value, dropped - tape.told, tape.order.place))
                tape.told = dropped

    def close(self, limit_s: float) -> None:
        """Write what waits and close all files, for at most so long; 0: only begin to."""
        with self._lock:
            self._closing = True
            self._lock.notify()
            thread = self._thread
        if thread is not None:
            thread.join(limit_s)

    # -- thread "tape" -----------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._closing:
                    self._lock.wait(0.2)
                batch, closing = list(self._queue), self._closing
                self._queue.clear()
            for tape, unit in batch:
                if unit is None:
                    self._end(tape)
                else:
                    self._take(tape, unit)
                    with self._lock:
                        self._bytes -= len(unit.data)
            now = time.monotonic()
            for tape in tuple(self._tapes):
                self._look(tape, now)
            if closing and not batch:
                break
        for tape in tuple(self._tapes):
            self._end(tape)

    def _take(self, tape: Tape, unit: Unit | Heard) -> None:
        if tape.rest > time.monotonic():
            return
        try:
            if isinstance(unit, Unit):
                self._write(tape, unit)
            elif tape.file is not None:
                for one in (unit,) if tape.voice is None else tape.voice.frames(unit):
                    tape.file.hear(one)
        except _FAULTS as error:
            self._refused(tape, error)

    def _write(self, tape: Tape, unit: Unit) -> None:
        order = tape.order
        arrived = unit.arrived_ns // 1000
        now_anchor = self.wall() - time.monotonic_ns() // 1000
        if tape.run is not None and abs(now_anchor - tape.run.anchor) > STEP_US:
            self._close(tape, GapCause.CLOCK_STEP)
            tape.run = None
        at = arrived + (tape.run.anchor if tape.run is not None else now_anchor)
        sets = parameter_sets(tape.codec, unit.data) if unit.key else b""
        if tape.file is not None:
            slot = self._slot(order, at)
            if unit.key and (slot != tape.slot or (sets and sets != tape.sets)):
                self._close(tape)
            elif at - tape.t0 > ENDLESS * order.seconds * 1_000_000:
                self._close(tape, GapCause.NO_KEY_PICTURE)
            elif at - tape.last > SILENT_S * 1_000_000:
                self._close(tape, tape.cause or GapCause.CAMERA_LOST)
        if tape.file is None:
            if not unit.key and tape.cause is not GapCause.NO_KEY_PICTURE:
                return
            self._open(tape, unit, at, now_anchor, sets)
        assert tape.file is not None
        tape.file.write(unit)
        tape.last = at

    def _open(self, tape: Tape, unit: Unit, at: int, anchor: int, sets: bytes) -> None:
        if tape.run is None:
            tape.run = _Run(f"{anchor & 0xFFFFFFFF:08x}{next(_RUNS) & 0xFFF:03x}", anchor)
        if tape.last and at - tape.last > SILENT_S * 1_000_000:
            cause = GapCause.DISK_SLOW if tape.dropped > tape.lost else tape.cause or GapCause.CAMERA_LOST
            self.tell(messages.Missing(tape.order.camera, tape.last, at, cause.value, tape.dropped - tape.lost,
                                       tape.order.place))
        tape.lost = tape.dropped
        order, run = tape.order, tape.run
        run.number += 1
        if not same_place(order):
            raise OSError(19, "the disk for recordings is not there")       # ENODEV: never written over a missing mount
        path = Path(order.folder) / name_of(at, run.name, run.number)
        # The row comes before the file; a kill between the two leaves a file that the next start adopts.
        self.tell(messages.Taping(order.camera, str(path), at, run.name))
        if tape.sound is not None and tape.sound.plain and tape.voice is None:
            tape.voice = Voice(tape.sound)
        tape.file = SegmentFile(path, tape.codec, *tape.size, unit, tape.sets,
                                tape.sound if tape.voice is None else tape.voice.sound)
        tape.t0, tape.slot, tape.sets, tape.cause = at, self._slot(order, at), sets or tape.sets, None
        tape.synced = time.monotonic()

    @staticmethod
    def _slot(order: messages.Record, at: int) -> int:
        """Which stretch of time a moment belongs to; staggered, so that not all cameras close a file at once."""
        length = order.seconds * 1_000_000
        return (at + crc32(order.camera.encode()) % length) // length

    def _look(self, tape: Tape, now: float) -> None:
        if tape.file is None:
            return
        try:
            if now - tape.heard_ns / 1e9 > SILENT_S:     # not tape.last: a slow disk is no silent camera
                self._close(tape, GapCause.CAMERA_LOST)
            elif now - tape.synced > SYNC_S:
                tape.synced = now
                tape.file.sync()
        except _FAULTS as error:
            self._refused(tape, error)

    def _close(self, tape: Tape, cause: GapCause | None = None) -> None:
        file, tape.file = tape.file, None
        tape.cause = cause
        if file is None:
            return
        try:
            for one in () if tape.voice is None else tape.voice.rest():
                file.hear(one)
            size, digest = file.close()
        except _FAULTS:
            file.abandon()
            raise
        first = None if file.first_key is None else tape.t0 + file.first_key
        end = tape.t0 + file.media
        tape.last = max(tape.last, end) if cause is not GapCause.CLOCK_STEP else end
        self.tell(messages.Taped(tape.order.camera, str(file.path), tape.t0, end, first, size, file.keys, digest))

    def _refused(self, tape: Tape, error: Exception) -> None:
        """The disk takes nothing: tell why, rest, try again with a new file."""
        number = getattr(error, "errno", None) or 0
        cause = GapCause.DISK_FULL if number in _FULL else GapCause.DISK_GONE if number in _GONE else GapCause.DAMAGED
        if tape.file is not None:
            tape.file.abandon()
            tape.file = None
        tape.cause, tape.needs_key = cause, True
        tape.rest = time.monotonic() + REST_S
        self.tell(messages.Missing(tape.order.camera, tape.last or self.wall(), self.wall(), cause.value, 0,
                                   tape.order.place))

    def _end(self, tape: Tape) -> None:
        with contextlib.suppress(ValueError):
            self._tapes.remove(tape)
        try:
            self._close(tape)
        except _FAULTS as error:
            self._refused(tape, error)


class Decks:
    """The decks of one worker, one per place for recordings: a disk that hangs holds no other one.

    ``of`` is called by one thread at a time, the others by the main thread. A deck stays as long as the worker.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._decks: dict[str, Deck] = {}

    def of(self, order: messages.Record) -> Deck:
        """Where this order is written."""
        if order.mark not in self._decks:
            self._decks = self._decks | {order.mark: Deck(self._tell)}
        return self._decks[order.mark]

    def look(self) -> None:
        """See Deck.look."""
        for deck in self._decks.values():
            deck.look()

    def close(self, limit_s: float) -> None:
        """All at once, for at most so long."""
        until = time.monotonic() + limit_s
        for wait in (False, True):
            for deck in self._decks.values():
                deck.close(max(0.0, until - time.monotonic()) if wait else 0.0)
