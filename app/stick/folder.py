"""Tells when something came into a folder, left it or may be read now: inotify, asked through the C library.

Runs on: the thread that reads sticks. Python has no inotify of its own; three calls of libc need no package.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path

_CREATE, _DELETE, _ATTRIB, _MOVED, _SELF = 0x100, 0x200, 0x4, 0xC0, 0x400      # linux/inotify.h
_NONBLOCK_CLOEXEC = 0o2004000


class FolderWatch:
    """``fd`` can be read when something happened. A folder that is not there yet is waited for in the one above it.
    Raises OSError where there is no inotify."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._seen = folder, False
        try:
            self._libc = ctypes.CDLL(None, use_errno=True)
            self.fd: int = self._libc.inotify_init1(_NONBLOCK_CLOEXEC)
        except (AttributeError, TypeError) as error:
            raise OSError("no inotify") from error
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "inotify")
        self.renew()

    def renew(self) -> None:
        """Takes what was told, and watches the folder when it is there now."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self.fd, 65536):
                self._seen = self._seen and self._folder.is_dir()
        while not self._seen:
            if self._folder.is_dir():
                self._seen = self._add(self._folder)
                return
            above = self._above()
            self._add(above)
            # It may have come between the look and the watch, which would never tell.
            if not self._folder.is_dir() and self._above() == above:
                return

    def _above(self) -> Path:
        return next(parent for parent in self._folder.parents if parent.is_dir())

    def close(self) -> None:
        os.close(self.fd)

    def _add(self, folder: Path) -> bool:
        wanted = _CREATE | _DELETE | _ATTRIB | _MOVED | _SELF
        return bool(self._libc.inotify_add_watch(self.fd, os.fsencode(folder), wanted) >= 0)
