"""The scenes: layout and content of windows, kept by number and name. Runs on: the registry lane."""

from __future__ import annotations

import logging
from dataclasses import replace

import msgspec

from app.model.errors import OperatorError
from app.model.scene import Scene
from app.model.wall import WallState, WindowState
from app.registry.store import Row, Store
from app.registry.walls import wall_from_json, wall_to_json
from app.runtime.language import gettext as _
from layouts import named

log = logging.getLogger("lawang.registry")

LONGEST_NAME = 200          # characters, as of a tour
HIGHEST = 9999              # as app.wall.numbers: scenes and tours share their numbers


class _Body(msgspec.Struct):
    """What a scene's JSON holds; the names are those of app.model.scene."""

    windows: tuple[WindowState, ...] = ()
    whole: bool = False


class Scenes:
    """The scenes of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Scene]:
        """Every scene, ordered by number; one whose content was edited into nonsense comes without windows (logged)."""
        return [_read(row) for row in self._store.query("SELECT id, number, name, json FROM scenes ORDER BY number")]

    def save(self, scene: Scene) -> Scene:
        """Adds (empty or new id) or changes a scene in one transaction; gives it as kept.

        Raises OperatorError when name or number are of no use, or a scene or tour has the number.
        """
        scene = checked(scene)
        store = self._store
        with store.write():
            self._refuse_taken(scene)
            kept = replace(scene, id=scene.id or store.make_id())
            text = msgspec.json.encode(_Body(kept.windows, kept.whole)).decode()
            before = store.query("SELECT number, name, json FROM scenes WHERE id = ?", [kept.id])
            if before and before[0] == {"number": kept.number, "name": kept.name, "json": text}:
                return kept
            store.run("INSERT INTO scenes (id, number, name, json, station) VALUES (?, ?, ?, ?, ?) "
                      "ON CONFLICT (id) DO UPDATE SET number = excluded.number, name = excluded.name, "
                      "json = excluded.json, station = excluded.station, revision = revision + 1",
                      [kept.id, kept.number, kept.name, text, store.station])
            store.log("scenes", kept.id, "changed" if before else "added",
                      {"number": kept.number, "name": kept.name, "windows": len(kept.windows)})
            return kept

    def remove(self, scene_id: str) -> bool:
        """Takes a scene away; False when there is none of that id."""
        store = self._store
        with store.write():
            gone = store.run("DELETE FROM scenes WHERE id = ?", [scene_id]) > 0
            if gone:
                store.log("scenes", scene_id, "removed", {})
            return gone

    def _refuse_taken(self, scene: Scene) -> None:
        """Another program may have taken the number since this one looked."""
        for row in self._store.query(
                "SELECT 'scene' AS kind, name FROM scenes WHERE number = ? AND id <> ? UNION ALL "
                "SELECT 'tour', name FROM tours WHERE number = ?", [scene.number, scene.id, scene.number]):
            told = (_("Number {number} is that of the scene “{name}”; choose another one.") if row["kind"] == "scene"
                    else _("Number {number} is that of the tour “{name}”; choose another one."))
            raise OperatorError(told.format(number=scene.number, name=row["name"]))


def checked(scene: Scene) -> Scene:
    """The scene with its name trimmed. Raises OperatorError with a sentence when it is of no use."""
    name = " ".join(scene.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise OperatorError(_("A scene needs a name of 1 to {most} characters.").format(most=LONGEST_NAME))
    if not 1 <= scene.number <= HIGHEST:
        raise OperatorError(_("A scene's number lies between 1 and {highest}.").format(highest=HIGHEST))
    if not scene.windows:
        raise OperatorError(_("A scene needs at least one window."))
    return replace(scene, name=name)


def _read(row: Row) -> Scene:
    scene = Scene(row["id"], row["number"], row["name"])
    try:
        body = msgspec.json.decode(row["json"], type=_Body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        log.warning("scene %s makes no sense and comes without windows: %s", row["number"], error)
        return scene
    # By the way of a saved wall: numbers edited by hand into nonsense are put within bounds there.
    sane = wall_from_json(wall_to_json(WallState(body.windows)))
    windows = tuple(filter(_has_layout, sane.windows)) if sane is not None else ()
    return replace(scene, windows=windows, whole=body.whole)


def _has_layout(window: WindowState) -> bool:
    try:
        named(window.layout)
    except ValueError as error:
        log.warning("a window of a scene is passed over: %s", error)
        return False
    return True
