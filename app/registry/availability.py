"""The spans in which cameras were up or down, as stations that watched them saw it. Runs on: the registry lane.

Rows that grow each half minute would fill the change log: it holds one entry per station, the newest, by which other
programs on the file see that nothing but availability was written. Each row bears its station, so that stations
which share can be put together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.model.availability import Span
from app.registry.store import Store

KEPT_S = 31 * 86_400.0          # thirty days and the one under way
WHOLE_S = 2 * 86_400.0          # younger spans are kept one by one, older ones joined per hour
_HOUR_S = 3600.0
_SWEEP_S = 3600.0
_LEAP_S = 31 * 86_400.0         # a clock that leaps further than this at once is wrong: nothing is cleaned up by it


class AvailabilityRows:
    """The availability of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._swept = 0.0

    def keep(self, spans: Sequence[Span]) -> None:
        """Adds spans, or makes longer those that are kept already (same camera, beginning and station), all or none.

        Cameras that are no longer in the register and spans without length are left out.
        """
        store = self._store
        spans = [span for span in spans if span.until > span.since]
        if not spans:
            return
        with store.write():
            before = store.rows("SELECT max(until) FROM availability")[0][0]
            for span in spans:
                longer = store.run(
                    "UPDATE availability SET until = max(until, ?), revision = revision + 1 "
                    "WHERE camera = ? AND since = ? AND station = ?",
                    [span.until, span.camera, span.since, store.station])
                if not longer:
                    store.run("INSERT INTO availability (camera, up, cause, since, until, station) "
                              "SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM cameras WHERE id = ?1)",
                              [span.camera, int(span.up), span.cause, span.since, span.until, store.station])
            store.run("DELETE FROM change_log WHERE tbl = 'availability' AND row = ?", [store.station])
            store.log("availability", store.station, "changed", {"spans": len(spans)})
            newest = max(span.until for span in spans)
            if abs(newest - self._swept) >= _SWEEP_S and before is not None and newest - before < _LEAP_S:
                self._swept = newest
                self._sweep(newest)

    def spans(self, since: float, until: float, camera: str = "") -> Iterator[Span]:
        """Those that touch the time between, ordered by camera and beginning; of one camera when named."""
        sql = ("SELECT camera, up, since, until, cause FROM availability WHERE until > ? AND since < ? "
               f"{'AND camera = ? ' if camera else ''}ORDER BY camera, since")
        for name, up, begin, end, cause in self._store.rows(sql, [since, until, *([camera] if camera else [])]):
            yield Span(name, bool(up), begin, end, cause)

    def _sweep(self, now: float) -> None:
        """Forget what is too old, and join the many short spans that a tour leaves.

        Those of one camera that follow each other within an hour with the same state and cause become one, as long as
        all of them: seconds up and down and the number of outages stay what they were.
        """
        store = self._store
        store.run("DELETE FROM availability WHERE until < ?", [now - KEPT_S])
        rows = store.rows("SELECT id, camera, up, cause, since, until FROM availability "
                          "WHERE station = ? AND until < ? ORDER BY camera, since", [store.station, now - WHOLE_S])
        longer: list[tuple[float, int]] = []
        gone: list[tuple[int]] = []
        for run in _runs(rows):
            length = sum(until - since for _id, _camera, _up, _cause, since, until in run)
            longer.append((run[0][4] + length, run[0][0]))
            gone += [(row[0],) for row in run[1:]]
        store.db.conn.executemany("UPDATE availability SET until = ?, revision = revision + 1 WHERE id = ?", longer)
        store.db.conn.executemany("DELETE FROM availability WHERE id = ?", gone)


type _Row = tuple[int, str, int, str, float, float]     # id, camera, up, cause, since, until


def _runs(rows: Sequence[tuple[Any, ...]]) -> Iterator[list[_Row]]:
    """Rows that may be joined: two or more of one camera, state and cause, begun in one hour, none overlapping."""
    run: list[_Row] = []
    for row in rows:
        _id, camera, up, cause, since, _until = row
        if run and (camera, up, cause) == run[-1][1:4] and since >= run[-1][5] \
                and since // _HOUR_S == run[0][4] // _HOUR_S:
            run.append(row)
            continue
        if len(run) > 1:
            yield run
        run = [row]
    if len(run) > 1:
        yield run
