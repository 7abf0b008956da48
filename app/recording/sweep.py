"""Room made in a place for recordings: what is too old, then the oldest that may go. Every deletion is told in the log.

Runs on: the thread "recording".
"""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.model.recording import Aged, Usage
from app.recording.policy import KeepOf
from app.recording.retention import Why, plan, stretches

_log = logging.getLogger("lawang.recording")

BATCH = 2000                        # files of one kind in one pass; the next pass comes in seconds


class Rows(Protocol):
    """What a sweep needs of an index."""

    def cameras(self) -> list[str]: ...
    def older(self, camera: str, before: int, *, kept: bool, most: int) -> list[Aged]: ...
    def oldest(self, most: int) -> list[Aged]: ...
    def eligible(self) -> int: ...
    def forget(self, gone: list[Aged]) -> None: ...
    def used(self) -> tuple[int, int, int, int | None]: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """``quota``: bytes that recordings may take; ``floor``: bytes that stay free on the disk."""

    quota: int
    floor: int


def sweep(index: Rows, root: Path, keep_of: KeepOf, now: int, limits: Limits, *,
          by_age: bool = True) -> tuple[Usage, bool]:
    """Usage afterwards, and whether there is room to go on. Raises OSError when the disk does not answer.

    ``by_age`` False: the clock cannot be believed just now, nothing goes for its age.
    """
    usage = _usage(index, root)
    old = _old(index, keep_of, now) if by_age else []
    over = usage.bytes > limits.quota or usage.free < limits.floor
    found = plan(old, index.oldest(BATCH) if over else (), index.eligible() if over else 0, used=usage.bytes,
                 quota=limits.quota, free=usage.free, floor=limits.floor)
    gone: list[tuple[Aged, Why]] = []
    for one, why in found.goes:
        try:
            (root / one.path).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s cannot be deleted: %s", one.path, error.strerror)
            continue
        gone.append((one, why))
    if gone:
        index.forget([one for one, _why in gone])
        for why in Why:
            for camera, (t0, t1, size) in stretches(one for one, cause in gone if cause is why).items():
                _log.info("deleted (%s): %s from %d to %d, %d bytes", why.value, camera, t0, t1, size)
        usage = _usage(index, root)
    # A pass frees half at most, and files that grow are not counted: a little over is no lack.
    return usage, usage.free >= limits.floor // 2 and usage.bytes < limits.quota * 1.1


def _old(index: Rows, keep_of: KeepOf, now: int) -> list[Aged]:
    """All last minutes that are over; of what was kept for days at most half of everything in one pass."""
    last, kept = ([one for camera in index.cameras()
                   for one in index.older(camera, now - keep_of(camera, days), kept=days, most=BATCH)]
                  for days in (False, True))
    return last + sorted(kept, key=lambda one: one.t0)[:(index.eligible() + 1) // 2] if kept else last


def _usage(index: Rows, root: Path) -> Usage:
    disk = shutil.disk_usage(root)
    return Usage(*index.used(), disk.free, disk.total)
