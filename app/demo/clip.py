"""Encodes pictures into an Annex-B clip with an index of its access units; half a file is never seen."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

type Plane = npt.NDArray[np.uint8]

X264 = {
    "preset": "superfast", "profile": "main", "tune": "zerolatency",
    "x264-params": "aud=1:repeat-headers=1:open-gop=0:bframes=0:scenecut=0:sliced-threads=0:threads=1:rc-lookahead=0:"
                   "mbtree=0:keyint={gop}:min-keyint={gop}:vbv-maxrate={rate}:vbv-bufsize={rate}",
}
X265 = {
    "preset": "ultrafast", "tune": "zerolatency",
    "x265-params": "aud=1:repeat-headers=1:open-gop=0:bframes=0:scenecut=0:frame-threads=1:pools=1:rc-lookahead=0:"
                   "keyint={gop}:min-keyint={gop}:vbv-maxrate={rate}:vbv-bufsize={rate}:log-level=none:info=0",
}
MJPEG = {"huffman": "default", "qmin": "3", "qmax": "9"}
ENCODERS = {"h264": ("libx264", X264), "h265": ("libx265", X265), "mjpeg": ("mjpeg", MJPEG)}


class ClipWriter:
    """One clip being encoded. Pictures are planes Y (h, w), U and V (h/2, w/2), uint8; ``gop`` in pictures.

    ``kilobits`` is the bit rate in kbit/s. Raises av.error.FFmpegError when the encoder refuses.
    """

    def __init__(self, folder: Path, name: str, codec: str, size: tuple[int, int], fps: int, gop: int,
                 kilobits: int) -> None:
        encoder, options = ENCODERS[codec]
        self.folder, self.name, self.codec, self.size, self.fps = folder, name, codec, size, fps
        self.units: list[tuple[int, int, bool]] = []
        self.at = self.count = 0
        self.part = folder / f"{name}.{os.getpid()}.part"
        self.file = self.part.open("wb")
        context = av.CodecContext.create(encoder, "w")
        assert isinstance(context, av.VideoCodecContext)
        context.width, context.height = size
        context.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        context.time_base, context.framerate = Fraction(1, fps), Fraction(fps)
        context.gop_size, context.max_b_frames = gop, 0
        context.bit_rate = kilobits * 1000
        context.thread_count = 1
        context.options = {k: v.format(gop=gop, rate=kilobits) for k, v in options.items()}
        self.context = context
        self.frame = av.VideoFrame(*size, context.pix_fmt)

    def add(self, planes: tuple[Plane, Plane, Plane]) -> None:
        """Encode one picture."""
        frame = av.VideoFrame(*self.size, self.frame.format.name)
        for plane, pixels in zip(frame.planes, planes, strict=True):
            view = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
            view[:, :plane.width] = pixels
        frame.pts = self.count
        frame.time_base = Fraction(1, self.fps)
        self.count += 1
        self.keep(self.context.encode(frame))

    def keep(self, packets: list[av.Packet[Any]]) -> None:
        """Append finished access units."""
        for packet in packets:
            data = bytes(packet)
            self.file.write(data)
            self.units.append((self.at, len(data), bool(packet.is_keyframe)))
            self.at += len(data)

    def finish(self) -> Path:
        """Close and publish; returns the path of the index, which appears last."""
        self.keep(self.context.encode(None))
        self.file.close()
        data = self.folder / f"{self.name}.{self.codec}"
        self.part.replace(data)
        index = self.folder / f"{self.name}.json"
        self.part.write_text(json.dumps({"data": data.name, "codec": self.codec, "fps": self.fps,
                                         "width": self.size[0], "height": self.size[1], "units": self.units}))
        self.part.replace(index)
        return index

    def abandon(self) -> None:
        """Throw away what was written so far."""
        self.file.close()
        self.part.unlink(missing_ok=True)
