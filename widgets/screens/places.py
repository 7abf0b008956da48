"""On which monitor each window stands, or that its monitor is away. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.model.wall import ScreenId, WallState, WindowKind, WindowState
from layouts import match_screens


@dataclass(frozen=True, slots=True)
class Place:
    """``screen`` is the index of the monitor, None: parked until its monitor is back.

    ``area`` (x, y, width, height) in virtual desktop pixels. ``safe``: not its own monitor, because a console, or the
    only window, must be reachable wherever it was.
    """

    screen: int | None
    area: tuple[int, int, int, int] = (0, 0, 0, 0)
    fullscreen: bool = False
    safe: bool = False


def places(state: WallState, present: Sequence[ScreenId], primary: int) -> dict[str, Place]:
    """Window id -> place. ``primary``: index of the monitor for windows that never had one."""
    if not present:
        return {}
    wanted = tuple(dict.fromkeys(w.screen for w in state.windows if w.screen.width))
    found = dict(zip(wanted, match_screens(wanted, present), strict=True))
    taken = {found.get(w.screen) for w in state.windows}
    free = [i for i in range(len(present)) if i not in taken]
    standing: dict[str, Place] = {}
    for window in state.windows:
        if not window.screen.width:                              # a new window: a monitor of its own when there is one
            own = window.kind is WindowKind.WALL and len(state.windows) > 1 and bool(free)
            screen = _around(window, present)
            if screen is None:
                screen = free.pop(0) if own else primary
            standing[window.id] = _stand(window, present[screen], screen)
            continue
        screen_index = found[window.screen]
        if screen_index is not None:
            standing[window.id] = _stand(window, present[screen_index], screen_index)
        elif window.kind is WindowKind.CONSOLE:
            standing[window.id] = _safe(present[primary], primary)
        else:
            standing[window.id] = Place(None)
    if standing and all(place.screen is None for place in standing.values()):
        standing[state.windows[0].id] = _safe(present[primary], primary)
    return standing


def _around(window: WindowState, present: Sequence[ScreenId]) -> int | None:
    """The monitor around the middle of a window whose place was asked for by pixels."""
    x, y, width, height = window.geometry
    middle_x, middle_y = x + width // 2, y + height // 2
    inside = (i for i, s in enumerate(present)
              if s.x <= middle_x < s.x + s.width and s.y <= middle_y < s.y + s.height)
    return next(inside, None) if width and height else None


def _stand(window: WindowState, screen: ScreenId, index: int) -> Place:
    if window.fullscreen:
        return Place(index, (screen.x, screen.y, screen.width, screen.height), fullscreen=True)
    x, y, width, height = window.geometry
    if width <= 0 or height <= 0:
        return Place(index, (screen.x, screen.y, screen.width, screen.height))
    if window.screen.width:
        # The monitor may have moved in the virtual desktop or become smaller: the window goes with it.
        x, y = x - window.screen.x + screen.x, y - window.screen.y + screen.y
    reachable = -width + 64 <= x - screen.x <= screen.width - 64 and 0 <= y - screen.y <= screen.height - 40
    if window.screen.width and not reachable:
        x, y = screen.x, screen.y
        width, height = min(width, screen.width), min(height, screen.height)
    return Place(index, (x, y, width, height))


def _safe(screen: ScreenId, index: int) -> Place:
    return Place(index, (screen.x, screen.y, screen.width, screen.height), safe=True)
