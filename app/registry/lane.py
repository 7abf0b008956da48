"""The registry lane: one thread that owns the SQLite connection, so that the GUI thread never waits for a disk.

It also looks four times a second whether another program wrote the file, and keeps the CameraDirectory fresh. Not an
app.runtime.lanes.Lane: that one sleeps until a job comes, and has no jobs that replace each other.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from psygnal import Signal

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.registry.directory import CameraDirectory
from app.registry.opening import open_database
from app.registry.presence import Presence, Where
from app.registry.refreshing import Refresh
from app.registry.registry import Registry
from app.registry.search_finder import Finder
from app.registry.watching import ALL_TABLES, EVERYTHING, Changed
from app.runtime.language import gettext as _
from app.runtime.settings import SETTINGS, Value

log = logging.getLogger("lawang.registry")

LOOK_SECONDS = 0.25         # another program's change is seen well within the promised second
MOST_JOBS = 1000            # an operator cannot fill this; a loop gone wild is refused instead of eating memory
COPY_SECONDS = 15.0         # today's copy of 60,000 cameras holds the lane for 0.5 s: not while windows are opening
AGAIN_SECONDS = 5.0         # after a look that failed for no known reason: reading all of it again takes a second
CLOSE_SECONDS = 5.0         # as long as another program may hold the file (opening.BUSY_SECONDS)


@dataclass(frozen=True, slots=True)
class Outcome[T]:
    """How a job ended: its value, or the error whose text the operator may read."""

    value: T | None = None
    error: OperatorError | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Registry], Any]
    then: Callable[[Outcome[Any]], None] | None


class RegistryLane:
    """Owns a Registry on its own thread, named "registry".

    ``directory`` and ``settings`` answer from memory on any thread. Signals and every ``then`` are called on the lane
    thread: whoever shows something hops to the GUI thread itself.

    A job that fails, for whatever reason, is one failed job: its ``then`` hears of it, or ``trouble`` when it has none.

    Signals: ``settings_changed(mapping)`` all settings in force; ``trouble(OperatorError)`` when the file cannot be
    read any more (the wall goes on with what is in memory), when a job without ``then`` was refused, and
    ``trouble(None)`` when the file can be read again; ``ended(OperatorError)`` when the lane ended although nobody
    closed it: nothing is kept any more until the program is started again;
    ``tables_changed(frozenset[str])`` names the tables that this program or another wrote, once directory and settings
    know of it: whoever shows scenes or tours reads them again.
    """

    settings_changed = Signal(object)
    tables_changed = Signal(object)
    trouble = Signal(object)
    ended = Signal(object)

    def __init__(self, path: Path, *, open_registry: Callable[[Path], Registry] = Registry.open,
                 amend: Callable[[Camera], Camera] | None = None) -> None:
        """``amend`` is applied to each camera on its way into the directory (app.registry.starter.on_port)."""
        self.path = path
        self.directory = CameraDirectory()
        self._finder = Finder(path, self.directory)
        self._open_registry = open_registry
        self._refresh = Refresh(self.directory, amend, self._emit)
        self._settings: Mapping[str, Value] = MappingProxyType({s.key: s.default for s in SETTINGS})
        self._jobs: OrderedDict[object, _Job] = OrderedDict()
        self._wake = threading.Condition()
        self._closing = False
        self._opened = threading.Event()
        self._open_error: OperatorError | None = None
        self._trouble_told = self._refusal_told = ""
        self._thread = threading.Thread(target=self._run, name="registry", daemon=True)

    @property
    def settings(self) -> Mapping[str, Value]:
        """Every setting in force, from memory: an immutable snapshot."""
        return self._settings

    def start(self) -> None:
        """Starts the thread, which opens the file and fills the directory; returns at once."""
        self._thread.start()

    def wait_open(self, timeout: float = 30.0) -> None:
        """Waits until the directory is filled; for start-up, before any window.

        Raises what opening raised (OperatorError, DamagedRegistry), or OperatorError after ``timeout`` seconds.
        """
        if not self._opened.wait(timeout):
            raise OperatorError(_("The registry {path} did not open within {seconds:g} seconds.").format(
                path=self.path, seconds=timeout))
        if self._open_error is not None:
            raise self._open_error

    def submit[T](self, work: Callable[[Registry], T], then: Callable[[Outcome[T]], None] | None = None,
                  *, replaces: str | None = None) -> bool:
        """Queues ``work``; ``then`` gets its outcome on the lane thread. Returns at once.

        A waiting job with the same ``replaces`` is dropped with its ``then``: of ten wall states only the newest
        counts. False, and nothing queued, when the lane is closing or MOST_JOBS wait (logged).
        """
        with self._wake:
            # What takes the place of a waiting job needs none of its own: the newest wall state is never refused.
            if self._closing or (len(self._jobs) >= MOST_JOBS and replaces not in self._jobs):
                log.warning("a registry job was refused: the lane is %s", "closing" if self._closing else "full")
                return False
            key: object = replaces if replaces is not None else object()
            self._jobs.pop(key, None)
            self._jobs[key] = _Job(work, then)
            self._wake.notify()
            return True

    def close(self, timeout: float = CLOSE_SECONDS) -> bool:
        """Refuses new jobs, does the waiting ones, closes the file. False when ``timeout`` seconds were not enough."""
        self._finder.close()
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread.ident is None:
            return True
        if self._thread is threading.current_thread():
            return False        # a ``then`` that closes: the lane ends once it has returned
        self._thread.join(timeout)
        if self._thread.is_alive():
            log.error("the registry did not close within %.1f s; %d jobs were left", timeout, len(self._jobs))
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            file = self._open()
        except OperatorError as error:
            self._open_error = error
            self._refuse_all(error)
            return
        except Exception:
            log.exception("opening the registry failed")
            self._open_error = OperatorError(_("The registry {path} could not be opened; the log says why.").format(
                path=self.path))
            self._refuse_all(self._open_error)
            return
        try:
            self._serve(file)
        except BaseException:       # whatever it is, those who wait are told, and the operators
            log.exception("the registry lane ended")
            self._end_untimely()
        finally:
            self._refuse_all(OperatorError(_("The registry is closed.")))
            try:
                if file.presence.look() is Where.GONE:
                    # The last moment: with the program its content would end.
                    file.registry.write_again(file.presence.clear_companions, file.presence.mode)
                file.registry.close()
            except OperatorError as error:
                log.warning("closing the registry: %s", error)
            except Exception:
                log.exception("closing the registry failed")

    def _open(self) -> _OpenFile:
        registry = self._open_registry(self.path)
        try:
            return _OpenFile(registry)
        except BaseException:
            registry.close()
            raise

    def _end_untimely(self) -> None:
        if not self._opened.is_set():
            self._open_error = OperatorError(_("The registry {path} could not be read; the log says why.").format(
                path=self.path))
            return
        error = OperatorError(_("Nothing is saved any more: the registry stopped working. Close Lawang and start it "
                                "again; the log says why."))
        self._refuse_all(error)
        self._emit(self.ended.emit, error)

    def _serve(self, file: _OpenFile) -> None:
        self._take(file.registry, EVERYTHING)
        self._finder.start()
        self.directory.finder = self._finder
        self._opened.set()
        look_at = time.monotonic() + LOOK_SECONDS
        copy_at = time.monotonic() + COPY_SECONDS
        while True:
            job = self._next_job(look_at - time.monotonic())
            if job is not None:
                outcome = self._do(file.registry, job)
                self._look(file)        # first the directory, then the one who asked: he may look it up
                self._tell(job, outcome)
            elif self._closing:
                return
            if time.monotonic() >= look_at:
                look_at = time.monotonic() + LOOK_SECONDS
                self._look(file)
            if job is None and time.monotonic() >= copy_at:
                copy_at = math.inf
                self._keep_copy(file.registry)

    def _next_job(self, seconds: float) -> _Job | None:
        with self._wake:
            if not self._jobs and not self._closing and seconds > 0:
                self._wake.wait(seconds)
            return self._jobs.popitem(last=False)[1] if self._jobs else None

    def _do(self, registry: Registry, job: _Job) -> Outcome[Any]:
        try:
            return Outcome(job.work(registry))
        except OperatorError as error:
            return Outcome(error=error)
        except BaseException:       # also one that would end a program: the lane is not the job's to end
            log.exception("a registry job failed")
            return Outcome(error=OperatorError(_("The registry could not do this; the log says why.")))

    def _tell(self, job: _Job, outcome: Outcome[Any]) -> None:
        if job.then is None:
            self._tell_all(outcome.error)
            return
        try:
            job.then(outcome)
        except BaseException:
            log.exception("the receiver of a registry outcome failed")

    def _tell_all(self, error: OperatorError | None) -> None:
        """A job that nobody waits for: what it was refused is told once, not with each wall state or minute."""
        if error is not None:
            log.warning("a registry job was refused: %s", error)
        told, self._refusal_told = self._refusal_told, str(error or "")
        if error is not None and str(error) != told and not self._closing:
            self._emit(self.trouble.emit, error)

    def _keep_copy(self, registry: Registry) -> None:
        try:
            registry.keep_copy()
        except Exception:
            log.exception("today's copy of the registry failed")
            self._emit(self.trouble.emit, OperatorError(_(
                "There is no copy of the registry of today; the log says why.")))

    def _look(self, file: _OpenFile) -> None:
        if time.monotonic() < file.rests_until:
            return
        try:
            self._follow(file)
        except OperatorError as error:
            if str(error) != self._trouble_told:
                log.warning("%s", error)
            self._in_trouble(error)
        except Exception:
            trouble = OperatorError(_("The registry cannot be read just now; the log says why. The wall goes on."))
            if str(trouble) != self._trouble_told:
                log.exception("a look at the registry failed; it is read again every %.0f s", AGAIN_SECONDS)
            file.missed, file.rests_until = True, time.monotonic() + AGAIN_SECONDS
            self._in_trouble(trouble)
        else:
            if self._trouble_told:
                self._trouble_told = ""
                self._emit(self.trouble.emit, None)

    def _in_trouble(self, error: OperatorError) -> None:
        if str(error) != self._trouble_told:
            self._trouble_told = str(error)
            self._emit(self.trouble.emit, error)

    def _follow(self, file: _OpenFile) -> None:
        """What changed goes into the directory. Raises OperatorError when the file cannot be read, or is not there."""
        where = file.presence.look()
        if where is Where.HERE:
            file.failed = None
        elif file.presence.is_due() and not file.registry.read_only:
            file.failed = self._change_over(file, where)
            where = file.presence.look()
        changed = file.watch.look()
        if file.missed:
            changed = EVERYTHING        # what had changed when a look failed is not told again
        if changed.tables:
            if not file.registry.read_only:
                file.registry.search.catch_up()     # rows edited by hand are found under their new names
            self._take(file.registry, changed)
            file.missed = False
            self._emit(self.tables_changed.emit, changed.tables)
        if where is not Where.HERE:
            raise file.failed or file.presence.sentence(where)

    def _change_over(self, file: _OpenFile, where: Where) -> OperatorError | None:
        """From the file that is gone to the one in its place, written again when there is none; why not, else None."""
        try:
            if where is Where.GONE:
                file.registry.write_again(file.presence.clear_companions, file.presence.mode)
                if not self.path.exists():
                    return None         # another program is at it; a new, empty one may not be made here
            file.presence.clear_companions()
            # For reading first: a file that is damaged or still being copied is not put aside under a wall.
            open_database(self.path, read_only=True).close()
            if where is Where.OTHER:
                file.registry.keep_last()
            new = self._open_registry(self.path)
        except OperatorError as error:
            return error
        except Exception:
            log.exception("changing over to another registry failed")
            return OperatorError(_("The registry {path} could not be opened; the log says why.").format(path=self.path))
        old = file.registry
        file.take(new)
        log.warning("the registry %s was %s; the program works with it", self.path,
                    "written again" if where is Where.GONE else "replaced by another file")
        try:
            old.close()
        except OperatorError as error:
            log.warning("closing the lost registry: %s", error)
        self._finder.reopen()
        self._take(new, EVERYTHING)
        self._emit(self.tables_changed.emit, ALL_TABLES)
        return None

    def _take(self, registry: Registry, changed: Changed) -> None:
        self._refresh(registry, changed)
        if "settings" in changed.tables:
            settings = MappingProxyType(registry.settings.all())
            if settings != self._settings:
                self._settings = settings
                self._emit(self.settings_changed.emit, settings)

    def _emit(self, tell: Callable[..., object], *values: object) -> None:
        try:
            tell(*values)
        except Exception:
            log.exception("a listener of the registry failed")

    def _refuse_all(self, error: OperatorError) -> None:
        with self._wake:
            self._closing = True
            jobs = list(self._jobs.values())
            self._jobs.clear()
        self._opened.set()
        for job in jobs:
            self._tell(job, Outcome(error=error))


class _OpenFile:
    """The file that the lane works with, who watches its rows and who its place."""

    def __init__(self, registry: Registry) -> None:
        self.take(registry)

    def take(self, registry: Registry) -> None:
        """Works with this one from now on."""
        self.registry = registry
        self.missed, self.rests_until = False, 0.0      # after a look that failed for no known reason
        self.watch = registry.watch()
        self.presence = Presence(registry.path)
        self.failed: OperatorError | None = None
