"""The wall as it is now, with undo, and signals for what has to follow it.

Runs on: GUI thread; listeners are called there, at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Concatenate

from psygnal import Signal

from app.model.wall import WHOLE, Pane, ScreenId, WallState, WindowState
from app.wall.moves import moves
from app.wall.transitions import panes_of, set_view, sound, window
from layouts import named

MOST_UNDO = 100                # changes kept, the oldest is dropped: more than a shift's mistakes, a few 100 kB


class Wall:
    """Holds the state; every change goes through ``apply``.

    ``moved`` (dict of old key to new key) is emitted before ``changed`` (the new WallState) when running pictures
    change place. Undo takes back what the wall shows (cameras, streams, layout, fit, windows); selection, zoom, one
    pane alone, full screen and places of windows are not changes of the wall.
    """

    moved = Signal(dict)
    changed = Signal(WallState)

    def __init__(self, state: WallState) -> None:
        self._state = sound(state)
        # Beside each state what was kept for panes alone, where undo returns exactly (call_back), else None.
        self._past: deque[tuple[WallState, dict[str, Pane] | None]] = deque(maxlen=MOST_UNDO)
        self._before_alone: dict[str, Pane] = {}               # by window: its pane as it was before it was alone

    @property
    def state(self) -> WallState:
        return self._state

    def window(self, window_id: str) -> WindowState:
        """Raises LookupError for a window that is not there."""
        return window(self._state, window_id)

    def apply[**P](self, transition: Callable[Concatenate[WallState, P], WallState],
                   *args: P.args, **kwargs: P.kwargs) -> bool:
        """``apply(put, "w1", 3, camera_id)``; whether anything changed. Raises what the transition raises."""
        after = transition(self._state, *args, **kwargs)
        if _substance(after) != _substance(self._state):
            self._past.append((self._state, None))
        return self._become(self._alone_and_back(after))

    def call_back(self, after: WallState) -> bool:
        """A whole arrangement (a scene) as one step: zoom, selection and pane alone are part of it, also of its undo.

        Whether anything changed.
        """
        after = sound(after)
        if after == self._state:
            return False
        self._past.append((self._state, dict(self._before_alone)))
        before = {w.id: w for w in self._state.windows}
        for here in after.windows:
            if here != before.get(here.id):
                self._before_alone.pop(here.id, None)
                if here.alone is not None:                     # back from alone is to what the arrangement holds
                    self._before_alone[here.id] = panes_of(here)[here.alone]
        return self._become(after)

    def turn(self, after: WallState, ahead: Mapping[str, str], *, undoable: bool = False) -> bool:
        """A tour turns its page, which undo passes over unless ``undoable``: pages would fill it within minutes.

        ``ahead``: old to new key of pictures that were opened behind the window; their streams go on in its panes.
        """
        if undoable and _substance(after) != _substance(self._state):
            self._past.append((self._state, dict(self._before_alone)))
        return self._become(self._alone_and_back(after), ahead)

    def begin(self, state: WallState) -> bool:
        """The wall that a start begins with: everything is replaced, and there is nothing before it to undo."""
        self._past.clear()
        self._before_alone.clear()
        return self._become(sound(state))

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    def undo(self) -> bool:
        """Take back the last change of the wall; False when there is none."""
        if not self._past:
            return False
        past, kept = self._past.pop()
        if kept is None:
            return self._become(_restored(past, self._state))
        self._before_alone = kept
        return self._become(_placed(past, self._state))

    def _become(self, after: WallState, ahead: Mapping[str, str] | None = None) -> bool:
        before, self._state = self._state, after
        if before == after:
            return False
        places = moves(before, after) | dict(ahead or {})
        if places:
            self.moved.emit(places)
        self.changed.emit(after)
        return True

    def _alone_and_back(self, after: WallState) -> WallState:
        """Back means exactly as before: the zoom that was made while a pane was alone goes with it."""
        for here in after.windows:
            was = next((w for w in self._state.windows if w.id == here.id), None)
            if was is None or was.alone == here.alone:
                continue
            kept = self._before_alone.pop(here.id, None)
            if (kept is not None and was.alone is not None and was.alone < len(named(here.layout))
                    and panes_of(here)[was.alone].camera == kept.camera):
                after = set_view(after, here.id, was.alone, kept.view)
            if here.alone is not None:
                self._before_alone[here.id] = panes_of(here)[here.alone]
        self._before_alone = {key: kept for key, kept in self._before_alone.items()
                              if any(w.id == key for w in after.windows)}
        return after


def _substance(state: WallState) -> tuple[WindowState, ...]:
    """What undo is about: the windows without selection, zoom, alone and places."""
    return tuple(replace(w, selected=0, alone=None, fullscreen=False, docks_folded=False, screen=ScreenId(),
                         geometry=(0, 0, 0, 0), panes=tuple(replace(p, view=WHOLE) for p in w.panes))
                 for w in state.windows)


def _placed(past: WallState, now: WallState) -> WallState:
    """The past as it was; windows that exist in both stand where they stand now."""
    present = {w.id: w for w in now.windows}
    return sound(WallState(tuple(
        replace(old, screen=here.screen, geometry=here.geometry, fullscreen=here.fullscreen,
                docks_folded=here.docks_folded) if (here := present.get(old.id)) is not None else old
        for old in past.windows)))


def _restored(past: WallState, now: WallState) -> WallState:
    """The past substance; windows that exist in both keep their place, selection, zoom and full screen of now."""
    present = {w.id: w for w in now.windows}
    windows = []
    for old in past.windows:
        here = present.get(old.id)
        if here is not None:
            zooms = panes_of(here)
            panes = tuple(replace(p, view=zooms[i].view) if i < len(zooms) and zooms[i].camera == p.camera else p
                          for i, p in enumerate(old.panes))
            old = replace(old, panes=panes, screen=here.screen, geometry=here.geometry, fullscreen=here.fullscreen,
                          docks_folded=here.docks_folded, alone=here.alone, selected=here.selected)
        windows.append(old)
    return sound(WallState(tuple(windows)))
