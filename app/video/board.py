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
INGEST_BYTES = -(-STREAMS * STREAM.itemsize // PAGE) * PAGE


def stream_board(block: SharedBlock) -> npt.NDArray[np.void]:
    """The stream records of a block, shape (STREAMS,)."""
    return block.bytes[: STREAMS * STREAM.itemsize].view(STREAM)
