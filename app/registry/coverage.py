"""From when to when each camera is recorded, kept beside the rows of files so that a month opens at a glance.

A month of 64 cameras is 2.8 million files and some hundred stretches. Triggers keep the stretches as files are closed
and deleted, whoever writes the rows. Runs on: whatever thread owns the connection of app.registry.recordings.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.model.clip import Gap, GapCause
from app.registry.errors import explained

JOINED_US = 3_000_000           # files that lie so near are one stretch
MOST = 20_000                   # stretches, and gaps, of one camera in one answer
MOST_KNOWN = 50_000             # stretches of all cameras: they are read in 50 ms
_KEPT = "new.state IN ('closed', 'recovered')"
_OLD_KEPT = "old.state IN ('closed', 'recovered')"
# A file joins the stretch that it follows, lies in, or precedes; one that closes a hole joins both sides of it.
_JOIN = f"""
    INSERT INTO stretches (camera, t0, t1) SELECT new.camera,
        min(new.t0, coalesce((SELECT min(t0) FROM stretches WHERE camera = new.camera AND t0 <= new.t1 + {JOINED_US}
            AND t1 >= new.t0 - {JOINED_US}), new.t0)),
        max(new.t1, coalesce((SELECT max(t1) FROM stretches WHERE camera = new.camera AND t0 <= new.t1 + {JOINED_US}
            AND t1 >= new.t0 - {JOINED_US}), new.t1));
    DELETE FROM stretches WHERE camera = new.camera AND t0 <= new.t1 + {JOINED_US} AND t1 >= new.t0 - {JOINED_US}
        AND id < (SELECT max(id) FROM stretches WHERE camera = new.camera);"""
# What is left of the stretch on both sides of a file that goes.
_CUT = f"""
    INSERT INTO stretches (camera, t0, t1) SELECT camera, old.t1, t1 FROM stretches
        WHERE camera = old.camera AND t0 <= old.t0 AND t1 > old.t1 + {JOINED_US};
    UPDATE stretches SET t1 = old.t0 WHERE camera = old.camera AND t0 <= old.t0 AND t1 >= old.t1;
    DELETE FROM stretches WHERE camera = old.camera AND t1 >= old.t0 AND t1 <= old.t1
        AND t0 >= old.t0 - {JOINED_US};"""
FILL = f"""INSERT INTO stretches (camera, t0, t1)
    SELECT camera, min(t0), max(t1) FROM (
        SELECT camera, t0, t1, sum(begins) OVER (PARTITION BY camera ORDER BY t0) AS run FROM (
            SELECT camera, t0, t1, t0 > {JOINED_US} + coalesce(max(t1) OVER (PARTITION BY camera ORDER BY t0
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS begins
            FROM segments WHERE state IN ('closed', 'recovered')))
    GROUP BY camera, run"""
STATEMENTS = (            # a step of the index's schema
    """CREATE TABLE stretches (
        id INTEGER PRIMARY KEY AUTOINCREMENT, camera TEXT NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL) STRICT""",
    "CREATE INDEX stretches_by_camera ON stretches (camera, t1, t0)",
    FILL,
    f"CREATE TRIGGER stretches_added AFTER INSERT ON segments WHEN {_KEPT} BEGIN {_JOIN} END",
    f"CREATE TRIGGER stretches_closed AFTER UPDATE OF t0, t1, state ON segments WHEN {_KEPT} BEGIN {_JOIN} END",
    f"CREATE TRIGGER stretches_lost AFTER UPDATE OF state ON segments WHEN {_OLD_KEPT} AND NOT {_KEPT} "
    f"BEGIN {_CUT} END",
    f"CREATE TRIGGER stretches_deleted AFTER DELETE ON segments WHEN {_OLD_KEPT} BEGIN {_CUT} END",
)


class CoverageRows:
    """Questions about what there is. All times UTC in microseconds since 1970."""

    def __init__(self, db: Any, path: Path) -> None:
        self._db, self._path = db, path

    def stretches(self, camera: str, t0: int, t1: int) -> tuple[tuple[int, int], ...]:
        """(from, to) of what is recorded of a camera between two moments, by time, with what is being written."""
        with explained(self._path):
            rows = self._db.execute(
                "SELECT t0, t1 FROM stretches WHERE camera = ? AND t1 >= ? AND t0 <= ? ORDER BY t1 DESC LIMIT ?",
                [camera, t0, t1, MOST]).fetchall()
            opened = self._db.execute("SELECT t0 FROM segments WHERE camera = ? AND state = 'open' AND t0 BETWEEN ? "
                                      "AND ?", [camera, t0, t1]).fetchall()
        # A file that is being written reaches up to now; the caller cuts what lies in the future.
        return (*reversed([(row[0], row[1]) for row in rows]), *((row[0], t1) for row in opened))

    def everything(self) -> frozenset[tuple[str, int, int]]:
        """(camera, from, to) of all that is recorded and whole, the newest MOST_KNOWN of it."""
        with explained(self._path):
            return frozenset((row[0], row[1], row[2]) for row in self._db.execute(
                "SELECT camera, t0, t1 FROM stretches ORDER BY id DESC LIMIT ?", [MOST_KNOWN]).fetchall())

    def gaps(self, camera: str, t0: int, t1: int, least: int = 0) -> tuple[Gap, ...]:
        """Known gaps of a camera of at least ``least`` microseconds, by time."""
        with explained(self._path):
            rows = self._db.execute("SELECT t0, t1, cause FROM gaps WHERE camera = ? AND t1 >= ? AND t0 <= ? "
                                    "AND t1 - t0 >= ? ORDER BY t1 LIMIT ?", [camera, t0, t1, least, MOST]).fetchall()
        return tuple(Gap(row[0], row[1], _cause(row[2]), camera) for row in rows)

    def sizes(self, cameras: Iterable[str], t0: int, t1: int, step: int) -> dict[str, tuple[tuple[int, int, int], ...]]:
        """Camera -> (from, to, bytes) of what is recorded between two moments, files of ``step`` microseconds together.

        ``to`` is so far after ``from`` as pictures are there: a gap in a step makes it no lower.
        """
        with explained(self._path):
            return {camera: tuple((row[0], row[0] + row[1], row[2]) for row in self._db.execute(
                "SELECT min(t0), sum(t1 - t0), sum(bytes) FROM segments WHERE camera = ? AND t0 BETWEEN ? AND ? "
                "AND state IN ('closed', 'recovered') GROUP BY t0 / ? ORDER BY 1 LIMIT ?",
                [camera, t0, t1, step, MOST]).fetchall()) for camera in cameras}

    def many(self, cameras: Iterable[str], t0: int, t1: int, least: int = 0
             ) -> dict[str, tuple[tuple[tuple[int, int], ...], tuple[Gap, ...]]]:
        """Camera -> (stretches, gaps) of several."""
        return {camera: (self.stretches(camera, t0, t1), self.gaps(camera, t0, t1, least)) for camera in cameras}


def _cause(text: str) -> GapCause:
    try:
        return GapCause(text)
    except ValueError:
        return GapCause.UNKNOWN
