"""The tours: what follows what on a window, kept by number and name. Runs on: the registry lane."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from app.model.errors import OperatorError
from app.model.scene import Order, Stop, Tour
from app.registry.store import Row, Store
from app.runtime.language import gettext as _

log = logging.getLogger("lawang.registry")

SHORTEST_DWELL = 2.0        # seconds; below it nobody sees a page, and the next one is never live in time
LONGEST_DWELL = 86_400.0    # a day
MOST_STOPS = 1000           # a tour by hand has a few dozen; a damaged row may not hold the lane
LONGEST_NAME = 200          # characters
HIGHEST = 9999              # as app.wall.numbers: scenes and tours share their numbers


class _Body(msgspec.Struct, omit_defaults=True):
    """What a tour's JSON holds; names as in app.model.scene."""

    stops: tuple[Stop, ...] = ()
    dwell: float = Tour("", 0, "").dwell
    order: Order = Order.LISTED


class Tours:
    """The tours of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Tour]:
        """Every tour, ordered by number; a row edited by hand into nonsense is passed over (logged)."""
        rows = self._store.query("SELECT id, number, name, json FROM tours ORDER BY number")
        return [tour for row in rows if (tour := _read(row)) is not None]

    def save(self, tour: Tour) -> Tour:
        """Adds (empty id) or changes a tour in one transaction; gives it as kept.

        Raises OperatorError when name, number, stops or a dwell are of no use, or the number is taken.
        """
        tour = checked(tour)
        store = self._store
        with store.write():
            self._refuse_taken(tour)
            added = not tour.id
            kept = replace(tour, id=tour.id or store.make_id())
            text = msgspec.json.encode(_Body(kept.stops, kept.dwell, kept.order)).decode()
            if not added and store.query("SELECT 1 AS same FROM tours WHERE id = ? AND number = ? AND name = ? "
                                         "AND json = ?", [kept.id, kept.number, kept.name, text]):
                return kept
            store.run("INSERT INTO tours (id, number, name, json, station) VALUES (?, ?, ?, ?, ?) "
                      "ON CONFLICT (id) DO UPDATE SET number = excluded.number, name = excluded.name, "
                      "json = excluded.json, station = excluded.station, revision = revision + 1",
                      [kept.id, kept.number, kept.name, text, store.station])
            store.log("tours", kept.id, "added" if added else "changed",
                      {"number": kept.number, "name": kept.name, "stops": len(kept.stops)})
            return kept

    def _refuse_taken(self, tour: Tour) -> None:
        """Scenes and tours share their numbers: one number calls one thing."""
        for table, told in (("tours", _("Number {number} is that of the tour “{name}”; choose another one.")),
                            ("scenes", _("Number {number} is that of the scene “{name}”; choose another one."))):
            own = tour.id if table == "tours" else ""
            taken = self._store.query(f"SELECT name FROM {table} WHERE number = ? AND id <> ?", [tour.number, own])
            if taken:
                raise OperatorError(told.format(number=tour.number, name=taken[0]["name"]))

    def remove(self, tour_id: str) -> bool:
        """Takes a tour away; False when there is none of that id."""
        store = self._store
        with store.write():
            gone = store.run("DELETE FROM tours WHERE id = ?", [tour_id]) > 0
            if gone:
                store.log("tours", tour_id, "removed", {})
            return gone


def checked(tour: Tour) -> Tour:
    """The tour with its name trimmed. Raises OperatorError with a sentence when it is of no use."""
    name = " ".join(tour.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise OperatorError(_("A tour needs a name of 1 to {most} characters.").format(most=LONGEST_NAME))
    if not 1 <= tour.number <= HIGHEST:
        raise OperatorError(_("A tour's number lies between 1 and {highest}.").format(highest=HIGHEST))
    if not _dwells(tour.dwell):
        raise OperatorError(_bad_dwell())
    if len(tour.stops) > MOST_STOPS:
        raise OperatorError(_("A tour has at most {most} stops; take an area or a tag instead.").format(
            most=MOST_STOPS))
    if not tour.stops:
        raise OperatorError(_("A tour needs at least one stop: a camera, an area, a tag or a scene."))
    if any(stop.dwell != 0 and not _dwells(stop.dwell) for stop in tour.stops):
        raise OperatorError(_bad_dwell())
    return replace(tour, name=name)


def _dwells(seconds: float) -> bool:
    return math.isfinite(seconds) and SHORTEST_DWELL <= seconds <= LONGEST_DWELL


def _bad_dwell() -> str:
    return _("A page stands for {least:g} seconds to {most:g} hours.").format(
        least=SHORTEST_DWELL, most=LONGEST_DWELL / 3600)


def _read(row: Row) -> Tour | None:
    try:
        body = msgspec.json.decode(row["json"], type=_Body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        log.warning("tour %s makes no sense and is passed over: %s", row["number"], error)
        return None
    dwell = body.dwell if _dwells(body.dwell) else Tour("", 0, "").dwell
    return Tour(row["id"], row["number"], row["name"], _sound(body.stops[:MOST_STOPS]), dwell, body.order)


def _sound(stops: Sequence[Stop]) -> tuple[Stop, ...]:
    return tuple(stop if stop.dwell == 0 or _dwells(stop.dwell) else replace(stop, dwell=0.0) for stop in stops)
