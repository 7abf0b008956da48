"""The last import of this station, as the register was before it: its undo. Runs on: the registry lane.

The row is written in the transaction of the import itself: after a kill -9 there are both or neither. Passwords stay
sealed in it. Whether somebody changed a camera since is asked of the change log.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.registry.areas import Areas
from app.registry.camera_text import camera_to_text, fields_to_camera
from app.registry.cameras import Cameras
from app.registry.owners import Owners
from app.registry.store import Store
from app.runtime.language import gettext as _
from app.runtime.language import ngettext

log = logging.getLogger("lawang.registry")

NAMED = 3           # cameras named in a refusal; the count tells the rest


@dataclass(frozen=True, slots=True)
class LastImport:
    """``file`` is the list's name without its folder, ``at`` UTC; how many cameras it added and changed."""

    id: str
    at: str
    file: str
    added: int
    changed: int


class Imports:
    """The import that one store can take back."""

    def __init__(self, store: Store, cameras: Cameras, owners: Owners, areas: Areas) -> None:
        self._store = store
        self._cameras = cameras
        self._owners = owners
        self._areas = areas

    def area_ids(self) -> set[str]:
        """The ids of all areas: what an import made is the difference."""
        return {row[0] for row in self._store.rows("SELECT id FROM areas")}

    def set_levels(self, levels: Iterable[tuple[tuple[str, ...], str]]) -> None:
        """Makes areas with the level that a list's columns gave them. Call inside ``write()``.

        Not ``Areas.change``: it may touch the risk class, for which every camera below is read again by the search.
        """
        store, id_of = self._store, self._areas.finder()
        for path, level in levels:
            area_id = id_of(path)
            if level and store.run("UPDATE areas SET level = ?, station = ?, revision = revision + 1 "
                                   "WHERE id = ? AND level IS NULL", [level, store.station, area_id]):
                store.log("areas", str(area_id), "changed", {"level": level})

    def keep(self, file: str, pairs: Iterable[tuple[Camera | None, Camera]], owners: Sequence[str],
             areas: Sequence[str]) -> str:
        """Remembers an import in place of the one before: cameras (before, after), ids of owners and areas it made.

        Called last in the import's transaction: what the change log holds behind this entry came later.
        """
        store = self._store
        added: list[str] = []
        changed: dict[str, dict[str, object]] = {}
        for before, after in pairs:
            if before is None:
                added.append(after.id)
            else:
                same = {name for name in Camera.__slots__ if getattr(before, name) == getattr(after, name)}
                changed[after.id] = camera_to_text(store.vault, before, leave_out=same)
        kept = {"added": added, "changed": changed, "owners": list(owners), "areas": list(areas)}
        with store.write():
            import_id = store.make_id()
            store.run("DELETE FROM imports WHERE station = ?", [store.station])
            store.run("INSERT INTO imports (id, at, file, before, station) VALUES (?, ?, ?, ?, ?)",
                      [import_id, store.now(), file, json.dumps(kept, ensure_ascii=False, separators=(",", ":")),
                       store.station])
            store.log("imports", import_id, "added", {"file": file, "added": len(added), "changed": len(changed)})
        return import_id

    def last(self) -> LastImport | None:
        """The import that can be undone, or None."""
        found = self._last()
        return found[0] if found else None

    def undo(self) -> LastImport:
        """Takes the last import back, all or nothing, and forgets it; gives what it was.

        Cameras that it added go with their availability; owners and areas that it made go when nothing is left in
        them. Raises OperatorError when there is none, or when somebody changed one of its cameras since.
        """
        store = self._store
        with store.write():
            found = self._last()
            if found is None:
                raise OperatorError(_("There is no import to undo."))
            last, kept = found
            added, changed = kept["added"], kept["changed"]
            self._refuse_changed(last.id, {*added, *changed})
            now = {camera.id: camera for camera in self._cameras.some(list(changed))}
            self._cameras.remove(added)
            self._cameras.save(fields_to_camera(store.vault, now[camera_id], fields)
                               for camera_id, fields in changed.items())
            self._forget_made(kept)
            store.run("DELETE FROM imports WHERE id = ?", [last.id])
            store.log("imports", last.id, "undone", {"file": last.file, "cameras": len(added) + len(changed)})
            return last

    def _last(self) -> tuple[LastImport, dict[str, Any]] | None:
        store = self._store
        rows = store.rows("SELECT id, at, file, before FROM imports WHERE station = ? ORDER BY rowid DESC LIMIT 1",
                          [store.station])
        if not rows:
            return None
        import_id, at, file, before = rows[0]
        try:
            kept = json.loads(before)
            added, changed = kept["added"], kept["changed"]
            if not (isinstance(added, list) and isinstance(changed, dict)
                    and isinstance(kept["owners"], list) and isinstance(kept["areas"], list)):
                raise TypeError
        except (ValueError, TypeError, KeyError):
            log.warning("the last import cannot be read any more; it offers no undo")
            return None
        return LastImport(import_id, at, file, len(added), len(changed)), kept

    def _refuse_changed(self, import_id: str, ids: set[str]) -> None:
        store = self._store
        marks = store.rows("SELECT max(id) FROM change_log WHERE tbl = 'imports' AND row = ?", [import_id])
        if not marks or marks[0][0] is None:
            raise OperatorError(_("The change log no longer tells what came after this import. Nothing was changed."))
        since = {row.partition("/")[0] for (row,) in store.rows(
            "SELECT DISTINCT row FROM change_log WHERE id > ? AND tbl IN ('cameras', 'streams', 'credentials')",
            [marks[0][0]])} & ids
        if not since:
            gone = len(ids) - len(self._cameras.some(list(ids)))
            if gone:
                raise OperatorError(_("A camera of this import was removed since; nothing was changed."))
            return
        names = ", ".join(f"{camera.label} {camera.name}" for camera in self._cameras.some(list(since))[:NAMED])
        raise OperatorError(ngettext(
            "{count} camera was changed or removed since the import ({names}). Undoing would lose that; "
            "nothing was changed.",
            "{count} cameras were changed or removed since the import ({names}). Undoing would lose that; "
            "nothing was changed.", len(since)).format(count=len(since), names=names or "–"))

    def _forget_made(self, kept: dict[str, Any]) -> None:
        for owner_id in kept["owners"]:
            if not self._store.rows("SELECT 1 FROM cameras WHERE owner = ? LIMIT 1", [owner_id]):
                self._owners.remove(owner_id)
        made = {area.id: len(area.path) for area in self._areas.all() if area.id in kept["areas"]}
        for area_id in sorted(made, key=lambda each: -made[each]):      # the innermost first
            if not self._store.rows("SELECT 1 FROM cameras WHERE area = ? UNION ALL "
                                    "SELECT 1 FROM areas WHERE parent = ? LIMIT 1", [area_id, area_id]):
                self._areas.remove(area_id)
