"""Digital zoom and pan for as long as a key is held.

Runs on: GUI thread; the screen tick drives it while ``moving`` says so.
"""

from __future__ import annotations

from collections.abc import Callable

from psygnal import Signal

from app.model.wall import View
from app.wall.transitions import pane, set_view
from app.wall.view import pan, zoom_about
from app.wall.wall import Wall

ZOOM_PER_SECOND = 3.0          # factor: from the whole picture to 8 x in 1.9 s, slow enough to stop where one means to
ZOOM_TAP = 1.2                 # factor at once on key down, so that a tap is one visible step
PAN_PER_SECOND = 0.8           # of the shown width or height: across the shown part in 1.25 s
PAN_TAP = 0.08                 # of the shown part, at once on key down
LONGEST_STEP_SECONDS = 0.1     # after a stall the picture goes on from where it was instead of leaping

_WAYS = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}


class HeldView:
    """What is held now and the pane that it moves: the one selected at key down.

    ``moving`` carries whether ``tick`` is needed. Another selection ends the movement.
    """

    moving = Signal(bool)

    def __init__(self, wall: Wall, current: Callable[[], str]) -> None:
        self._wall = wall
        self._current = current
        self._held: set[str] = set()                           # "in", "out" and the directions
        self._target: tuple[str, int] | None = None

    @property
    def active(self) -> bool:
        return bool(self._held)

    def hold(self, what: str, down: bool) -> None:
        """``what``: "in", "out", "left", "right", "up" or "down". Raises ValueError for anything else."""
        if what not in ("in", "out", *_WAYS):
            raise ValueError(f"nothing moves {what}")
        was = self.active
        if down:
            here = self._wall.window(self._current())
            if self._target != (here.id, here.selected):
                self._held.clear()
            self._target = here.id, here.selected
            self._held.add(what)
            self._move({what}, ZOOM_TAP, PAN_TAP)
        else:
            self._held.discard(what)
        if was != self.active:
            self.moving.emit(self.active)

    def stop(self) -> None:
        """Everything counts as released."""
        if self._held:
            self._held.clear()
            self.moving.emit(False)

    def tick(self, seconds: float) -> None:
        """Go on for the seconds since the last tick."""
        if not self._still_there():
            self.stop()
        elif self._held:
            seconds = min(max(seconds, 0.0), LONGEST_STEP_SECONDS)
            self._move(self._held, ZOOM_PER_SECOND ** seconds, PAN_PER_SECOND * seconds)

    def _still_there(self) -> bool:
        return self._target is not None and any(
            (w.id, w.selected) == self._target for w in self._wall.state.windows)

    def _move(self, held: set[str], factor: float, distance: float) -> None:
        assert self._target is not None
        view: View = pane(self._wall.state, *self._target).view
        zooming = ("in" in held) - ("out" in held)
        view = zoom_about(view, 0.5, 0.5, factor ** zooming)
        ways = [_WAYS[way] for way in held if way in _WAYS]
        view = pan(view, distance * sum(x for x, _y in ways), distance * sum(y for _x, y in ways))
        self._wall.apply(set_view, *self._target, view)
