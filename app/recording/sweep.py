"""Room made in a place for recordings: what is too old, then the oldest that may go. Every deletion is told in the log.

Runs on: the thread "recording".
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.model.errors import OperatorError
from app.model.recording import Aged, Usage
from app.recording.grace import DAY_US, DAYS, FLOOR, MINUTES, QUOTA, Ledger
from app.recording.grace import Rows as PromiseRows
from app.recording.policy import KeepOf
from app.recording.retention import Why, plan, stretches

_log = logging.getLogger("lawang.recording")

BATCH = 2000                        # files of one kind in one pass; the next pass comes in seconds
OTHERS_S = 60.0                     # so long the sum of what is another register's is believed


class Rows(Protocol):
    """What a sweep needs of an index."""

    @property
    def promises(self) -> PromiseRows: ...
    def cameras(self) -> list[str]: ...
    def older(self, camera: str, before: int, *, kept: bool, most: int) -> list[Aged]: ...
    def oldest(self, most: int, but: Collection[str] = ...) -> list[Aged]: ...
    def bytes_of(self, cameras: Collection[str]) -> tuple[int, int]: ...
    def forget(self, gone: list[Aged]) -> None: ...
    def used(self) -> tuple[int, int, int, int | None]: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """``quota``: bytes that recordings may take; ``floor``: bytes that stay free on the disk.

    ``slack``: microseconds that a file stays beyond its time, as it begins before its use. ``frozen``: the rules cannot
    be read, nothing is promised for a shorter time than before.
    """

    quota: int
    floor: int
    slack: int = 0
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Whose:
    """``register``: the id of the register that this program works with, "" when it has none.

    ``owned``: the place is this register's, or nobody's yet. ``knows``: whether a camera stands in the register.
    """

    register: str = ""
    owned: bool = True
    knows: Callable[[str], bool] = lambda _camera: True

    def others(self, cameras: Collection[str], ledger: Ledger) -> frozenset[str]:
        """Those of another register: this one does not know how long they are to be kept."""
        return frozenset(camera for camera in cameras if not self.knows(camera) and (
            of != self.register if (of := ledger.register_of(camera)) else not self.owned))


def sweep(index: Rows, root: Path, keep_of: KeepOf, now: int, limits: Limits, *, by_age: bool = True,
          ledger: Ledger | None = None, whose: Whose | None = None) -> tuple[Usage, bool]:
    """Usage afterwards, and whether there is room to go on. Raises OSError when the disk does not answer.

    ``by_age`` False: the clock cannot be believed just now, nothing goes for its age. ``ledger``: what was promised
    before, read from the index when it is not given.
    """
    whose = whose or Whose()
    ledger = ledger or Ledger(index.promises, whose.register)
    cameras = index.cameras()
    spared = whose.others(cameras, ledger)
    usage = _usage(index, root, spared, ledger)
    quota = ledger.in_force(QUOTA, ledger.register, limits.quota, now) or 0
    floor = -(ledger.in_force(FLOOR, ledger.register, -limits.floor, now) or 0)
    due, late = _old(index, keep_of, now, limits, ledger, whose, [one for one in cameras if one not in spared]) \
        if by_age else ([], [])
    size, held = usage.bytes - usage.others - usage.held, usage.held
    most, whole = ledger.most(max(0, size), held, sum(one.bytes for one in due), now)
    with contextlib.suppress(OperatorError):     # a full disk: room is made nevertheless, the next pass writes it
        ledger.save()
    for number, one in enumerate(sorted(late, key=lambda one: one.t0)):
        if one.bytes > most and (number or not whole):
            break
        due.append(one)
        most = max(0, most - one.bytes)
    used = usage.bytes - usage.others
    over = used > quota or usage.free < floor
    found = plan(due, index.oldest(BATCH, spared) if over else (), most, used=used, quota=quota, free=usage.free,
                 floor=floor)
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
        usage = _usage(index, root, spared, ledger)
    # Half goes in a day at most, and files that grow are not counted: more than the quota is no lack of room while the
    # disk has some, unless it is held.
    used = usage.bytes - usage.others
    return usage, usage.free >= floor // 2 and (used < quota * 1.1 or (found.spared and usage.held < quota))


def _old(index: Rows, keep_of: KeepOf, now: int, limits: Limits, ledger: Ledger, whose: Whose,
         cameras: Collection[str]) -> tuple[list[Aged], list[Aged]]:
    """What goes as was promised, and what has been too old for more than a day: a clock, or a rule, may be wrong."""
    due: list[Aged] = []
    late: list[Aged] = []
    for camera in cameras:
        register = whose.register if whose.knows(camera) else ""
        for days in (False, True):
            keep = ledger.in_force(DAYS if days else MINUTES, camera, keep_of(camera, days), now, frozen=limits.frozen,
                                   register=register)
            if keep is None:
                continue
            before = now - keep - limits.slack
            for one in index.older(camera, before, kept=days, most=BATCH):
                (late if days and one.t1 < before - DAY_US else due).append(one)
    return due, late


def _usage(index: Rows, root: Path, spared: frozenset[str], ledger: Ledger) -> Usage:
    disk = shutil.disk_usage(root)
    size, files, held, oldest = index.used()
    if not spared:
        return Usage(size, files, held, oldest, disk.free, disk.total, disk=root.stat().st_dev)
    cameras, others, until = ledger.others
    if cameras != spared or time.monotonic() >= until:
        others = index.bytes_of(spared)[0]
        ledger.others = (spared, others, time.monotonic() + OTHERS_S)
    return Usage(size, files, held, oldest, disk.free, disk.total, others, root.stat().st_dev)
