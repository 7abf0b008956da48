"""Hand-outs, one after the other: what was begun survives the end of the program, and a kill of it, and goes on.

Runs on: the thread "export" copies, hashes and signs; ``add``, ``cancel`` and ``close`` on any thread.
"""

from __future__ import annotations

import collections
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from psygnal import Signal

from app.evidence import files
from app.evidence.identity import Identity
from app.evidence.outcome import Package, Stopped
from app.model.clip import ClipRequest
from app.model.errors import OperatorError
from app.runtime.language import gettext as _

_log = logging.getLogger("lawang.recording")

MOST = 16               # hand-outs that may wait
JOBS = ".begun"         # folder beside the packages with what is not finished
STAMPS = ".stamps"      # names of packages that wait for a time stamp
ASK_S = 300.0           # between two questions to an authority that did not answer
TELL_S = 0.25           # between two words about how far it is
CLOSE_S = 3.0


@dataclass(frozen=True, slots=True)
class Job:
    """One hand-out. ``language`` of its papers; ``holder``: who holds the recordings meanwhile."""

    id: str
    request: ClipRequest
    language: str = "en"
    with_zip: bool = True

    @property
    def holder(self) -> str:
        return f"case:{self.id}"


class State(StrEnum):
    """How far a hand-out is."""
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a hand-out is. ``stage`` as app.evidence.package tells it; ``why``: a sentence when it failed."""

    job: Job
    state: State
    stage: str = ""
    done: int = 0
    total: int = 0
    package: Package | None = None
    why: str = ""

    @property
    def percent(self) -> int:
        """0 to 99 while it runs: 100 is said when it lies there."""
        return min(99, self.done * 100 // self.total) if self.total else 0


class _Closing(Exception):
    """The program ends; the hand-out goes on at the next start."""


class Exporter:
    """Hand-outs into ``target``. ``stands`` carries a Standing on the export thread."""

    stands = Signal(Standing)

    def __init__(self, target: Path, identity: Callable[[str], Identity],
                 authority: Callable[[], str] = lambda: "") -> None:
        """``identity`` is asked on the export thread; it may take seconds the first time.

        ``authority`` gives the address of the time stamp authority, "" while none is wanted.
        """
        self.target = target
        self._authority = authority
        self._identity = identity
        self._lock = threading.Condition()
        self._waiting: collections.deque[Job] = collections.deque()
        self._cancelled: set[str] = set()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._told = 0.0
        self._asked = -ASK_S
        self._noted: dict[str, BinaryIO] = {}   # notes on disk, held against other programs
        self._fresh = False

    def start(self) -> None:
        """What an earlier run began goes on, as soon as the thread has read of it."""
        self._fresh = True
        self._begin()

    def resume(self) -> tuple[Job, ...]:
        """What an earlier run began, and no other program has in hand, goes on; gives it. Reads the disk."""
        found = []
        with suppress(OSError):
            for path in sorted((self.target / JOBS).glob("*.json")):
                held = claimed(path)
                if held is None:
                    continue
                try:
                    job = msgspec.json.decode(held.read(), type=Job, dec_hook=_decoded)
                except (msgspec.MsgspecError, ValueError, RecursionError) as error:
                    _log.warning("a hand-out that was begun cannot be read: %s", error)
                    held.close()
                    continue
                self._noted[job.id] = held
                found.append(job)
        for job in found:
            self._put(job)
        if self._authority() and self._wanted():
            self._begin()
        return tuple(found)

    def add(self, job: Job) -> None:
        """Begins, or waits for the one before. Raises OperatorError when too many wait."""
        with self._lock:
            if len(self._waiting) >= MOST:
                raise OperatorError(_("Too many exports wait; let some of them finish."))
        self._put(job)

    def cancel(self, job_id: str) -> None:
        """Nothing is left of it."""
        with self._lock:
            self._cancelled.add(job_id)

    def close(self) -> None:
        """What is unfinished goes on at the next start."""
        with self._lock:
            self._closing = True
            self._lock.notify_all()
        if self._thread is not None:
            self._thread.join(CLOSE_S)
        for held in self._noted.values():
            held.close()
        self._noted.clear()

    # --- thread "export" ---

    def _put(self, job: Job) -> None:
        with self._lock:
            if self._closing:
                return
            self._waiting.append(job)
            self._begin()
            self._lock.notify_all()
        self.stands.emit(Standing(job, State.WAITING))

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="export", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        if self._fresh:
            self._safely(self.resume)
        while True:
            pause = self._until_stamp()
            with self._lock:
                if not self._waiting and not self._closing:
                    self._lock.wait(pause)
                if self._closing:
                    return
                job = self._waiting.popleft() if self._waiting else None
            if job is None:
                self._safely(self._stamp_some)
                continue
            with suppress(_Closing):
                self.stands.emit(self._one(job))

    def _safely(self, do: Callable[[], object]) -> None:
        try:
            do()
        except Exception:       # noqa: BLE001 - the top of this thread: hand-outs that wait must not wait for ever
            _log.exception("what lies in %s could not be looked after", self.target)

    def _one(self, job: Job) -> Standing:
        try:
            self._look(job)
            self._note(job)
            identity = self._identity(job.request.station)
            # libav and Pillow come with the first one: 46 ms and 24 MB that no start of the program pays.
            from app.evidence.package import Export
            package = Export(job.request, identity, self.target, language=job.language, with_zip=job.with_zip,
                             stamp=self._stamping(),
                             progress=lambda *told: self._tell(job, *told), stopped=lambda: self._look(job)).run()
            standing = Standing(job, State.DONE, package=package)
            if self._authority() and not package.stamped:
                self._want_stamp(package.folder.name)
        except Stopped:
            standing = Standing(job, State.CANCELLED)
        except OSError as error:
            standing = Standing(job, State.FAILED, why=_("The clip cannot be written to {path}: {reason}.").format(
                path=self.target, reason=error.strerror or type(error).__name__))
        except _Closing:
            raise
        except OperatorError as error:
            standing = Standing(job, State.FAILED, why=str(error))
        except Exception:       # noqa: BLE001 - the top of this thread: the operator must hear of it
            _log.exception("an export failed")
            standing = Standing(job, State.FAILED, why=_("The export failed; the log tells why."))
        with suppress(OSError):
            self._note_of(job).unlink(missing_ok=True)
        if (held := self._noted.pop(job.id, None)) is not None:
            held.close()
        return standing

    # --- time stamps that could not be had at once ---

    def _stamping(self) -> Callable[[bytes], bytes] | None:
        url = self._authority()
        from app.evidence import stamp
        return (lambda signature: stamp.ask(url, signature)) if url else None

    def _want_stamp(self, name: str) -> None:
        with suppress(OSError):
            (self.target / STAMPS).mkdir(parents=True, exist_ok=True)
            files.write(self.target / STAMPS / name, b"")

    def _wanted(self) -> list[Path]:
        try:
            return sorted((self.target / STAMPS).iterdir())
        except OSError:
            return []

    def _until_stamp(self) -> float | None:
        """Seconds until the authority is asked again; None: nobody waits for it."""
        return max(0.0, self._asked + ASK_S - time.monotonic()) if self._authority() and self._wanted() else None

    def _stamp_some(self) -> None:
        stamping = self._stamping()
        if stamping is None or self._until_stamp() != 0.0:
            return
        self._asked = time.monotonic()
        from app.evidence.package import stamp_later
        for note in self._wanted():
            folder = self.target / note.name
            try:
                if folder.is_dir() and not stamp_later(folder, stamping):
                    return                      # still off line
                note.unlink(missing_ok=True)
            except OSError as error:
                _log.warning("a time stamp could not be kept: %s", error.strerror)
                return

    def _note_of(self, job: Job) -> Path:
        return self.target / JOBS / f"{files.slug(job.id)}.json"

    def _note(self, *jobs: Job) -> None:
        """What is to be done, on disk: a kill loses none of it. Raises OSError."""
        for job in jobs:
            if job.id not in self._noted:
                self._note_of(job).parent.mkdir(parents=True, exist_ok=True)
                files.write(self._note_of(job), msgspec.json.encode(job, enc_hook=str))
                if (held := claimed(self._note_of(job))) is not None:
                    self._noted[job.id] = held

    def _look(self, job: Job) -> bool:
        with self._lock:
            if self._closing:
                raise _Closing
            if job.id in self._cancelled:
                raise Stopped
        return False

    def _tell(self, job: Job, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told >= TELL_S:
            self._told = now
            with self._lock:
                waiting = tuple(self._waiting)
            with suppress(OSError):
                self._note(*waiting)
            self.stands.emit(Standing(job, State.RUNNING, stage, done, total))


def claimed(note: Path) -> BinaryIO | None:
    """The note, open and held as long as it is open; None when another program has it in hand. Raises OSError."""
    file = note.open("rb")
    try:
        import fcntl
    except ImportError:         # Windows: two programs of one user there would both go on with it
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _decoded(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise NotImplementedError(kind)
