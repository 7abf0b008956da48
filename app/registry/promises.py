"""What recordings are promised: how long each camera's stay, how much room they have, when a shorter promise begins.

Kept in the index beside the recordings, so that a deadline outlives the program and goes with the disk. Runs on:
whatever thread owns the connection of app.registry.recordings.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlite_utils import Database

from app.model.recording import Promise
from app.registry.errors import explained

STATEMENTS = (            # a step of the index's schema
    """CREATE TABLE promises (
        what TEXT NOT NULL, camera TEXT NOT NULL, value INTEGER NOT NULL, next INTEGER, at INTEGER,
        text TEXT NOT NULL, PRIMARY KEY (what, camera)) STRICT""",
)

type Key = tuple[str, str]      # what it is about (app.recording.grace), camera or ""


class PromiseRows:
    """The promises of one index; all methods raise OperatorError when the disk refuses."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db, self._path = db, path

    def all(self) -> dict[Key, Promise]:
        """Every promise; none in an index that an older version made and nobody has written since."""
        with explained(self._path):
            if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'promises'").fetchone():
                return {}
            return {(row[0], row[1]): Promise(*row[2:]) for row in self._db.execute(
                "SELECT what, camera, value, next, at, text FROM promises").fetchall()}

    def put(self, changed: Mapping[Key, Promise]) -> None:
        """Keeps these, as one transaction."""
        with explained(self._path), self._db.conn:
            self._db.conn.executemany(
                "INSERT OR REPLACE INTO promises VALUES (?, ?, ?, ?, ?, ?)",
                [(*key, one.value, one.next, one.at, one.text) for key, one in changed.items()])
