"""What ingest workers observe of each stream, in shared memory: the desktop reads it without asking.

One record per stream; written by the pulling thread, read by the desktop's supervisor. Times are CLOCK_MONOTONIC
nanoseconds, 0 = never.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from app.video.frames import PAGE, SharedBlock

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

STREAMS = 256           # records on a board: 64 streams, their other ones, and what lingers; pulls beyond are refused

_STREAM_FIELDS = (
    ("packets", "Q"),
    ("bytes", "Q"),
    ("arrived_ns", "Q"),        # the newest packet
    ("news_ns", "Q"),           # the newest packet whose bytes had not been seen among the last 64
    ("key_ns", "Q"),            # the newest key picture
    ("opened_ns", "Q"),         # since when the connection stands; 0 = it does not
    ("delta_bytes", "d"),       # moving average of packets that are no key pictures
    ("key_bytes", "d"),         # moving average of key pictures
    ("dropped", "Q"),           # pictures left out for slow readers
    ("broken", "Q"),            # packets that libav marked as corrupt, or that were no pictures at all
)
# Field by field: one call per packet instead of ten.
_PACKET = struct.Struct("<" + "".join(kind for _, kind in _STREAM_FIELDS))
# Where a feed stands: which packet ends at which byte, so that the bytes that libVLC's demuxer has
# counted tell how far behind it is. A record: number, packets so far, ends and arrivals of the last TIMELINE packets.
FEEDS = 512
TIMELINE = 64           # packets: 4 s at 15 a second; whoever is further behind is started anew anyway
_ENDS_AT, _ARRIVED_AT = 16, 16 + 8 * TIMELINE
_FEED_BYTES = 16 + 16 * TIMELINE
_TIMELINE = struct.Struct("<Q")
_FEEDS_AT = -(-STREAMS * _PACKET.size // PAGE) * PAGE
INGEST_BYTES = _FEEDS_AT + -(-FEEDS * _FEED_BYTES // PAGE) * PAGE


@cache
def _types() -> tuple[np.dtype[np.void], np.dtype[np.void]]:
    """A stream's record and a feed's, for the desktop: workers do without numpy (see app.video.frames)."""
    import numpy
    stream = numpy.dtype([(name, "<f8" if kind == "d" else "<u8") for name, kind in _STREAM_FIELDS], align=True)
    feed = numpy.dtype([("number", "<u8"), ("at", "<u8"), ("ends", "<u8", (TIMELINE,)),
                        ("arrived_ns", "<u8", (TIMELINE,))], align=True)
    assert (stream.itemsize, feed.itemsize) == (_PACKET.size, _FEED_BYTES)
    return stream, feed


class StreamRecord:
    """The writer of one stream's record."""

    def __init__(self, block: SharedBlock, index: int) -> None:
        self._memory = memoryview(block.memory)
        self._offset = index * _PACKET.size
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
        self._offset = _FEEDS_AT + index * _FEED_BYTES
        self._at = 0
        self._end = 0
        self._memory[self._offset : self._offset + _FEED_BYTES] = bytes(_FEED_BYTES)
        _TIMELINE.pack_into(self._memory, self._offset, number)

    def put(self, counted: int, arrived_ns: int) -> None:
        """A packet of which libVLC will count ``counted`` bytes."""
        self._end += counted
        self._at += 1
        place = self._offset + 8 * (self._at % TIMELINE)
        _TIMELINE.pack_into(self._memory, place + _ENDS_AT, self._end)
        _TIMELINE.pack_into(self._memory, place + _ARRIVED_AT, arrived_ns)


class StreamTold(NamedTuple):
    """One stream's record as it was read, field by field."""

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
    return StreamTold._make(_PACKET.unpack_from(block.memory, index * _PACKET.size))


def stream_board(block: SharedBlock) -> npt.NDArray[np.void]:
    """The stream records of a block, shape (STREAMS,)."""
    return block.bytes[: STREAMS * _PACKET.size].view(_types()[0])


def feed_board(block: SharedBlock) -> npt.NDArray[np.void]:
    """The feed records of a block, shape (FEEDS,)."""
    return block.bytes[_FEEDS_AT : _FEEDS_AT + FEEDS * _FEED_BYTES].view(_types()[1])


def behind_s(record: np.void, taken: int, now_ns: int) -> float:
    """How long ago the oldest packet arrived that a reader has not taken yet; ``taken``: bytes it has read."""
    ends = record["ends"].tolist()
    newest = max(ends)
    if newest <= taken:
        return 0.0
    first = ends.index(newest) + 1          # the ring's oldest; what was never written is 0 and stands before it
    place = bisect_right([*ends[first:], *ends[:first]], taken)
    return max(0.0, (now_ns - int(record["arrived_ns"][(first + place) % TIMELINE])) / 1e9)
