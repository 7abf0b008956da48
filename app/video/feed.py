"""Packets -> the decoder: one feed per player, through a FIFO (POSIX) or a loopback socket (everywhere).

Runs on: ``Feed.offer`` on the stream's pulling thread, everything else on the ingest worker's pump thread; a lock per
feed keeps them apart. Nothing here waits: a reader that does not read loses whole groups of pictures, and they are
counted.
"""

from __future__ import annotations

import array
import contextlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from app.model.pane import Saving
from app.video.board import FeedRecord
from app.video.economy import Sieve
from app.video.stamps import arrival_ticks
from app.video.transport import CLOCK, Stream, Unit, stream_for

PIPE_BYTES = 256 << 10          # room in a FIFO: half a second of a 4 Mbit/s stream; Linux' default of 64 KB is a tenth
BACKLOG_BYTES = 8 << 20         # a whole group of pictures of a 4K stream; more is dropped
BEHIND_S = 1.5                  # house.md section 6: more than this behind, and the feed starts again at a key picture
LONE_S = 0.2                    # a first picture is shown after so long if no other one follows it
READER_DUE_S = 8.0              # a decoder that has not come by then never will
AHEAD = 9_000                   # ticks: 0.1 s, more than libVLC's caching and less than Hub.slow
FLOW_S = 1.0                    # libVLC fills its buffer within its caching of some 100 ms; then it keeps its clock
BURST_STEP = 45                 # ticks (0.5 ms) between the pictures of the group that a new reader gets at once
CLOCK_START = 90_000            # first stamp of a feed: libVLC treats stamps near zero as unset

# A packet of padding (ISO/IEC 13818-1 table 2-22: stream id 0xBE): bait that tells when libVLC begins to read.
PADDING = b"\x00\x00\x01\xbe\x00\x3a" + b"\xff" * 58

_FIONREAD = 0x541B
_F_SETPIPE_SZ = 1031


class Pipe(Protocol):
    """One way to bring bytes to a decoder. Both implementations are held to the same tests."""

    address: str

    def ready(self) -> bool:
        """True once the reader reads; polled. Raises BrokenPipeError when it went away again."""

    def write(self, data: bytes | memoryview) -> int:
        """Take as many bytes as fit, without waiting (0 when full). Raises BrokenPipeError when the reader is gone."""

    def close(self) -> None:
        """Give everything back; may be called twice."""


class Rhythm(Protocol):
    """What is known of the stream that a feed brings; see app.video.hub."""

    slow: bool


class FifoPipe:
    """A FIFO made by the desktop; the decoder holds its reading end before libVLC starts. POSIX only."""

    def __init__(self, path: str, bait: bytes) -> None:
        self.address = path
        self._bait = bait
        self._handle = -1

    def ready(self) -> bool:
        import fcntl
        if self._handle < 0:
            try:
                self._handle = os.open(self.address, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            except OSError:
                return False                    # no reader yet (ENXIO) or no FIFO yet
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._handle, _F_SETPIPE_SZ, PIPE_BYTES)    # refused beyond the user's quota: still works
            with contextlib.suppress(OSError):
                Path(self.address).unlink()         # both ends are held: nothing may be left in the file system
            if not self._bait:
                return True
            os.write(self._handle, self._bait)
        waiting = array.array("i", [1])
        fcntl.ioctl(self._handle, _FIONREAD, waiting)
        return waiting[0] == 0

    def write(self, data: bytes | memoryview) -> int:
        try:
            return os.write(self._handle, data)
        except BlockingIOError:
            return 0

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


class SocketPipe:
    """A loopback socket that the decoder's media callbacks connect to when libVLC first reads; works everywhere.

    A token keeps other local programs out: whoever connects without it gets no pictures.
    """

    def __init__(self) -> None:
        self._token = secrets.token_hex(16).encode("ascii")
        self._listener: socket.socket | None = socket.create_server(("127.0.0.1", 0), backlog=1)
        self._listener.setblocking(False)
        host, port = self._listener.getsockname()
        self.address = f"{host}:{port}:{self._token.decode('ascii')}"
        self._peer: socket.socket | None = None
        self._greeting = b""

    def ready(self) -> bool:
        if self._listener is None:
            return self._peer is not None
        if self._peer is None:
            try:
                self._peer, _ = self._listener.accept()
            except BlockingIOError:
                return False
            self._peer.setblocking(False)
            self._greeting = b""
        try:
            self._greeting += self._peer.recv(len(self._token) - len(self._greeting))
        except BlockingIOError:
            return False
        if len(self._greeting) < len(self._token) and self._token.startswith(self._greeting) and self._greeting:
            return False
        if not secrets.compare_digest(self._greeting, self._token):
            self._peer.close()
            self._peer = None
            return False
        self._peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PIPE_BYTES)
        self._listener.close()
        self._listener = None
        return True

    def write(self, data: bytes | memoryview) -> int:
        if self._peer is None:
            raise BrokenPipeError("nobody reads")
        try:
            return self._peer.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            raise BrokenPipeError("the reader is gone") from None

    def close(self) -> None:
        for end in (self._listener, self._peer):
            if end is not None:
                end.close()
        self._listener = self._peer = None


class Feed:
    """Brings one stream to one player: the current group of pictures at once, then live, never more than 1.5 s behind.

    ``dropped`` counts pictures that were left out. ``ended`` holds the reason once the feed is over.
    """

    def __init__(self, number: int, codec: str, pipe: Pipe, record: FeedRecord, rhythm: Rhythm, *,
                 patient: bool = False, saving: Saving = Saving.NONE) -> None:
        self.number = number
        self.codec = codec
        self.pipe = pipe
        self.dropped = 0
        self.written = 0
        self._record = record
        self.ended = ""
        self.live = False
        self._lock = threading.Lock()
        self._stream: Stream | None = None
        self._asked = time.monotonic()
        self._base = 0                          # ticks: what is subtracted from stamps
        self._last = 0
        self._backlog: list[memoryview] = []
        self._backlog_bytes = 0
        self._backlog_since = 0.0
        self._needs_key = True
        self._begun = False                     # the first key picture is through
        self.patient = patient
        self._rhythm = rhythm
        self._lone = False                      # the first key picture is all that went in
        self.saving = saving                    # read at each unit, written by the thread that takes orders
        self._sieve = Sieve(codec)
        self._flows_from = 0.0                  # monotonic seconds: when the first key picture went in

    @property
    def has_backlog(self) -> bool:
        return bool(self._backlog)

    @property
    def waits(self) -> bool:
        """Whether there is something for :meth:`pump` to do, now or soon."""
        return bool(self._backlog) or self._lone

    def reader_came(self) -> bool:
        """Poll for the reader; True once. Ends the feed when none comes within 8 s."""
        try:
            if self.pipe.ready():
                return True
        except OSError as error:
            self.ended = f"reader gone ({error.__class__.__name__})"
            return False
        if time.monotonic() - self._asked > READER_DUE_S:
            self.ended = "no reader came"
        return False

    def begin(self, group: Sequence[Unit]) -> None:
        """Start with the current group of pictures, stamped so that it ends now: the reader shows its last at once."""
        with self._lock:
            now = arrival_ticks(time.monotonic_ns())
            self._base = now - CLOCK_START - len(group) * BURST_STEP
            self._last = 0
            self._stream = stream_for(self.codec)
            self.live = True
            for index, unit in enumerate(group):
                self._put(unit, CLOCK_START + index * BURST_STEP)

    def offer(self, unit: Unit) -> None:
        """The next live unit; left out when the reader is behind, until the next key picture finds room."""
        with self._lock:
            if not self.live or self.ended:
                return
            if self._sieve.passes(unit, self._saving()):
                self._put(unit, unit.stamp - self._base)

    def pump(self) -> None:
        """Write what is waiting; end a first picture that no other one follows soon."""
        with self._lock:
            if self._stream is not None and self._lone and time.monotonic() - self._flows_from > LONE_S:
                data, counted = self._stream.nudge(self._last + round(LONE_S * CLOCK))
                self._send(data, counted, time.monotonic_ns())
                self._lone = False
            self._drain()

    def close(self) -> None:
        with self._lock:
            self.ended = self.ended or "closed"
            self.live = False
            self._backlog.clear()
            self._backlog_bytes = 0
            self.pipe.close()
            if self._stream is not None:
                self._stream.close()
                self._stream = None

    def _saving(self) -> Saving:
        """What is left out now: nothing while the reader fills its buffer.

        libVLC ends that by the clock of what follows. After a lone key picture that is seconds away, and each later
        picture would be shown as late as the first, for ever.
        """
        return Saving.FEWER if self.saving is Saving.KEYS and not self._flows() else self.saving

    def _flows(self) -> bool:
        """Whether the reader has had the time to fill its buffer."""
        return self._begun and time.monotonic() - self._flows_from > FLOW_S

    def _put(self, unit: Unit, stamp: int) -> None:
        self._drain()
        if self._backlog and time.monotonic() - self._backlog_since > BEHIND_S:
            self._forget_backlog()
        if unit.key:
            self._needs_key = False
        if self._needs_key or self._backlog_bytes > BACKLOG_BYTES:
            self._needs_key = True
            self.dropped += self._begun
            return
        self._lone = not self._begun
        if self._lone:
            self._begun, self._flows_from = True, time.monotonic()
        self._last = stamp = max(stamp, self._last + 1)
        assert self._stream is not None
        self._stream.alone = alone = self._rhythm.slow or self._saving() is Saving.KEYS
        data, counted = self._stream.write(unit, stamp)
        if alone:
            # Else libVLC's buffer waits for the next picture, and each later one is shown as late as this one: at the
            # beginning, and again whenever a hiccup of the machine has made it fill its buffer anew.
            more, also = self._stream.clock(stamp + AHEAD)
            data += more
            counted += also
        self._send(data, counted, unit.arrived_ns)
        self._drain()

    def _send(self, data: bytes, counted: int, arrived_ns: int) -> None:
        self._record.put(counted, arrived_ns)
        if not self._backlog:
            self._backlog_since = time.monotonic()
        self._backlog.append(memoryview(data))
        self._backlog_bytes += len(data)

    def _drain(self) -> None:
        try:
            while self._backlog:
                head = self._backlog[0]
                taken = self.pipe.write(head)
                self.written += taken
                self._backlog_bytes -= taken
                if taken < len(head):
                    self._backlog[0] = head[taken:]
                    return
                self._backlog.pop(0)
        except OSError as error:
            self.ended = f"reader gone ({error.__class__.__name__})"
            self._backlog.clear()
            self._backlog_bytes = 0

    def _forget_backlog(self) -> None:
        """Too far behind: leave everything out up to the next key picture, but finish the picture under way."""
        self.dropped += len(self._backlog) - 1
        self._backlog = self._backlog[:1]
        self._backlog_bytes = len(self._backlog[0])
        self._needs_key = True
