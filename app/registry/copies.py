"""Copies of the registry file: one before each migration and one a day, so that a damaged file has a successor.

Runs on: the registry lane, or a command line's main thread.
"""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

log = logging.getLogger("lawang.registry")

KEEP = 7                    # a week of working days: damage is often noticed days later
DAY_SECONDS = 86_400.0
_NAME = re.compile(r"-(\d{8}T\d{6}Z)(-v\d+)?\.db$")


def folder_of(path: Path) -> Path:
    """Where the copies of a registry lie: beside it, so that they move and are backed up with it."""
    return path.with_name(f"{path.stem}-copies")


def copies_of(path: Path, now: float | None = None) -> list[Path]:
    """The copies, newest first; those of a day to come, made while the clock was wrong, come last."""
    folder = folder_of(path)
    tomorrow = _stamp((time.time() if now is None else now) + DAY_SECONDS)
    found: list[tuple[bool, str, Path]] = []
    for file in folder.glob(f"{path.stem}-*.db") if folder.is_dir() else ():
        if name := _NAME.search(file.name):
            found.append((name[1] <= tomorrow, file.name, file))
    return [file for *_order, file in sorted(found, reverse=True)]


def make_copy(db: sqlite3.Connection, path: Path, *, note: str = "", now: float | None = None) -> Path:
    """Writes a whole, consistent copy of an open registry and gives its path; keeps the newest KEEP.

    Raises sqlite3.Error or OSError when there is no room; a half-written copy never bears a copy's name.
    """
    folder = folder_of(path)
    folder.mkdir(parents=True, exist_ok=True)
    moment = time.time() if now is None else now
    target = folder / f"{path.stem}-{_stamp(moment)}{note}.db"
    draft = folder / f"{path.stem}.{os.getpid()}.part"
    try:
        copy = sqlite3.connect(draft)
        try:
            db.backup(copy)
            copy.execute("PRAGMA journal_mode=delete")      # one file, whole in itself
        finally:
            copy.close()
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    for old in [file for file in copies_of(path, moment) if file != target][KEEP - 1:]:
        old.unlink(missing_ok=True)
    return target


def copy_of_today(db: sqlite3.Connection, path: Path, now: float | None = None) -> Path | None:
    """A copy when the newest is older than a day; None when not due or when there was no room (logged)."""
    moment = time.time() if now is None else now
    newest = next(iter(copies_of(path, moment)), None)
    try:
        if newest is not None and abs(moment - newest.stat().st_mtime) < DAY_SECONDS:
            return None
        return make_copy(db, path, now=now)
    except (OSError, sqlite3.Error) as error:
        log.warning("today's copy of the registry was not made: %s", error)
        return None


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y%m%dT%H%M%SZ")


def put_back(copy: Path, path: Path) -> None:
    """Makes ``path`` a copy of ``copy``; whatever lies at ``path`` must have been put aside before.

    Raises FileExistsError when a file is there, OSError when there is no room.
    """
    if path.exists():
        raise FileExistsError(path)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(copy.read_bytes())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
