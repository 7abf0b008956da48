"""A damaged index of recordings made anew: what can still be read of it comes along, the file itself is kept aside.

Runs on: the thread "recording". A million rows take about 20 seconds, in which what is told waits.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from app.model.errors import OperatorError
from app.registry import coverage
from app.registry.errors import explained
from app.registry.opening import COMPANIONS
from app.registry.recordings import INDEX, RecordingIndex
from app.runtime.language import gettext as _

_log = logging.getLogger("lawang.recording")

MOST_KEPT = 3               # damaged ones that stay: a disk that dies damages one after the other
_FRESH = f"{INDEX}.new"
_TABLES = ("holds", "promises", "segments", "gaps", "clocks", "events")     # stretches are made of segments
_TRIGGERS = ("stretches_added", "stretches_closed", "stretches_lost", "stretches_deleted")


def renew(root: Path) -> str:
    """Puts a new index in the place of the damaged one, which nobody may have open; says so. Raises OperatorError."""
    path, kept = root / INDEX, root / f"{INDEX}.damaged-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    try:
        for tail in COMPANIONS:                                 # of a renewal that was killed
            Path(f"{root / _FRESH}{tail}").unlink(missing_ok=True)
        with closing(RecordingIndex(root, name=_FRESH)):
            pass                                                # with all its tables
        with explained(path), closing(sqlite3.connect(root / _FRESH)) as fresh:
            taken = _salvaged(path, fresh)
        _aside(path, kept)
        (root / _FRESH).rename(path)
    except OSError as error:
        raise OperatorError(_("The index of recordings {path} is damaged and could not be put aside: {reason}.").format(
            path=path, reason=error.strerror or type(error).__name__)) from None
    _log.error("the index of recordings %s was damaged; it is kept as %s, and of it were taken over: %s", path,
               kept.name, ", ".join(f"{count} {table}" for table, count in taken.items()))
    return _("The index of recordings {path} was damaged and was made anew from what could be read of it and from the "
             "files. The damaged one is kept as {kept}.").format(path=path, kept=kept.name)


def opened(root: Path) -> RecordingIndex:
    """The index of a place; a renewal that was killed between the two names is finished. Raises as RecordingIndex."""
    if not (root / INDEX).exists() and (root / _FRESH).exists():
        (root / _FRESH).rename(root / INDEX)
    return RecordingIndex(root)


def _aside(path: Path, kept: Path) -> None:
    for tail in COMPANIONS:
        with suppress(FileNotFoundError):
            Path(f"{path}{tail}").rename(f"{kept}{tail}")
    old = sorted({one.name.split("Z")[0] + "Z" for one in path.parent.glob(f"{path.name}.damaged-*Z*")})
    for name in old[:-MOST_KEPT]:
        for tail in COMPANIONS:
            (path.parent / f"{name}{tail}").unlink(missing_ok=True)


def _salvaged(path: Path, fresh: sqlite3.Connection) -> dict[str, int]:
    """Table -> rows that could be read. Raises sqlite3.Error when the new index cannot be written."""
    definitions = [fresh.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
                   for name in _TRIGGERS]
    taken = {}
    with fresh:
        for name in _TRIGGERS:          # a step per row; all at once at the end takes a twentieth
            fresh.execute(f"DROP TRIGGER {name}")
        for table in _TABLES:
            columns = [row[1] for row in fresh.execute(f"PRAGMA table_info({table})")]
            taken[table] = _table(path, fresh, table, columns)
        fresh.execute("DELETE FROM stretches")
        fresh.execute(coverage.FILL)
        for statement in definitions:
            fresh.execute(statement)
    return taken


def _table(path: Path, fresh: sqlite3.Connection, table: str, columns: list[str]) -> int:
    """How many rows came along: read from both ends towards the damage."""
    before, names = fresh.total_changes, ", ".join(columns)
    put = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
    for order in ("ASC", "DESC"):
        reader = _Reader(path, f"SELECT {names} FROM {table} ORDER BY rowid {order}")
        for row in reader.rows():
            with suppress(sqlite3.IntegrityError):          # garbage where a number was
                fresh.execute(put, row)
        if reader.whole:
            break
    return fresh.total_changes - before


class _Reader:
    """``whole``: every row was read; errors of the damaged file end here, those of the new one do not."""

    def __init__(self, path: Path, question: str) -> None:
        self._path, self._question = path, question
        self.whole = False

    def rows(self) -> Iterator[tuple[Any, ...]]:
        try:
            with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)) as old:
                old.text_factory = lambda raw: raw.decode("utf-8", "replace")
                found = old.execute(self._question)
                while row := found.fetchone():
                    yield row
        except sqlite3.DatabaseError:
            return
        self.whole = True
