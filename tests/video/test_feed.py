"""Both ways to bring packets to a decoder, FIFO and socket, held to the same tests."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import socket
import threading
import time

import pytest

from app.model.pane import Saving
from app.video import feed as feed_module
from app.video.board import INGEST_BYTES, FeedRecord
from app.video.feed import BACKLOG_BYTES, BURST_STEP, PADDING, Feed, FifoPipe, SocketPipe
from app.video.frames import SharedBlock
from app.video.hub import Hub
from app.video.readback import CallbackFeed
from app.video.stamps import arrival_ticks
from app.video.transport import Unit
from tests.fakes.clips import clip
from tests.fakes.streams import pes_units

STEP = 6000


class FifoReader:
    """Reads a FIFO as libVLC does: opened for both ways first, so that it never meets the end of file too early."""

    def __init__(self, pipe):
        self._handle = os.open(pipe.address, os.O_RDWR | os.O_NONBLOCK)

    def read(self, length=1 << 16):
        with contextlib.suppress(BlockingIOError):
            return os.read(self._handle, length)
        return b""

    def close(self):
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1


class SocketReader:
    """Reads with the code that runs under libVLC's media callbacks, on a thread of its own."""

    def __init__(self, pipe):
        self._feed = CallbackFeed(pipe.address)
        self._parts, self._lock = [], threading.Lock()
        self._allowed = threading.Semaphore(0)
        self._end = False
        self._thread = threading.Thread(target=self._run, name="socket reader")
        self._thread.start()

    def _run(self):
        buffer = ctypes.create_string_buffer(1 << 16)
        while True:
            self._allowed.acquire()
            if self._end:
                return
            got = self._feed.read_into(ctypes.addressof(buffer), len(buffer))
            if got <= 0:
                return
            with self._lock:
                self._parts.append(buffer.raw[:got])

    def read(self):
        self._allowed.release()
        with self._lock:
            taken, self._parts = b"".join(self._parts), []
        return taken

    def close(self):
        self._end = True
        self._allowed.release()
        self._feed.close()          # wakes a waiting read, as the player's end does: that it may is part of the proof
        self._thread.join(20)


@pytest.fixture(params=["fifo", "socket"])
def way(request, tmp_path):
    """(pipe, function that makes its reader)."""
    if request.param == "fifo":
        path = tmp_path / "lawang-feed"
        os.mkfifo(path)
        pipe, kind = FifoPipe(str(path), PADDING), FifoReader
    else:
        pipe, kind = SocketPipe(), SocketReader
    readers = []

    def reader():
        readers.append(kind(pipe))
        return readers[-1]

    yield pipe, reader
    for one in readers:
        one.close()
    pipe.close()


@pytest.fixture
def record():
    block = SharedBlock.create(INGEST_BYTES, "test-feed")
    yield FeedRecord(block, 0, 1)
    block.close()


@pytest.fixture
def feed(way, record):
    made = Feed(1, "h264", way[0], record, Hub())
    yield made
    made.close()


def _units(count, *, start=0, size=0, ahead=0):
    """Units of the clip, as if they had arrived in its own rhythm up to now, or up to ``ahead`` pictures from now."""
    now = arrival_ticks(time.monotonic_ns()) + ahead * STEP
    units = clip().units
    return [Unit(units[index % len(units)][0] + bytes(size), units[index % len(units)][1], time.monotonic_ns(),
                 now + (index - start - count) * STEP) for index in range(start, start + count)]


def _come(feed, reader):
    """Wait until the feed sees its reader; returns what was read meanwhile."""
    deadline, got = time.monotonic() + 20, b""
    while not feed.reader_came():
        assert not feed.ended and time.monotonic() < deadline
        got += reader.read()
        time.sleep(0.002)
    return got


def _drain(feed, reader, before=b""):
    """Read until everything that was written and waits has come; ``before``: what was read already, bait and all."""
    deadline, got = time.monotonic() + 20, before
    bait = len(PADDING) if isinstance(feed.pipe, FifoPipe) else 0
    while feed.has_backlog or len(got) < feed.written + bait:
        assert time.monotonic() < deadline
        feed.pump()
        more = reader.read()
        got += more
        if not more:
            time.sleep(0.002)
    assert len(got) == feed.written + bait
    return got


def _packets(data):
    """[(decode time in ticks, key picture)] of what came whole; the bait of the FIFO lies before it."""
    return [(unit.dts, unit.key) for unit in pes_units(data) if unit.whole]


def test_nothing_is_written_before_the_reader_reads(way, feed):
    assert not feed.reader_came() and not feed.reader_came()
    reader = way[1]()
    _come(feed, reader)
    assert feed.written == 0 and not feed.live


def test_a_newcomer_gets_the_group_and_it_ends_now(way, feed):
    reader, hub = way[1](), Hub()
    came = _come(feed, reader)
    for unit in _units(25):
        hub.accept(unit)
    hub.start(feed)
    for unit in _units(5, start=25, ahead=6):
        hub.accept(unit)
    packets = _packets(_drain(feed, reader, came))
    assert packets[0][1], "it starts with a key picture"
    assert len(packets) == 15, "10 of the current group and 5 live ones"
    steps = [b[0] - a[0] for a, b in itertools.pairwise(packets)]
    assert packets[9][0] - packets[0][0] < STEP, "the group's pictures are a moment apart, not a second"
    assert steps[-4:] == [STEP] * 4, "live ones keep the camera's rhythm"
    assert feed.dropped == 0


def test_group_ends_at_now(way, feed):
    """The first live picture that arrives one interval later is stamped one interval after the group."""
    reader = way[1]()
    came = _come(feed, reader)
    group = _units(10)
    before = arrival_ticks(time.monotonic_ns())
    feed.begin(group)
    now = arrival_ticks(time.monotonic_ns())
    feed.offer(Unit(clip().units[1][0], False, time.monotonic_ns(), now + STEP))
    packets = _packets(_drain(feed, reader, came))
    assert STEP <= packets[-1][0] - packets[-2][0] <= STEP + BURST_STEP + now - before


def test_without_a_group_it_waits_for_a_key_picture(way, feed):
    reader = way[1]()
    came = _come(feed, reader)
    feed.begin(())
    for unit in _units(10, start=8):        # 8..14 lie between two key pictures, 15 is the next
        feed.offer(unit)
    assert feed.dropped == 0, "what came before it could begin was never promised"
    assert _packets(_drain(feed, reader, came))[0][1]


def test_key_pictures_alone_come_only_once_the_reader_has_filled_its_buffer(way, feed, monkeypatch):
    """A lone key picture at the start would wait in libVLC's buffer for the next one, and all later ones as long."""
    monkeypatch.setattr(feed_module, "FLOW_S", 3600.0)
    reader = way[1]()
    came = _come(feed, reader)
    feed.saving = Saving.KEYS
    feed.begin(())
    for unit in _units(20):
        feed.offer(unit)
    flowing = _drain(feed, reader, came)
    assert [key for _, key in _packets(flowing)].count(False) == 18, "everything of the first second"
    monkeypatch.setattr(feed_module, "FLOW_S", 0.0)
    for unit in _units(30, start=20):
        feed.offer(unit)
    assert [key for _, key in _packets(_drain(feed, reader, flowing))[20:]] == [True, True]


def test_a_stalled_reader_loses_whole_groups_and_they_are_counted(way, feed, monkeypatch):
    monkeypatch.setattr(feed_module, "BEHIND_S", 0.2)
    reader = way[1]()
    came = _come(feed, reader)
    feed.begin(_units(1))
    deadline, offered, index = time.monotonic() + 10, 1, 1
    began = 0.0
    while not began or time.monotonic() - began < 0.5:
        assert time.monotonic() < deadline, "the pipe never filled"
        for unit in _units(5, start=index, size=20_000):
            feed.offer(unit)
            offered += 1
        index += 5
        began = began or (time.monotonic() if feed.has_backlog else 0.0)
        if began:
            time.sleep(0.01)
    assert feed.dropped > 0 and not feed.ended
    got = _drain(feed, reader, came)
    while index % 15:
        index += 1
        offered += 1
        feed.offer(_units(1, start=index)[0])
    for unit in _units(20, start=index + 1):
        feed.offer(unit)
        offered += 1
    got = _drain(feed, reader, got)
    packets = _packets(got)
    assert len(packets) == pytest.approx(offered - feed.dropped, abs=0), "what was not dropped has come"
    gaps = [b for a, b in itertools.pairwise(packets) if b[0] - a[0] > 3 * STEP]
    assert gaps and all(key for _, key in gaps), "after a hole it goes on with a key picture"


def test_the_backlog_is_bounded(way, feed):
    reader = way[1]()
    _come(feed, reader)
    feed.begin(_units(1))
    for unit in _units(60, start=1, size=400_000):
        feed.offer(unit)
    assert feed._backlog_bytes <= BACKLOG_BYTES + 500_000
    assert feed.dropped > 20


def test_the_death_of_the_reader_ends_the_feed(way, feed):
    reader = way[1]()
    _come(feed, reader)
    feed.begin(_units(3))
    reader.close()
    deadline = time.monotonic() + 20
    while not feed.ended:
        assert time.monotonic() < deadline
        feed.offer(_units(1)[0])
        feed.pump()
        time.sleep(0.005)
    assert "gone" in feed.ended
    written = feed.written
    feed.offer(_units(1)[0])
    assert feed.written == written and not feed.has_backlog


def test_a_reader_that_leaves_before_the_start_ends_the_feed_or_is_waited_for(way, feed, monkeypatch):
    reader = way[1]()
    feed.reader_came()
    reader.close()
    monkeypatch.setattr(feed_module, "READER_DUE_S", 0.0)
    deadline = time.monotonic() + 20
    while not feed.ended:
        assert time.monotonic() < deadline
        if feed.reader_came():
            feed.begin(_units(2))
            feed.offer(_units(1)[0])
        time.sleep(0.005)


def test_no_reader_ever(way, feed, monkeypatch):
    monkeypatch.setattr(feed_module, "READER_DUE_S", 0.05)
    deadline = time.monotonic() + 20
    while not feed.ended:
        assert not feed.reader_came() and time.monotonic() < deadline
        time.sleep(0.01)
    assert feed.ended == "no reader came"


def test_closing_twice_is_fine_and_leaves_nothing(way, feed):
    reader = way[1]()
    _come(feed, reader)
    feed.begin(_units(2))
    feed.close()
    feed.close()
    feed.offer(_units(1)[0])
    assert feed.ended == "closed"


def _connect(pipe, greeting):
    host, port, _ = pipe.address.rsplit(":", 2)
    peer = socket.create_connection((host, int(port)), timeout=5)
    peer.sendall(greeting)
    return peer


@pytest.mark.parametrize("greeting", [b"", b"f" * 32, b"GET / HTTP/1.0\r\nHost: x\r\n\r\n" + b"x" * 20])
def test_a_stranger_gets_no_pictures(greeting):
    pipe = SocketPipe()
    try:
        with _connect(pipe, greeting) as stranger:
            if not greeting:
                stranger.shutdown(socket.SHUT_WR)
            deadline = time.monotonic() + 20
            refused = False
            stranger.setblocking(False)
            while not refused:
                assert not pipe.ready() and time.monotonic() < deadline
                with contextlib.suppress(BlockingIOError, ConnectionError):
                    refused = stranger.recv(10) == b""
                    continue
                with contextlib.suppress(BlockingIOError):
                    try:
                        stranger.recv(10)
                    except ConnectionError:
                        refused = True
        with _connect(pipe, pipe.address.rsplit(":", 1)[1].encode()):
            deadline = time.monotonic() + 20
            while not pipe.ready():
                assert time.monotonic() < deadline, "a refused stranger must not lock out the decoder"
                time.sleep(0.005)
    finally:
        pipe.close()


def test_a_token_in_pieces():
    pipe = SocketPipe()
    token = pipe.address.rsplit(":", 1)[1].encode()
    try:
        with _connect(pipe, token[:5]) as peer:
            deadline = time.monotonic() + 20
            while pipe._peer is None:
                assert not pipe.ready() and time.monotonic() < deadline
            assert not pipe.ready()
            peer.sendall(token[5:])
            while not pipe.ready():
                assert time.monotonic() < deadline
    finally:
        pipe.close()


def test_the_fifo_is_gone_from_the_folder_once_both_ends_are_held(tmp_path):
    path = tmp_path / "lawang-feed"
    os.mkfifo(path)
    pipe = FifoPipe(str(path), PADDING)
    reader = FifoReader(pipe)
    pipe.ready()
    assert not path.exists()
    reader.close()
    pipe.close()
