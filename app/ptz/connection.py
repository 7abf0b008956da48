"""One warm HTTP connection to a camera's PTZ service: a request out in one write, a bounded answer back.

Runs on: the lane thread that owns it; waits inside, every wait bounded.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from app.model.errors import CameraError
from app.model.secret import Credentials
from app.runtime import certificates
from app.runtime.login import Login

CONNECT_S = 1.5             # a camera of the same city; reference: onvif.md section 1
ANSWER_S = 3.0              # the whole answer, not each piece of it
MOST_BYTES = 256 << 10      # no answer about motion is longer; more is hostile


class Connection:
    """Keeps one socket open as long as the camera does. Errors are CameraError with the cause.

    ``pin``: the certificate that was trusted, for https; with another one nothing is sent.
    """

    def __init__(self, url: str, credentials: Credentials, pin: str = "") -> None:
        parts = urlsplit(url)
        self._host, self._tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._path, self._pin = parts.path or "/", pin
        self._login = Login(credentials)
        self._socket: socket.socket | None = None
        self.wrote_at = 0.0                     # monotonic, when the last request's bytes were handed to the system

    @property
    def open(self) -> bool:
        return self._socket is not None

    def warm(self) -> None:
        """Open the socket now. Raises CameraError."""
        if self._socket is None:
            self._socket = self._connect()

    def close(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
            self._socket = None

    def post(self, envelope: bytes, *, wanted: Callable[[], bool] = lambda: True,
             answer_s: float = ANSWER_S, path: str = "") -> tuple[int, bytes]:
        """Send and wait for the answer: status and body. A 401 with a Digest challenge is answered once.

        A socket that the camera closed while it lay idle is opened anew, once. Before anything is sent a second time
        ``wanted`` is asked: a move that was let go meanwhile is never repeated (CameraError "too-late"). ``path``:
        another service of the same device.
        """
        renewed = again = False
        while True:
            if again and not wanted():
                raise CameraError("too-late")
            kept = self._socket is not None
            try:
                status, headers, body = self._exchange(envelope, answer_s, path or self._path)
            except CameraError as error:
                if error.cause != "closed" or not kept or again:
                    raise
                again = True
                continue
            if status != 401:
                self._login.accepted()
                return status, body
            challenges = [value for name, value in headers if name.lower() == "www-authenticate"]
            if not challenges:
                return status, body
            renewed, again = self._login.refused(challenges, renewed), True

    def _exchange(self, envelope: bytes, answer_s: float, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
        try:
            self._send(envelope, path)
            return self._receive(time.monotonic() + answer_s)
        except TimeoutError:
            self.close()
            raise CameraError("timeout") from None
        except (ConnectionError, BrokenPipeError):       # RemoteDisconnected is one
            self.close()
            raise CameraError("closed") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise CameraError("nonsense", type(error).__name__) from None

    def _send(self, envelope: bytes, path: str) -> None:
        self.warm()
        assert self._socket is not None
        login = self._login.header("POST", path)
        head = (f"POST {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
                "Content-Type: application/soap+xml; charset=utf-8\r\n"
                f"Content-Length: {len(envelope)}\r\n" + (f"Authorization: {login}\r\n" if login else "") + "\r\n")
        self._socket.settimeout(CONNECT_S)
        self._socket.sendall(head.encode() + envelope)
        self.wrote_at = time.monotonic()

    def _receive(self, deadline: float) -> tuple[int, list[tuple[str, str]], bytes]:
        assert self._socket is not None
        self._socket.settimeout(max(deadline - time.monotonic(), 0.01))
        answer = http.client.HTTPResponse(self._socket, method="POST")
        try:
            answer.begin()
            body = b""
            while True:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self._socket.settimeout(left)
                piece = answer.read1(64 << 10)
                if not piece:
                    break
                body += piece
                if len(body) > MOST_BYTES:
                    raise ValueError("the answer is too long")
            if answer.will_close:
                self.close()
            return answer.status, answer.getheaders(), body
        finally:
            answer.close()

    def _connect(self) -> socket.socket:
        try:
            plain = socket.create_connection((self._host, self._port), timeout=CONNECT_S)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._secured(plain) if self._tls else plain
        except TimeoutError:
            raise CameraError("timeout") from None
        except ConnectionRefusedError:
            raise CameraError("closed") from None
        except (OSError, ValueError) as error:
            raise CameraError("no-route", type(error).__name__) from None

    def _secured(self, plain: socket.socket) -> ssl.SSLSocket:
        """Cameras sign their own certificates: the one that an operator trusted is this camera's."""
        try:
            line = certificates.context().wrap_socket(plain, server_hostname=self._host)
        except OSError:
            plain.close()
            raise
        try:
            certificates.check(line, self._pin)
        except CameraError:
            line.close()
            raise
        return line
