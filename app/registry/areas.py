"""The tree of areas with their levels and risk classes. Runs on: the registry lane."""

from __future__ import annotations

import logging
from collections.abc import Callable

from app.model.errors import OperatorError
from app.model.register import Area, Level, Risk
from app.registry.camera_reading import FAR_DOWN, UNPRINTABLE, area_paths
from app.registry.store import Store
from app.runtime.language import gettext as _
from app.runtime.language import ngettext

log = logging.getLogger("lawang.registry")

LONGEST_NAME = 200      # characters
DEEPEST = 8             # city > kecamatan > kelurahan > lorong is four


class Areas:
    """The areas of one store. An area is named by its path, from wide to narrow, or by its id."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Area]:
        """Every area, ordered by path; a level or risk class edited by hand into nonsense counts as none."""
        paths = area_paths(self._store)
        found = [_area(area_id, paths[area_id], level, risk)
                 for area_id, level, risk in self._store.rows("SELECT id, level, risk FROM areas")]
        return sorted(found, key=lambda area: ([name.casefold() for name in area.path], area.id))

    def find(self, which: str | tuple[str, ...]) -> Area | None:
        """The area of this id or path, or None."""
        area_id = which if isinstance(which, str) else self._id_at(which)
        rows = self._store.rows("SELECT level, risk FROM areas WHERE id = ?", [area_id])
        return _area(area_id, self._path_of(area_id), *rows[0]) if area_id is not None and rows else None

    def _id_at(self, path: tuple[str, ...]) -> str | None:
        parent: str | None = None
        for name in path:
            rows = self._store.rows("SELECT id FROM areas WHERE coalesce(parent, '') = ? AND name = ?",
                                    [parent or "", name])
            if not rows:
                return None
            parent = rows[0][0]
        return parent

    def _path_of(self, area_id: str) -> tuple[str, ...]:
        path: list[str] = []
        step: str | None = area_id
        while step is not None and len(path) < FAR_DOWN:
            rows = self._store.rows("SELECT name, parent FROM areas WHERE id = ?", [step])
            if not rows:
                break
            path.append(rows[0][0])
            step = rows[0][1]
        return tuple(reversed(path))

    def add(self, path: tuple[str, ...], level: Level | None = None, risk: Risk = Risk.NONE) -> Area:
        """The area of this path, made with all above it when missing; ``level`` and ``risk`` are set when given."""
        with self._store.write():
            self.finder()(path)
            return self.change(path, level=level, risk=risk or None)

    def change(self, which: str | tuple[str, ...], *, level: Level | None = None, risk: Risk | None = None,
               no_level: bool = False) -> Area:
        """Sets level and risk class; None leaves as it is, ``no_level`` takes the level away. Gives the area as kept.

        Raises OperatorError when there is no such area.
        """
        store = self._store
        with store.write():
            area = self._known(which)
            new_level = None if no_level else level or area.level
            new_risk = area.risk if risk is None else risk
            if (new_level, new_risk) != (area.level, area.risk):
                store.run("UPDATE areas SET level = ?, risk = ?, station = ?, revision = revision + 1 WHERE id = ?",
                          [new_level, new_risk, store.station, area.id])
                store.log("areas", area.id, "changed", {"level": new_level, "risk": new_risk})
            return Area(area.id, area.path, new_level, new_risk)

    def rename(self, which: str | tuple[str, ...], name: str) -> Area:
        """Gives an area another name; its cameras and the areas in it stay with it.

        Raises OperatorError when the name is taken beside it or of no use.
        """
        area = self._known(which)
        return self._put(area, (*area.path[:-1], name.strip()), {"name": name.strip()})

    def move(self, which: str | tuple[str, ...], into: tuple[str, ...]) -> Area:
        """Puts an area with all in it into another one; ``()`` makes it a widest one.

        Raises OperatorError when it would lie in itself, or one of its name is there already.
        """
        area = self._known(which)
        return self._put(area, (*into, area.path[-1]), {})

    def remove(self, which: str | tuple[str, ...]) -> None:
        """Removes an empty area. Raises OperatorError while cameras or areas lie in it."""
        store = self._store
        with store.write():
            area = self._known(which)
            [(cameras, areas)] = store.rows("SELECT (SELECT count(*) FROM cameras WHERE area = ?), "
                                            "(SELECT count(*) FROM areas WHERE parent = ?)", [area.id, area.id])
            if cameras:
                raise OperatorError(ngettext("{count} camera lies in {area}. Move it first.",
                                             "{count} cameras lie in {area}. Move them first.", cameras).format(
                                                 count=cameras, area=area.path[-1]))
            if areas:
                raise OperatorError(_("Other areas lie in {area}. Move or remove them first.").format(
                    area=area.path[-1]))
            store.run("DELETE FROM areas WHERE id = ?", [area.id])
            store.log("areas", area.id, "removed", {"name": area.path[-1]})

    def finder(self) -> Callable[[tuple[str, ...]], str | None]:
        """A function that gives the id of a path and makes what is missing; for one transaction."""
        store = self._store
        known: dict[tuple[str | None, str], str] = {
            (parent, name): area_id for area_id, parent, name in store.rows("SELECT id, parent, name FROM areas")}

        def id_of(path: tuple[str, ...]) -> str | None:
            parent: str | None = None
            if len(path) > DEEPEST:
                raise OperatorError(_("An area has at most {most} levels.").format(most=DEEPEST))
            for name in path:
                if (parent, name) not in known:
                    _refuse_name(name)
                    area_id = store.make_id()
                    store.run("INSERT INTO areas (id, parent, name, station) VALUES (?, ?, ?, ?)",
                              [area_id, parent, name, store.station])
                    store.log("areas", area_id, "added", {"name": name, "parent": parent})
                    known[parent, name] = area_id
                parent = known[parent, name]
            return parent

        return id_of

    def _known(self, which: str | tuple[str, ...]) -> Area:
        area = self.find(which)
        if area is None:
            raise OperatorError(_("There is no area {area} in the register.").format(
                area=which if isinstance(which, str) else " > ".join(which)))
        return area

    def _put(self, area: Area, path: tuple[str, ...], what: dict[str, object]) -> Area:
        store = self._store
        if path == area.path:
            return area
        _refuse_name(path[-1])
        if path[:len(area.path)] == area.path:
            raise OperatorError(_("{area} cannot lie in itself.").format(area=area.path[-1]))
        with store.write():
            if self.find(path) is not None:
                raise OperatorError(_("There is an area {area} already.").format(area=" > ".join(path)))
            parent = self.finder()(path[:-1])
            store.run("UPDATE areas SET name = ?, parent = ?, station = ?, revision = revision + 1 WHERE id = ?",
                      [path[-1], parent, store.station, area.id])
            store.log("areas", area.id, "changed", what or {"parent": parent})
        return Area(area.id, path, area.level, area.risk)


_LEVELS: dict[str | None, Level] = {level.value: level for level in Level}
_RISKS: dict[str, Risk] = {risk.value: risk for risk in Risk}


def _area(area_id: str, path: tuple[str, ...], level: str | None, risk: str) -> Area:
    if (level is not None and level not in _LEVELS) or risk not in _RISKS:
        log.warning("the level or risk class of area %s makes no sense; it counts as not classed", area_id)
    return Area(area_id, path, _LEVELS.get(level), _RISKS.get(risk, Risk.NONE))


def _refuse_name(name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME or UNPRINTABLE.search(name):
        raise OperatorError(_("The name of an area has 1 to {most} characters and no line break.").format(
            most=LONGEST_NAME))
