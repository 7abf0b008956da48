"""The bookmarks: moments with their cameras, words and who marked them. Runs on: the registry lane."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import replace
from typing import Any

from app.model.bookmark import Bookmark, Marked, Severity
from app.model.custody import Act, Told
from app.model.edit import Change
from app.model.errors import OperatorError
from app.registry.custody import CustodyRows
from app.registry.store import Row, Store, text_of
from app.runtime.language import gettext as _

log = logging.getLogger("lawang.registry")

MOST_CAMERAS = 256          # a wall of 64 panes on four monitors
LONGEST_WORDS = 4000        # characters
LONGEST_LABEL = 200
_FIELDS = ("category", "words", "agency", "severity")
UNDO_S = 3600.0             # an undo is of this run, and of minutes
MOST_SHOWN = 5000           # the list of bookmarks; a station makes some dozens a day


class Bookmarks:
    """The bookmarks of one store."""

    def __init__(self, store: Store, custody: CustodyRows) -> None:
        self._store, self._custody = store, custody

    def all(self, most: int = MOST_SHOWN) -> list[Bookmark]:
        """The newest first; a row edited by hand into nonsense is passed over (logged)."""
        rows = self._store.query("SELECT * FROM bookmarks ORDER BY at DESC LIMIT ?", [most])
        return [one for row in rows if (one := _read(row)) is not None]

    def spans(self) -> list[tuple[str, tuple[str, ...], int, int]]:
        """(id, cameras by id, from, to) of each, all of them: what they hold."""
        found = []
        for number, cameras, t0, t1 in self._store.rows("SELECT id, cameras, t0, t1 FROM bookmarks", []):
            with suppress(ValueError, TypeError, IndexError, KeyError, RecursionError):     # as in all()
                found.append((str(number), tuple(str(one[0]) for one in json.loads(cameras)), int(t0), int(t1)))
        return found

    def removed(self) -> list[str]:
        """The ids of those that were taken away an hour ago or more, and are not back: nobody undoes that any more."""
        before = text_of(self._store.clock() - UNDO_S)
        return [str(row[0]) for row in self._store.rows(
            "SELECT row FROM change_log WHERE tbl = 'bookmarks' AND action = 'removed' AND row NOT IN "
            "(SELECT id FROM bookmarks) GROUP BY row HAVING max(at) < ?", [before])]

    def save(self, bookmark: Bookmark, by: str = "") -> Bookmark:
        """Adds (empty id, or one that was removed) or changes a bookmark; gives it as kept. ``by``: who changes it.

        Raises OperatorError.
        """
        kept = checked(bookmark)
        store = self._store
        with store.write():
            kept = replace(kept, id=kept.id or store.make_id(), station=kept.station or store.station)
            before = store.query("SELECT category, words, agency, severity FROM bookmarks WHERE id = ?", [kept.id])
            cameras = json.dumps([[one.id, one.number, one.name] for one in kept.cameras], ensure_ascii=False)
            store.run("INSERT INTO bookmarks (id, at, t0, t1, cameras, category, words, agency, severity, operator, "
                      "origin, station) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                      "at = excluded.at, t0 = excluded.t0, t1 = excluded.t1, cameras = excluded.cameras, "
                      "category = excluded.category, words = excluded.words, agency = excluded.agency, "
                      "severity = excluded.severity, station = excluded.station, revision = revision + 1",
                      [kept.id, kept.at, kept.t0, kept.t1, cameras, kept.category, kept.words, kept.agency,
                       int(kept.severity), kept.operator, kept.station, store.station])
            # The log keeps what was there: it is the bookmark's history.
            told: dict[str, str | int] = {"category": kept.category, "words": kept.words, "agency": kept.agency,
                                          "severity": int(kept.severity), **_by(by)}
            store.log("bookmarks", kept.id, "changed" if before else "added",
                      told | ({"before": before[0]} if before else {"at": kept.at, "cameras": len(kept.cameras)}))
            span: Told = {"bookmark": kept.id, "cameras": [one.id for one in kept.cameras],
                          "in_us": kept.t0, "out_us": kept.t1}
            self._custody.add(Act.BOOKMARK, {**span, **told, "done": "changed" if before else "added"}, kept.operator)
            if not before:
                self._custody.add(Act.HOLD, span, kept.operator)
        return kept

    def history(self, bookmark_id: str, most: int = 200) -> list[Change]:
        """What the change log tells of a bookmark, newest first: each field with what stood there before."""
        known: dict[str, Any] = {}
        told: list[Change] = []
        for at, station, action, what in self._store.rows(
                "SELECT at, station, action, what FROM change_log WHERE tbl = 'bookmarks' AND row = ? ORDER BY id",
                [bookmark_id]):
            values = _told(what)
            who = str(values.get("by", "")) or station
            if action in ("added", "removed"):
                told.append(Change(at, who, action, ""))
            for name in _FIELDS:
                if name in values:
                    before, known[name] = known.get(name), values[name]
                    if action == "changed" and before != values[name]:
                        told.append(Change(at, who, action, name, before, values[name]))
        return told[:-most - 1:-1]

    def remove(self, bookmark_id: str) -> bool:
        """Takes a bookmark away; False when there is none of that id."""
        store = self._store
        with store.write():
            gone = store.run("DELETE FROM bookmarks WHERE id = ?", [bookmark_id]) > 0
            if gone:
                store.log("bookmarks", bookmark_id, "removed", {})
                self._custody.add(Act.BOOKMARK, {"bookmark": bookmark_id, "done": "removed"})
                self._custody.add(Act.RELEASE, {"bookmark": bookmark_id})
        return gone


def _by(who: str) -> dict[str, str]:
    return {"by": who} if who else {}


def _told(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def checked(bookmark: Bookmark) -> Bookmark:
    """With its texts trimmed. Raises OperatorError with a sentence when it is of no use."""
    if not bookmark.cameras:
        raise OperatorError(_("A bookmark needs a camera; choose a pane that shows one."))
    if not bookmark.t0 <= bookmark.at <= bookmark.t1 or bookmark.at <= 0:
        raise OperatorError(_("A bookmark's moment lies within what it holds."))
    return replace(bookmark, cameras=bookmark.cameras[:MOST_CAMERAS], words=bookmark.words.strip()[:LONGEST_WORDS],
                   category=" ".join(bookmark.category.split())[:LONGEST_LABEL],
                   agency=" ".join(bookmark.agency.split())[:LONGEST_LABEL])


def _read(row: Row) -> Bookmark | None:
    try:
        cameras = tuple(Marked(str(one[0]), int(one[1]), str(one[2])) for one in json.loads(row["cameras"]))
        return Bookmark(row["id"], row["at"], row["t0"], row["t1"], cameras, row["category"], row["words"],
                        row["agency"], Severity(row["severity"]), row["operator"], row["origin"])
    except (ValueError, TypeError, IndexError, KeyError, RecursionError) as error:
        log.warning("bookmark %s makes no sense and is passed over: %s", row["id"], error)
        return None
