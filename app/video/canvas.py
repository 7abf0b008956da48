"""Where libVLC puts a player's pictures, and how they become pictures for the screen in the shared memory.

Runs on: libVLC's picture thread of one player, but for ``close``, which comes when that thread is gone.
"""

from __future__ import annotations

import ctypes
import functools
from typing import Any, Protocol

from app.model.turning import sides, turned
from app.video.frames import ALIGN, BUFFERS, bytes_per_picture, row_stride

_libc = ctypes.CDLL(None)
_memcmp = _libc.memcmp
_memcmp.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
_memcmp.restype = ctypes.c_int

# libswscale's numbers and names have stood still since its fifth version (Ubuntu 22.04); ten is not out yet.
_SWSCALE = tuple(f"libswscale.so.{number}" for number in range(5, 11))
_YUV420P, _BGRA, _FAST = 0, 28, 1       # AVPixelFormat, AVPixelFormat, SWS_FAST_BILINEAR
_STRIP = 96                             # columns; rows become columns in pieces that a processor's cache holds
_LINE = 32                              # bytes; libVLC recommends that rows begin at multiples of it


class Canvas(Protocol):
    """Room for the pictures of one player at one size."""

    chroma: bytes
    pitches: tuple[int, ...]            # bytes from row to row, by plane
    lines: tuple[int, ...]

    def begin(self, planes: Any) -> None:
        """Tell libVLC where its next picture goes."""

    def finish(self) -> int:
        """That picture is there: the buffer that holds it for the screen, -1 when it is the one before again."""

    def close(self) -> None: ...


def rows(height: int) -> int:
    """Rows that a picture's buffer must have: conversion goes by two, as colours do in half height."""
    return height + (height & 1)


def canvas(base: int, capacity: int, width: int, height: int, rotation: int = 0) -> Canvas:
    """The cheapest that this machine offers, for buffers of ``capacity`` bytes that begin at address ``base``.

    ``width`` x ``height`` is the picture as it is shown, turned by ``rotation`` degrees clockwise (app.model.turning).
    """
    if rotation:
        return Turned(base, capacity, width, height, rotation)
    library = _swscale()
    if library is None:
        return Direct(base, capacity, width, height)
    return Converting(library, base, capacity, width, height)


class Direct:
    """libVLC scales into the screen's own format and copies the result to where the desktop looks."""

    chroma = b"RV32"

    def __init__(self, base: int, capacity: int, width: int, height: int, buffers: int = BUFFERS) -> None:
        stride = row_stride(width)
        self.pitches: tuple[int, ...] = (stride,)
        self.lines: tuple[int, ...] = (height,)
        self._places = [base + index * capacity for index in range(buffers)]
        self._size = stride * height
        self._shown, self._writing = -1, 0

    def begin(self, planes: Any) -> None:
        self._writing = writing = (self._shown + 1) % len(self._places)
        planes[0] = self._places[writing]

    def finish(self) -> int:
        shown, writing, places = self._shown, self._writing, self._places
        if shown >= 0 and _memcmp(places[shown], places[writing], self._size) == 0:
            return -1
        self._shown = writing
        return writing

    def close(self) -> None:
        pass


class Converting:
    """libVLC scales the camera's own planes, a third of the bytes, and they become RGB on the way to the desktop.

    Scaling planes and then converting them without scaling costs 146 µs for 640x360 -> 480x270, both at once 247 µs;
    and what libVLC copies is 190 KB instead of 520.
    """

    chroma = b"I420"

    def __init__(self, library: Any, base: int, capacity: int, width: int, height: int,
                 buffers: int = BUFFERS) -> None:
        # Where a row's end is no picture, libVLC copies row by row: what lies there must stay the same for comparing.
        luma = -(-width // _LINE) * _LINE + (_LINE if width % 16 else 0)
        self._rows = rows(height)
        colour, colour_rows = luma // 2, self._rows // 2
        self.pitches: tuple[int, ...] = (luma, colour, colour)
        self.lines: tuple[int, ...] = (height, colour_rows, colour_rows)
        self._size = luma * self._rows + 2 * colour * colour_rows
        self._memory = ctypes.create_string_buffer(2 * self._size + _LINE)
        first = -(-ctypes.addressof(self._memory) // _LINE) * _LINE
        self._planes = [(at, at + luma * self._rows, at + luma * self._rows + colour * colour_rows)
                        for at in (first, first + self._size)]
        self._from = [_planes(*planes) for planes in self._planes]
        self._to = [_planes(base + index * capacity) for index in range(buffers)]
        self._strides = (ctypes.c_int * 4)(luma, colour, colour, 0), (ctypes.c_int * 4)(row_stride(width), 0, 0, 0)
        self._library = library
        self._context = library.sws_getContext(width, self._rows, _YUV420P, width, self._rows, _BGRA, _FAST, None, None,
                                               None)
        if not self._context:
            raise MemoryError("libswscale has no room")
        self._shown, self._writing, self._buffer = -1, 0, 0

    def begin(self, planes: Any) -> None:
        self._writing = writing = 0 if self._shown else 1
        planes[0], planes[1], planes[2] = self._planes[writing]

    def finish(self) -> int:
        shown, writing = self._shown, self._writing
        if shown >= 0 and _memcmp(self._planes[shown][0], self._planes[writing][0], self._size) == 0:
            return -1
        self._shown = writing
        self._buffer = buffer = (self._buffer + 1) % len(self._to)
        from_strides, to_strides = self._strides
        self._library.sws_scale(self._context, self._from[writing], from_strides, 0, self._rows, self._to[buffer],
                                to_strides)
        return buffer

    def close(self) -> None:
        context, self._context = self._context, None
        self._library.sws_freeContext(context)


class Turned:
    """The picture lies beside the screen's buffers as the camera sent it, at its shown size, and is copied turned.

    On pixels of 4 bytes, not on planes: numpy copies 480x270 of them in 45 µs, 960x540 in 0.4 ms, 1920x1080 in 4 ms
    (half for upside down), and no odd size needs colours between two pixels. libVLC's own filter "transform" (3.0.24)
    hears no player's options, only the instance's; it turns before it makes smaller, 3.6 ms of a core for 1280x720 ->
    480x270 against 1.3 ms here, decoding included, and tells the shape of the picture before it was turned.
    """

    def __init__(self, base: int, capacity: int, width: int, height: int, rotation: int) -> None:
        import numpy  # 9 MB that a worker without such cameras does without
        self._copy = numpy.copyto
        library = _swscale()
        across, down = sides(width, height, rotation)
        room, held = bytes_per_picture(across, down), 2 if library is None else 1     # one shown, one being written
        self._memory = ctypes.create_string_buffer(room * held + ALIGN)
        first = -(-ctypes.addressof(self._memory) // ALIGN) * ALIGN
        self._inner: Canvas = (Direct(first, room, across, down, held) if library is None
                               else Converting(library, first, room, across, down, held))
        self.chroma, self.pitches, self.lines = self._inner.chroma, self._inner.pitches, self._inner.lines

        def pixels(address: int, size: int, width: int, height: int) -> Any:
            whole = numpy.frombuffer((ctypes.c_uint32 * (size // 4)).from_address(address), numpy.uint32)
            return whole[: row_stride(width) // 4 * height].reshape(height, -1)[:, :width]

        def strips(picture: Any) -> list[Any]:
            step = _STRIP if rotation % 180 else width
            return [picture[:, left:left + step] for left in range(0, width, step)]

        self._from = [strips(turned(pixels(first + index * room, room, across, down), rotation))
                      for index in range(held)]
        self._to = [strips(pixels(base + index * capacity, capacity, width, height)) for index in range(BUFFERS)]
        self._buffer = 0

    def begin(self, planes: Any) -> None:
        self._inner.begin(planes)

    def finish(self) -> int:
        made = self._inner.finish()
        if made < 0:
            return -1
        self._buffer = buffer = (self._buffer + 1) % BUFFERS
        for target, source in zip(self._to[buffer], self._from[made], strict=True):
            self._copy(target, source)
        return buffer

    def close(self) -> None:
        self._inner.close()


def _planes(*addresses: int) -> Any:
    return (ctypes.c_void_p * 4)(*addresses)


@functools.cache
def _swscale() -> Any:
    """The libswscale that libVLC's own plug-in uses where it is a library of the system; None elsewhere."""
    for name in _SWSCALE:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.sws_getContext.restype = ctypes.c_void_p
        library.sws_getContext.argtypes = [ctypes.c_int] * 7 + [ctypes.c_void_p] * 3
        library.sws_scale.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int,
                                      ctypes.c_void_p, ctypes.c_void_p]
        library.sws_freeContext.argtypes = [ctypes.c_void_p]
        library.sws_freeContext.restype = None
        return library
    return None
