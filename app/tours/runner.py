"""A tour on one window as a state machine: runs, is touched, is paused, opens the next page and turns to it. Pure.

Runs on: GUI thread; whoever owns it calls ``tick`` a few times a second and does what the answer says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from app.model.scene import Tour
from app.model.wall import WindowState
from app.runtime.clock import Clock
from app.tours.course import Course
from app.tours.pages import Page

FIRST_LEAD_S = 8.0              # 16 cameras of a slow network are live within 5 s (docs/performance.md); with room
LEAST_LEAD_S = 3.0              # a group of pictures of a camera whose key pictures are 2 s apart, and its connection
MOST_LEAD_S = 15.0              # what opens earlier only costs decoding
LEAD_FACTOR = 2.0               # of the time that the slowest of the last pages took: a machine may get busier


class Phase(StrEnum):
    """RUNNING turns pages. TOUCHED: a hand was on the window, it goes on by itself. PAUSED: until someone says so."""

    RUNNING = "running"
    TOUCHED = "touched"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now: have ``ahead`` open behind the window's pictures (None: nothing), ``turn`` to that page."""

    ahead: Page | None = None
    turn: Page | None = None


class WindowTour:
    """``layout`` is the one in which its cameras stand: the window's when the tour began or was last touched.

    ``idle`` and ``grace`` give seconds, asked when they matter: after how long a touched tour goes on (0: never by
    itself), and how long a page waits for cameras that are not live in time.
    """

    def __init__(self, course: Course, layout: str, clock: Clock, idle: Callable[[], float],
                 grace: Callable[[], float]) -> None:
        self.course, self.layout = course, layout
        self.phase = Phase.RUNNING
        self.current: Page | None = None
        self.coming: Page | None = None
        self.turns = 0                          # pages that came to stand, the same one again counted too
        self._clock, self._idle, self._grace = clock, idle, grace
        self._due = clock.monotonic()           # when the page turns; the first one as soon as it is live
        self._left = 0.0                        # seconds to that moment, kept while it does not run
        self._again: float | None = None        # when a touched tour goes on
        self._once = False                      # one page by hand, also while paused
        self._opened: float | None = None       # since when ``coming`` is open
        self._ready = 0.0                       # seconds after which it was live; 0 while it is not
        self._took_s = 0.0
        self._lead = FIRST_LEAD_S

    @property
    def tour(self) -> Tour:
        return self.course.tour

    @property
    def lead(self) -> float:
        """So many seconds before it turns the next page is opened; follows how long the last ones took."""
        return self._lead

    def seconds_left(self) -> float:
        """Until the page turns; 0 while it waits for cameras; stands still while it does not run."""
        return max(0.0, self._due - self._clock.monotonic() if self._moves else self._left)

    def tick(self, window: WindowState, lit: bool, settled: Callable[[Page], bool]) -> Step:
        """``lit``: the window is on a screen; a dark one keeps its page. ``settled``: every camera of the page that
        is open ahead shows its picture, or its trouble."""
        now = self._clock.monotonic()
        if self.phase is Phase.TOUCHED and self._again is not None and now >= self._again:
            self._go_on(now)
        if not lit and self._moves:
            self._left, self._opened = self.seconds_left(), None
            self._due = now + self._left
            return Step()
        if not self._moves:
            self._opened = None
            return Step()
        here = replace(window, layout=self.layout)
        if self.coming is None:
            self.coming = self.course.page(here)
        if self.coming is None or self._stands(self.coming, window):
            return self._nothing_new(now)
        if now < self._due - self._lead:
            return Step()
        if self._opened is None:
            self._opened, self._ready = now, 0.0
        if not self._ready and settled(self.coming):
            self._ready = max(now - self._opened, 0.001)
            self._learn(self._ready)
        if now >= self._due and (self._ready or now - max(self._due, self._opened) >= self._grace()):
            if not self._ready:
                self._learn(now - self._opened)
            return Step(self.coming, self._turn(now))
        return Step(self.coming)

    def touch(self, layout: str) -> bool:
        """A hand was on the window, which has that layout now; True when it is this that stops the tour."""
        if self.phase is Phase.PAUSED:
            self.layout = layout
            return False
        stopped = self.phase is Phase.RUNNING
        if stopped:
            self._stop(Phase.TOUCHED)
        self.layout = layout
        self.coming = None
        idle = self._idle()
        self._again = self._clock.monotonic() + idle if idle > 0 else None
        return stopped

    def toggle(self) -> Phase:
        """By hand: pause, or go on."""
        if self.phase is Phase.RUNNING:
            self._stop(Phase.PAUSED)
        else:
            self._go_on(self._clock.monotonic())
        return self.phase

    def skip(self, window: WindowState, step: int) -> None:
        """The next page (step 1) or the one before (step -1), as soon as it is live; a paused tour stays paused."""
        self.coming = self.course.page(replace(window, layout=self.layout), step)
        self._once = True
        self._due, self._opened = self._clock.monotonic(), None

    def stands(self, page: Page) -> None:
        """That page is on the window already: after a restart."""
        self.current = page
        self._due = self._clock.monotonic() + page.dwell

    @property
    def _moves(self) -> bool:
        return self.phase is Phase.RUNNING or self._once

    def _stands(self, page: Page, window: WindowState) -> bool:
        shown = tuple(pane.camera for pane in window.panes[:len(page.panes)])
        return page.layout == window.layout and shown == tuple(pane.camera for pane in page.panes)

    def _nothing_new(self, now: float) -> Step:
        """The tour has one page, or none at all: it stands, and is looked at again after its time."""
        self._once = False
        if now >= self._due:
            page = self.coming
            self._due = now + (page.dwell if page is not None else self.tour.dwell)
            if page is not None:
                self.course.took(page)
                self.current, self.coming = page, None
                self.turns += 1
        return Step()

    def _turn(self, now: float) -> Page:
        page = self.coming
        assert page is not None
        self.course.took(page)
        self.current, self.coming, self._opened, self._once = page, None, None, False
        self.turns += 1
        self._due, self._left = now + page.dwell, page.dwell
        return page

    def _learn(self, seconds: float) -> None:
        """The slowest of the last pages decides; a quicker one lets it forget slowly."""
        self._took_s = max(seconds, 0.8 * self._took_s)
        self._lead = min(max(LEAD_FACTOR * self._took_s + 1.0, LEAST_LEAD_S), MOST_LEAD_S)

    def _stop(self, phase: Phase) -> None:
        self._left = max(0.0, self._due - self._clock.monotonic())
        self.phase, self._once, self._again, self._opened = phase, False, None, None

    def _go_on(self, now: float) -> None:
        self.phase, self._again, self._once = Phase.RUNNING, None, False
        self._due = now + self._left
