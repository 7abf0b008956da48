"""Binds the wall's commands that are pure changes of the wall; those that need a screen are bound by the widgets.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.commands import Dispatcher
from app.model.errors import OperatorError
from app.model.pane import Fit, StreamWish
from app.model.wall import MEMORY, WHOLE, View, WindowKind, WindowState
from app.runtime.language import gettext as _
from app.wall import transitions
from app.wall.call_up import CallUp
from app.wall.cameras import Cameras
from app.wall.held_view import HeldView
from app.wall.wall import Wall
from layouts import MENU, named, neighbour


class WallHandlers:
    """The doing. ``current`` names the window that has the focus.

    Handlers of panes take ``window`` and ``pane`` (index from 0), which the mouse gives; keys leave them out and mean
    the selected pane of the window that has the focus.
    """

    def __init__(self, wall: Wall, cameras: Cameras, current: Callable[[], str]) -> None:
        self.wall = wall
        self.cameras = cameras
        self._wanted = current
        self.call_up = CallUp(wall, cameras, self.current)
        self.held_view = HeldView(wall, self.current)

    def current(self) -> str:
        """Id of the window that keys mean; the first one when the focused window is none of the wall's."""
        wanted = self._wanted()
        ids = [window.id for window in self.wall.state.windows]
        return wanted if wanted in ids else ids[0]

    def bind(self, dispatcher: Dispatcher) -> None:
        """Every row of app.wall.commands that is not marked ``by_widgets``."""
        for command_id, handler in self._handlers().items():
            dispatcher.bind(command_id, handler)

    def _handlers(self) -> dict[str, Callable[..., None]]:
        call_up, held, ways = self.call_up, self.held_view, ("left", "up", "right", "down")
        return {
            "number.key": call_up.key, "number.pane": call_up.key, "number.enter": call_up.enter,
            "number.back": call_up.back, "number.cancel": call_up.cancel, "number.call": call_up.call,
            "pane.next": lambda: self._step(1), "pane.previous": lambda: self._step(-1),
            "pane.select": self._select, "pane.alone": self._alone, "pane.back": self._back,
            "pane.previous_camera": lambda: self._camera_step(-1), "pane.next_camera": lambda: self._camera_step(1),
            "pane.memory_back": lambda **where: self._walk_memory(-1, **where),
            "pane.memory_forward": lambda **where: self._walk_memory(1, **where),
            "pane.memory_first": lambda **where: self._walk_memory(-MEMORY, **where),
            "pane.put": self._put, "pane.swap": self._swap, "pane.clear": self._clear, "wall.undo": self._undo,
            **{f"pane.go_{way}": self._go for way in ways},
            **{f"pane.swap_{way}": self._swap_neighbour for way in ways},
            **{f"pane.stream_{wish}": self._wish for wish in StreamWish},
            "view.zoom_in": lambda down: held.hold("in", down), "view.zoom_out": lambda down: held.hold("out", down),
            **{f"view.pan_{way}": lambda direction, down: held.hold(direction, down) for way in ways},
            "view.reset": self._whole, "view.set": self._view,
            "layout.next": lambda: self._cycle(1), "layout.previous": lambda: self._cycle(-1),
            "layout.set": self._layout, **{f"layout.{name}": self._layout for name in MENU},
            **{f"fit.{fit}": self._fit for fit in Fit},
            "window.fullscreen": self._fullscreen, "window.docks": self._docks,
            "window.new": self._new_window, "window.close": self._close_window,
        }

    def _target(self, window: str | None, pane: int | None) -> tuple[str, int]:
        here = self._here(window)
        return here.id, here.selected if pane is None else pane

    def _here(self, window: str | None = None) -> WindowState:
        return self.wall.window(window or self.current())

    def _step(self, step: int) -> None:
        self.wall.apply(transitions.select_next, self.current(), step)

    def _go(self, direction: str) -> None:
        self.wall.apply(transitions.select_neighbour, self.current(), direction)

    def _select(self, pane: int, window: str | None = None) -> None:
        self.wall.apply(transitions.select, self._here(window).id, pane)

    def _alone(self, window: str | None = None, pane: int | None = None) -> None:
        where = self._target(window, pane)
        if self._here(where[0]).alone is None and not transitions.pane(self.wall.state, *where).camera:
            raise OperatorError(_("This pane is empty; there is nothing to show alone."))
        self.wall.apply(transitions.toggle_alone, *where)

    def _back(self, window: str | None = None) -> None:
        here = self._here(window)
        if here.alone is not None:
            self.wall.apply(transitions.toggle_alone, here.id)

    def _camera_step(self, step: int) -> None:
        everything = self.cameras.all()
        if not everything:
            raise OperatorError(_("The list of cameras is empty."))
        where = self._target(None, None)
        shown = self.cameras.by_id(transitions.pane(self.wall.state, *where).camera)
        if shown is None:
            follower = everything[0 if step > 0 else -1]
        else:
            numbers = [camera.number for camera in everything]
            follower = everything[(numbers.index(shown.number) + step) % len(everything)]
        self.wall.apply(transitions.put, *where, follower.id)

    def _walk_memory(self, steps: int, window: str | None = None, pane: int | None = None) -> None:
        if not self.wall.apply(transitions.walk_memory, *self._target(window, pane), steps,
                               lambda camera: self.cameras.by_id(camera) is not None):
            raise OperatorError(_("This pane remembers no earlier camera.") if steps < 0
                                else _("This pane remembers no later camera."))

    def _put(self, camera: str, window: str | None = None, pane: int | None = None) -> None:
        """``camera`` "" empties the pane, whichever window has the keyboard."""
        if not camera:
            self._clear(window, pane)
            return
        if self.cameras.by_id(camera) is None:
            raise OperatorError(_("This camera is no longer in the list."))
        self.wall.apply(transitions.put, *self._target(window, pane), camera)

    def _swap(self, pane: int, to_pane: int, window: str | None = None, to_window: str | None = None) -> None:
        here, there = self._here(window).id, self._here(to_window or window).id
        self.wall.apply(transitions.swap, here, pane, there, to_pane)
        self.wall.apply(transitions.select, there, to_pane)

    def _swap_neighbour(self, direction: str) -> None:
        here = self._here()
        other = neighbour(named(here.layout), here.selected, direction)
        if other is not None:
            self._swap(here.selected, other)

    def _clear(self, window: str | None = None, pane: int | None = None) -> None:
        self.wall.apply(transitions.clear, *self._target(window, pane))

    def _undo(self) -> None:
        if not self.wall.undo():
            raise OperatorError(_("There is nothing to undo."))

    def _wish(self, wish: str, window: str | None = None, pane: int | None = None) -> None:
        self.wall.apply(transitions.set_wish, *self._target(window, pane), StreamWish(wish))

    def _whole(self, window: str | None = None, pane: int | None = None) -> None:
        self.wall.apply(transitions.set_view, *self._target(window, pane), WHOLE)

    def _view(self, pane: int, view: View, window: str | None = None) -> None:
        self.wall.apply(transitions.set_view, *self._target(window, pane), view)

    def _cycle(self, step: int) -> None:
        self.wall.apply(transitions.cycle_layout, self.current(), step)

    def _layout(self, name: str, window: str | None = None) -> None:
        try:
            self.wall.apply(transitions.set_layout, self._here(window).id, name)
        except ValueError:
            told = _("No layout is called “{name}”. Use rows x columns such as 4x4, or one of {names}.")
            raise OperatorError(told.format(name=name, names="1+5, 1+7, 1+12, 2+8, 3+4, pano3")) from None

    def _fit(self, fit: str, window: str | None = None) -> None:
        self.wall.apply(transitions.set_fit, self._here(window).id, Fit(fit))

    def _fullscreen(self, window: str | None = None, on: bool | None = None) -> None:
        here = self._here(window)
        self.wall.apply(transitions.set_fullscreen, here.id, (not here.fullscreen) if on is None else on)

    def _docks(self, window: str | None = None, on: bool | None = None) -> None:
        here = self._here(window)
        self.wall.apply(transitions.fold_docks, here.id, (not here.docks_folded) if on is None else on)

    def _new_window(self, **options: Any) -> None:
        """``layout`` and ``screen`` as in transitions.add_window."""
        self.wall.apply(lambda state: transitions.add_window(state, WindowKind.WALL, **options)[0])

    def _close_window(self, window: str | None = None) -> None:
        self.wall.apply(transitions.close_window, self._here(window).id)
