"""Wall states kept by name as JSON, so that a restart, or a kill -9, brings the wall back as it was.

Runs on: the registry lane.
"""

from __future__ import annotations

import logging
import math
from dataclasses import replace

import msgspec

from app.model.wall import MEMORY, Pane, View, WallState, WindowState
from app.registry.store import Store

log = logging.getLogger("lawang.registry")

MOST_WINDOWS = 64       # more than any desk has: a damaged file may not open a thousand windows
MOST_PANES = 1024       # 12x12 cells and what smaller layouts keep behind them, with room
MOST_ZOOM = 64.0


def wall_to_json(state: WallState) -> str:
    """The state as JSON text; the names are those of app.model.wall."""
    return msgspec.json.encode(state).decode()


def wall_from_json(text: str) -> WallState | None:
    """The state, or None when the text makes no sense (logged). Unknown fields are passed over."""
    try:
        state = msgspec.json.decode(text, type=WallState)
        return WallState(tuple(_sane(window) for window in state.windows[:MOST_WINDOWS]))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        log.warning("a saved wall could not be read and is passed over: %s", error)
        return None


class Walls:
    """The wall states of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, name: str, state: WallState) -> bool:
        """Keeps the state in one transaction; False when it is already kept so.

        The change log holds one entry per wall, the newest: a wall that is moved about all day would fill it.
        """
        store, text = self._store, wall_to_json(state)
        with store.write():
            if store.query("SELECT 1 AS same FROM walls WHERE name = ? AND json = ?", [name, text]):
                return False
            store.run("INSERT INTO walls (name, json, saved_at, station) VALUES (?, ?, ?, ?) "
                      "ON CONFLICT (name) DO UPDATE SET json = excluded.json, saved_at = excluded.saved_at, "
                      "station = excluded.station, revision = revision + 1", [name, text, store.now(), store.station])
            store.run("DELETE FROM change_log WHERE tbl = 'walls' AND row = ?", [name])
            store.log("walls", name, "changed", {"windows": len(state.windows)})
            return True

    def load(self, name: str) -> WallState | None:
        """The kept state, or None when there is none or it cannot be read."""
        rows = self._store.query("SELECT json FROM walls WHERE name = ?", [name])
        return wall_from_json(rows[0]["json"]) if rows else None

    def names(self) -> list[str]:
        """The names of all kept walls, newest first."""
        return [row["name"] for row in self._store.query("SELECT name FROM walls ORDER BY saved_at DESC, name")]


def _sane(window: WindowState) -> WindowState:
    """Numbers edited by hand into nonsense may not crash the wall: panes cut, indices and views put within bounds."""
    panes = tuple(_sane_pane(pane) for pane in window.panes[:MOST_PANES])
    last = max(len(panes) - 1, 0)
    alone = window.alone if window.alone is not None and 0 <= window.alone <= last else None
    return replace(window, panes=panes, selected=min(max(window.selected, 0), last), alone=alone)


def _sane_pane(pane: Pane) -> Pane:
    if len(pane.past) + len(pane.ahead) > MEMORY:
        pane = replace(pane, past=pane.past[-MEMORY:], ahead=pane.ahead[:max(MEMORY - len(pane.past), 0)])
    view = pane.view
    if not all(map(math.isfinite, (view.centre_x, view.centre_y, view.zoom))):
        return replace(pane, view=View())
    bounded = View(min(max(view.centre_x, 0.0), 1.0), min(max(view.centre_y, 0.0), 1.0),
                   min(max(view.zoom, 1.0), MOST_ZOOM))
    return replace(pane, view=bounded)
