"""One TCP or TLS connection that carries RTSP texts and RTP frames between them (RFC 2326 10.12).

Runs on: the thread of its stream, or the worker's reader once it plays. Everything is bounded: a frame has at most
65,535 bytes, a header and a body have limits, every wait ends.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.model.errors import CameraError
from app.video.causes import cause_of

HEADER_BYTES = 64 << 10         # a camera's header has 200-600 bytes
BODY_BYTES = 256 << 10          # a description with every ONVIF track has 3 KB
EARLY_BYTES = 4 << 20           # frames that a hasty server sends before it has answered PLAY: a key picture or two
NOISE_BYTES = 64 << 10          # between frames; some cameras write stray bytes there and go on well
RECEIVE_BYTES = 64 << 10        # asked for at once
_FRAME_BYTES = 4 + 65_535
_SLACK = 64                     # bytes readable behind the last frame's beginning, whatever is there
_DOLLAR = 0x24
_TEXTS = (b"RTSP", b"OPTI", b"GET_", b"SET_", b"ANNO", b"REDI")    # answers, and what a server may ask a client


@dataclass(frozen=True, slots=True)
class Message:
    """An answer (or a server's own request: then ``status`` is 0). Header names are in lower case."""

    status: int
    headers: dict[str, list[str]]
    body: bytes = b""

    def header(self, name: str) -> str:
        values = self.headers.get(name)
        return values[0] if values else ""


class Connection:
    """Connects at once; raises CameraError. ``deadline`` is the time.monotonic() by which opening must be over."""

    def __init__(self, host: str, port: int, *, tls: bool, deadline: float) -> None:
        self._deadline = deadline
        self._waits = True              # each wait ends at the deadline; False: at the socket's own time limit
        self.buffer = bytearray(_FRAME_BYTES + RECEIVE_BYTES + _SLACK)
        self.view = memoryview(self.buffer)
        self._at = self._end = 0
        self._noise = 0
        try:
            self._socket = socket.create_connection((host, port), timeout=self._left())
        except socket.gaierror:
            raise CameraError("no-route", "name") from None
        except (OSError, UnicodeError) as error:
            raise cause_of(error) from None
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self._secure(host)

    def _secure(self, host: str) -> None:
        """Cameras sign their own certificates: the line is encrypted, but nobody vouches for the other end."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        plain = self._socket
        try:
            self._socket = context.wrap_socket(plain, server_hostname=host)
        except ssl.SSLError:
            plain.close()
            raise CameraError("unsupported", "TLS") from None
        except OSError as error:
            plain.close()
            raise cause_of(error) from None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()

    def send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise cause_of(error) from None

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise CameraError("timeout")
        return left

    def _fill(self) -> bool:
        """Wait for more bytes; False when none came within the time limit of :meth:`frames`."""
        at, end = self._at, self._end
        if at == end:
            self._at = self._end = end = 0
        elif len(self.buffer) - _SLACK - end < RECEIVE_BYTES and at:
            self.buffer[: end - at] = self.buffer[at:end]
            self._at, self._end = 0, end - at
            end -= at
        try:
            if self._waits:
                self._socket.settimeout(self._left())
            count = self._socket.recv_into(self.view[end:-_SLACK])
        except (BlockingIOError, TimeoutError, ssl.SSLWantReadError):
            if self._waits:
                raise CameraError("timeout") from None
            return False
        except OSError as error:
            raise cause_of(error) from None
        if count == 0:
            raise CameraError("closed")
        self._end = end + count
        return True

    def answer(self, early: list[bytes]) -> Message:
        """The next answer; frames that come before it are put into ``early``."""
        taken = 0
        while True:
            frame = self._frame()
            if frame is not None:
                taken += len(frame)
                if taken > EARLY_BYTES:
                    raise CameraError("garbage", "no answer")
                early.append(frame)
                continue
            message = self._message()
            if message is None:
                self._fill()
            elif message.status:
                return message

    def _frame(self) -> bytes | None:
        at = self._at
        if self._end - at < 4 or self.buffer[at] != _DOLLAR:
            return None
        stop = at + 4 + (self.buffer[at + 2] << 8 | self.buffer[at + 3])
        if stop > self._end:
            return None
        self._at = stop
        return bytes(self.view[at:stop])

    def _message(self) -> Message | None:
        """The text at the reading place; None when it is not complete (or a frame, or nothing)."""
        at, end = self._at, self._end
        while at < end and self.buffer[at] in b"\r\n":
            at += 1
        self._at = at
        if at == end or self.buffer[at] == _DOLLAR:
            return None
        start = bytes(self.view[at : min(end, at + 5)])
        if not start.isascii() or not start.decode().replace("/", "").replace("_", "").replace(" ", "").isupper():
            raise CameraError("garbage", "no RTSP")
        stop = self.buffer.find(b"\r\n\r\n", at, end)
        if stop < 0:
            if end - at >= HEADER_BYTES:
                raise CameraError("garbage", "endless header")
            return None
        if stop - at > HEADER_BYTES:
            raise CameraError("garbage", "endless header")
        status, headers = parse_head(bytes(self.view[at:stop]))
        length = (headers.get("content-length") or ["0"])[0].strip()
        if not (length.isascii() and length.isdigit()) or len(length) > 9 or int(length) > BODY_BYTES:
            raise CameraError("garbage", "body")
        self._at = stop + 4
        return Message(status, headers, self._body(int(length)))

    def _body(self, length: int) -> bytes:
        parts = bytearray()
        while True:
            take = min(length - len(parts), self._end - self._at)
            parts += self.view[self._at : self._at + take]
            self._at += take
            if len(parts) == length:
                return bytes(parts)
            if not self._fill():
                raise CameraError("timeout")

    # -- after PLAY --------------------------------------------------------------------------------------------------

    def receive(self, take: Callable[[bytearray, memoryview, int, int], int], limit: float,
                told: Callable[[Message], None]) -> Iterator[bool]:
        """Yields after each wait whether anything came; a wait lasts ``limit`` seconds at most. Raises CameraError.

        ``take(buffer, view, begin, end)`` takes the frames and returns where it stopped: at a frame that is not whole
        yet or at what is no frame. ``told`` gets the texts between frames.
        """
        self._patience(limit)
        came = True                     # what came together with the last answer
        while True:
            self.hand_out(take, told)
            yield came
            came = self._fill()

    def at_once(self) -> int | None:
        """From here on nothing waits, and :meth:`glance` reads; the descriptor to wait for, None where that is not
        enough (TLS keeps bytes of its own)."""
        if isinstance(self._socket, ssl.SSLSocket):
            return None
        self._waits = False
        self._socket.setblocking(False)
        return self._socket.fileno()

    def glance(self, take: Callable[[bytearray, memoryview, int, int], int], told: Callable[[Message], None]) -> bool:
        """What is there now, RECEIVE_BYTES at most; False when it is nothing. As :meth:`receive` otherwise."""
        came = self._fill()
        self.hand_out(take, told)
        return came

    def hand_out(self, take: Callable[[bytearray, memoryview, int, int], int],
                 told: Callable[[Message], None]) -> None:
        """What has been received already, as :meth:`receive` does."""
        buffer, view = self.buffer, self.view
        while True:
            self._at = at = take(buffer, view, self._at, self._end)
            if self._end - at < 4 or buffer[at] == _DOLLAR or not self._between(told):
                return

    def _patience(self, limit: float) -> None:
        """A blocking socket with the kernel's own time limit costs one system call per wait; Python's costs two."""
        self._waits = False
        if sys.platform != "linux" or isinstance(self._socket, ssl.SSLSocket):
            self._socket.settimeout(limit)
            return
        self._socket.settimeout(None)
        seconds = int(limit)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO,
                                struct.pack("@ll", seconds, int((limit - seconds) * 1e6)))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", 5, 0))

    def _between(self, told: Callable[[Message], None]) -> bool:
        """Read a text between frames, or step over noise; False when more bytes are needed."""
        at = self._at
        if self.buffer[at] in b"\r\n":
            self._at = at + 1
            return True
        if self.view[at : at + 4] in _TEXTS:
            message = self._message()
            if message is not None:
                told(message)
            return message is not None
        self._noise += 1
        if self._noise > NOISE_BYTES:
            raise CameraError("garbage", "no frames")
        self._at += 1
        return True


def parse_head(head: bytes) -> tuple[int, dict[str, list[str]]]:
    """(status, headers) of an answer; status 0 for a request of the server. Raises CameraError("garbage")."""
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(None, 2)
    if len(words) < 2:
        raise CameraError("garbage", "no RTSP")
    status = 0
    if words[0].startswith("RTSP/"):
        if not (words[1].isascii() and words[1].isdigit() and len(words[1]) == 3):
            raise CameraError("garbage", "no status")
        status = int(words[1])
    elif not words[-1].startswith("RTSP/"):
        raise CameraError("garbage", "no RTSP")
    headers: dict[str, list[str]] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), []).append(value.strip())
    return status, headers
