"""An answer is bounded however it is framed: one that is too long is nonsense, and never kept."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.devices.probing import parsed
from app.devices.talking import MOST_HEADERS, Talk
from app.model.errors import CameraError
from app.model.secret import Credentials

MOST = 16 << 10
LONG = b"x" * (4 * MOST)
FRAMINGS = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(LONG) + LONG,
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               + b"".join(b"1000\r\n" + LONG[:4096] + b"\r\n" for _n in range(16)) + b"0\r\n\r\n"),
    "one chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(LONG)) + LONG + b"\r\n0\r\n\r\n",
    "until the end": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + LONG,
    "headers": (b"HTTP/1.1 200 OK\r\n" + b"X-Y: 1\r\n" * (MOST_HEADERS + 5) + b"Content-Length: 2\r\n\r\nok"),
}

type Serve = Callable[[bytes], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Answers one request with these bytes; gives the port."""
    opened: list[tuple[socket.socket, threading.Thread]] = []

    def start(answer: bytes) -> int:
        door = socket.create_server(("127.0.0.1", 0))

        def once() -> None:
            try:
                client, _address = door.accept()
                with client:
                    client.recv(1 << 16)
                    client.sendall(answer)
            except OSError:
                return                      # hung up on, which is right
        thread = threading.Thread(target=once, name="door")
        thread.start()
        opened.append((door, thread))
        return int(door.getsockname()[1])
    yield start
    for door, thread in opened:
        thread.join(20)
        door.close()


def asked(port: int) -> tuple[int, list[str], bytes]:
    async def ask() -> tuple[int, list[str], bytes]:
        talk = Talk(f"http://127.0.0.1:{port}/onvif", Credentials(), most=MOST)
        try:
            return await talk.post("/onvif", b"<x/>")
        finally:
            await talk.close()
    return asyncio.run(ask())


@pytest.mark.parametrize("framing", FRAMINGS)
def test_too_long_is_nonsense(serve: Serve, framing: str) -> None:
    with pytest.raises(CameraError) as refused:
        asked(serve(FRAMINGS[framing]))
    assert refused.value.cause == "nonsense"


def test_what_fits_is_taken(serve: Serve) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % MOST + LONG[:MOST]
    assert asked(serve(answer))[2] == LONG[:MOST]


@pytest.mark.parametrize("kind", ["SYSTEM 'file://{path}'", "'geheim'"], ids=["file", "internal"])
def test_no_entity_is_resolved_wherever_it_is_declared(tmp_path: Path, kind: str) -> None:
    """Behind more blanks than the look for a DTD takes in."""
    path = tmp_path / "secret"
    path.write_text("geheim", "utf-8")
    body = " " * 5000 + f"<!DOCTYPE x [<!ENTITY e {kind.format(path=path)}>]><x><y>a&e;</y></x>"
    root = parsed(body.encode())
    assert root is None or "geheim" not in "".join(str(text) for text in root.itertext())
