"""One thread reads many streams: none waits for another, and the thread ends with the last of them."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time

import pytest

from app.model.errors import CameraError
from app.video import reader as reader_module
from app.video.reader import Reader
from app.video.rtsp.client import RtspStream
from tests.video.rtsp.test_client import LOGIN, PICTURES, SDP, UNITS, good, pictures, say, served


class Ear:
    """A stream over one end of a pair of sockets; ``other`` is the camera's end."""

    def __init__(self) -> None:
        self.own, self.other = socket.socketpair()
        self.own.setblocking(False)
        self.heard = b""
        self.ticks = 0
        self.wanted = True
        self.threads: set[str] = set()
        self.news = threading.Event()

    def arrived(self, _now: float) -> bool:
        self.threads.add(threading.current_thread().name)
        try:
            data = self.own.recv(4096)
        except BlockingIOError:
            return self.wanted
        if not data:
            raise CameraError("closed")
        self.heard += data
        self.news.set()
        return self.wanted

    def tick(self, _now: float) -> bool:
        self.ticks += 1
        self.news.set()
        return self.wanted

    def close(self) -> None:
        self.own.close()
        self.other.close()


@pytest.fixture
def ears():
    made = [Ear() for _ in range(5)]
    yield made
    for ear in made:
        ear.close()


def _ends() -> None:
    """The reader's thread leaves when it has nothing to read."""
    deadline = time.monotonic() + 20
    while any(thread.name == "reader" for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "the reader stays although it has nothing to read"
        threading.Event().wait(0.005)


def test_all_are_read_by_one_thread_which_ends_with_the_last(ears):
    reader = Reader()
    readings = [reader.read(ear.own.fileno(), ear) for ear in ears]
    for index, ear in enumerate(ears):
        ear.other.sendall(bytes([index]) * 100)
    for index, ear in enumerate(ears):
        assert ear.news.wait(20)
        assert ear.heard == bytes([index]) * 100
        assert ear.threads == {"reader"}
    for ear in ears:
        ear.wanted = False
        ear.other.sendall(b"!")
    assert all(reading.over.wait(20) and reading.error is None for reading in readings)
    _ends()
    ears[0].wanted = True
    again = reader.read(ears[0].own.fileno(), ears[0])      # it begins anew
    ears[0].other.close()
    assert again.over.wait(20) and isinstance(again.error, CameraError)
    _ends()


def test_one_that_breaks_takes_nobody_with_it(ears):
    reader = Reader()
    readings = [reader.read(ear.own.fileno(), ear) for ear in ears]
    ears[0].other.close()
    ears[1].arrived = lambda now: 1 / 0
    ears[1].other.sendall(b"?")
    assert readings[0].over.wait(20) and readings[1].over.wait(20)
    assert isinstance(readings[0].error, CameraError) and isinstance(readings[1].error, ZeroDivisionError)
    ears[2].news.clear()
    ears[2].other.sendall(b"still here")
    assert ears[2].news.wait(20) and not readings[2].over.is_set()
    for ear in ears[2:]:
        ear.wanted = False
        ear.other.sendall(b"!")
    assert all(reading.over.wait(20) for reading in readings)
    _ends()


def test_a_silent_one_is_looked_after_and_leaves_when_nobody_wants_it(ears, monkeypatch):
    monkeypatch.setattr(reader_module, "TICK_S", 0.05)
    reader = Reader()
    reading = reader.read(ears[0].own.fileno(), ears[0])
    assert ears[0].news.wait(20) and ears[0].ticks
    ears[0].wanted = False
    assert reading.over.wait(20) and reading.error is None
    _ends()


def _played(stream: RtspStream, count: int, seconds: float = 20.0) -> list:
    handle = stream.at_once()
    assert handle is not None
    found, deadline = [], time.monotonic() + seconds
    while len(found) < count:
        assert time.monotonic() < deadline
        packets = stream.arrived(time.monotonic())
        found += packets
        packets.clear()
        select.select([handle], [], [], 0.05)
        stream.tick(time.monotonic())
    return found


def test_a_camera_read_at_once_gives_what_one_gives_that_is_waited_for():
    with served(good) as server:
        with contextlib.closing(RtspStream(server.url, LOGIN, open_s=5, silent_s=5)) as stream:
            at_once = _played(stream, len(UNITS))
        assert server.goodbye.wait(20)
    with served(good) as server:
        assert at_once == pictures(server.url)


def test_signs_of_life_and_the_end_of_patience_while_read_at_once():
    def short(server, method, request):
        if method == "DESCRIBE":
            return say(request, body=SDP)
        if method == "SETUP":
            return say(request, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: 7;timeout=2")
        return say(request) + (PICTURES if method == "PLAY" else b"")

    with served(short) as server:
        with contextlib.closing(RtspStream(server.url, LOGIN, open_s=5, silent_s=3)) as stream:
            _played(stream, len(UNITS))
            deadline = time.monotonic() + 20
            with pytest.raises(CameraError, match="timeout"):
                while time.monotonic() < deadline:
                    stream.arrived(time.monotonic())
                    stream.tick(time.monotonic())
                    threading.Event().wait(0.02)
        assert "OPTIONS" in server.methods(), "a sign of life before patience ended"
