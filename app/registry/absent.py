"""What is known of places for recordings while they are away: from when to when they hold what, and what they are owed.

A small database of its own in the data folder. Each place has its index beside its files (app.registry.recordings);
this one tells why there are no pictures while a place is not there, and keeps what was held or released meanwhile until
it is back. Lost, it costs those words and the holds of that time. Runs on: whatever thread made it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from app.model.errors import OperatorError
from app.model.recording import Owed
from app.registry.errors import explained
from app.runtime.language import gettext as _

NAME = "places.db"
VERSION = 1
BUSY_S = 5.0
_FIRST = (
    """CREATE TABLE stretches (
        place TEXT NOT NULL, camera TEXT NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL,
        PRIMARY KEY (place, camera, t0)) STRICT""",
    """CREATE TABLE owed (
        id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL, what TEXT NOT NULL, holder TEXT NOT NULL,
        cameras TEXT NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL) STRICT""",
)

type Stretches = frozenset[tuple[str, int, int]]        # camera, from, to: UTC, microseconds


class AbsentPlaces:
    """One open file; all methods raise OperatorError when the disk refuses."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with explained(path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            try:
                self._bring_up()
            except BaseException:
                self._db.close()
                raise

    def _bring_up(self) -> None:
        self._db.execute("PRAGMA journal_mode=wal")
        self._db.execute("PRAGMA synchronous=normal")
        if self._version() > VERSION:
            raise OperatorError(_("{path} was made by a newer version of this program. Nothing was changed.").format(
                path=self._path))
        self._db.execute("BEGIN IMMEDIATE")         # two programs may open it for the first time
        for statement in _FIRST if self._version() < VERSION else ():
            self._db.execute(statement)
        self._db.execute(f"PRAGMA user_version={VERSION}")
        self._db.execute("COMMIT")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def close(self) -> None:
        self._db.close()

    def note(self, place: str, stretches: Stretches) -> None:
        """Exactly this lies at a place; only what differs is written."""
        before = self.at(place)
        self._write("DELETE FROM stretches WHERE place = ? AND camera = ? AND t0 = ? AND t1 = ?",
                    [(place, *one) for one in before - stretches],
                    "INSERT OR REPLACE INTO stretches VALUES (?, ?, ?, ?)",
                    [(place, *one) for one in stretches - before])

    def at(self, place: str) -> Stretches:
        """What lay there when it was last seen."""
        with explained(self._path):
            return frozenset((row[0], row[1], row[2]) for row in self._db.execute(
                "SELECT camera, t0, t1 FROM stretches WHERE place = ?", (place,)))

    def owe(self, places: Iterable[str], owed: Owed) -> None:
        """To be told to each of these places when it is back, in this order."""
        self._write("INSERT INTO owed (place, what, holder, cameras, t0, t1) VALUES (?, ?, ?, ?, ?, ?)",
                    [(place, owed.what, owed.holder, json.dumps(owed.cameras), owed.t0, owed.t1) for place in places])

    def owed(self, place: str) -> list[tuple[int, Owed]]:
        """(number, what) that a place is owed, in order."""
        with explained(self._path):
            return [(row[0], Owed(row[1], row[2], tuple(json.loads(row[3])), row[4], row[5]))
                    for row in self._db.execute("SELECT id, what, holder, cameras, t0, t1 FROM owed WHERE place = ? "
                                                "ORDER BY id", (place,))]

    def paid(self, numbers: Iterable[int]) -> None:
        """They were told."""
        self._write("DELETE FROM owed WHERE id = ?", [(number,) for number in numbers])

    def _write(self, *steps: Any) -> None:
        with explained(self._path), closing(self._db.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                for sql, rows in zip(steps[::2], steps[1::2], strict=True):
                    cursor.executemany(sql, rows)
                cursor.execute("COMMIT")
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
