"""The wall that a start begins with: the saved one, changed by what the command line asks. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.cli.options import WallOptions
from app.model.camera import Camera
from app.model.errors import OperatorError
from app.model.pane import Fit
from app.model.wall import Pane, WallState, WindowKind, WindowState
from app.runtime.language import gettext as _
from app.wall.transitions import fill, set_layout
from layouts import CYCLE, named

FIRST_LAYOUT = "4x4"


def starting_wall(saved: WallState, options: WallOptions, cameras: Sequence[Camera],
                  fit: Fit = Fit.FIT) -> WallState:
    """``cameras`` ordered by number; ``fit`` of a window that was not saved.

    Raises OperatorError for a layout that nobody knows."""
    state, chosen = saved, [""]
    if not state.windows or options.window or options.bare:
        state = WallState((_first(options, cameras, fit),))
    here = state.windows[0].id
    if options.cameras:
        by_number = {camera.number: camera.id for camera in cameras}
        chosen = [by_number.get(number, "") for number in options.cameras]
        if not options.layout:
            state = set_layout(state, here, _smallest_for(len(chosen)))
    if options.layout:
        try:
            state = set_layout(state, here, named(options.layout).name)
        except ValueError as error:
            raise OperatorError(_("Layout {name} is not known. Use rows x columns such as 4x4, or 1+7.")
                                .format(name=options.layout)) from error
    if options.cameras:
        state = fill(state, here, chosen)
    elif not saved.windows or options.window or options.bare:
        state = fill(state, here, [camera.id for camera in cameras[:len(named(state.windows[0].layout))]])
    elif options.layout:
        state = fill(state, here, _with_more(state.windows[0], cameras))
    if options.fullscreen:
        first = replace(state.windows[0], fullscreen=True, docks_folded=True)
        state = WallState((first, *state.windows[1:]))
    return state


def _first(options: WallOptions, cameras: Sequence[Camera], fit: Fit) -> WindowState:
    """One window; panes only when the start says so."""
    width, height, x, y = options.window or (0, 0, 0, 0)
    kind = WindowKind.WALL if options.bare else WindowKind.CONSOLE
    panes = tuple(Pane(camera.id) for camera in cameras[:len(named(FIRST_LAYOUT))])
    return WindowState("w1", kind, layout=FIRST_LAYOUT, panes=panes, geometry=(x, y, width, height),
                       fullscreen=options.fullscreen, fit=fit)


def _with_more(here: WindowState, cameras: Sequence[Camera]) -> list[str]:
    """What the window shows already, and in panes that a larger layout adds the next cameras by number."""
    shown = [pane.camera for pane in here.panes]
    more = iter([camera.id for camera in cameras if camera.id not in shown])
    held = len(named(here.layout))
    return [camera or next(more, "") for camera in (*shown, *[""] * (held - len(shown)))]


def _smallest_for(count: int) -> str:
    return next((name for name in CYCLE if name[0] == name[-1] and "x" in name and len(named(name)) >= count), "8x8")


def keeps_the_wall(options: WallOptions) -> bool:
    """Whether this start's wall is saved: a bench or a window asked for by its pixels leaves the saved one as it is."""
    return not (options.bare or options.window)
