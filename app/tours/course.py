"""Which page of a tour comes next on one window, and which one was before.

Runs on: GUI thread; answers from memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.model.camera import Camera
from app.model.scene import Order, Scene, Tour
from app.model.wall import WindowState
from app.tours.least_seen import LeastSeen
from app.tours.pages import Cameras, Item, Page, Pages, Segment, page_of, segments
from layouts import named

REMEMBERED = 64                 # pages that "previous page" goes back; more than an operator presses


@dataclass(frozen=True, slots=True)
class Register:
    """What pages are made from. ``scenes`` is one tuple until a scene changes; ``seen`` are seconds watched lately by
    camera; ``weigh`` gives the weight of each camera for "least seen first"."""

    cameras: Cameras
    scenes: Callable[[], tuple[Scene, ...]] = tuple
    seen: Mapping[str, float] = field(default_factory=dict)
    weigh: Callable[[Sequence[Camera]], Mapping[str, int]] = lambda _cameras: {}


class Course:
    """The way of one tour over one window. ``page(step)`` proposes, ``took`` says which page was turned to.

    The ``window`` that methods take has the layout in which the tour's cameras shall stand.
    """

    def __init__(self, tour: Tour, register: Register) -> None:
        self.tour = tour
        self._register = register
        self._made: tuple[tuple[Camera, ...] | None, tuple[Scene, ...], str] = (None, (), "")
        self._segments: tuple[Segment, ...] = ()
        self._pages = Pages()
        self._at = -1                               # index of the page on the window
        self._offered: tuple[Page | None, int] = (None, -1)     # the page proposed last, and its index
        self._items: dict[str, Item] = {}
        self._order: LeastSeen | None = None
        self._past: deque[Page] = deque(maxlen=REMEMBERED)

    def page(self, window: WindowState, step: int = 1) -> Page | None:
        """The next page (step 1) or the one before (step -1); None when nothing of the tour is in the register."""
        self._look(window)
        if self.tour.order is Order.LEAST_SEEN:
            return self._least_seen(window.layout, step)
        if not len(self._pages):
            return None
        index = (max(self._at, 0 if step < 0 else -1) + step) % len(self._pages)
        if index != self._offered[1] or self._offered[0] is None:
            self._offered = (self._pages.page(index), index)
        return self._offered[0]

    def took(self, page: Page) -> None:
        """That page stands on the window now."""
        if page is self._offered[0]:
            self._at = self._offered[1]
        if self._order is not None:
            self._order.shown(page.cameras)
        if len(self._past) > 1 and self._past[-2] == page:
            self._past.pop()
        else:
            self._past.append(page)

    def resume(self, cameras: Sequence[str], window: WindowState) -> Page | None:
        """The page that shows just these cameras stands on the window already, as after a restart; None if none."""
        self._look(window)
        for index in range(len(self._pages)):
            page = self._pages.page(index)
            if set(page.cameras) == set(cameras):
                self._offered = (page, index)
                self.took(page)
                return page
        return None

    def _look(self, window: WindowState) -> None:
        """Lay the pages out anew when cameras, scenes or the window's panes changed; the place is kept."""
        everything, scenes = self._register.cameras.all(), self._register.scenes()
        if everything is self._made[0] and scenes is self._made[1] and window.layout == self._made[2]:
            return
        before = self._pages.page(self._at).cameras[:1] if 0 <= self._at < len(self._pages) else ()
        self._made = (everything, scenes, window.layout)
        self._segments = segments(self.tour, self._register.cameras, scenes)
        if self.tour.order is Order.LEAST_SEEN:
            self._gather(len(named(window.layout)))
            return
        self._pages, self._offered = Pages(self._segments, window), (None, -1)
        self._at = self._pages.find(before[0]) if before else -1

    def _gather(self, panes: int) -> None:
        self._items = {}
        for part in self._segments:
            items = part.items or tuple(Item(pane.camera, part.dwell) for window in (
                part.scene.windows if part.scene is not None else ()) for pane in window.panes if pane.camera)
            for item in items:
                self._items.setdefault(item.camera, item)
        known = [camera for each in self._items if (camera := self._register.cameras.by_id(each)) is not None]
        ids, weight = [camera.id for camera in known], self._register.weigh(known)
        if self._order is None:
            self._order = LeastSeen(ids, weight, self._register.seen, panes)
        else:
            self._order.take(ids, weight, panes)

    def _least_seen(self, layout: str, step: int) -> Page | None:
        if step < 0 and len(self._past) > 1:
            return self._past[-2]
        chosen = self._order.next(len(named(layout))) if self._order is not None else []
        return page_of([self._items[camera] for camera in chosen], layout) if chosen else None
