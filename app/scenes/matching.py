"""From a scene to the wall and back: which window is which, what a call changes, whether the wall still shows it. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from app.model.scene import Scene
from app.model.wall import EMPTY_PANE, Pane, WallState, WindowState
from layouts import named


@dataclass(frozen=True, slots=True)
class Called:
    """What a call makes of the wall. ``missing``: windows of the scene that the wall has not and that were not opened;
    ``opened``: those that were; ``lost``: cameras of the scene that are not in the list any more (their panes are
    empty)."""

    state: WallState
    missing: tuple[WindowState, ...] = ()
    opened: tuple[WindowState, ...] = ()
    lost: int = 0


def taken(state: WallState, windows: Collection[str]) -> tuple[WindowState, ...]:
    """What a scene keeps of those windows: their content, without the panes' memories."""
    return tuple(replace(each, panes=tuple(pane.content for pane in each.panes))
                 for each in state.windows if each.id in windows)


def matched(state: WallState, scene: Scene) -> tuple[tuple[WindowState, WindowState | None], ...]:
    """Each window of the scene with the one on the wall that it means: by id, then by kind and order, or None."""
    free = list(state.windows)
    pairs: dict[int, WindowState] = {}
    for by_id in (True, False):
        for place, wanted in enumerate(scene.windows):
            here = next((w for w in free if w.kind is wanted.kind and (w.id == wanted.id or not by_id)), None)
            if place not in pairs and here is not None:
                pairs[place] = here
                free.remove(here)
    return tuple((wanted, pairs.get(place)) for place, wanted in enumerate(scene.windows))


def called(state: WallState, scene: Scene, known: Callable[[str], bool]) -> Called:
    """The wall with the scene on it. Windows that it does not name stay as they are, object for object."""
    content: dict[str, WindowState] = {}
    extra: list[WindowState] = []
    missing: list[WindowState] = []
    for wanted, here in matched(state, scene):
        if here is not None:
            content[here.id] = shown(here, wanted, known)
        elif scene.whole:
            fresh = replace(wanted, id=_free_id(wanted.id, (*state.windows, *extra), scene.windows))
            extra.append(shown(fresh, wanted, known))
        else:
            missing.append(wanted)
    windows = (*(content.get(each.id, each) for each in state.windows), *extra)
    lost = {pane.camera for wanted in scene.windows for pane in wanted.panes if pane.camera and not known(pane.camera)}
    return Called(WallState(windows), tuple(missing), tuple(extra), len(lost))


def put(state: WallState, scene: Scene, window_id: str, known: Callable[[str], bool]) -> Called:
    """The scene on that one window: the part that means it, else the scene's first. Raises LookupError."""
    here = next((w for w in state.windows if w.id == window_id), None)
    if here is None or not scene.windows:
        raise LookupError(f"nothing to put on {window_id}")
    wanted = next((part for part, means in matched(state, scene) if means is here), scene.windows[0])
    return called(state, replace(scene, windows=(replace(wanted, id=here.id, kind=here.kind),), whole=False), known)


def shown(here: WindowState, wanted: WindowState, known: Callable[[str], bool]) -> WindowState:
    """``here`` with the content of ``wanted``; it keeps its place, and its panes what they remember."""
    cells = len(named(wanted.layout))
    count = max(len(wanted.panes), cells)
    before = here.panes + (EMPTY_PANE,) * (count - len(here.panes))
    parts = wanted.panes + (EMPTY_PANE,) * (count - len(wanted.panes))
    panes = tuple(_pane(old, part, known) for old, part in zip(before[:count], parts, strict=True))
    alone = wanted.alone if wanted.alone is not None and wanted.alone < cells and panes[wanted.alone].camera else None
    return replace(here, layout=wanted.layout, panes=panes, selected=min(max(wanted.selected, 0), cells - 1),
                   alone=alone, fit=wanted.fit)


def still_shows(state: WallState, scene: Scene, known: Callable[[str], bool]) -> bool:
    """Whether every window of the scene shows what the scene holds. Selection and one pane alone are no change of it;
    a window that the wall has not cannot be compared and is passed over, unless none is left."""
    pairs = [(wanted, here) for wanted, here in matched(state, scene) if here is not None]
    return bool(pairs) and all(_substance(here) == _substance(shown(here, wanted, known)) for wanted, here in pairs)


def _substance(window: WindowState) -> tuple[object, ...]:
    """Trailing empty panes beyond the layout come and go with layouts that were tried; they are nothing to be seen."""
    panes = [pane.content for pane in window.panes]
    while panes and panes[-1] == EMPTY_PANE:
        panes.pop()
    return named(window.layout).name, window.fit, tuple(panes)


def _pane(old: Pane, part: Pane, known: Callable[[str], bool]) -> Pane:
    camera = part.camera if part.camera and known(part.camera) else ""
    held = old.showing(camera)
    return replace(held, wish=part.wish, view=part.view) if camera else held


def _free_id(wanted: str, present: Sequence[WindowState], scene: Sequence[WindowState]) -> str:
    """Its own id, or one that neither the wall nor another window of the scene has: the next call finds it again."""
    if wanted and all(each.id != wanted for each in present):
        return wanted
    ids = {each.id for each in (*present, *scene)}
    numbers = [int(key[1:]) for key in ids if key[:1] == "w" and key[1:].isdecimal()]
    return f"w{max(numbers, default=0) + 1}"
