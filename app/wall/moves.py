"""Which running pictures changed place between two states of the wall: their streams go on, only their keys change."""

from __future__ import annotations

from app.model.wall import WallState
from app.wall.transitions import panes_of
from layouts import named


def pane_key(window_id: str, index: int) -> str:
    """The engine's name of a pane, stable for the life of a pane on the screen."""
    return f"{window_id}/{index}"


def running(state: WallState) -> dict[str, str]:
    """Camera id by pane key, for every cell that has a camera."""
    return {pane_key(window.id, index): pane.camera for window in state.windows
            for index, pane in enumerate(panes_of(window)[:len(named(window.layout))]) if pane.camera}


def moves(before: WallState, after: WallState) -> dict[str, str]:
    """Old key to new key for cameras that left one pane and appeared in another.

    A camera that stays in its pane never moves, however many panes show it.
    """
    old, new = running(before), running(after)
    left: dict[str, list[str]] = {}
    for key, camera in old.items():
        if new.get(key) != camera:
            left.setdefault(camera, []).append(key)
    result = {}
    for key, camera in new.items():
        if old.get(key) != camera and left.get(camera):
            result[left[camera].pop(0)] = key
    return result
