"""A minimal RTSP client of the tests: sees every RTP packet on the wire, unrepaired (RFC 2326, RTP interleaved)."""

from __future__ import annotations

import hashlib
import re
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Rtp:
    """One RTP packet: sequence number (16 bit), time stamp (90 kHz, 32 bit), end of picture, payload, arrival (s)."""

    sequence: int
    stamp: int
    marker: bool
    payload: bytes
    at: float


class Wire:
    """Plays one stream over TCP. ``status`` is the answer to DESCRIBE; a hang-up raises ConnectionError."""

    def __init__(self, url: str, login: tuple[str, str] | None = None) -> None:
        self.url, self.login, self.serial, self.session, self.challenge = url, login, 0, "", ""
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 554), timeout=20)
        self.buffer = b""
        try:
            self.status, self.sdp = self.ask("DESCRIBE", url, "Accept: application/sdp\r\n")
            if self.status == 401 and login:
                self.status, self.sdp = self.ask("DESCRIBE", url, "Accept: application/sdp\r\n")
        except OSError:
            self.socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("the camera hung up")
            self.buffer += data
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def digest(self, method: str, uri: str) -> str:
        if not self.login or not self.challenge:
            return ""
        realm, nonce = (re.search(rf'{key}="([^"]*)"', self.challenge).group(1) for key in ("realm", "nonce"))
        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()
        user, password = self.login
        response = md5(f"{md5(f'{user}:{realm}:{password}')}:{nonce}:{md5(f'{method}:{uri}')}")
        return (f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
                f'response="{response}"\r\n')

    def ask(self, method: str, uri: str, extra: str = "") -> tuple[int, str]:
        self.serial += 1
        session = f"Session: {self.session}\r\n" if self.session else ""
        self.socket.sendall(f"{method} {uri} RTSP/1.0\r\nCSeq: {self.serial}\r\n{session}{self.digest(method, uri)}"
                            f"{extra}\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.take(1)
        text = head.decode()
        found = re.search(r"Session: ([^;\r]+)", text)
        self.session = found.group(1) if found else self.session
        self.challenge = next((line for line in text.split("\r\n") if line.startswith("WWW-Authenticate: Digest")), "")
        length = re.search(r"Content-Length: (\d+)", text, re.IGNORECASE)
        return int(text.split()[1]), self.take(int(length.group(1))).decode() if length else ""

    def play(self) -> Self:
        control = re.findall(r"a=control:(\S+)", self.sdp)[-1]
        track = control if control.startswith("rtsp") else f"{self.url}/{control}"
        assert self.ask("SETUP", track, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")[0] == 200
        assert self.ask("PLAY", self.url)[0] == 200
        return self

    def packets(self, seconds: float) -> Iterator[Rtp]:
        """RTP packets for so long; ends early without error when nothing comes."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                head = self.take(4)
                data = self.take(struct.unpack(">H", head[2:])[0])
            except TimeoutError:
                return
            if head[:1] == b"$" and head[1] == 0:
                sequence, stamp = struct.unpack(">HI", data[2:8])
                yield Rtp(sequence, stamp, bool(data[1] & 128), data[12:], time.monotonic())
