"""A large file written once from beginning to end, past the computer's memory where the system can do that.

What goes through the system's memory of files costs a copy and, for hours of pictures, pushes everything else out of
it; then the disk is asked to take gigabytes at once, while recorders wait for it. Written directly the disk works from
the first second on, and never has more than two buffers to do. Where that is not to be had (Windows, some network
disks) the same writes are ordinary ones.
Runs on: a worker thread, which fills buffers; the thread "export-disk" of each file writes them.
"""

from __future__ import annotations

import errno
import io
import mmap
import os
import queue
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

BLOCK = 4096                # bytes; disks take no less, nor from memory that begins elsewhere
BUFFER = 4 << 20            # bytes written at a time; with 1 MB this machine's disk reached half as much
_DIRECT = getattr(os, "O_DIRECT", 0)
_PLAIN = os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class Streamed(io.RawIOBase):
    """A file that is appended to. Raises OSError, later than the write that it belongs to: at the latest in ``settle``.

    Short pieces may be written again at places that were written already (a ZIP does so with its heads): ``seek`` there
    and back to the end. They reach the file when it is settled.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._disk: threading.Thread | None = None
        self._number: int | None = None
        self._number = self._open()
        self._buffers = [mmap.mmap(-1, BUFFER), mmap.mmap(-1, BUFFER)]
        self._which, self._filled = 0, 0
        self._full: queue.SimpleQueue[tuple[int, int] | None] = queue.SimpleQueue()     # (buffer, bytes); None: no more
        self._free: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._free.put(1)
        self._failed: Exception | None = None
        self._end, self._at = 0, 0
        self._again: list[tuple[int, bytes]] = []
        self._direct = bool(_DIRECT)

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._end}[whence]
        if not 0 <= base + offset <= self._end:
            raise ValueError("outside of what is written")
        self._at = base + offset
        return self._at

    def write(self, data: Any) -> int:
        """Takes all of ``data``; waits while both buffers are being written."""
        view = memoryview(data).cast("B")
        if self._number is None:
            return len(view)                # it was given up; who still holds it ends in order
        if self._at < self._end:
            if self._at + len(view) > self._end:
                raise ValueError("written again, and beyond the end")
            self._again.append((self._at, bytes(view)))
            self._at += len(view)
            return len(view)
        left = view
        while left:
            room = min(len(left), BUFFER - self._filled)
            self._buffers[self._which][self._filled:self._filled + room] = left[:room]
            self._filled += room
            left = left[room:]
            if self._filled == BUFFER:
                self._next()
        self._end += len(view)
        self._at = self._end
        return len(view)

    def settle(self) -> None:
        """The file is whole and the disk has it. Raises OSError."""
        if self._number is None:
            return
        try:
            self._finish()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """The file is closed as it is; what is written from now on goes nowhere. Harmless when it was settled."""
        self._stop()
        number, self._number = self._number, None
        if number is not None:
            with suppress(OSError):         # what mattered was said by fsync
                os.close(number)
            for buffer in self._buffers:
                with suppress(BufferError):     # a write that failed may still be named in its traceback
                    buffer.close()

    def close(self) -> None:
        """What was not settled is given up."""
        self.abandon()
        super().close()

    # --- writing ---

    def _open(self) -> int:
        try:
            return os.open(self._path, _PLAIN | os.O_CREAT | os.O_TRUNC | _DIRECT, 0o666)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
        return os.open(self._path, _PLAIN | os.O_CREAT | os.O_TRUNC, 0o666)

    def _next(self) -> None:
        """The full buffer goes to the disk; the other one is filled once the disk has it."""
        if self._disk is None:
            # A daemon: a disk that never answers must not keep the program from its end.
            self._disk = threading.Thread(target=self._work, name="export-disk", daemon=True)
            self._disk.start()
        self._full.put((self._which, self._filled))
        self._which, self._filled = self._free.get(), 0
        self._complain()

    def _stop(self) -> None:
        """Waits until what is full is written."""
        disk, self._disk = self._disk, None
        if disk is not None:
            self._full.put(None)
            disk.join()

    def _complain(self) -> None:
        if self._failed is not None:
            raise self._failed

    def _work(self) -> None:
        while (task := self._full.get()) is not None:
            try:
                if self._failed is None:
                    self._put(*task)
            except Exception as error:      # noqa: BLE001 - whoever writes is told, and must not wait for ever
                self._failed = error
            self._free.put(task[0])

    def _put(self, which: int, count: int) -> None:
        with memoryview(self._buffers[which]) as whole, whole[:count] as view:
            done = 0
            while done < count:
                try:
                    done += os.write(self._known(), view[done:])
                except OSError as error:
                    # A file system that opens a file so and then refuses, or a piece that no longer fits its blocks.
                    if error.errno != errno.EINVAL or not self._direct:
                        raise
                    self._ordinary()

    def _finish(self) -> None:
        self._stop()
        self._complain()
        if self._filled:
            whole = (self._filled + BLOCK - 1) // BLOCK * BLOCK
            self._buffers[self._which][self._filled:whole] = bytes(whole - self._filled)
            self._put(self._which, whole)
            os.ftruncate(self._known(), self._end)
        number = self._known()
        if self._again:
            self._ordinary()
            for at, piece in self._again:
                os.lseek(number, at, os.SEEK_SET)
                os.write(number, piece)
        os.fsync(number)

    def _ordinary(self) -> None:
        """From here on through the system's memory: for pieces that are no whole blocks."""
        self._direct = False
        if _DIRECT:
            import fcntl  # not on Windows, which has no direct writing either
            number = self._known()
            fcntl.fcntl(number, fcntl.F_SETFL, fcntl.fcntl(number, fcntl.F_GETFL) & ~_DIRECT)

    def _known(self) -> int:
        assert self._number is not None
        return self._number
