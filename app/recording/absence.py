"""What is known of places that are away, and what they are owed: held, released or kept while nobody could tell them.

Runs on: the thread "recorded" of app.recording.keepers; ``pay`` and ``apply`` on the thread of the index given.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol

from app.model.errors import OperatorError
from app.model.recording import Owed
from app.recording.everywhere import Away, Stretch

_log = logging.getLogger("lawang.recording")

type Stretches = frozenset[tuple[str, int, int]]        # camera, from, to


class Rows(Protocol):
    """Where that is kept; app.registry.absent has the real one."""

    def note(self, place: str, stretches: Stretches) -> None: ...
    def at(self, place: str) -> Stretches: ...
    def owe(self, places: Iterable[str], owed: Owed) -> None: ...
    def owed(self, place: str) -> list[tuple[int, Owed]]: ...
    def paid(self, numbers: Iterable[int]) -> None: ...
    def close(self) -> None: ...


type OpenAbsent = Callable[[], Rows]        # for several places
type OpenKnown = Callable[[], Rows | None]  # None: nothing was ever noted


class Holds(Protocol):
    """What an index is told."""

    def hold(self, holder: str, cameras: tuple[str, ...], t0: int, t1: int) -> None: ...
    def release(self, holder: str) -> None: ...
    def keep(self, camera: str, t0: int, t1: int) -> None: ...


class Absence:
    """``open_rows`` is called when something is kept or asked for the first time, on the thread that does so;
    ``open_known`` when a place is back."""

    def __init__(self, open_rows: OpenAbsent, open_known: OpenKnown) -> None:
        self._open, self._open_known = open_rows, open_known
        self._rows: Rows | None = None
        self._noted: dict[str, Stretches] = {}
        self._away: tuple[tuple[str, ...], Away] = ((), {})

    def close(self) -> None:
        if self._rows is not None:
            self._rows.close()
            self._rows = None

    def note(self, place: str, stretches: Stretches) -> None:
        """Exactly this lies at a place. Raises OperatorError."""
        if self._noted.get(place) != stretches:
            self._rows = self._rows or self._open()
            self._rows.note(place, stretches)
            self._noted[place] = stretches
            self._away = ((), {})

    def away(self, places: Collection[str]) -> Away:
        """Camera -> what lay at these places when they were last seen. Raises OperatorError."""
        key = tuple(sorted(places))
        if key != self._away[0]:
            found: dict[str, list[Stretch]] = {}
            for place in key:
                if place not in self._noted:
                    self._rows = self._rows or self._open()
                    self._noted[place] = self._rows.at(place)
                for camera, t0, t1 in self._noted[place]:
                    found.setdefault(camera, []).append((t0, t1))
            self._away = key, {camera: sorted(stretches) for camera, stretches in found.items()}
        return self._away[1]

    def owe(self, places: Sequence[str], owed: Owed) -> None:
        """To be told to these places when they are back. Raises OperatorError."""
        self._rows = self._rows or self._open()
        self._rows.owe(places, owed)

    def pay(self, place: str, index: Holds) -> None:
        """Tell a place that is back what it is owed, in order; what cannot be read is said in the log."""
        try:
            rows = self._open_known()
            if rows is None:
                return
            try:
                waiting = rows.owed(place)
                for _number, owed in waiting:
                    apply(owed, index)
                rows.paid(number for number, _owed in waiting)
            finally:
                rows.close()
        except OperatorError as error:
            _log.error("what was held while a place was away is not known there: %s", error)
            return
        if waiting:
            _log.info("a place for recordings was told %d changes of the time that it was away", len(waiting))


def apply(owed: Owed, index: Holds) -> bool:
    """True when it is told. Raises OperatorError."""
    match owed.what:
        case "hold":
            index.hold(owed.holder, owed.cameras, owed.t0, owed.t1)
        case "release":
            index.release(owed.holder)
        case "keep":
            for camera in owed.cameras:
                index.keep(camera, owed.t0, owed.t1)
    return True
