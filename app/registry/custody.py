"""The chain of custody of this station, beside what it tells of: append-only, in the transaction of the deed.

Runs on: the registry lane.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.model.custody import BEGINNING, Act, Custody, Link, Told, broken_at, line_of, linked
from app.registry.store import Store

MOST_IN_EXCERPT = 2000      # links of one package: 140 kB when none is shown


class CustodyRows:
    """The chains of one store: this station's own grows, those that came with a copied file stay."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def station(self) -> str:
        """Whose chain grows here."""
        return self._store.station

    def add(self, act: Act, what: Told, operator: str = "") -> Link:
        """Writes a line; on disk when the outermost ``write()`` returns. Raises OperatorError."""
        store = self._store
        with store.write():
            rows = store.rows("SELECT seq, hash FROM custody WHERE station = ? ORDER BY seq DESC LIMIT 1",
                              [store.station])
            seq, before = (int(rows[0][0]) + 1, str(rows[0][1])) if rows else (1, BEGINNING)
            line = line_of(seq, int(store.clock() * 1_000_000), store.station, operator, act, what)
            link = linked(seq, before, line)
            store.run("INSERT INTO custody (station, seq, line, digest, hash) VALUES (?, ?, ?, ?, ?)",
                      [store.station, seq, line, link.digest, link.hash])
        return link

    def links(self, station: str = "") -> tuple[Link, ...]:
        """A chain from its beginning, "" for this station's own."""
        return tuple(Link(*row) for row in self._store.rows(
            "SELECT seq, digest, hash, line FROM custody WHERE station = ? ORDER BY seq",
            [station or self._store.station]))

    def stations(self) -> tuple[str, ...]:
        """Whose chains are in this file."""
        return tuple(row[0] for row in self._store.rows("SELECT DISTINCT station FROM custody ORDER BY station"))

    def broken(self, station: str = "") -> int | None:
        """The number of the first line of a chain that does not hold; None when it is whole."""
        return broken_at(BEGINNING, self.links(station), station or self._store.station, 1)

    def excerpt(self, concerns: Callable[[Mapping[str, Any]], bool]) -> Custody:
        """From the first line that concerns the matter up to the head; of the others only that there are some."""
        links = tuple(Link(*row) for row in reversed(self._store.rows(
            "SELECT seq, digest, hash, line FROM custody WHERE station = ? ORDER BY seq DESC LIMIT ?",
            [self._store.station, MOST_IN_EXCERPT + 1])))
        shown = [_concerned(link.line, concerns) for link in links]
        first = max(shown.index(True) if True in shown else len(links), len(links) - MOST_IN_EXCERPT)
        before = links[first - 1].hash if first else BEGINNING      # of more than can be shown one stands before them
        return Custody(self._store.station, before, tuple(
            link if there else Link(link.seq, link.digest, link.hash)
            for link, there in zip(links[first:], shown[first:], strict=True)))


def _concerned(line: str, concerns: Callable[[Mapping[str, Any]], bool]) -> bool:
    try:
        told = json.loads(line)
        return isinstance(told, dict) and concerns(told)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False            # edited by hand: its link tells
