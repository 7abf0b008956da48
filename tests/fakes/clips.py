"""Short real streams for tests, encoded once per run: H.264, H.265, MPEG-4 and JPEG pictures in which all moves."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np

_ENCODERS = {"h264": "libx264", "hevc": "libx265", "mpeg4": "mpeg4", "mjpeg": "mjpeg"}

MARKS = (240, 170, 100, 30)         # of a marked clip: upper left, upper right, lower left, lower right


@dataclass(frozen=True, slots=True)
class Clip:
    """Access units of one stream, in coding order. ``units``: (bytes, is a key picture)."""

    codec: str
    width: int
    height: int
    fps: int
    units: tuple[tuple[bytes, bool], ...]
    configuration: bytes = b""          # MPEG-4: the header that travels in the SDP

    @property
    def first(self) -> bytes:
        return self.units[0][0]


@cache
def clip(codec: str = "h264", width: int = 320, height: int = 180, *, fps: int = 15, seconds: int = 6,
         group_s: float = 1.0, interlaced: bool = False, marked: bool = False) -> Clip:
    """A clip without B pictures. Longer than 64 units by default, so that no fingerprint repeats in the source.

    ``marked``: each quarter of the picture has a grey of its own, see MARKS.
    """
    context: Any = av.CodecContext.create(_ENCODERS[codec], "w")
    context.width, context.height = width, height
    context.time_base = Fraction(1, fps)
    context.framerate = fps
    context.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    context.gop_size = max(1, round(fps * group_s))
    context.max_b_frames = 0
    context.thread_count = 1
    if codec == "h264":
        extra = ":interlaced=1" if interlaced else ""
        context.options = {"preset": "ultrafast", "tune": "zerolatency",
                           "x264-params": f"scenecut=0:repeat-headers=1{extra}"}
    elif codec == "hevc":
        context.options = {"preset": "ultrafast", "tune": "zerolatency", "x265-params":
                           "log-level=none:repeat-headers=1:bframes=0:scenecut=0:pools=none:frame-threads=1"}
    units = []
    for index in range(fps * seconds):
        frame = (_marked if marked else _frame)(width, height, index, str(context.pix_fmt))
        units += context.encode(frame)
    units += context.encode(None)
    configuration = bytes(context.extradata or b"")
    return Clip(codec, width, height, fps, tuple((bytes(unit), unit.is_keyframe) for unit in units), configuration)


def _frame(width: int, height: int, index: int, pixel_format: str) -> Any:
    """A gradient that drifts, with a patch of noise like a sensor's."""
    rows, columns = np.mgrid[0:height, 0:width]
    grey = ((columns * 2 + rows + index * 7) % 256).astype(np.uint8)
    noise = np.random.default_rng(index).integers(0, 255, (min(32, height), min(32, width)), dtype=np.uint8)
    grey[: noise.shape[0], : noise.shape[1]] = noise
    frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format=pixel_format)
    frame.pts = index
    return frame


def _marked(width: int, height: int, index: int, pixel_format: str) -> Any:
    """Four quarters, and a spot in the middle that goes on and off, so that no picture is the one before."""
    grey = np.array(MARKS, np.uint8).reshape(2, 2).repeat(-(-height // 2), 0).repeat(-(-width // 2), 1)
    grey = np.ascontiguousarray(grey[:height, :width])
    spot = min(width, height) // 10
    grey[height // 2 - spot : height // 2 + spot, width // 2 - spot : width // 2 + spot] = 255 * (index % 2)
    frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format=pixel_format)
    frame.pts = index
    return frame


def corners(pixels: Any) -> tuple[int, ...]:
    """Which of MARKS is nearest to what a shown picture, (height, width, colours), has in each corner; as MARKS."""
    height, width = pixels.shape[:2]
    rows, columns = (height // 10, height - 1 - height // 10), (width // 10, width - 1 - width // 10)
    return tuple(min(MARKS, key=lambda mark: abs(mark - int(pixels[row, column, 1])))
                 for row in rows for column in columns)


class _Writer:
    """Bits of a parameter set."""

    def __init__(self) -> None:
        self.bits = ""

    def u(self, count: int, value: int) -> None:
        self.bits += format(value, f"0{count}b")

    def ue(self, value: int) -> None:
        code = format(value + 1, "b")
        self.bits += "0" * (len(code) - 1) + code

    def data(self) -> bytes:
        bits = self.bits + "1"
        bits += "0" * (-len(bits) % 8)
        return int(bits, 2).to_bytes(len(bits) // 8, "big")


def h264_parameter_set(width: int, height: int) -> bytes:
    """A sequence parameter set (with its start code) that claims any size: H.264 7.3.2.1, baseline profile."""
    writer = _Writer()
    writer.u(8, 0x67)
    writer.u(8, 66)
    writer.u(8, 0xC0)
    writer.u(8, 62)                     # level 6.2
    writer.ue(0)                        # id
    writer.ue(0)                        # log2_max_frame_num_minus4
    writer.ue(2)                        # picture order type
    writer.ue(1)                        # reference pictures
    writer.u(1, 0)
    writer.ue(-(-width // 16) - 1)
    writer.ue(-(-height // 16) - 1)
    writer.u(1, 1)                      # frames only
    writer.u(1, 1)
    right, bottom = -width % 16 // 2, -height % 16 // 2
    writer.u(1, int(bool(right or bottom)))
    if right or bottom:
        for value in (0, right, 0, bottom):
            writer.ue(value)
    writer.u(1, 0)                      # no usability information
    return b"\x00\x00\x00\x01" + _escaped(writer.data())


def _escaped(data: bytes) -> bytes:
    """Emulation prevention (H.264 7.4.1)."""
    out = bytearray()
    zeros = 0
    for value in data:
        if zeros >= 2 and value <= 3:
            out.append(3)
            zeros = 0
        out.append(value)
        zeros = zeros + 1 if value == 0 else 0
    return bytes(out)


def with_parameter_set(data: bytes, parameter_set: bytes) -> bytes:
    """An H.264 access unit whose own sequence parameter sets give way to another."""
    parts = [part for part in data.replace(b"\x00\x00\x00\x01", b"\x00\x00\x01").split(b"\x00\x00\x01") if part]
    kept = [b"\x00\x00\x00\x01" + part for part in parts if part[0] & 31 != 7]
    return parameter_set + b"".join(kept)
