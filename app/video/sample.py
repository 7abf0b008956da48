"""A short clip in which all moves, for measuring what a machine decodes."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import numpy as np

ENCODERS = {"h264": "libx264", "hevc": "libx265"}
BITS_PER_PIXEL = 0.116          # 400 kbit/s for 640x360 at 15 pictures a second: a camera's usual sub stream
GROUP_S = 2                     # between key pictures


def moving_clip(codec: str, width: int, height: int, rate: int, seconds: int) -> bytes:
    """A transport stream of that size, ``rate`` pictures a second. Raises libav's errors (of OSError or ValueError's
    kinds) where this build has no encoder for the codec."""
    import av  # 15 MB that a desktop need not bear: the command line names this module, and seldom runs it
    sink = io.BytesIO()
    with av.open(sink, "w", format="mpegts") as container:
        stream: Any = container.add_stream(ENCODERS[codec], rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate, stream.time_base = int(BITS_PER_PIXEL * width * height * rate), Fraction(1, rate)
        stream.options = {"preset": "veryfast", "tune": "zerolatency", "g": str(GROUP_S * rate)}
        if codec == "hevc":
            stream.options["x265-params"] = "log-level=none"
        rows, columns = np.mgrid[0:height, 0:width]
        noise = np.random.default_rng(1).integers(0, 24, (height, width))
        for index in range(rate * seconds):
            grey = ((columns + rows // 2 + index * 3) % 200 + np.roll(noise, index * 7, 1)).astype(np.uint8)
            frame: Any = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return sink.getvalue()
