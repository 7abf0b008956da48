"""Does a lost camera answer again? A word at its door between two attempts, without login and without a stream.

So a camera is back on the wall seconds after it returns, although attempts become as rare as one a minute. RTSP
cameras are asked for their OPTIONS (RFC 2326 10.1: changes nothing), others only have their port touched.
"""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from app.runtime.addresses import DEFAULT_PORTS

EVERY_S = 3.0           # between two knocks
ANSWER_S = 1.5          # a camera on the same network answers in milliseconds

# What can change without the operator; a refused login or a wrong address cannot, and is left alone.
MENDS_ITSELF = frozenset({"refused", "no-route", "timeout", "closed", "server", "busy", "garbage", "failed"})


def answers(url: str) -> bool | None:
    """Whether the camera behind ``url`` (without login) answers; None where there is no door to knock at."""
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:          # nobody can be asked there; why, the next attempt tells
        return None
    if parts.scheme not in ("rtsp", "rtsps", "http", "https") or not parts.hostname or not port:
        return None
    try:
        with socket.create_connection((parts.hostname, port), ANSWER_S) as door:
            if parts.scheme != "rtsp":
                return True
            host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
            door.settimeout(ANSWER_S)
            door.sendall(f"OPTIONS rtsp://{host}:{port}{parts.path or '/'} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode("ascii",
                                                                                                        "replace"))
            return door.recv(64).startswith(b"RTSP/1.0")
    except (OSError, UnicodeError):     # UnicodeError: a name that no resolver takes
        return False
