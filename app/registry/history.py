"""The history of one camera, read from the change log. Runs on: the registry lane."""

from __future__ import annotations

import json

from app.model.edit import Change
from app.registry.store import Store

SECRET_FIELDS = frozenset({"password"})     # the log holds stars for them; only that they changed is told


def history_of(store: Store, camera_id: str, most: int = 500) -> list[Change]:
    """What the change log tells of a camera, newest first, at most ``most`` lines; a value before is looked up in it.

    Areas renamed and owners renamed are not changes of the camera; an owner is told by the name of today.
    """
    owners: dict[object, object] = dict(store.rows("SELECT id, name FROM owners"))
    known: dict[str, object] = {}
    told: list[Change] = []
    # "0" follows "/" in ASCII: the span holds the ids of this camera's streams, "id/main" and "id/sub".
    for at, station, table, row, action, what in store.rows(
            "SELECT at, station, tbl, row, action, what FROM change_log WHERE (tbl IN ('cameras', 'credentials') "
            "AND row = ?) OR (tbl = 'streams' AND row > ? AND row < ?) ORDER BY id",
            [camera_id, f"{camera_id}/", f"{camera_id}0"]):
        values = _values(what)
        if table == "streams":
            role = row.rpartition("/")[2]
            values = {f"{role} {name}": value for name, value in values.items()} or {role: None}
        elif table == "credentials" and not values:
            values = {"username": "", "password": ""}
        if table == "cameras" and action in ("added", "removed"):
            told.append(Change(at, station, action, "", after=values.get("name")))
        if table == "cameras" and action == "removed":
            known.clear()
        for name, value in values.items():
            value = owners.get(value, value) if name == "owner" and isinstance(value, str) else value
            before = known.get(name)
            known[name] = value
            if table == "cameras" and action != "changed":
                continue
            if value != before or name in SECRET_FIELDS or action == "removed":
                told.append(Change(at, station, action, name, before, value))
    return told[:-most - 1:-1]


def _values(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}
