"""Asks an X server whether its monitors are dark or its screen saver is on, and to wait: DPMS, MIT-SCREEN-SAVER.

Runs on: the threads of app.runtime.darkness and app.runtime.vigil. Spoken here, by hand, and not through Xlib, whose
way to say that the server is gone is to end the program; five requests of the X protocol (version 11, chapters 8 and
9) are all that is needed.
"""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

from app.runtime.darkness import Dark

WAIT_SECONDS = 1.0
_QUERY_EXTENSION, _DPMS_INFO, _SAVER_INFO, _SAVER_SUSPEND = 98, 7, 1, 5
_COOKIE = b"MIT-MAGIC-COOKIE-1"
_TCP_PORT = 6000


class XScreen:
    """A connection of its own to ``display``, such as ``:0`` or ``localhost:10.0``. Raises OSError."""

    def __init__(self, display: str) -> None:
        host, _colon, number = display.rpartition(":")
        which = number.partition(".")[0]
        if not which.isdigit():
            raise OSError(f"no display: {display!r}")
        self._socket = _connected(host, int(which))
        try:
            self._root = self._greet(_cookie(which))
            self._power = self._extension(b"DPMS")
            self._saver = self._extension(b"MIT-SCREEN-SAVER")
        except BaseException:
            self._socket.close()
            raise

    def look(self) -> Dark | None:
        """OFF when DPMS is in force and the level is not "on"; SAVER when the server's saver is active."""
        if self._power:
            level, in_force = struct.unpack_from("<HB", self._ask(struct.pack("<BBH", self._power, _DPMS_INFO, 1)), 8)
            if in_force and level:
                return Dark.OFF
        if self._saver:
            answer = self._ask(struct.pack("<BBHI", self._saver, _SAVER_INFO, 2, self._root))
            if answer[1] == 1:          # 0 off, 1 on, 3 disabled
                return Dark.SAVER
        return None

    def suspend(self, suspended: bool) -> None:
        """The server's saver and its power saving wait until they are let go, or this connection ends.

        Raises OSError where the server has no such extension, or an old one.
        """
        if not self._saver:
            raise OSError("the X server has no MIT-SCREEN-SAVER")
        self._socket.sendall(struct.pack("<BBHI", self._saver, _SAVER_SUSPEND, 2, suspended))
        self.look()         # it sends no answer to that one; an error comes before the answer to this

    def close(self) -> None:
        self._socket.close()

    def _greet(self, cookie: bytes) -> int:
        name = _COOKIE if cookie else b""
        self._socket.sendall(struct.pack("<BxHHHHxx", 0x6C, 11, 0, len(name), len(cookie))
                             + _padded(name) + _padded(cookie))
        head = self._read(8)
        body = self._read(4 * struct.unpack_from("<H", head, 6)[0])
        if head[0] != 1:
            raise OSError(f"the X server refused: {body[:head[1]].decode(errors='replace').strip()}")
        try:
            vendor, formats = struct.unpack_from("<H", body, 16)[0], body[21]
            return int(struct.unpack_from("<I", body, 32 + (vendor + 3) // 4 * 4 + 8 * formats)[0])
        except (struct.error, IndexError):
            raise OSError("the X server's greeting makes no sense") from None

    def _extension(self, name: bytes) -> int:
        """Its major opcode; 0 when the server does not have it."""
        asked = struct.pack("<BxHHxx", _QUERY_EXTENSION, 2 + (len(name) + 3) // 4, len(name)) + _padded(name)
        answer = self._ask(asked)
        return answer[9] if answer[8] else 0

    def _ask(self, request: bytes) -> bytes:
        self._socket.sendall(request)
        while True:
            answer = self._read(32)
            if answer[0] == 0:
                raise OSError(f"the X server answers with error {answer[1]}")
            if answer[0] == 1:
                return answer + self._read(4 * struct.unpack_from("<I", answer, 4)[0])
            # An event, such as a changed keyboard map, comes to every client.

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            piece = self._socket.recv(size - len(found))
            if not piece:
                raise OSError("the X server closed the connection")
            found += piece
        return found


class Suspension:
    """``display``'s own saver and power saving wait as long as this is open. Raises OSError."""

    def __init__(self, display: str) -> None:
        self._screen = XScreen(display)
        try:
            self._screen.suspend(True)
        except BaseException:
            self._screen.close()
            raise

    def renew(self) -> None:
        """Raises OSError when the server is gone."""
        self._screen.look()

    def close(self) -> None:
        self._screen.close()


def _connected(host: str, number: int) -> socket.socket:
    if host and host != "unix":
        return socket.create_connection((host.strip("[]"), _TCP_PORT + number), WAIT_SECONDS)
    path = f"/tmp/.X11-unix/X{number}"
    last: OSError | None = None
    for address in (f"\0{path}", path):
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(WAIT_SECONDS)
        try:
            made.connect(address)
        except OSError as error:
            made.close()
            last = error
        else:
            return made
    raise last or OSError("no X server")


def _cookie(number: str) -> bytes:
    """The key of this display from the user's file; b"" for a server that lets anyone in."""
    named = os.environ.get("XAUTHORITY")
    try:
        text = (Path(named) if named else Path.home() / ".Xauthority").read_bytes()
    except (OSError, RuntimeError):
        return b""
    at, found = 0, b""
    try:
        while at < len(text):
            at += 2                         # the family of the address: any will do, the number decides
            fields = []
            for _field in range(4):         # address, number, name, data
                size = struct.unpack_from(">H", text, at)[0]
                fields.append(text[at + 2:at + 2 + size])
                at += 2 + size
            if fields[2] == _COOKIE and fields[1] in (number.encode(), b""):
                found = found or fields[3]
    except struct.error:
        pass
    return found


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
