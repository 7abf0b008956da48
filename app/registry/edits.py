"""Edits of cameras that can be undone, and the history of one camera. Runs on: the registry lane.

The table ``edits`` holds, per camera, the fields as they were and as they became; passwords stay sealed in it. A
setting that says something of single cameras (rules of recording, privacy zones) stands there as a whole, with the
cameras that it changed for. It is written in the transaction of the edit itself: after a kill -9 there are both or
neither.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from app.model.camera import Camera
from app.model.edit import Beside, Changes, Edit, changed
from app.model.errors import OperatorError
from app.registry.camera_text import camera_to_text, fields_to_camera
from app.registry.cameras import Cameras
from app.registry.settings import SettingRows
from app.registry.store import Store
from app.runtime.language import gettext as _
from app.runtime.settings import BY_KEY

log = logging.getLogger("lawang.registry")

KEEP = 20       # edits that can be undone, per station: what one remembers having done; each may hold 6,000 cameras

_SETTING = "setting:"       # in front of its key, in the place of a camera's id: ids have no colon

type Fields = dict[str, object]
type Half = Fields | None       # None: the camera was not there


class Edits:
    """The edits of one store."""

    def __init__(self, store: Store, cameras: Cameras, settings: SettingRows) -> None:
        self._store = store
        self._cameras = cameras
        self._settings = settings

    def change(self, ids: Iterable[str], changes: Changes) -> list[Camera]:
        """Changes many cameras in one transaction, all or none; gives those that became different.

        Raises OperatorError when a camera is gone or a value is refused.
        """
        with self._store.write():
            wanted = list(dict.fromkeys(ids))
            known = self._cameras.some(wanted)
            if len(known) < len(wanted):
                raise OperatorError(_("Some of these cameras are no longer in the register. Nothing was changed."))
            return self._keep([changed(camera, changes) for camera in known], known)

    def keep(self, cameras: Iterable[Camera],
             beside: Callable[[Sequence[Camera]], Iterable[Beside]] = lambda _kept: ()) -> list[Camera]:
        """Adds (empty id) or changes cameras like ``Cameras.save``, and remembers how to undo it.

        ``beside`` is given all of them with their ids and says which settings change with them; cameras for which one
        does are among those that became different. Raises OperatorError; then nothing is changed.
        """
        with self._store.write():
            wanted = list(cameras)
            return self._keep(wanted, self._cameras.some([camera.id for camera in wanted]), beside)

    def _keep(self, wanted: Sequence[Camera], known: Sequence[Camera],
              beside: Callable[[Sequence[Camera]], Iterable[Beside]] = lambda _kept: ()) -> list[Camera]:
        before = {camera.id: camera for camera in known}
        kept = self._cameras.save(wanted, before)
        told, touched = self._put_beside(beside(kept))
        different = [camera for camera in kept if before.get(camera.id) != camera]
        self._remember(((before.get(camera.id), camera) for camera in different), told)
        return [camera for camera in kept if before.get(camera.id) != camera or camera.id in touched]

    def _put_beside(self, changes: Iterable[Beside]) -> tuple[list[list[object]], set[str]]:
        """Keeps settings; gives what an undo needs of them, and the cameras that they changed for."""
        halves: list[list[object]] = []
        touched: set[str] = set()
        for one in changes:
            before = str(self._settings.get(one.setting))
            if one.text != before:
                self._settings.put(one.setting, one.text)
                halves.append([_SETTING + one.setting, {"text": before, "of": list(one.cameras)}, {"text": one.text}])
                touched.update(one.cameras)
        return halves, touched

    def remove(self, ids: Iterable[str]) -> int:
        """Removes cameras; undo brings them back without their availability and what devices told of themselves."""
        with self._store.write():
            gone = self._cameras.some(list(ids))
            self._remember((camera, None) for camera in gone)
            return self._cameras.remove(camera.id for camera in gone)

    def last(self) -> Edit | None:
        """The newest edit of this station that can be undone, or None."""
        # By row number: ids begin with the clock, and a clock that was set back would make the newest an old one.
        rows = self._store.rows("SELECT id, at, json FROM edits WHERE station = ? ORDER BY rowid DESC LIMIT 1",
                                [self._store.station])
        if not rows:
            return None
        halves = _halves(rows[0][2])
        fields: dict[str, None] = {}
        concerned: set[object] = set()
        for key, (before, after) in halves.items():
            if _is_setting(key):
                fields[key.removeprefix(_SETTING)] = None
                of = (before or {}).get("of")
                concerned.update(of if isinstance(of, list) else ())
                continue
            concerned.add(key)
            fields.update(dict.fromkeys(["added"] if before is None else ["removed"] if after is None else after))
        return Edit(rows[0][0], rows[0][1], len(concerned), tuple(fields))

    def undo(self) -> Edit:
        """Undoes the newest edit of this station, all or nothing, and forgets it; gives what it was.

        Raises OperatorError when there is none, or when somebody changed what it changed.
        """
        store = self._store
        with store.write():
            edit = self.last()
            if edit is None:
                raise OperatorError(_("There is no edit to undo."))
            [(text,)] = store.rows("SELECT json FROM edits WHERE id = ?", [edit.id])
            halves = _halves(text)
            self._undo_settings({key: halves.pop(key) for key in list(halves) if _is_setting(key)})
            now = {camera.id: camera for camera in self._cameras.some(halves)}
            back: list[Camera] = []
            for camera_id, (before, after) in halves.items():
                self._refuse_changed(now.get(camera_id), after)
                if before is not None:
                    back.append(fields_to_camera(store.vault, now.get(camera_id, Camera(camera_id, 0, "")), before))
            self._cameras.remove(camera_id for camera_id, (before, _after) in halves.items() if before is None)
            self._cameras.save(back, now)
            store.run("DELETE FROM edits WHERE id = ?", [edit.id])
            store.log("edits", edit.id, "undone", {"cameras": edit.cameras})
            return edit

    def _undo_settings(self, halves: Mapping[str, tuple[Half, Half]]) -> None:
        """Back to the text as it was, unless somebody changed it since: it holds what is said of other cameras too."""
        for key, (before, after) in halves.items():
            setting = key.removeprefix(_SETTING)
            if before is None or after is None or self._settings.get(setting) != after.get("text"):
                raise OperatorError(_("“{setting}” was changed since. Undoing would lose that; nothing was changed.")
                                    .format(setting=_(BY_KEY[setting].title)))
            self._settings.put(setting, before.get("text"))

    def _refuse_changed(self, now: Camera | None, after: Half) -> None:
        """The fields of the edit must be as it left them; others may have changed since, their change stays."""
        store = self._store
        same = (now is None) == (after is None)
        if same and now is not None and after is not None:
            same = fields_to_camera(store.vault, now, after) == now
        if now is None and not same:
            raise OperatorError(_("A camera of this edit was removed since; nothing was changed."))
        if now is not None and not same:
            raise OperatorError(_("Camera {number} was changed since. Undoing would lose that; nothing was changed.")
                                .format(number=now.number))

    def _remember(self, pairs: Iterable[tuple[Camera | None, Camera | None]],
                  beside: Sequence[list[object]] = ()) -> None:
        store = self._store
        halves = [*beside, *([(before or after).id, *self._differing(before, after)]     # type: ignore[union-attr]
                    for before, after in pairs)]
        if not halves:
            return
        edit_id = store.make_id()
        store.run("INSERT INTO edits (id, at, json, station) VALUES (?, ?, ?, ?)",
                  [edit_id, store.now(), json.dumps(halves, ensure_ascii=False, separators=(",", ":")), store.station])
        store.run("DELETE FROM edits WHERE station = ? AND id NOT IN "
                  "(SELECT id FROM edits WHERE station = ? ORDER BY rowid DESC LIMIT ?)",
                  [store.station, store.station, KEEP])
        store.log("edits", edit_id, "added", {"cameras": len(halves)})

    def _differing(self, before: Camera | None, after: Camera | None) -> tuple[Half, Half]:
        vault = self._store.vault
        if before is None or after is None:
            return (camera_to_text(vault, before) if before else None, camera_to_text(vault, after) if after else None)
        same = {name for name in Camera.__slots__ if getattr(before, name) == getattr(after, name)}
        return (camera_to_text(vault, before, leave_out=same), camera_to_text(vault, after, leave_out=same))


def _is_setting(key: str) -> bool:
    """Whether it is one that this version knows: of another one's nothing is offered."""
    return key.startswith(_SETTING) and key.removeprefix(_SETTING) in BY_KEY


def _halves(text: str) -> dict[str, tuple[Half, Half]]:
    """By camera id, or by setting: the fields before and after. A row edited by hand into nonsense offers no undo."""
    try:
        return {str(camera_id): (before, after) for camera_id, before, after in json.loads(text)
                if isinstance(before or {}, dict) and isinstance(after or {}, dict)}
    except (ValueError, TypeError):
        log.warning("an edit that could be undone cannot be read; it is passed over")
        return {}
