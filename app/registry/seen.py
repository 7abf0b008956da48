"""Proof of watching: how long each camera was live on a lit pane, per hour, window and station.

Runs on: the registry lane. Rows that grow each minute leave no entry in the change log, which they would fill: 49
panes are 70,000 rows a day. Each row bears its station, so that stations which share can be added up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.registry.store import Store

KEPT_DAYS = 400             # a year's report with a month to write it; 6,000 cameras an hour each are 1 GB a year
HOURS_A_DAY = 24
_SWEEP_EVERY = 24           # hours between two clean-ups
_LEAP = 31 * HOURS_A_DAY    # a clock that leaps further than this at once is wrong: nothing is cleaned up by it


@dataclass(frozen=True, slots=True)
class Seen:
    """One row: ``hour`` counts hours since 1970 UTC, ``place`` is the window's id, ``seconds`` up to 3600."""

    camera: str
    hour: int
    place: str
    seconds: float
    station: str = ""


class SeenRows:
    """The seen hours of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._swept = 0

    def add(self, watched: Sequence[Seen]) -> None:
        """Adds seconds to their hours in one transaction; cameras that are no longer in the register are left out."""
        if not watched:
            return
        store = self._store
        newest = max(row.hour for row in watched)
        with store.write():
            before = store.query("SELECT max(hour) AS hour FROM seen")[0]["hour"]
            store.db.conn.executemany(
                "INSERT INTO seen (camera, hour, place, seconds, station) "
                "SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM cameras WHERE id = ?1) "
                "ON CONFLICT (camera, hour, station, place) DO UPDATE SET "
                "seconds = min(seconds + excluded.seconds, 3600.0), revision = revision + 1",
                [(row.camera, row.hour, row.place, row.seconds, row.station or store.station) for row in watched])
            if newest - self._swept >= _SWEEP_EVERY and before is not None and newest - before < _LEAP:
                store.run("DELETE FROM seen WHERE hour < ?", [newest - KEPT_DAYS * HOURS_A_DAY])
                self._swept = newest

    def since(self, hour: int) -> list[Seen]:
        """One row per camera, window and station from that hour on (hours since 1970 UTC), its ``hour`` the last."""
        found = self._store.query(
            "SELECT camera, max(hour) AS hour, place, station, sum(seconds) AS seconds FROM seen WHERE hour >= ? "
            "GROUP BY camera, station, place ORDER BY camera, station, place", [hour])
        return [Seen(row["camera"], row["hour"], row["place"], row["seconds"], row["station"]) for row in found]

    def totals(self, hour: int) -> Mapping[str, float]:
        """Seconds per camera from that hour on, over all windows and stations."""
        found = self._store.query("SELECT camera, sum(seconds) AS seconds FROM seen WHERE hour >= ? GROUP BY camera",
                                  [hour])
        return {row["camera"]: row["seconds"] for row in found}

    def last(self) -> Mapping[str, int]:
        """The last hour (since 1970 UTC) in which each camera was seen at all."""
        found = self._store.query("SELECT camera, max(hour) AS hour FROM seen GROUP BY camera")
        return {row["camera"]: row["hour"] for row in found}

    def first_hour(self) -> int | None:
        """Since when watching is written down, or None when it never was."""
        hour: int | None = self._store.query("SELECT min(hour) AS hour FROM seen")[0]["hour"]
        return hour
