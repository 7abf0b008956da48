"""What changed in the registry's file since the last look, by this program or another. Runs on: the registry lane.

Three numbers tell it: PRAGMA data_version differs when another connection wrote, the change log grows with each logged
write, and a counter with each write that keeps no log entry (availability, seen: each minute). Another connection's
write that moved neither was made past the program, by hand: only then is everything read again.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.registry.store import Store

REGISTER_TABLES = frozenset({"areas", "owners"})
CAMERA_TABLES = REGISTER_TABLES | {"cameras", "streams", "credentials"}
# What listeners may be told of; after a write past the log all of them may have changed.
ALL_TABLES = CAMERA_TABLES | {"settings", "walls", "layouts", "scenes", "tours", "device_facts", "availability", "seen",
                              "imports", "edits"}


@dataclass(frozen=True, slots=True)
class Changed:
    """The tables that were written, and the ids of the cameras to read again; None stands for all of them."""

    tables: frozenset[str] = frozenset()
    cameras: frozenset[str] | None = frozenset()


NOTHING_CHANGED = Changed()
EVERYTHING = Changed(ALL_TABLES, None)


class Watch:
    """Looks at one store. A look at a file that nobody wrote costs some ten microseconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._data, self._last, self._quiet = self._numbers()

    def look(self) -> Changed:
        """What was written since the last look. Raises OperatorError when the file cannot be read."""
        data, last, quiet = self._numbers()
        if last != self._last:
            changed = self._logged_since(self._last)
        elif data != self._data and quiet == self._quiet:
            changed = EVERYTHING
        else:
            changed = NOTHING_CHANGED
        self._data, self._last, self._quiet = data, last, quiet
        return changed

    def _numbers(self) -> tuple[int, int, int]:
        [(data,)] = self._store.rows("PRAGMA data_version")
        last = self._store.rows("SELECT seq FROM sqlite_sequence WHERE name = 'change_log'")
        quiet = self._store.rows("SELECT count FROM quiet_writes")
        return data, last[0][0] if last else 0, quiet[0][0] if quiet else 0

    def _logged_since(self, last: int) -> Changed:
        tables: set[str] = set()
        cameras: set[str] = set()
        for table, row in self._store.each("SELECT DISTINCT tbl, row FROM change_log WHERE id > ?", [last]):
            tables.add(table)
            if table in ("cameras", "credentials"):
                cameras.add(row)
            elif table == "streams":
                cameras.add(row.rpartition("/")[0])
        # A log emptied or set back by hand names no row although its counter moved.
        return Changed(frozenset(tables), frozenset(cameras)) if tables else EVERYTHING
