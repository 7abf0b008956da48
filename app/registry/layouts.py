"""Layouts that operators drew and named, kept as the text that ``layouts.named`` understands.

Runs on: the registry lane.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from app.model.errors import OperatorError
from app.registry.store import Store
from app.runtime.language import gettext as _
from layouts.names import named

log = logging.getLogger("lawang.registry")

LONGEST_NAME = 60       # characters: it stands in a menu


@dataclass(frozen=True, slots=True)
class NamedLayout:
    """``layout`` is a name or custom text for ``layouts.named``."""

    id: str
    name: str
    layout: str


class Layouts:
    """The named layouts of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[NamedLayout]:
        """Every layout, ordered by name; one edited by hand into nonsense is left out and logged."""
        found = []
        for layout_id, name, text in self._store.rows("SELECT id, name, layout FROM layouts"):
            try:
                named(text)
            except ValueError:
                log.warning("the layout %s makes no sense; left out", name)
                continue
            found.append(NamedLayout(layout_id, name, text))
        return sorted(found, key=lambda layout: (layout.name.casefold(), layout.id))

    def save(self, name: str, layout: str, layout_id: str = "") -> NamedLayout:
        """Adds a layout, or changes the one with ``layout_id``; gives it as kept.

        Raises OperatorError when the name is empty, long or taken, or the layout makes no sense.
        """
        name = name.strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise OperatorError(_("The name of a layout has 1 to {most} characters.").format(most=LONGEST_NAME))
        try:
            named(layout)
        except ValueError as error:
            raise OperatorError(_("This layout makes no sense: {reason}.").format(reason=error)) from None
        store = self._store
        with store.write():
            rows = {row[0]: row[1:] for row in store.rows("SELECT id, name, layout FROM layouts")}
            if any(kept[0].casefold() == name.casefold() and other != layout_id for other, kept in rows.items()):
                raise OperatorError(_("There is a layout {name} already.").format(name=name))
            kept = NamedLayout(layout_id or store.make_id(), name, layout)
            if rows.get(layout_id) != (name, layout):
                store.run("INSERT INTO layouts (id, name, layout, station) VALUES (?, ?, ?, ?) ON CONFLICT (id) "
                          "DO UPDATE SET name = excluded.name, layout = excluded.layout, station = excluded.station, "
                          "revision = revision + 1", [kept.id, name, layout, store.station])
                store.log("layouts", kept.id, "changed" if layout_id in rows else "added",
                          {"name": name, "layout": layout})
            return kept

    def remove(self, layout_id: str) -> bool:
        """Forgets a layout; False when there is none of that id. Windows that show it keep it."""
        store = self._store
        with store.write():
            rows = store.rows("SELECT name FROM layouts WHERE id = ?", [layout_id])
            if rows:
                store.run("DELETE FROM layouts WHERE id = ?", [layout_id])
                store.log("layouts", layout_id, "removed", {"name": rows[0][0]})
            return bool(rows)
