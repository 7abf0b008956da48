"""The index of what is recorded: a database of its own beside the recordings, one row per file before the file.

Runs on: the desktop's thread "recording", which owns the connection, or a command line's main thread.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from app.model.clip import Clock, Gap, GapCause, Segment, SegmentState
from app.model.errors import OperatorError
from app.model.recording import Aged, SegmentBegun, SegmentEnded
from app.registry.coverage import STATEMENTS, CoverageRows
from app.registry.errors import explained
from app.registry.promises import STATEMENTS as _PROMISES
from app.registry.promises import PromiseRows
from app.registry.recording_rows import cause_in, clock_in, number_of, run_of
from app.runtime.language import gettext as _

INDEX = "index.db"
LONGEST_US = 1_200_000_000      # no file is longer: 300 s, three times that without a key picture, and a margin
HELD_S = 60.0                   # so long the sum of what is held is believed: over hundreds of holds it takes 0.1 s
DAY_US = 86_400_000_000
_JOINED_US = 3_000_000          # stretches that lie so near are told as one
_FIRST = (
    """CREATE TABLE segments (
        id INTEGER PRIMARY KEY AUTOINCREMENT, camera TEXT NOT NULL, run TEXT NOT NULL, path TEXT NOT NULL UNIQUE,
        t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, first_key INTEGER, keys INTEGER NOT NULL DEFAULT 0,
        bytes INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, sha256 TEXT NOT NULL DEFAULT '') STRICT""",
    "CREATE INDEX segments_by_camera ON segments (camera, t0)",
    "CREATE INDEX segments_by_time ON segments (state, t0)",
    """CREATE TABLE gaps (
        id INTEGER PRIMARY KEY AUTOINCREMENT, camera TEXT NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL,
        cause TEXT NOT NULL) STRICT""",
    "CREATE INDEX gaps_by_camera ON gaps (camera, t1)",
    # Whoever holds (a bookmark's id) what lies between t0 and t1, recorded already or not yet.
    """CREATE TABLE holds (
        holder TEXT NOT NULL, camera TEXT NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL,
        PRIMARY KEY (holder, camera)) STRICT""",
    "CREATE INDEX holds_by_camera ON holds (camera, t0)",
)
_SECOND = (
    # 1: a rule asked for it, it stays for days; 0: the last minutes of a camera on a wall.
    "ALTER TABLE segments ADD COLUMN kept INTEGER NOT NULL DEFAULT 1",
    "CREATE INDEX segments_by_kept ON segments (kept, camera, t0)",
    # The clock of a run from a moment on; another row when what is known of it changes.
    """CREATE TABLE clocks (
        id INTEGER PRIMARY KEY, run TEXT NOT NULL, at INTEGER NOT NULL, source TEXT NOT NULL, error_us INTEGER NOT NULL,
        offset_us INTEGER, synchronised INTEGER) STRICT""",
    "CREATE INDEX clocks_by_run ON clocks (run, at)",
    # What is kept around an event, recorded already or not yet.
    "CREATE TABLE events (camera TEXT NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL) STRICT",
    "CREATE INDEX events_by_camera ON events (camera, t1)",
    # Which cameras another program shows, which may not record here itself.
    """CREATE TABLE shown (camera TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (camera, by)) STRICT""",
)
_STEPS = (_FIRST, _SECOND, STATEMENTS, _PROMISES)
VERSION = len(_STEPS)
_HELD = ("EXISTS (SELECT 1 FROM holds WHERE holds.camera = segments.camera "
         "AND holds.t0 <= segments.t1 AND holds.t1 >= segments.t0)")
_OF_HOLDS = ("FROM segments WHERE id IN (SELECT segments.id FROM holds JOIN segments ON segments.camera = holds.camera "
             "AND segments.t0 BETWEEN holds.t0 - ? AND holds.t1 AND segments.t1 >= holds.t0) "
             "AND state IN ('closed', 'recovered')")
_OF_EVENT = ("EXISTS (SELECT 1 FROM events WHERE events.camera = segments.camera "
             "AND events.t0 <= segments.t1 AND events.t1 >= segments.t0)")
_CLOCK = ("LEFT JOIN clocks ON clocks.id = (SELECT id FROM clocks WHERE clocks.run = segments.run "
          "AND clocks.at <= segments.t0 ORDER BY clocks.at DESC LIMIT 1)")
_KEPT = "state IN ('closed', 'recovered')"


class RecordingIndex:
    """One open index. Paths are kept relative to ``root``; all methods raise OperatorError when the disk refuses."""

    def __init__(self, root: Path, *, read_only: bool = False, name: str = INDEX) -> None:
        self.root = root
        path = root / name
        with explained(path):
            if read_only:
                self._db = Database(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True))
            else:
                self._db = Database(path)
            try:
                self._bring_up(path, read_only=read_only)
            except BaseException:
                self._db.close()
                raise
        self._path = path
        self._file = number_of(path)
        self.coverage = CoverageRows(self._db, path)
        self.promises = PromiseRows(self._db, path)
        self._clocks: dict[str, Clock] = {}         # the newest of each run that this program told
        # Bytes and files that are closed, kept in memory: their sum over a million rows takes 0.3 s.
        self._total: tuple[int, int] | None = None
        self._held = (0, 0.0)                       # bytes that are held, and until when that is believed

    def _bring_up(self, path: Path, *, read_only: bool) -> None:
        if not read_only:
            self._db.execute("PRAGMA synchronous=normal")
            self._db.enable_wal()
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise OperatorError(_("The index of recordings {path} was made by a newer version of this program. "
                                  "Nothing was changed.").format(path=path))
        if version < VERSION and not read_only:
            with self._writing():       # two programs may open it for the first time
                version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
                for statement in (one for step in _STEPS[version:] for one in step):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version={VERSION}")

    def close(self) -> None:
        self._db.close()

    @property
    def stale(self) -> bool:
        """Another file has its name by now, or none."""
        return number_of(self._path) != self._file

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Several writes as one transaction."""
        with explained(self._path), self._writing():
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self._db.conn.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.commit()
        except BaseException:
            self._db.rollback()
            raise

    # -- while recording ---------------------------------------------------------------------------------------------

    def begin(self, news: SegmentBegun, *, kept: bool = True) -> None:
        """The row before the file. ``kept``: for days, because a rule asks for it; else for the last minutes."""
        self._run("INSERT INTO segments (camera, run, path, t0, t1, state, kept) VALUES (?, ?, ?, ?, ?, 'open', ?) "
                  "ON CONFLICT (path) DO NOTHING",
                  (news.camera, news.run, self._relative(news.path), news.t0, news.t0, int(kept)))

    def end(self, news: SegmentEnded, state: SegmentState = SegmentState.CLOSED, *, kept: bool = False) -> None:
        """A file is whole; one that is not known is adopted and kept. ``kept``: a rule has come to ask for it."""
        path = self._relative(news.path)
        with self.writing():
            before = self._counted(path)
            self._run("INSERT INTO segments (camera, run, path, t0, t1, first_key, keys, bytes, state, sha256) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET t0 = excluded.t0, "
                      "t1 = excluded.t1, first_key = excluded.first_key, keys = excluded.keys, "
                      "bytes = excluded.bytes, state = excluded.state, sha256 = excluded.sha256",
                      (news.camera, run_of(news.path), path, news.t0, news.t1, news.first_key, news.keys, news.bytes,
                       state.value, news.sha256))
            self._run(f"UPDATE segments SET kept = 1 WHERE path = ? AND kept = 0 AND (? OR {_OF_EVENT})",
                      (path, int(kept)))
        self._count(news.bytes - before[0], 1 - before[1])

    def clock(self, run: str, at: int, clock: Clock) -> None:
        """How sure the times of a run are from a moment on; nothing is written when it is as before."""
        if self._clocks.get(run) == clock:
            return
        self._clocks[run] = clock
        synchronised = None if clock.synchronised is None else int(clock.synchronised)
        self._run("INSERT INTO clocks (run, at, source, error_us, offset_us, synchronised) VALUES (?, ?, ?, ?, ?, ?)",
                  (run, at, clock.source.value, clock.error_us, clock.offset_us, synchronised))

    def keep(self, camera: str, t0: int, t1: int) -> None:
        """An event: what is recorded of it between two moments stays for days, recorded already or not yet."""
        with self.writing():
            longer = self._run("UPDATE events SET t0 = min(t0, ?), t1 = max(t1, ?) WHERE camera = ? AND t1 >= ? "
                               "AND t0 <= ?", (t0, t1, camera, t0, t1))
            if not longer:
                self._run("INSERT INTO events VALUES (?, ?, ?)", (camera, t0, t1))
                # Its files are marked long since; what was left open by a crash is read at the next start.
                self._run("DELETE FROM events WHERE camera = ? AND t1 < ?", (camera, t0 - DAY_US))
            self._run("UPDATE segments SET kept = 1 WHERE camera = ? AND kept = 0 AND t0 >= ? AND t0 <= ? "
                      "AND (t1 >= ? OR state = 'open')", (camera, t0 - LONGEST_US, t1, t0))

    def urgent(self, now: int) -> frozenset[str]:
        """Cameras whose pictures of this moment somebody holds, or an event asks for."""
        return frozenset(row[0] for row in self._rows(
            "SELECT camera FROM holds WHERE t0 <= ? AND t1 >= ? UNION SELECT camera FROM events WHERE t1 >= ?",
            (now, now, now)))

    # -- two programs at one place -----------------------------------------------------------------------------------

    def show(self, by: str, cameras: Iterable[str], at: int) -> None:
        """A program that may not record here shows these cameras; its word is good for some seconds."""
        with self.writing():
            self._run("DELETE FROM shown WHERE by = ?", (by,))
            for camera in cameras:
                self._run("INSERT INTO shown VALUES (?, ?, ?)", (camera, by, at))

    def shown(self, since: int) -> frozenset[str]:
        """What others show, as they said since a moment."""
        return frozenset(row[0] for row in self._rows("SELECT DISTINCT camera FROM shown WHERE at >= ?", (since,)))

    def being_written(self) -> frozenset[str]:
        """Cameras with a file that grows."""
        return frozenset(row[0] for row in self._rows("SELECT camera FROM segments WHERE state = 'open'", ()))

    def gap(self, gap: Gap) -> None:
        """A stretch without pictures; one that follows upon the last of the same cause makes that longer."""
        longer = self._run("UPDATE gaps SET t1 = max(t1, ?) WHERE id = (SELECT id FROM gaps WHERE camera = ? "
                           "AND cause = ? AND t1 >= ? AND t0 <= ? ORDER BY t1 DESC LIMIT 1)",
                           (gap.t1, gap.camera, gap.cause.value, gap.t0 - _JOINED_US, gap.t1))
        if not longer:
            self._run("INSERT INTO gaps (camera, t0, t1, cause) VALUES (?, ?, ?, ?)",
                      (gap.camera, gap.t0, gap.t1, gap.cause.value))

    # -- repair ------------------------------------------------------------------------------------------------------

    def open_rows(self) -> list[Segment]:
        """What was being written when the program ended."""
        return self._segments("state = 'open' ORDER BY t0", ())

    def known(self) -> set[str]:
        """The paths of all rows, relative to the root."""
        return {row[0] for row in self._rows("SELECT path FROM segments", ())}

    def has(self, path: Path) -> bool:
        """Whether a file has a row."""
        return bool(self._rows("SELECT 1 FROM segments WHERE path = ?", (self._relative(path),)))

    def mark_missing(self, path: Path) -> None:
        """The row stays, the file is not there."""
        size, files = self._counted(self._relative(path))
        self._run("UPDATE segments SET state = 'missing', bytes = 0 WHERE path = ?", (self._relative(path),))
        self._count(-size, -files)

    # -- holds -------------------------------------------------------------------------------------------------------

    def hold(self, holder: str, cameras: Iterable[str], t0: int, t1: int) -> None:
        """What lies in this stretch stays until it is released; also what is recorded later."""
        self._held = (0, 0.0)
        with self.writing():
            for camera in cameras:
                self._run("INSERT INTO holds VALUES (?, ?, ?, ?) ON CONFLICT (holder, camera) DO UPDATE SET "
                          "t0 = excluded.t0, t1 = excluded.t1", (holder, camera, t0, t1))

    def release(self, holder: str) -> None:
        """It goes with the others of its age from now on."""
        self._held = (0, 0.0)
        self._run("DELETE FROM holds WHERE holder = ?", (holder,))

    def held(self) -> dict[tuple[str, str], tuple[int, int]]:
        """(holder, camera) -> from, to."""
        return {(holder, camera): (t0, t1) for holder, camera, t0, t1 in self._rows(
            "SELECT holder, camera, t0, t1 FROM holds", ())}

    def holders(self) -> frozenset[str]:
        """Everybody who holds something."""
        return frozenset(row[0] for row in self._rows("SELECT DISTINCT holder FROM holds", ()))

    # -- questions ---------------------------------------------------------------------------------------------------

    def segments(self, camera: str, t0: int, t1: int) -> tuple[Segment, ...]:
        """What is recorded between two moments, by time; with a file that is still being written."""
        return tuple(self._segments("camera = ? AND t0 BETWEEN ? AND ? AND (t1 >= ? OR state = 'open') "
                                    "AND state <> 'missing' ORDER BY t0", (camera, t0 - LONGEST_US, t1, t0)))

    def gaps(self, camera: str, t0: int, t1: int) -> tuple[Gap, ...]:
        """What is known to be missing between two moments."""
        rows = self._rows("SELECT t0, t1, cause FROM gaps WHERE camera = ? AND t0 <= ? AND t1 >= ? ORDER BY t0",
                          (camera, t1, t0))
        return tuple(Gap(row[0], row[1], cause_in(row[2]), camera) for row in rows)

    def last_end(self, camera: str) -> int | None:
        """Up to when a camera is recorded, None when it never was; what is being written does not count."""
        rows = self._rows(f"SELECT t1 FROM segments WHERE camera = ? AND {_KEPT} ORDER BY t0 DESC LIMIT 1", (camera,))
        return int(rows[0][0]) if rows else None

    def cameras(self) -> list[str]:
        """Of whom something lies there."""
        # One step along the index per camera; DISTINCT would walk through all rows.
        return [row[0] for row in self._rows(
            "WITH RECURSIVE one(camera) AS (SELECT min(camera) FROM segments UNION ALL SELECT (SELECT min(camera) FROM "
            "segments WHERE camera > one.camera) FROM one WHERE one.camera IS NOT NULL) "
            "SELECT camera FROM one WHERE camera IS NOT NULL", ())]

    def older(self, camera: str, before: int, *, kept: bool, most: int) -> list[Aged]:
        """Closed, held by nobody, ended before a moment; oldest first, at most so many."""
        return self._aged("camera = ? AND kept = ? AND t0 < ? AND t1 < ?", (camera, int(kept), before, before), most)

    def oldest(self, most: int, but: Iterable[str] = ()) -> list[Aged]:
        """Closed and held by nobody, oldest first; ``but``: not of these cameras."""
        return self._aged("camera NOT IN (SELECT value FROM json_each(?))", (json.dumps(sorted(but)),), most)

    def due(self, camera: str, before: int, *, kept: bool) -> int:
        """Bytes that :meth:`older` would give, all of them."""
        return int(self._rows(f"SELECT coalesce(sum(bytes), 0) FROM segments WHERE {_KEPT} AND camera = ? AND kept = ? "
                              f"AND t0 < ? AND t1 < ? AND NOT {_HELD}", (camera, int(kept), before, before))[0][0])

    def bytes_of(self, cameras: Iterable[str]) -> tuple[int, int]:
        """(bytes, bytes held) of what is closed of these cameras."""
        row = self._rows(f"SELECT coalesce(sum(bytes), 0), coalesce(sum(CASE WHEN {_HELD} THEN bytes END), 0) FROM "
                         f"segments WHERE {_KEPT} AND camera IN (SELECT value FROM json_each(?))",
                         (json.dumps(sorted(cameras)),))[0]
        return int(row[0]), int(row[1])

    def eligible(self) -> int:
        """How many files are closed and held by nobody."""
        return self._closed()[1] - int(self._rows(f"SELECT count(*) {_OF_HOLDS}", (LONGEST_US,))[0][0])

    def _aged(self, where: str, values: tuple[object, ...], most: int) -> list[Aged]:
        return [Aged(*row) for row in self._rows(
            f"SELECT id, camera, path, t0, t1, bytes FROM segments WHERE {_KEPT} AND {where} AND NOT {_HELD} "
            "ORDER BY t0 LIMIT ?", (*values, most))]

    def forget(self, gone: Sequence[Aged]) -> None:
        """Their files are deleted: the rows go, a gap tells why."""
        with self.writing():
            for one in gone:
                self._run("DELETE FROM segments WHERE id = ?", (one.id,))
                self.gap(Gap(one.t0, one.t1, GapCause.DELETED, one.camera))
        self._count(-sum(one.bytes for one in gone), -len(gone))

    def used(self) -> tuple[int, int, int, int | None]:
        """(bytes, files, bytes held, oldest moment) of what is closed."""
        size, files = self._closed()
        oldest = [row[0] for state in ("closed", "recovered") for row in self._rows(
            "SELECT t0 FROM segments WHERE state = ? ORDER BY t0 LIMIT 1", (state,))]
        held, until = self._held
        if time.monotonic() >= until:
            held = int(self._rows(f"SELECT coalesce(sum(bytes), 0) {_OF_HOLDS}", (LONGEST_US,))[0][0])
            self._held = (held, time.monotonic() + HELD_S)
        return size, files, held, min(oldest, default=None)

    def _closed(self) -> tuple[int, int]:
        if self._total is None:
            size, files = self._rows(f"SELECT coalesce(sum(bytes), 0), count(*) FROM segments WHERE {_KEPT}", ())[0]
            self._total = (int(size), int(files))
        return self._total

    def _counted(self, path: str) -> tuple[int, int]:
        rows = self._rows(f"SELECT bytes FROM segments WHERE path = ? AND {_KEPT}", (path,))
        return (int(rows[0][0]), 1) if rows else (0, 0)

    def _count(self, size: int, files: int) -> None:
        if self._total is not None:
            self._total = (self._total[0] + size, self._total[1] + files)

    def per_camera(self) -> list[tuple[str, int, int, int]]:
        """(camera, bytes, oldest, newest moment) of what is closed."""
        return [(row[0], row[1], row[2], row[3]) for row in self._rows(
            f"SELECT camera, sum(bytes), min(t0), max(t1) FROM segments WHERE {_KEPT} GROUP BY camera", ())]

    def grown(self, since: int) -> dict[str, int]:
        """Camera -> bytes of what was recorded since a moment to be kept for days; the last minutes do not add up."""
        return {row[0]: row[1] for row in self._rows(
            f"SELECT camera, sum(bytes) FROM segments WHERE {_KEPT} AND kept = 1 AND t0 >= ? GROUP BY camera",
            (since,))}

    # -- inside ------------------------------------------------------------------------------------------------------

    def _relative(self, path: Path | str) -> str:
        given = Path(path)
        return given.relative_to(self.root).as_posix() if given.is_absolute() else given.as_posix()

    def _segments(self, where: str, values: tuple[object, ...]) -> list[Segment]:
        rows = self._rows("SELECT path, camera, t0, t1, first_key, bytes, sha256, state, segments.run, source, "
                          f"error_us, offset_us, synchronised FROM segments {_CLOCK} WHERE " + where, values)
        return [Segment(self.root / row[0], row[1], row[2], row[3], row[4], row[5], row[6], SegmentState(row[7]),
                        row[8], clock_in(row[9:])) for row in rows]

    def _run(self, sql: str, values: tuple[object, ...]) -> int:
        with self.writing():
            return int(self._db.execute(sql, values).rowcount)

    def _rows(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with explained(self._path):
            return self._db.conn.execute(sql, values).fetchall()
