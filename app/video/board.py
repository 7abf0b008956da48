"""What ingest workers observe of each stream, in shared memory: the desktop reads it without asking.

One record per stream; written by the pulling thread, read by the desktop's supervisor. Times are CLOCK_MONOTONIC
nanoseconds, 0 = never.
"""

from __future__ import annotations

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


def stream_board(block: SharedBlock) -> npt.NDArray[np.void]:
    """The stream records of a block, shape (STREAMS,)."""
    return block.bytes[: STREAMS * STREAM.itemsize].view(STREAM)


def feed_board(block: SharedBlock) -> npt.NDArray[np.void]:
    """The feed records of a block, shape (FEEDS,)."""
    return block.bytes[_FEEDS_AT : _FEEDS_AT + FEEDS * FEED.itemsize].view(FEED)


def behind_s(record: np.void, taken: int, now_ns: int) -> float:
    """How long ago the oldest packet arrived that a reader has not taken yet; ``taken``: bytes it has read."""
    ends = record["ends"]
    waiting = ends > taken
    if not waiting.any():
        return 0.0
    return max(0.0, (now_ns - int(record["arrived_ns"][waiting].min())) / 1e9)
