"""What ingest workers observe of each stream, in shared memory: the desktop reads it without asking.

One record per stream; written by the pulling thread, read by the desktop's supervisor. Times are CLOCK_MONOTONIC
nanoseconds, 0 = never.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.video.frames import PAGE, SharedBlock

STREAMS = 128           # records on a board: 16 streams and what lingers; pulls beyond are refused

STREAM = np.dtype(
    [
        ("packets", "<u8"),
        ("bytes", "<u8"),
        ("arrived_ns", "<u8"),          # the newest packet
        ("news_ns", "<u8"),             # the newest packet whose bytes had not been seen among the last 64
        ("key_ns", "<u8"),              # the newest key picture
        ("opened_ns", "<u8"),           # since when the connection stands; 0 = it does not
        ("delta_bytes", "<f8"),         # moving average of packets that are no key pictures
        ("key_bytes", "<f8"),           # moving average of key pictures
        ("dropped", "<u8"),             # pictures left out for slow readers
        ("broken", "<u8"),              # packets that libav marked as corrupt, or that were no pictures at all
    ],
    align=True,
)
# Where a feed stands: which packet ends at which byte, so that the bytes that libVLC's demuxer has
# counted tell how far behind it is.
FEEDS = 256
TIMELINE = 64           # packets: 4 s at 15 a second; whoever is further behind is started anew anyway
FEED = np.dtype([("number", "<u8"), ("at", "<u8"), ("ends", "<u8", (TIMELINE,)), ("arrived_ns", "<u8", (TIMELINE,))],
                align=True)
_FEEDS_AT = -(-STREAMS * STREAM.itemsize // PAGE) * PAGE
INGEST_BYTES = _FEEDS_AT + -(-FEEDS * FEED.itemsize // PAGE) * PAGE

_PACKET = struct.Struct("<6Q2d2Q")          # STREAM, field by field: one call per packet instead of ten
assert _PACKET.size == STREAM.itemsize
_TIMELINE = struct.Struct("<Q")
_ENDS_AT = int(FEED.fields["ends"][1])      # type: ignore[index]
_ARRIVED_AT = int(FEED.fields["arrived_ns"][1])     # type: ignore[index]


class StreamRecord:
    """The writer of one stream's record; numpy's own access would cost more than the rest of the packet's way."""

    def __init__(self, block: SharedBlock, index: int) -> None:
        self._memory = memoryview(block.memory)
        self._offset = index * STREAM.itemsize
        self._packets = self._bytes = self._arrived = self._news = self._key = self._opened = 0
        self._delta_bytes = self._key_bytes = 0.0
        self._dropped = self._broken = 0
        self._write()

    def packet(self, size: int, arrived_ns: int, *, key: bool, news: bool, broken: bool) -> None:
        """A packet of ``size`` bytes came; ``news``: its bytes had not been seen before."""
        self._packets += 1
        self._bytes += size
        self._arrived = arrived_ns
        if news:
            self._news = arrived_ns
        if broken:
            self._broken += 1
        if key:
            self._key = arrived_ns
            self._key_bytes += 0.1 * (size - self._key_bytes) if self._key_bytes else size
        else:
            self._delta_bytes += 0.1 * (size - self._delta_bytes) if self._delta_bytes else size
        self._write()

    def opened(self, at_ns: int) -> None:
        """The connection stands since ``at_ns``; 0: it does not."""
        self._opened = at_ns
        self._write()

    def dropped(self, pictures: int) -> None:
        """So many pictures were left out for slow readers."""
        self._dropped = pictures

    def _write(self) -> None:
        _PACKET.pack_into(self._memory, self._offset, self._packets, self._bytes, self._arrived, self._news, self._key,
                          self._opened, self._delta_bytes, self._key_bytes, self._dropped, self._broken)


class FeedRecord:
    """The writer of one feed's timeline."""

    def __init__(self, block: SharedBlock, index: int, number: int) -> None:
        self._memory = memoryview(block.memory)
        self._offset = _FEEDS_AT + index * FEED.itemsize
        self._at = 0
        self._end = 0
        self._memory[self._offset : self._offset + FEED.itemsize] = bytes(FEED.itemsize)
        _TIMELINE.pack_into(self._memory, self._offset, number)

    def put(self, counted: int, arrived_ns: int) -> None:
        """A packet of which libVLC will count ``counted`` bytes."""
        self._end += counted
        self._at += 1
        place = self._offset + 8 * (self._at % TIMELINE)
        _TIMELINE.pack_into(self._memory, place + _ENDS_AT, self._end)
        _TIMELINE.pack_into(self._memory, place + _ARRIVED_AT, arrived_ns)


class StreamTold(NamedTuple):
    """One stream's record as it was read, field by field as in STREAM."""

    packets: int
    bytes: int
    arrived_ns: int
    news_ns: int
    key_ns: int
    opened_ns: int
    delta_bytes: float
    key_bytes: float
    dropped: int
    broken: int


def read_stream(block: SharedBlock, index: int) -> StreamTold:
    """One stream's record in one call: numpy's access field by field costs ten times as much, 5 times a second."""
    return StreamTold._make(_PACKET.unpack_from(block.memory, index * STREAM.itemsize))


def stream_board(block: SharedBlock) -> npt.NDArray[np.void]:
    """The stream records of a block, shape (STREAMS,)."""
    return block.bytes[: STREAMS * STREAM.itemsize].view(STREAM)


def feed_board(block: SharedBlock) -> npt.NDArray[np.void]:
    """The feed records of a block, shape (FEEDS,)."""
    return block.bytes[_FEEDS_AT : _FEEDS_AT + FEEDS * FEED.itemsize].view(FEED)


def behind_s(record: np.void, taken: int, now_ns: int) -> float:
    """How long ago the oldest packet arrived that a reader has not taken yet; ``taken``: bytes it has read."""
    ends = record["ends"].tolist()
    if max(ends) <= taken:
        return 0.0
    oldest: int = min(arrived for end, arrived in zip(ends, record["arrived_ns"].tolist(), strict=True) if end > taken)
    return max(0.0, (now_ns - oldest) / 1e9)
