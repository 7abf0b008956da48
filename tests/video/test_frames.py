"""Shared memory: blocks seen by two processes, and the arena that hands out their buffers."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.video.frames import ALIGN, BOARD_BYTES, BUFFERS, PAGE, SLOTS, Arena, SharedBlock, bytes_per_picture, row_stride

ROOM = 64 * PAGE
SIZE = BOARD_BYTES + ROOM


def _spans(taken):
    return sorted((b.offset, b.offset + b.capacity * BUFFERS) for b in taken)


def test_first_fit_and_give_back():
    arena = Arena(SIZE)
    one, two, three = (arena.take(PAGE) for _ in range(3))
    assert [b.offset for b in (one, two, three)] == [BOARD_BYTES + n * 3 * PAGE for n in range(3)]
    assert [one.at(n) - one.offset for n in range(3)] == [0, PAGE, 2 * PAGE]
    arena.give_back(two)
    assert arena.take(2 * PAGE).offset > three.offset, "too large for the gap"
    assert arena.take(PAGE // 2).offset == two.offset, "the first gap that fits"


def test_full_says_so_and_recovers():
    arena = Arena(SIZE)
    taken = arena.take(ROOM // BUFFERS - PAGE)
    with pytest.raises(MemoryError):
        arena.take(2 * PAGE)
    arena.give_back(taken)
    assert arena.take(ROOM // BUFFERS - PAGE).offset == BOARD_BYTES


def test_neighbours_merge():
    arena = Arena(SIZE)
    taken = [arena.take(PAGE * 7) for _ in range(3)]
    with pytest.raises(MemoryError):
        arena.take(PAGE * 7)
    for buffers in (taken[0], taken[2], taken[1]):
        arena.give_back(buffers)
    assert arena.take(PAGE * 21).offset == BOARD_BYTES


@given(st.lists(st.one_of(st.integers(1, 6 * PAGE), st.integers(-8, -1)), max_size=60))
def test_nothing_overlaps_and_nothing_is_lost(steps):
    """Positive: take so many bytes; negative: give back the n-th oldest."""
    arena, taken = Arena(SIZE), []
    for step in steps:
        if step > 0:
            try:
                taken.append(arena.take(step))
            except MemoryError:
                continue
        elif len(taken) >= -step:
            arena.give_back(taken.pop(-step - 1))
        spans = _spans(taken)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
        assert all(begin >= BOARD_BYTES and end <= SIZE for begin, end in spans)
    for buffers in taken:
        arena.give_back(buffers)
    assert arena.take(ROOM // BUFFERS // PAGE * PAGE).offset == BOARD_BYTES, "everything came back in one piece"


@given(st.integers(1, 8192), st.integers(1, 8192))
def test_rows_are_aligned_and_pictures_hold_them(width, height):
    stride = row_stride(width)
    assert stride % ALIGN == 0 and width * 4 <= stride < width * 4 + ALIGN
    assert bytes_per_picture(width, height) >= stride * height


def test_a_child_sees_the_same_memory():
    block = SharedBlock.create(SIZE, "test")
    try:
        board = block.board()
        assert board.shape == (SLOTS,) and not board["serial"].any()
        board[3]["serial"] = 77
        program = ("import sys; from app.video.frames import SharedBlock\n"
                   "block = SharedBlock.attach(sys.argv[1], int(sys.argv[2]))\n"
                   "block.board()[5]['serial'] = block.board()[3]['serial'] + 1\n")
        subprocess.run([sys.executable, "-c", program, block.token, str(SIZE)], pass_fds=[block.handle], check=True,
                       timeout=30)
        assert board[5]["serial"] == 78
        del board
    finally:
        handle = block.handle
        block.close()
    block.close()
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(handle)


def test_a_picture_that_is_looked_at_outlives_its_block():
    block = SharedBlock.create(SIZE, "test")
    look = block.bytes[BOARD_BYTES : BOARD_BYTES + 16]
    look[:] = 9
    block.close()
    assert np.array_equal(look, np.full(16, 9, np.uint8))
