"""One open registry file: its pragmas, its write transactions and the log entry that goes with each write.

Runs on: the one thread that opened it (the registry lane, or a command line's main thread).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from app.registry.errors import explained
from app.registry.ids import new_id
from app.runtime.breath import Breath
from app.runtime.secrets import Vault

type Row = dict[str, Any]
type LogEntry = tuple[str, str, str, Mapping[str, Any]]     # table, row, action, what changed

_AT_ONCE = 64       # rows, a tenth of a millisecond of work
HIDDEN = "***"      # stands in the change log for a secret that changed


class Store:
    """The open file and what every table module needs: ``db``, ``write()``, ``log()``, clock, ids, vault, station."""

    def __init__(self, db: Database, path: Path, vault: Vault, *, station: str = "",
                 clock: Callable[[], float] = time.time, make_id: Callable[[], str] = new_id) -> None:
        self.db = db
        self.path = path
        self.vault = vault
        self.station = station
        self.clock = clock
        self.make_id = make_id
        self.before_commit: list[Callable[[], None]] = []       # what is kept with each write: the search index
        self._entries: list[LogEntry] = []
        self._breath = Breath()

    def query(self, sql: str, values: Iterable[Any] = ()) -> list[Row]:
        """All rows as dictionaries. Raises OperatorError when the file cannot be read."""
        with explained(self.path):
            return list(self.db.query(sql, tuple(values)))

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows as bare tuples, for tables with many. Raises OperatorError when the file cannot be read."""
        with explained(self.path):
            return self.db.conn.execute(sql, tuple(values)).fetchall()

    def each(self, sql: str, values: Iterable[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Bare tuples one by one, for tables too large to lie in memory twice; read all of them at once."""
        with explained(self.path):
            found = self.db.conn.execute(sql, tuple(values))
            while rows := found.fetchmany(_AT_ONCE):
                yield from rows
                self._breath()

    def run(self, sql: str, values: Iterable[Any] = ()) -> int:
        """Runs one statement, gives the number of rows it touched; call inside ``write()``."""
        self._breath()
        return int(self.db.execute(sql, tuple(values)).rowcount)

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction, all or nothing, with its log entries; nested calls join the outer one.

        BEGIN IMMEDIATE takes the write lock at once: a transaction that reads first and writes later would fail
        without waiting when another program wrote in between (SQLITE_BUSY_SNAPSHOT).
        """
        if self.db.conn.in_transaction:
            yield
            return
        with explained(self.path):
            self._entries.clear()
            self.db.execute("BEGIN IMMEDIATE")
            rows_before = self.db.conn.total_changes
            try:
                yield
                for keep in self.before_commit:
                    keep()
                if not self._entries and self.db.conn.total_changes != rows_before:
                    # Rows that tick leave no log entry; without this, other programs take them for edits by hand.
                    self.db.execute("UPDATE quiet_writes SET count = count + 1")
                self._write_log()
                self.db.commit()
            except BaseException:
                self.db.rollback()
                raise
            finally:
                self._entries.clear()

    def log(self, table: str, row: str, action: str, what: Mapping[str, Any]) -> None:
        """Notes one write for the change log; secrets are given as HIDDEN. Call inside ``write()``."""
        self._entries.append((table, row, action, what))

    def now(self) -> str:
        """The moment as UTC text with milliseconds, which sorts."""
        return text_of(self.clock())

    def _write_log(self) -> None:
        at = self.now()
        self.db.conn.executemany(
            "INSERT INTO change_log (at, station, tbl, row, action, what) VALUES (?, ?, ?, ?, ?, ?)",
            self._log_rows(at))

    def _log_rows(self, at: str) -> Iterator[tuple[str, ...]]:
        for table, row, action, what in self._entries:
            self._breath()
            yield (at, self.station, table, row, action, json.dumps(what, ensure_ascii=False, separators=(",", ":")))


def text_of(moment: float) -> str:
    """Seconds since 1970 as UTC text with milliseconds, which sorts."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
