"""A word at the door of a lost camera: answered, refused, and never by what hangs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from app.video.knock import answers


@pytest.fixture
def door() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def served(door: socket.socket, answer: bytes) -> bool | None:
    asked: list[bytes] = []

    def serve() -> None:
        peer, _ = door.accept()
        with peer:
            asked.append(peer.recv(1000))
            peer.sendall(answer)

    server = threading.Thread(target=serve, name="door")
    server.start()
    try:
        return answers(f"rtsp://127.0.0.1:{door.getsockname()[1]}/cam?x=1")
    finally:
        server.join(20)
        assert asked and asked[0].startswith(b"OPTIONS rtsp://127.0.0.1:") and b"CSeq: 1" in asked[0]


def test_an_rtsp_camera_that_speaks_answers(door: socket.socket) -> None:
    assert served(door, b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n") is True


def test_one_that_hangs_up_or_talks_nonsense_does_not(door: socket.socket) -> None:
    assert served(door, b"") is False
    assert served(door, b"HTTP/1.0 400 Bad Request\r\n\r\n") is False


def test_a_closed_port_does_not_and_a_file_has_no_door() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))       # held, so that nobody else comes to listen there
        assert answers(f"rtsp://127.0.0.1:{closed.getsockname()[1]}/") is False
    assert answers("file:///srv/clip.mp4") is None
    assert answers("udp://239.1.1.1:1234") is None
    assert answers("rtsp://127.0.0.1:99999/") is None
    assert answers(f"rtsp://{'a' * 70}.example/") is False
