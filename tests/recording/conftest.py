"""A small H.264 stream as units, made once: two pictures a group would be too few, a film too many."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from app.video.transport import CLOCK, Unit

FPS, GROUP = 15, 15
STEP = CLOCK // FPS


def encoded(pictures: int) -> list[tuple[bytes, bool]]:
    """(Annex B, key) of each picture; a key picture each second, parameter sets before it."""
    codec = av.CodecContext.create("libx264", "w")
    codec.width, codec.height, codec.pix_fmt = 64, 64, "yuv420p"
    codec.time_base, codec.framerate = Fraction(1, FPS), Fraction(FPS, 1)
    codec.options = {"preset": "ultrafast", "tune": "zerolatency", "g": str(GROUP), "keyint_min": str(GROUP),
                     "sc_threshold": "0"}
    found = []
    for number in range(pictures):
        frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), number * 3 % 255, np.uint8), format="rgb24")
        frame.pts = number
        found += [(bytes(packet), packet.is_keyframe) for packet in codec.encode(frame)]
    return found + [(bytes(packet), packet.is_keyframe) for packet in codec.encode(None)]


@pytest.fixture(scope="session")
def film() -> list[tuple[bytes, bool]]:
    return encoded(8 * FPS)


@pytest.fixture
def units(film: list[tuple[bytes, bool]]) -> Callable[..., list[Unit]]:
    """Units of the film as if they came in real time from now on: nobody waits for the clock."""
    def make(count: int = len(film)) -> list[Unit]:
        begin = time.monotonic_ns()
        return [Unit(data, key, begin + index * 1_000_000_000 // FPS, index * STEP + 1)
                for index, (data, key) in enumerate(film[:count])]
    return make


def files(root: Path) -> list[str]:
    """The recorded files below a folder, by name."""
    return sorted(os.path.relpath(path, root) for path in root.rglob("*.mp4*"))
