"""Picture slots in shared memory, seen as numpy arrays by the desktop and field by field by the workers.

One anonymous block per decoder worker, made by the desktop and inherited by the worker: it has no name in any file
system, so nothing is left behind when every process is killed. The block begins with a board of slot records; behind
it lie the picture buffers, three per slot, whose places the desktop hands out (:class:`Arena`).

The writer never touches the buffer that was published last, nor the one before it; the reader needs no lock as long
as it paints within one picture interval of reading ``published``.

numpy is loaded by whoever asks for an array: a worker that does not is smaller by 9 MB.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import struct
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SLOTS = 64          # records on a board: 16 panes, each twice while it changes stream, with room to spare
BUFFERS = 3         # one shown, one being copied by the reader, one being written (reference/video.md section 4)
ALIGN = 64          # bytes; libVLC recommends 32 for planes, a cache line serves both
PAGE = 4096

# The worker writes all of it but ``generation``. Times are CLOCK_MONOTONIC nanoseconds. ``serial`` is written last.
_FIELDS = (
    ("serial", "Q"),            # pictures published that differ from the one before
    ("published", "I"),         # index of the buffer that holds the newest picture
    ("generation", "I"),        # which show order the record belongs to
    ("width", "I"), ("height", "I"), ("stride", "I"), ("refused", "I"),
    ("changed_ns", "Q"),        # when the newest picture was published
    ("displays", "Q"),          # display callbacks, repeats included: proves nothing (video.md section 4)
    ("source_width", "I"), ("source_height", "I"),
    ("decoded", "Q"),           # libVLC's counters, which it refreshes 4 times a second
    ("lost", "Q"),
    ("demuxed", "Q"),           # bytes that libVLC's demuxer has taken
    ("demuxed_ns", "Q"),        # when ``demuxed`` last grew
)
_SLOT = struct.Struct("<" + "".join(kind for _, kind in _FIELDS))   # all of it; no field needs padding before it
_SLOT_HEAD = struct.Struct("<Q6IQ")      # the fields up to changed_ns
_PLACES = {name: (struct.Struct("<" + kind), struct.calcsize("<" + "".join(k for _, k in _FIELDS[:index])))
           for index, (name, kind) in enumerate(_FIELDS)}
SLOT_BYTES = _SLOT.size
BOARD_BYTES = -(-SLOTS * SLOT_BYTES // PAGE) * PAGE


@cache
def _slot_type() -> np.dtype[np.void]:
    import numpy
    made = numpy.dtype([(name, f"<u{struct.calcsize(kind)}") for name, kind in _FIELDS], align=True)
    assert made.itemsize == SLOT_BYTES
    return made


def place_of(field: str) -> int:
    """Bytes from the beginning of a slot's record to a field."""
    return _PLACES[field][1]


class SharedBlock:
    """Zeroed anonymous shared memory of ``size`` bytes; only touched pages cost memory.

    POSIX: a memfd whose descriptor a child inherits. Windows: a pagefile-backed mapping found by its tag (untested).
    """

    def __init__(self, size: int, handle: int, tag: str = "") -> None:
        self.size = size
        self.handle = handle
        self.tag = tag
        if sys.platform == "win32":
            self.memory = mmap.mmap(-1, size, tagname=tag)
        else:
            self.memory = mmap.mmap(handle, size)
            self._inode = os.fstat(handle).st_ino
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))

    @cached_property
    def bytes(self) -> npt.NDArray[np.uint8]:
        """All of it, uint8, shape (bytes,)."""
        import numpy
        return numpy.frombuffer(self.memory, numpy.uint8)

    @classmethod
    def create(cls, size: int, name: str) -> SharedBlock:
        """A new block; raises OSError when the machine refuses the memory."""
        if sys.platform == "win32":
            return cls(size, -1, f"lawang-{os.getpid()}-{name}")
        handle = os.memfd_create(f"lawang-{name}", os.MFD_CLOEXEC)
        try:
            os.ftruncate(handle, size)
            return cls(size, handle)
        except BaseException:
            os.close(handle)
            raise

    @property
    def token(self) -> str:
        """How a child finds the block: sent in its first message."""
        return self.tag or f"fd:{self.handle}"

    @classmethod
    def attach(cls, token: str, size: int) -> SharedBlock:
        """The same block in a child that inherited it."""
        if token.startswith("fd:"):
            return cls(size, int(token[3:]))
        return cls(size, -1, token)

    def close(self) -> None:
        """Give back descriptor and mapping; arrays that are still looked at keep their pages until they go."""
        self.__dict__.pop("bytes", None)
        with contextlib.suppress(BufferError):      # a picture on the screen still looks at it; it goes with that
            self.memory.close()
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1

    def share(self) -> int:
        """A descriptor of its own for another process; OSError when the block is closed, or has none."""
        handle = os.dup(self.handle)
        if os.fstat(handle).st_ino != self._inode:       # closed just now, and the number already another file's
            os.close(handle)
            raise OSError("the block is closed")
        return handle

    def discard(self, offset: int, length: int) -> None:
        """Nobody needs these pages: give their memory back to the system (Linux; elsewhere they stay)."""
        if hasattr(mmap, "MADV_REMOVE"):
            self.memory.madvise(mmap.MADV_REMOVE, offset, length)

    def slot(self, index: int) -> tuple[int, int, int, int, int, int, int]:
        """(serial, published, generation, width, height, stride, changed_ns) of one record, read in one call."""
        serial, published, generation, width, height, stride, _, changed_ns = _SLOT_HEAD.unpack_from(
            self.memory, index * SLOT_BYTES)
        return serial, published, generation, width, height, stride, changed_ns

    def counters(self, index: int) -> tuple[int, int]:
        """(demuxed, demuxed_ns) of one record."""
        record = _SLOT.unpack_from(self.memory, index * SLOT_BYTES)
        return record[13], record[14]

    def losses(self, index: int) -> tuple[int, int]:
        """(displays, lost) of one record: pictures that libVLC showed, repeats included, and dropped as too late."""
        record = _SLOT.unpack_from(self.memory, index * SLOT_BYTES)
        return record[8], record[12]

    def board(self) -> npt.NDArray[np.void]:
        """The slot records, shape (SLOTS,)."""
        return self.bytes[: SLOTS * SLOT_BYTES].view(_slot_type())


class SlotRecord:
    """One record of a board, field by field, for the worker that writes it."""

    def __init__(self, block: SharedBlock, slot: int) -> None:
        self._memory = memoryview(block.memory)
        self._at = slot * SLOT_BYTES

    def __getitem__(self, field: str) -> int:
        form, offset = _PLACES[field]
        return int(form.unpack_from(self._memory, self._at + offset)[0])

    def __setitem__(self, field: str, value: int) -> None:
        form, offset = _PLACES[field]
        form.pack_into(self._memory, self._at + offset, value)

    def begin(self, generation: int) -> None:
        """Another player has the slot: nothing was shown yet."""
        for field in ("serial", "published", "displays", "decoded", "lost", "demuxed", "demuxed_ns", "refused",
                      "changed_ns"):
            self[field] = 0
        self["generation"] = generation


@dataclass(frozen=True, slots=True)
class Buffers:
    """Where the three buffers of one slot lie: byte offset of the first and bytes of each."""

    offset: int
    capacity: int

    def at(self, index: int) -> int:
        return self.offset + index * self.capacity


def bytes_per_picture(width: int, height: int) -> int:
    """Room for one RV32 picture of width x height pixels, rows aligned and even in number (app.video.canvas)."""
    return -(-row_stride(width) * (height + (height & 1)) // ALIGN) * ALIGN


def row_stride(width: int) -> int:
    """Bytes from one row to the next: 4 per pixel, a multiple of ALIGN."""
    return -(-width * 4 // ALIGN) * ALIGN


class Arena:
    """Hands out picture buffers behind the board: first fit, neighbours merged when given back. Desktop side only."""

    def __init__(self, size: int) -> None:
        self._free: list[tuple[int, int]] = [(BOARD_BYTES, size - BOARD_BYTES)]     # (offset, bytes), by offset

    def take(self, capacity: int) -> Buffers:
        """Room for three pictures of ``capacity`` bytes; raises MemoryError when the block is full."""
        need = -(-capacity * BUFFERS // PAGE) * PAGE
        for index, (offset, length) in enumerate(self._free):
            if length >= need:
                rest = [(offset + need, length - need)] if length > need else []
                self._free[index : index + 1] = rest
                return Buffers(offset, capacity)
        raise MemoryError("no room for another picture in this worker's shared memory")

    def give_back(self, buffers: Buffers) -> tuple[int, int]:
        """The buffers are no longer written; their room may be handed out again. Returns (offset, bytes) of it."""
        length = -(-buffers.capacity * BUFFERS // PAGE) * PAGE
        spans = sorted([*self._free, (buffers.offset, length)])
        merged = [spans[0]]
        for offset, size in spans[1:]:
            last_offset, last_size = merged[-1]
            if last_offset + last_size == offset:
                merged[-1] = (last_offset, last_size + size)
            else:
                merged.append((offset, size))
        self._free = merged
        return buffers.offset, length
