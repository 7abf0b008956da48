"""Rotating logs by subject, scrubbed of secrets, that never stop the program: not for a full disk, not for a slow one.

Runs on: any thread logs; one thread named ``log-writer`` touches the disk, so that the GUI thread never waits for it.
The queue before it is bounded; when it is full the newest lines are dropped, and counted in the log.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import queue
import re
import sys
import threading
import time
import types
from collections.abc import Callable, Iterable
from logging.handlers import QueueHandler, RotatingFileHandler
from pathlib import Path
from typing import IO, Any

from app.runtime import paths
from app.runtime.language import gettext as _

NAME = "lawang"
SUBJECTS = ("video", "process", "wall", "window", "stats", "theme", "commands", "registry", "secrets", "demo", "cli",
            "runtime", "language", "station", "crash", "availability", "kiosk", "ptz", "register",
            "recording", "devices")
QUEUE_LINES = 10_000                # a storm of one second at DEBUG with 64 panes; about 5 MB of records
FILE_BYTES = 5_000_000              # opens in any editor; with five old files a quiet station keeps weeks
OLD_FILES = 5
REST_SECONDS = 5.0                  # after a failed write: a full disk is asked again, but not for each line
CLOSE_SECONDS = 2.0                 # the last lines of a stopping program; a hanging disk may not hold it longer
SLOTS = 9                           # programs of one user that may log beside each other

_LINE = "%(asctime)s.%(msecs)03d %(levelname)-7s %(name)s [%(processName)s/%(threadName)s] %(message)s"
_WHEN = "%Y-%m-%d %H:%M:%S"

# A password may hold "/" or "@": the cut goes to the last "@" of the word, rather too much than too little.
_LOGIN = re.compile(r"://(?:[^\s/@:]*:\S*|[^\s/]*)@")
_FIELD = re.compile(r"""(\b\w*(?:password|passwd|pwd|secret|token)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s&,;)}\]]+)""",
                    re.IGNORECASE)
_HEADER = re.compile(r"(Authorization\s*:\s*)[^\r\n]+", re.IGNORECASE)


_PLAIN = logging.Formatter()


def scrub(text: str) -> str:
    """The text without user names and passwords of addresses, ``password=...`` fields and Authorization headers."""
    text = _LOGIN.sub("://***@", text)
    text = _FIELD.sub(r"\1***", text)
    return _HEADER.sub(r"\1***", text)


def logger(subject: str) -> logging.Logger:
    """The logger of a subject, ``lawang.video``."""
    return logging.getLogger(f"{NAME}.{subject}")


class ScrubbedFormatter(logging.Formatter):
    """Scrubs the finished line, traces included: nothing that a library puts into an exception gets through."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


class _Queue(QueueHandler):
    """Hands finished lines to the writer; never waits."""

    def __init__(self, lines: queue.Queue[Any]) -> None:
        super().__init__(lines)
        self.dropped = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Words are made here: what the arguments point to may change before the writer comes to it."""
        ready = copy.copy(record)
        ready.msg, ready.args = record.getMessage(), None
        if record.exc_info:
            ready.exc_text, ready.exc_info = _PLAIN.formatException(record.exc_info), None
        return ready

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            self.dropped += 1


class _File(RotatingFileHandler):
    """A rotating file that survives a full disk and a read-only folder; says so once on stderr."""

    def __init__(self, path: Path, complain: IO[str]) -> None:
        super().__init__(path, maxBytes=FILE_BYTES, backupCount=OLD_FILES, encoding="utf-8", delay=True)
        self.setFormatter(ScrubbedFormatter(_LINE, _WHEN))
        self._complain = complain
        self._told = False
        self._resting_until = 0.0
        self.lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        if time.monotonic() < self._resting_until:
            self.lost += 1
            return
        if self.stream is None:
            try:
                paths.ensure(Path(self.baseFilename).parent)
            except OSError:
                self.handleError(record)
                return
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002   (the name is logging's)
        error = sys.exception()
        self.lost += 1
        self._resting_until = time.monotonic() + REST_SECONDS
        self._drop_stream()
        if not self._told:
            self._told = True
            text = _("Lawang goes on without a log: {file} cannot be written ({reason}).")
            with contextlib.suppress(OSError, ValueError):
                self._complain.write(text.format(file=self.baseFilename, reason=error) + "\n")
                self._complain.flush()

    def _drop_stream(self) -> None:
        # The buffer of the failed write would raise again at close: let it go with the stream.
        stream, self.stream = self.stream, None
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.close()

    def close(self) -> None:
        self._drop_stream()
        super().close()


class _Sentence(ScrubbedFormatter):
    """A line without its trace: traces are for the file."""

    def format(self, record: logging.LogRecord) -> str:
        alone = logging.makeLogRecord(record.__dict__ | {"exc_info": None, "exc_text": None, "stack_info": None})
        return super().format(alone)


class _Screen(logging.StreamHandler[IO[str]]):
    """Warnings on the terminal; a closed terminal stops nothing. Crashes are told by the crash hook's sentence."""

    def filter(self, record: logging.LogRecord) -> bool | logging.LogRecord:
        return record.name != f"{NAME}.crash" and super().filter(record)

    def handleError(self, record: logging.LogRecord) -> None:
        pass


class Log:
    """The running log of one process; ``close`` writes the last lines and ends the writer thread."""

    def __init__(self, path: Path, levels: Iterable[str], stderr: IO[str], stderr_level: int,
                 slot: IO[str] | None) -> None:
        self.path = path
        self._slot = slot
        self._lines: queue.Queue[logging.LogRecord | None] = queue.Queue(QUEUE_LINES)
        self._inlet = _Queue(self._lines)
        self._file = _File(path, stderr)
        self._screen = _Screen(stderr)
        self._screen.setLevel(stderr_level)
        self._screen.setFormatter(_Sentence("%(levelname)s %(name)s: %(message)s"))
        self._loud = tuple(levels)
        self._root = logging.getLogger(NAME)
        self._root.addHandler(self._inlet)
        self._root.setLevel(logging.INFO)
        self._root.propagate = False
        for subject in self._loud:
            logger(subject).setLevel(logging.DEBUG)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._write, name="log-writer", daemon=True)
        self._thread.start()

    def _write(self) -> None:
        told = 0
        while True:
            try:
                record = self._lines.get(timeout=1.0 if self._ending.is_set() else None)
            except queue.Empty:
                return
            if record is None:
                return
            for handler in (self._file, self._screen):
                if record.levelno >= handler.level:
                    handler.handle(record)
            gone = self._inlet.dropped + self._file.lost
            if gone > told and self._lines.empty() and time.monotonic() >= self._file._resting_until:
                self._file.handle(self._notice(gone - told))
                told = gone

    def _notice(self, lines: int) -> logging.LogRecord:
        text = "%d log lines were dropped"
        return logging.LogRecord(f"{NAME}.runtime", logging.WARNING, __file__, 0, text, (lines,), None)

    def close(self) -> None:
        """Write what is queued, at most CLOSE_SECONDS; then let the loggers go."""
        self._root.removeHandler(self._inlet)
        self._root.propagate = True
        for subject in self._loud:
            logger(subject).setLevel(logging.NOTSET)
        self._ending.set()
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(CLOSE_SECONDS)
        if not self._thread.is_alive():
            self._file.close()
        if self._slot is not None:
            self._slot.close()


def start(process: str = "desktop", subjects: Iterable[str] = (), folder: Path | None = None,
          stderr: IO[str] | None = None, stderr_level: int = logging.WARNING) -> Log:
    """Begin to log to ``folder`` (default: the state folder) as ``process``; ``subjects`` log at DEBUG, "all" is each.

    Never raises for the disk's sake. Raises ValueError for an unknown subject.
    """
    loud = set(subjects)
    if "all" in loud:
        loud = set(SUBJECTS)
    if unknown := loud.difference(SUBJECTS):
        raise ValueError(f"no log subject {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    folder = folder or paths.log_dir()
    name, slot = _take_slot(folder, process)
    return Log(folder / f"{name}.log", sorted(loud), stderr or sys.stderr, stderr_level, slot)


def _take_slot(folder: Path, process: str) -> tuple[str, IO[str] | None]:
    """Two walls of one user must not rotate one file under each other: the second writes ``desktop-2.log``."""
    try:
        import fcntl
    except ImportError:         # Windows: an open file cannot be renamed there, rotation just waits for the other
        return process, None
    for number in range(1, SLOTS + 1):
        name = process if number == 1 else f"{process}-{number}"
        try:
            paths.ensure(folder)
            file = (folder / f".{name}.lock").open("w")
        except OSError:
            return process, None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            continue
        return name, file
    return process, None


def install_crash_hook(log: Log, tell: Callable[[str], None] | None = None) -> Callable[[], None]:
    """Log the trace of an exception that nobody caught and tell the operator one sentence; returns the undo.

    ``tell`` is called on the thread that failed; without it the sentence goes to stderr.
    """
    before = sys.excepthook, threading.excepthook

    def say(sentence: str) -> None:
        if tell is not None:
            tell(sentence)
        else:
            with contextlib.suppress(OSError, ValueError, AttributeError):
                sys.stderr.write(sentence + "\n")

    def crashed(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None, where: str) -> None:
        logger("crash").critical("not caught in %s", where, exc_info=(kind, error, trace))
        say(_("Lawang met an error of its own ({name}). The trace is in {file}; please send it to the makers.").format(
            name=kind.__name__, file=log.path))

    def main_hook(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before[0](kind, error, trace)
        else:
            crashed(kind, error, trace, "the main thread")

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            crashed(args.exc_type, args.exc_value, args.exc_traceback, args.thread.name if args.thread else "a thread")

    def undo() -> None:
        sys.excepthook, threading.excepthook = before

    sys.excepthook, threading.excepthook = main_hook, thread_hook
    return undo
