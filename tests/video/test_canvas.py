"""Planes of the camera become RGB for the screen: right colours, any size, and the same picture twice is told."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from app.model.camera import ROTATIONS
from app.model.turning import sides, turned
from app.video import canvas as module
from app.video.canvas import Direct, canvas, rows
from app.video.frames import BUFFERS, bytes_per_picture, row_stride

GREY, RED = (128, 128, 128), (81, 90, 240)      # Y, U, V of ITU-R BT.601 in studio range


class Slot:
    """Three buffers with a seam of marked bytes behind them, as a player's slot."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.capacity = bytes_per_picture(width, height)
        self._memory = ctypes.create_string_buffer(b"\xa5" * (BUFFERS * self.capacity + 128))
        self.base = -(-ctypes.addressof(self._memory) // 64) * 64

    def shown(self, buffer: int) -> np.ndarray:
        """Blue, green, red by row and column."""
        raw = ctypes.string_at(self.base + buffer * self.capacity, row_stride(self.width) * self.height)
        return np.frombuffer(raw, np.uint8).reshape(self.height, -1, 4)[:, : self.width, :3]

    def behind(self) -> bytes:
        return ctypes.string_at(self.base + BUFFERS * self.capacity, 32)


def write(made, colour: tuple[int, int, int], width: int, height: int, noise: int = 0) -> int:
    """One picture as libVLC would write it, row by row; what :meth:`finish` says."""
    planes = (ctypes.c_void_p * 3)()
    made.begin(planes)
    sizes = [(width, height), *[((width + 1) // 2, (height + 1) // 2)] * 2]
    for place, value, pitch, (columns, count) in zip(planes, colour, made.pitches, sizes, strict=True):
        for row in range(count):
            ctypes.memset(place + row * pitch, value, columns)
    ctypes.memset(planes[0], colour[0] + noise, 1)
    return made.finish()


@pytest.fixture
def converts():
    if module._swscale() is None:
        pytest.skip("this machine has no libswscale of its own")


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize(("width", "height"), [(480, 270), (240, 135), (239, 135), (1, 1), (17, 3), (960, 540),
                                                 (322, 181)])
def test_colours_arrive_and_nothing_beside_the_buffers_is_written(converts, width, height, rotation):
    slot = Slot(width, height)
    made = canvas(slot.base, slot.capacity, width, height, rotation)
    sent = sides(width, height, rotation)
    for noise in range(BUFFERS + 1):            # once around: each buffer is written as a whole
        grey = turned(slot.shown(write(made, GREY, *sent, noise)), -rotation % 360)
        assert abs(grey.astype(int)[1:] - 130).max(initial=0) <= 2
        red = slot.shown(write(made, RED, *sent, noise))
        if width > 1 and height > 1:
            assert red[-1, -1, 2] > 240
            assert red[-1, -1, :2].max() < 15, "down to the last pixel"
    assert slot.behind() == b"\xa5" * 32
    made.close()


def test_the_same_picture_again_is_no_new_one(converts):
    slot = Slot(240, 135)
    made = canvas(slot.base, slot.capacity, 240, 135)
    first = write(made, GREY, 240, 135)
    assert [write(made, GREY, 240, 135) for _ in range(3)] == [-1, -1, -1]
    second = write(made, GREY, 240, 135, noise=1)
    assert {first, second} < set(range(BUFFERS))
    assert first != second, "whoever looks at the first one still sees it whole"
    made.close()


def test_without_a_library_libvlc_makes_the_screens_format_itself(monkeypatch):
    monkeypatch.setattr(module, "_swscale", lambda: None)
    slot = Slot(240, 135)
    made = canvas(slot.base, slot.capacity, 240, 135)
    assert isinstance(made, Direct)
    assert made.chroma == b"RV32"
    buffers = []
    for value in (1, 1, 2, 3):
        planes = (ctypes.c_void_p * 1)()
        made.begin(planes)
        ctypes.memset(planes[0], value, made.pitches[0] * made.lines[0])
        buffers.append(made.finish())
    assert buffers[1] == -1
    assert len({buffers[0], *buffers[2:]}) == 3
    assert rows(135) == 136
