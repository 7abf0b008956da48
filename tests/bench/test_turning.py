"""What it costs to turn pictures of a camera that hangs upside down, beside what each picture costs anyway.

    make bench ARGS="-k turning"

Thread CPU time, so that neighbours on the machine count little. 15 pictures a second: 100 µs are 0.15 % of a core.
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import ctypes
import statistics
import time

import pytest

from app.model.camera import ROTATIONS
from app.model.turning import sides
from app.video import canvas as module
from app.video.canvas import canvas
from app.video.frames import BUFFERS, bytes_per_picture

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

PICTURES = 60
MOST_TIMES = 6.0            # of an upright picture; measured: 2 in a pane of 480x270, 5 at 1920x1080


def cost_us(width: int, height: int, rotation: int) -> float:
    """Median of what ``finish`` takes for a picture shown at that size."""
    memory = ctypes.create_string_buffer(BUFFERS * bytes_per_picture(width, height) + 64)
    made = canvas(-(-ctypes.addressof(memory) // 64) * 64, bytes_per_picture(width, height), width, height, rotation)
    across, down = sides(width, height, rotation)
    planes = (ctypes.c_void_p * 3)()
    taken = []
    for number in range(PICTURES):
        made.begin(planes)
        ctypes.memset(planes[0], number % 200 + 16, made.pitches[0] * down)
        assert across <= made.pitches[0]
        began = time.thread_time_ns()
        assert made.finish() >= 0
        taken.append((time.thread_time_ns() - began) / 1000)
    made.close()
    return statistics.median(taken)


@pytest.mark.parametrize(("width", "height"), [(240, 134), (480, 270), (960, 540), (1920, 1080)])
def test_what_turning_costs(width: int, height: int) -> None:
    if module._swscale() is None:
        pytest.skip("this machine has no libswscale of its own")
    found = {rotation: cost_us(*(sides(width, height, rotation)), rotation) for rotation in ROTATIONS}
    print(f"{width}x{height}: " + ", ".join(f"{rotation}° {cost:.0f} µs" for rotation, cost in found.items()))
    assert max(found.values()) < MOST_TIMES * found[0]
