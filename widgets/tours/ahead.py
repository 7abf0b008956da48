"""The next page behind a window's pictures: what the engine shall open for it, and whether it is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from app.model.camera import Camera
from app.model.pane import NO_REPORT, PaneReport, PaneState
from app.model.wall import WindowState
from app.tours.pages import Page
from app.video.engine import PaneKey, Want
from layouts import named
from widgets.wall import WallView

# What is known of a camera: its picture, or its trouble. What is lost will not come sooner when the page waits.
SETTLED = frozenset({PaneState.LIVE, PaneState.LATE, PaneState.LOST, PaneState.REFUSED})


def key_of(window_id: str, index: int) -> PaneKey:
    """The engine's name of a pane of the next page; no window has a pane of that name."""
    return f"{window_id}/next/{index}"


def new_panes(page: Page, window: WindowState) -> Iterator[tuple[int, str]]:
    """Index and camera of the panes whose camera the window does not show yet; the others move by themselves."""
    shown = Counter(pane.camera for pane in window.panes[:len(named(window.layout))] if pane.camera)
    for index, pane in enumerate(page.panes):
        if not pane.camera:
            continue
        if shown[pane.camera]:
            shown[pane.camera] -= 1
        else:
            yield index, pane.camera


def wants(page: Page, window: WindowState, view: WallView,
          camera: Callable[[str], Camera | None]) -> dict[PaneKey, Want]:
    """The pictures of the next page, in the size that its panes will have, so that nothing starts anew in them."""
    boxes = view.boxes(page.layout)
    found: dict[PaneKey, Want] = {}
    for index, camera_id in new_panes(page, window):
        known = camera(camera_id)
        if known is None or index >= len(boxes):
            continue
        area = boxes[index].picture
        pane = page.panes[index]
        found[key_of(window.id, index)] = Want(known, area.width(), area.height(), page.fit or window.fit, pane.wish,
                                               zoomed=pane.view.zoom > 1.0)
    return found


def places(page: Page, window: WindowState) -> dict[PaneKey, PaneKey]:
    """Where the pictures that were opened beforehand go when the page turns."""
    return {key_of(window.id, index): f"{window.id}/{index}" for index, _camera in new_panes(page, window)}


def settled(page: Page, window: WindowState, reports: Mapping[PaneKey, PaneReport],
            camera: Callable[[str], Camera | None]) -> bool:
    """Every camera of the page that has to be opened shows its picture or its trouble."""
    return all(reports.get(key_of(window.id, index), NO_REPORT).state in SETTLED
               for index, camera_id in new_panes(page, window) if camera(camera_id) is not None)
