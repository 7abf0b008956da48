"""Reads encoded clips by their index and bends access units: headers only, or random bytes where the picture was."""

from __future__ import annotations

import itertools
import json
import random
import re
from pathlib import Path

from gi.repository import GLib


class Clip:
    """Access units of one clip, read once; ``keys`` are the indices of those that start a group of pictures."""

    def __init__(self, index: Path) -> None:
        about = json.loads(index.read_text())
        data = (index.parent / about["data"]).read_bytes()
        self.codec, self.fps = about["codec"], int(about["fps"])
        self.width, self.height = int(about["width"]), int(about["height"])
        self.units = [GLib.Bytes.new(data[at:at + size]) for at, size, _key in about["units"]]
        self.keys = [n for n, (_at, _size, key) in enumerate(about["units"]) if key]

    def key_before(self, n: int) -> int:
        """The newest key unit at or before ``n`` (modulo the clip)."""
        n %= len(self.units)
        return max((k for k in self.keys if k <= n), default=self.keys[-1])


def is_picture(head: int, codec: str) -> bool:
    """Whether a NAL unit with this first byte is a slice (ITU-T H.264 table 7-1, H.265 table 7-1)."""
    return head & 31 in (1, 5) if codec == "h264" else (head >> 1) & 63 < 32


def headers(data: bytes, codec: str) -> bytes:
    """The parameter sets at the start of a key unit; all of it when there are none (JPEG)."""
    slices = (m.start() for m in re.finditer(b"\0\0\1", data) if codec != "mjpeg" and is_picture(data[m.end()], codec))
    return data[:next(slices, len(data))].rstrip(b"\0")


def spoil(data: bytes, codec: str) -> bytes:
    """The same access unit with random bytes in its slices (JPEG: in its scan); headers and start codes stay."""
    if codec == "mjpeg":
        at = data.find(b"\xff\xda") + 14
        return data[:at] + bytes(random.choices(range(1, 255), k=max(0, len(data) - at - 2))) + data[-2:]
    out, ends = bytearray(data), [*(m.start() for m in re.finditer(b"\0\0\1", data)), len(data)]
    for start, end in itertools.pairwise(ends):
        if is_picture(data[start + 3], codec):
            begin = start + 3 + (1 if codec == "h264" else 2)
            out[begin:end] = bytes(random.choices(range(4, 255), k=max(0, end - begin)))
    return bytes(out)
