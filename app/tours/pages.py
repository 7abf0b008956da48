"""What a tour shows, page by page: its stops laid out for a window of so many panes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from app.model.camera import Camera
from app.model.pane import Fit
from app.model.scene import Scene, Stop, StopKind, Tour
from app.model.wall import EMPTY_PANE, Pane, WallState, WindowState
from layouts import named

AREA_SIGN = " > "               # parts the names of an area's path in a stop, from wide to narrow


class Cameras(Protocol):
    """What a tour asks of the cameras; answers from memory, at once. ``all`` is ordered by number, and one tuple until
    something changes."""

    def all(self) -> tuple[Camera, ...]: ...

    def by_id(self, camera_id: str) -> Camera | None: ...


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on the window for ``dwell`` seconds. ``fit`` None leaves the window's own; ``name`` is the name of
    the scene that it is; ``visits``: (camera, PTZ preset) of the cameras that shall look there while it stands."""

    panes: tuple[Pane, ...]
    dwell: float
    layout: str
    fit: Fit | None = None
    name: str = ""
    visits: tuple[tuple[str, str], ...] = ()

    @property
    def cameras(self) -> tuple[str, ...]:
        """Ids of the cameras, in the order of their panes, empty panes left out."""
        return tuple(pane.camera for pane in self.panes if pane.camera)


class Item(NamedTuple):
    """One camera of a tour, with the seconds that it shall stand and the preset at which it shall look, "" as it does.
    A tuple: a tour over a city has thousands."""

    camera: str
    dwell: float
    preset: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """Cameras that follow each other, or, with ``scene``, one scene that is a page of its own."""

    items: tuple[Item, ...] = ()
    scene: Scene | None = None
    dwell: float = 0.0


def segments(tour: Tour, cameras: Cameras, scenes: Sequence[Scene]) -> tuple[Segment, ...]:
    """The stops of a tour as the register is now; what is gone from it is passed over.

    A camera comes once in each run of cameras, at its first place; another preset of it begins a new run, for it cannot
    look both ways on one page.
    """
    found: list[Segment] = []
    run: dict[str, Item] = {}
    by_scene = {scene.id: scene for scene in scenes}
    groups = _groups(tour, cameras)
    for stop in tour.stops:
        dwell = stop.dwell or tour.dwell
        if stop.kind is StopKind.SCENE:
            scene = by_scene.get(stop.ref)
            if scene is not None and scene.windows:
                _close(found, run)
                found.append(Segment(scene=scene, dwell=dwell))
            continue
        preset = preset_of(stop)
        for camera in _cameras_of(stop, cameras, groups):
            if preset and camera in run and run[camera].preset != preset:
                _close(found, run)
            run.setdefault(camera, Item(camera, dwell, preset))
    _close(found, run)
    return tuple(found)


class Pages:
    """The pages on a window, in its layout, each made when it is asked for. The last page of a run is filled up with
    the run's first cameras.

    ``window`` also says which window of a scene is meant: that of its id, else the first of its kind, else the first.
    """

    def __init__(self, parts: Iterable[Segment] = (), window: WindowState | None = None) -> None:
        self._window = window or WindowState("")
        self._panes = len(named(self._window.layout))
        self._places = [(part, start) for part in parts for start in range(0, max(len(part.items), 1), self._panes)]

    def __len__(self) -> int:
        return len(self._places)

    def page(self, index: int) -> Page:
        """From 0. Raises IndexError."""
        part, start = self._places[index]
        if part.scene is not None:
            return _scene_page(part.scene, part.dwell, self._window)
        here = part.items[start:start + self._panes]
        if start and len(here) < self._panes:
            here += part.items[:self._panes - len(here)]        # an empty pane shows nothing to anyone
        return page_of(here, self._window.layout)

    def find(self, camera: str) -> int:
        """The first page with that camera, -1 without; scenes are passed over."""
        return next((index for index, (part, start) in enumerate(self._places)
                     if any(item.camera == camera for item in part.items[start:start + self._panes])), -1)


def page_of(items: Sequence[Item], layout: str) -> Page:
    """These cameras, the other panes empty; it stands as long as the most patient of them wants."""
    shown = tuple(Pane(item.camera) for item in items)
    empty = (EMPTY_PANE,) * (len(named(layout)) - len(shown))
    return Page(shown + empty, max((item.dwell for item in items), default=0.0), layout,
                visits=tuple((item.camera, item.preset) for item in items if item.preset))


def show(state: WallState, window_id: str, page: Page) -> WallState:
    """The wall with that page on that window; nothing else of the window changes but that no pane is alone.

    What a larger layout had behind the panes goes: a page is all there is. Raises LookupError for a window that is
    not there.
    """
    here = next((window for window in state.windows if window.id == window_id), None)
    if here is None:
        raise LookupError(f"there is no window {window_id}")
    layout = named(page.layout)
    wanted = page.panes[:len(layout)] + (EMPTY_PANE,) * (len(layout) - len(page.panes))
    before = here.panes + (EMPTY_PANE,) * (len(layout) - len(here.panes))
    # What a pane remembers is what operators put there; pages that pass by are none of it.
    panes = tuple(replace(pane, past=old.past, ahead=old.ahead) for pane, old in zip(wanted, before, strict=False))
    turned = replace(here, layout=layout.name, panes=panes, alone=None, fit=page.fit or here.fit,
                     selected=min(here.selected, len(layout) - 1))
    return WallState(tuple(turned if window.id == window_id else window for window in state.windows))


def area_of(text: str) -> tuple[str, ...]:
    """The path that an area stop names."""
    return tuple(part.strip() for part in text.split(AREA_SIGN.strip()) if part.strip())


def camera_of_preset(ref: str) -> str:
    """The camera of a PTZ preset stop."""
    return ref.partition("/")[0]


def preset_of(stop: Stop) -> str:
    """The preset's token, "" for a stop of another kind."""
    return stop.ref.partition("/")[2] if stop.kind is StopKind.PRESET else ""


def _close(found: list[Segment], run: dict[str, Item]) -> None:
    if run:
        found.append(Segment(tuple(run.values())))
        run.clear()


def _cameras_of(stop: Stop, cameras: Cameras, groups: Mapping[Stop, Sequence[str]]) -> Iterable[str]:
    match stop.kind:
        case StopKind.AREA | StopKind.TAG:
            return groups[stop]
        case StopKind.PRESET:
            ref = camera_of_preset(stop.ref)
        case _camera:
            ref = stop.ref
    return (ref,) if cameras.by_id(ref) is not None else ()


def _groups(tour: Tour, cameras: Cameras) -> dict[Stop, list[str]]:
    """Camera ids, by number, of each area and tag of the tour: one walk over all cameras, and none without such a stop.
    """
    areas = [(area_of(stop.ref), stop) for stop in tour.stops if stop.kind is StopKind.AREA]
    tags = [stop for stop in tour.stops if stop.kind is StopKind.TAG]
    found: dict[Stop, list[str]] = {stop: [] for stop in (*(stop for _path, stop in areas), *tags)}
    for camera in cameras.all() if found else ():
        for path, stop in areas:
            if path and camera.area[:len(path)] == path:
                found[stop].append(camera.id)
        for stop in tags:
            if stop.ref in camera.tags:
                found[stop].append(camera.id)
    return found


def _scene_page(scene: Scene, dwell: float, window: WindowState) -> Page:
    meant = (next((each for each in scene.windows if each.id == window.id), None)
             or next((each for each in scene.windows if each.kind is window.kind), None) or scene.windows[0])
    return Page(meant.panes[:len(named(meant.layout))], dwell, meant.layout, meant.fit, scene.name)
