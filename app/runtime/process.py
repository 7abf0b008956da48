"""Worker processes: started with a clean environment, spoken to in framed messages, ended with their parent.

A message is a 4-byte little-endian length and a msgpack body (msgspec). The parent writes to the child's standard
input and reads its standard output; the child's end of input means that the parent is gone, and the child leaves.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any

import msgspec

_log = logging.getLogger("lawang.process")

LONGEST_MESSAGE = 4 << 20       # bytes; a message of a worker that lost its mind is refused, not stored
_LENGTH = struct.Struct("<I")

# What a worker may know of its parent's environment: nothing of displays, sessions or secrets (video.md section 9).
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "LAWANG_HOME", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH")


class Message(msgspec.Struct, tag=True, frozen=True):
    """Base of all messages between the desktop and its workers; tagged by class name."""


class WorkerGone(Exception):
    """The worker ended or does not read its input any more."""


class Process:
    """One worker process. ``received`` and ``ended`` are called on the reading thread that this object owns."""

    def __init__(
        self,
        name: str,
        module: str,
        *,
        arguments: Sequence[str] = (),
        handles: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
        received: Callable[[bytes], None],
        ended: Callable[[int], None],
    ) -> None:
        self.name = name
        known = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        known |= {"PYTHONDONTWRITEBYTECODE": "1"} if sys.flags.dont_write_bytecode else {}
        known |= environment or {}
        self._received = received
        self._ended = ended
        self._write_lock = threading.Lock()
        extra: dict[str, Any] = {}
        if os.name == "posix":
            extra = {"pass_fds": tuple(handles), "start_new_session": False}
        self._child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if not os.environ.get("LAWANG_WORKER_STDERR") else None,
            env=known,
            cwd=os.fspath(_project_root()),
            close_fds=True,
            **extra,
        )
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        os.set_blocking(self._child.stdin.fileno(), False)
        self._reader = threading.Thread(target=self._read, name=f"{name}-reader", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child.poll() is None

    def send(self, message: msgspec.Struct) -> None:
        """Hand a message over without waiting; raises WorkerGone when the worker is dead or its pipe is full.

        64 KB of unread orders mean that the worker has not read for seconds: it is wedged, and the caller replaces it.
        """
        body = msgspec.msgpack.encode(message)
        data = _LENGTH.pack(len(body)) + body
        stdin = self._child.stdin
        assert stdin is not None
        with self._write_lock:
            try:
                written = os.write(stdin.fileno(), data)
            except (BrokenPipeError, BlockingIOError, ValueError, OSError) as error:
                raise WorkerGone(f"{self.name} takes no orders ({type(error).__name__})") from None
        if written != len(data):
            raise WorkerGone(f"{self.name} takes no orders (pipe full)")

    def kill(self) -> None:
        """End the worker now; the reading thread then reports its end."""
        if self._child.poll() is None:
            self._child.kill()

    def close(self, deadline_seconds: float = 1.0) -> None:
        """Let the worker leave by closing its input; kill it after the deadline. Waits for it and its reader."""
        stdin = self._child.stdin
        assert stdin is not None
        with self._write_lock, contextlib.suppress(OSError):
            stdin.close()
        try:
            self._child.wait(deadline_seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._reader.join(1.0)
        if self._child.stdout is not None:
            self._child.stdout.close()

    def _read(self) -> None:
        stdout = self._child.stdout
        assert stdout is not None
        try:
            for body in messages(stdout):
                try:
                    self._received(body)
                except Exception:       # noqa: BLE001 - the top of this thread: the worker's end must still be heard of
                    _log.exception("%s: what it said could not be taken", self.name)
        except (OSError, ValueError) as error:
            _log.warning("%s: its messages broke off: %s", self.name, error)
            self.kill()
        self._ended(self._child.wait())


def messages(stream: IO[bytes]) -> Iterator[bytes]:
    """The bodies of the messages in a stream until it ends; raises ValueError for one that is too long."""
    while True:
        head = _exactly(stream, _LENGTH.size)
        if head is None:
            return
        (length,) = _LENGTH.unpack(head)
        if length > LONGEST_MESSAGE:
            raise ValueError(f"a message of {length} bytes")
        body = _exactly(stream, length)
        if body is None:
            return
        yield body


def _exactly(stream: IO[bytes], count: int) -> bytes | None:
    parts = b""
    while len(parts) < count:
        more = stream.read(count - len(parts))
        if not more:
            return None
        parts += more
    return parts


def _project_root() -> str:
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120


class Parent:
    """The worker's view of its parent: orders come in, messages go out, the end of orders is the end of the worker."""

    def __init__(self, orders: Callable[[bytes], None], cleanup: Callable[[], None]) -> None:
        """``orders`` runs on this object's thread for each message; ``cleanup`` once, when the parent is gone."""
        self._out = os.fdopen(os.dup(1), "wb", buffering=0)
        self._in = os.fdopen(os.dup(0), "rb")
        # Whatever a library prints must not break the framing.
        silent = os.open(os.devnull, os.O_RDWR)
        os.dup2(silent, 0)
        os.dup2(silent, 1)
        os.close(silent)
        self._lock = threading.Lock()
        self._orders = orders
        self._cleanup = cleanup
        for number in (signal.SIGINT, signal.SIGTERM):
            # Ctrl+C in a terminal reaches the whole group; only the parent decides when workers leave.
            signal.signal(number, signal.SIG_IGN)
        self._thread = threading.Thread(target=self._read, name="orders", daemon=True)

    def listen(self) -> None:
        """Start taking orders."""
        self._thread.start()

    def send(self, message: msgspec.Struct) -> None:
        """Tell the parent; silently useless once it is gone, because this process is leaving then."""
        body = msgspec.msgpack.encode(message)
        with self._lock, contextlib.suppress(OSError):
            self._out.write(_LENGTH.pack(len(body)) + body)

    def _read(self) -> None:
        try:
            for body in messages(self._in):
                self._orders(body)
        finally:
            try:
                self._cleanup()
            finally:
                # libVLC and libav threads may be stuck in the network or a pipe: nothing here waits for them.
                os._exit(0)
