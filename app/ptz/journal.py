"""Which cameras may be moving, on disk: whoever comes after a crash stops them first.

Runs on: any thread of the worker. A line of some hundred bytes, written when a camera starts and when it stands.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from pathlib import Path

log = logging.getLogger("lawang.ptz")


class Journal:
    """A small file of camera ids, replaced whole. Not synced: it survives a crash of programs, not of the machine,
    and after a power cut cameras have other worries."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._moving: set[str] = set()

    def started(self, camera: str) -> None:
        with self._lock:
            if camera not in self._moving:
                self._moving.add(camera)
                self._write()

    def stands(self, camera: str) -> None:
        with self._lock:
            if camera in self._moving:
                self._moving.discard(camera)
                self._write()

    def _write(self) -> None:
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            draft.write_text(json.dumps(sorted(self._moving)), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            log.warning("the list of moving cameras could not be written: %s", error.strerror)


def left_moving(path: Path) -> tuple[str, ...]:
    """The cameras that a worker before us may have left moving; empty when there is no such list."""
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    return tuple(str(camera) for camera in listed) if isinstance(listed, list) else ()
