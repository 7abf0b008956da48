"""Every change of the wall as a pure function from one WallState to the next.

A window that is not there raises LookupError, a pane beyond the layout IndexError, an unknown layout ValueError.
A change that changes nothing gives the same state back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.model.pane import Fit, StreamWish
from app.model.wall import EMPTY_PANE, Pane, ScreenId, View, WallState, WindowKind, WindowState
from app.wall.view import clamped
from layouts import CYCLE, Layout, named, neighbour, rearrange


def window(state: WallState, window_id: str) -> WindowState:
    """The window of that id. Raises LookupError."""
    for each in state.windows:
        if each.id == window_id:
            return each
    raise LookupError(f"there is no window {window_id}")


def panes_of(window: WindowState) -> tuple[Pane, ...]:
    """The panes, padded to the cells of the layout; the surplus behind them is kept."""
    return window.panes + (EMPTY_PANE,) * (len(named(window.layout)) - len(window.panes))


def pane(state: WallState, window_id: str, index: int) -> Pane:
    """One visible pane. Raises IndexError beyond the layout."""
    here = window(state, window_id)
    return panes_of(here)[_cell(named(here.layout), index)]


def select(state: WallState, window_id: str, index: int) -> WallState:
    """Selection moves; while one pane is shown alone, the newly selected one is."""
    here = window(state, window_id)
    _cell(named(here.layout), index)
    return _with(state, replace(here, selected=index, alone=None if here.alone is None else index))


def select_next(state: WallState, window_id: str, step: int = 1) -> WallState:
    """The next pane (step 1) or the previous one (step -1), round and round."""
    here = window(state, window_id)
    return select(state, window_id, (here.selected + step) % len(named(here.layout)))


def select_neighbour(state: WallState, window_id: str, direction: str) -> WallState:
    """The pane that lies left, right, up or down; at the edge the selection stays."""
    here = window(state, window_id)
    index = neighbour(named(here.layout), here.selected, direction)
    return state if index is None else select(state, window_id, index)


def put(state: WallState, window_id: str, index: int, camera: str) -> WallState:
    """Show a camera in a pane, whole and with the stream chosen automatically."""
    if pane(state, window_id, index).camera == camera:
        return state
    return set_pane(state, window_id, index, pane(state, window_id, index).showing(camera))


def clear(state: WallState, window_id: str, index: int) -> WallState:
    """Empty a pane, which remembers its camera; if it was alone, the layout comes back."""
    here = window(set_pane(state, window_id, index, pane(state, window_id, index).showing("")), window_id)
    return _with(state, replace(here, alone=None) if here.alone == index else here)


def set_pane(state: WallState, window_id: str, index: int, content: Pane) -> WallState:
    """The pane as given, its view within bounds."""
    here = window(state, window_id)
    panes = list(panes_of(here))
    panes[_cell(named(here.layout), index)] = replace(content, view=clamped(content.view))
    return _with(state, replace(here, panes=tuple(panes)))


def swap(state: WallState, window_id: str, index: int, other_window: str, other: int) -> WallState:
    """Two panes change places, with stream and zoom, also between windows. An empty target is a move."""
    first, second = pane(state, window_id, index), pane(state, other_window, other)
    return set_pane(set_pane(state, window_id, index, second), other_window, other, first)


def fill(state: WallState, window_id: str, cameras: Sequence[str]) -> WallState:
    """These cameras from the first pane on, the other panes empty; what finds no cell waits behind them."""
    here = window(state, window_id)
    length = max(len(cameras), len(named(here.layout)))
    before = here.panes + (EMPTY_PANE,) * (length - len(here.panes))
    wanted = [*cameras, *[""] * (length - len(cameras))]
    panes = tuple(old.showing(camera) for old, camera in zip(before[:length], wanted, strict=True))
    return _with(state, replace(here, panes=panes, alone=None))


def toggle_alone(state: WallState, window_id: str, index: int | None = None) -> WallState:
    """One pane (the selected one by default) alone, or, when one is alone, the layout again."""
    here = window(state, window_id)
    if here.alone is not None:
        return _with(state, replace(here, alone=None))
    index = _cell(named(here.layout), here.selected if index is None else index)
    return _with(state, replace(here, alone=index, selected=index))


def set_layout(state: WallState, window_id: str, name: str) -> WallState:
    """Another layout; no camera is lost and the selected one stays in sight."""
    here = window(state, window_id)
    old, new = named(here.layout), named(name)
    if old == new:
        return _with(state, replace(here, alone=None))
    panes = _rearranged(panes_of(here), old, new, here.selected)
    return _with(state, replace(here, layout=new.name, panes=panes, alone=None,
                                selected=min(here.selected, len(new) - 1)))


def _rearranged(panes: tuple[Pane, ...], old: Layout, new: Layout, selected: int) -> tuple[Pane, ...]:
    """By place instead of by pane: an empty pane that remembers cameras is as free as any other."""
    taken = [index if each.camera else None for index, each in enumerate(panes)]
    free = [each if not each.camera else EMPTY_PANE for each in panes]
    places = rearrange(taken, old, new, None, selected)
    return tuple(panes[i] if i is not None else free[place] if place < len(free) else EMPTY_PANE
                 for place, i in enumerate(places))


def cycle_layout(state: WallState, window_id: str, step: int = 1) -> WallState:
    """The next layout of CYCLE, or the previous one; from one outside CYCLE to the nearest number of panes."""
    name = named(window(state, window_id).layout).name
    if name in CYCLE:
        return set_layout(state, window_id, CYCLE[(CYCLE.index(name) + step) % len(CYCLE)])
    count = len(named(name))
    larger = [each for each in CYCLE if len(named(each)) > count]
    smaller = [each for each in CYCLE if len(named(each)) < count]
    choice = (larger[:1] or [CYCLE[0]]) if step > 0 else (smaller[-1:] or [CYCLE[-1]])
    return set_layout(state, window_id, choice[0])


def walk_memory(state: WallState, window_id: str, index: int, steps: int,
                known: Callable[[str], bool]) -> WallState:
    """The camera that this pane showed ``steps`` steps ago (negative) or was left by going back (positive).

    Cameras that are not ``known`` any more are passed over and forgotten; a step beyond the end goes to the end.
    """
    here = pane(state, window_id, index)
    past, ahead = tuple(filter(known, here.past)), tuple(filter(known, here.ahead))
    row = (*past, here.camera, *ahead)
    place = min(max(len(past) + steps, 0), len(row) - 1)
    if place == len(past):
        return state
    row, at = (row, place) if here.camera else ((*past, *ahead), place - (place > len(past)))
    return set_pane(state, window_id, index, Pane(row[at], past=row[:at], ahead=row[at + 1:]))


def set_view(state: WallState, window_id: str, index: int, view: View) -> WallState:
    """Which part of its picture a pane shows."""
    return set_pane(state, window_id, index, replace(pane(state, window_id, index), view=view))


def set_wish(state: WallState, window_id: str, index: int, wish: StreamWish) -> WallState:
    """Which stream a pane takes."""
    return set_pane(state, window_id, index, replace(pane(state, window_id, index), wish=wish))


def set_fit(state: WallState, window_id: str, fit: Fit) -> WallState:
    """How the pictures of a window meet their panes."""
    return _with(state, replace(window(state, window_id), fit=fit))


def set_fullscreen(state: WallState, window_id: str, on: bool) -> WallState:
    """Full screen folds the docks away; leaving it brings them back."""
    return _with(state, replace(window(state, window_id), fullscreen=on, docks_folded=on))


def fold_docks(state: WallState, window_id: str, on: bool) -> WallState:
    """The docks beside a console's wall give it their room, or take it back."""
    return _with(state, replace(window(state, window_id), docks_folded=on))


def add_window(state: WallState, kind: WindowKind = WindowKind.WALL, layout: str = "4x4",
               screen: ScreenId | None = None) -> tuple[WallState, str]:
    """One more window, empty; the new state and the window's id: the number after the highest."""
    numbers = [int(w.id[1:]) for w in state.windows if w.id[:1] == "w" and w.id[1:].isdecimal()]
    fresh = WindowState(f"w{max(numbers, default=0) + 1}", kind, screen or ScreenId(), layout=named(layout).name,
                        fullscreen=kind is WindowKind.WALL)
    return WallState((*state.windows, replace(fresh, panes=panes_of(fresh)))), fresh.id


def close_window(state: WallState, window_id: str) -> WallState:
    """The window goes; the last one stays (closing it is ending the program, which is another command)."""
    here = window(state, window_id)
    if len(state.windows) == 1:
        return state
    return WallState(tuple(each for each in state.windows if each is not here))


def place_window(state: WallState, window_id: str, screen: ScreenId, geometry: tuple[int, int, int, int],
                 fullscreen: bool | None = None) -> WallState:
    """Where the window is now, as the window system told."""
    here = window(state, window_id)
    return _with(state, replace(here, screen=screen, geometry=geometry,
                                fullscreen=here.fullscreen if fullscreen is None else fullscreen))


def sound(state: WallState) -> WallState:
    """A state from a file made fit for use: padded panes, indices inside, views within bounds, known layouts.

    A window whose layout nobody knows any more gets the smallest uniform grid that shows all its panes.
    """
    return WallState(tuple(_sound(each) for each in state.windows))


def _sound(here: WindowState) -> WindowState:
    try:
        layout = named(here.layout)
    except ValueError:
        layout = next((named(f"{n}x{n}") for n in range(1, 13) if n * n >= len(here.panes)), named("12x12"))
    here = replace(here, layout=layout.name)
    panes = tuple(replace(p, view=clamped(p.view)) for p in panes_of(here))
    alone = here.alone if here.alone is not None and 0 <= here.alone < len(layout) else None
    if alone is not None and not panes[alone].camera:
        alone = None
    return replace(here, panes=panes, alone=alone,
                   selected=min(max(here.selected, 0), len(layout) - 1))


def _cell(layout: Layout, index: int) -> int:
    if not 0 <= index < len(layout):
        raise IndexError(f"layout {layout.name} has {len(layout)} panes, there is no number {index + 1}")
    return index


def _with(state: WallState, changed: WindowState) -> WallState:
    if window(state, changed.id) == changed:
        return state
    return WallState(tuple(changed if each.id == changed.id else each for each in state.windows))
