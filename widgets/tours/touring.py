"""Tours on the windows of this station: started, touched, turned page by page, ended.

Runs on: GUI thread. One timer for all windows, which rests while no tour runs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.commands import Ran
from app.model.camera import Camera
from app.model.errors import OperatorError
from app.model.scene import Order, Tour
from app.model.wall import WallState, WindowState
from app.runtime.clock import SYSTEM, Clock
from app.runtime.language import gettext as _
from app.tours.book import TourBook
from app.tours.course import Course, Register
from app.tours.least_seen import weights
from app.tours.pages import Page, show
from app.tours.runner import Phase, WindowTour
from app.video.engine import PaneKey, Want
from widgets.tours import ahead
from widgets.window.shell import Shell

TICK_MS = 200               # as often as reports change; a page turns at most so late
LATELY_HOURS = 24           # what "seen least" looks back on
MOST_AT_ONCE = 6000         # cameras of a register whose tours are laid out within 5 ms (measured)
# What a hand does to a window even where nothing changes. Enter is not among them: it may be what started the tour,
# and what else it does shows in the wall's state.
_HANDS = ("number.key", "number.pane", "number.back", "pane.", "view.", "layout.", "fit.", "ptz.", "replay.")
VISIT = "ptz.visit"         # how a tour sends a camera to a preset


@dataclass(slots=True)
class _Running:
    """A tour on a window: ``before`` is what stood there, ``known`` the last state that was ours or was seen."""

    tour: WindowTour
    before: WindowState
    known: tuple[object, ...]
    page: Page | None = None                # open ahead
    first: bool = True
    turns: int = 0                          # pages whose cameras were sent to their presets
    sent: set[tuple[str, str]] = field(default_factory=set)     # already on their way to the page that is open ahead


class Touring(QObject):
    """``changed`` tells that what a title bar says of a tour may be different: phase, seconds left, or which runs."""

    changed = Signal()

    def __init__(self, shell: Shell, book: TourBook, clock: Clock = SYSTEM) -> None:
        super().__init__(shell.owner)
        self._shell, self.book, self._clock = shell, book, clock
        self._station = shell.station
        self._runs: dict[str, _Running] = {}
        self._chosen: dict[str, str] = {}           # tour id by window: what T starts
        self._turning = self._closed = False
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)
        shell.demand.also.append(self._wants)
        self._station.wall.changed.connect(self._wall_changed)
        self._station.dispatcher.ran.connect(self._ran)

    # --- what is asked of it ---

    def of(self, window_id: str) -> WindowTour | None:
        """The tour that runs, or is paused, on that window."""
        running = self._runs.get(window_id)
        return running.tour if running is not None else None

    def chosen(self, window_id: str) -> Tour | None:
        """What T would start there: the tour that ran there last, else the first."""
        known = self.book.by_id(self._chosen.get(window_id, ""))
        return known or next(iter(self.book.all()), None)

    def toggle(self, window: str = "") -> None:
        """T: start the chosen tour, pause it, or go on. Raises OperatorError when there is no tour."""
        here = self._window(window)
        running = self._runs.get(here.id)
        if running is None:
            tour = self.chosen(here.id)
            if tour is None:
                raise OperatorError(_("There is no tour yet; make one on the page of tours."))
            self.start(tour.id, here.id)
            return
        if running.tour.toggle() is Phase.PAUSED:
            self._tell(here.id, _("Tour “{name}” is paused; T goes on.").format(name=running.tour.tour.name))
        running.known = _substance(here)
        self._keep()
        self._look()

    def start(self, tour: str, window: str = "") -> None:
        """The tour of that id from its beginning; the window says so when there is none, or it shows nothing."""
        here = self._window(window)
        if self.book.by_id(tour) is None:       # made a moment ago on a page, or by another program; or gone
            self.book.refresh(partial(self._start, tour, here.id))
        else:
            self._start(tour, here.id)

    def call(self, number: int) -> None:
        """``*N``: the tour of that number in the window with the keyboard."""
        tour = self.book.by_number(number)
        if tour is not None:
            self.start(tour.id)

    def skip(self, step: int, window: str = "") -> None:
        """The next page, or the one before. Raises OperatorError without a tour on the window."""
        here = self._window(window)
        running = self._runs.get(here.id)
        if running is None:
            raise OperatorError(_("No tour runs in this window; T starts one."))
        running.tour.skip(here, step)
        self._look()

    def stop(self, window: str = "") -> None:
        """The tour ends; the window shows again what it showed before. Raises OperatorError without a tour."""
        here = self._window(window)
        running = self._runs.pop(here.id, None)
        if running is None:
            raise OperatorError(_("No tour runs in this window; T starts one."))
        self._turning = True
        try:
            self._station.wall.turn(_again(self._station.wall.state, running.before), {})
        finally:
            self._turning = False
        self._keep()
        self._look()

    def resume_saved(self) -> None:
        """Tours that ran when the program ended go on from the page that their window still shows."""
        for window_id, tour_id in _saved(str(self._station.registry.settings.get("tour.running", ""))).items():
            tour = self.book.by_id(tour_id)
            if tour is not None and any(w.id == window_id for w in self._station.wall.state.windows):
                self._chosen[window_id] = tour_id
                self._prepare(tour, window_id, resume=True)

    def close(self) -> None:
        """What runs stays kept for the next start; nothing of ours outlives the windows."""
        self._closed = True
        self._timer.stop()
        self._station.wall.changed.disconnect(self._wall_changed)
        self._station.dispatcher.ran.disconnect(self._ran)
        self._shell.demand.also.remove(self._wants)
        self._runs.clear()

    # --- time ---

    def tick(self) -> None:
        """Five times a second while a tour is on a window."""
        state, reports, find = self._station.wall.state, self._station.engine.reports(), self._station.directory.by_id
        for window in state.windows:
            running = self._runs.get(window.id)
            if running is None:
                continue
            step = running.tour.tick(window, self._lit(window.id),
                                     lambda page, here=window: ahead.settled(page, here, reports, find))  # type: ignore[misc]
            if step.turn is not None:
                self._turn(running, window, step.turn)
            elif step.ahead != running.page:
                running.page = step.ahead
                self._shell.demand.mark()
                if step.ahead is not None:      # whom nobody sees turns before the page does
                    self._visit(running, step.ahead, {camera for _i, camera in ahead.new_panes(step.ahead, window)})
            if running.turns != running.tour.turns and running.tour.current is not None:
                running.turns = running.tour.turns
                self._visit(running, running.tour.current, set(running.tour.current.cameras))
                running.sent.clear()
        self.changed.emit()

    def _visit(self, running: _Running, page: Page, cameras: set[str]) -> None:
        """The page's presets for those cameras; steering leaves alone whom a hand holds."""
        for camera, token in page.visits:
            if camera in cameras and (camera, token) not in running.sent:
                running.sent.add((camera, token))
                self._station.dispatcher.run(VISIT, camera=camera, token=token)

    def _turn(self, running: _Running, window: WindowState, page: Page) -> None:
        places = ahead.places(page, window) if running.page == page else {}
        frame = self._shell.windows.frames.get(window.id)
        if frame is not None:                   # else a picture that came 0.2 s ago would say "connecting" in its pane
            frame.view.reports_changed(self._station.engine.reports())
        running.page = None
        after = show(self._station.wall.state, window.id, page)
        running.known = _substance(next(each for each in after.windows if each.id == window.id))
        self._turning = True
        try:
            self._station.wall.turn(after, places, undoable=running.first)
        finally:
            self._turning = False
        running.first = False
        self._shell.demand.mark()

    def _wants(self) -> Mapping[PaneKey, Want]:
        found: dict[PaneKey, Want] = {}
        for window in self._station.wall.state.windows:
            running, frame = self._runs.get(window.id), self._shell.windows.frames.get(window.id)
            if running is not None and running.page is not None and frame is not None:
                found |= ahead.wants(running.page, window, frame.view, self._station.directory.by_id)
        return found

    def _lit(self, window_id: str) -> bool:
        frame = self._shell.windows.frames.get(window_id)
        return frame is not None and frame.on_screen

    # --- hands ---

    def _wall_changed(self, state: WallState) -> None:
        present = {window.id: window for window in state.windows}
        for gone in [key for key in self._runs if key not in present]:
            del self._runs[gone]                    # its window was closed
            self._keep()
        if self._turning:
            return
        for key, running in self._runs.items():
            now = _substance(present[key])
            if now != running.known:
                running.known = now
                self._touched(running, present[key])

    def _ran(self, ran: Ran) -> None:
        running = self._runs.get(str(ran.args.get("window") or ran.window))
        if running is not None and ran.command.startswith(_HANDS) and ran.command != VISIT:
            here = next((w for w in self._station.wall.state.windows if w.id == (ran.args.get("window") or ran.window)),
                        None)
            if here is not None:
                self._touched(running, here)

    def _touched(self, running: _Running, window: WindowState) -> None:
        if running.tour.touch(window.layout):
            idle = self._idle()
            name = running.tour.tour.name
            self._tell(window.id, _("Tour “{name}” waits for you; it goes on after {seconds} s, or with T.").format(
                name=name, seconds=round(idle)) if idle > 0 else
                _("Tour “{name}” waits for you; T goes on.").format(name=name))
        self._look()

    # --- inside ---

    def _start(self, tour_id: str, window_id: str) -> None:
        tour = self.book.by_id(tour_id)
        if tour is None:
            self._tell(window_id, _("This tour is no longer in the list."))
            return
        self._chosen[window_id] = tour.id
        self._prepare(tour, window_id)

    def _prepare(self, tour: Tour, window_id: str, *, resume: bool = False) -> None:
        """A tour over a whole city takes tens of milliseconds to lay out: that is done on the registry's thread."""
        here = next((w for w in self._station.wall.state.windows if w.id == window_id), None)
        if here is None:
            return                              # closed while the registry was asked

        def laid_out(seen: Mapping[str, float]) -> Course:
            course = Course(tour, Register(self._station.directory, self.book.scenes, seen, self._weigh))
            course.page(here)
            return course
        if tour.order is Order.LISTED and len(self._station.directory.all()) <= MOST_AT_ONCE:
            self._begin(window_id, laid_out({}), resume)
        else:
            self.book.prepare(int(time.time() // 3600) - LATELY_HOURS, laid_out,
                              lambda course: self._begin(window_id, course or laid_out({}), resume))

    def _begin(self, window_id: str, course: Course, resume: bool) -> None:
        here, tour = next((w for w in self._station.wall.state.windows if w.id == window_id), None), course.tour
        if here is None or self._closed:
            return
        page = course.page(here)
        if page is None:
            self._tell(window_id, _("Tour “{name}” has no camera that is in the register.").format(name=tour.name))
            return
        run = WindowTour(course, here.layout, self._clock, self._idle, self._grace)
        former = self._runs.get(window_id)
        running = _Running(run, former.before if former is not None else here, _substance(here))
        self._runs[window_id] = running
        if resume:
            running.first = False
            shown = [pane.camera for pane in here.panes if pane.camera]
            standing = course.resume(shown, here)
            if standing is not None:
                run.stands(standing)
        self._keep()
        self._look()

    def _weigh(self, cameras: Sequence[Camera]) -> Mapping[str, int]:
        settings = self._station.registry.settings
        return weights(cameras, tuple(self._station.directory.areas().values()), int(settings["tour.weight_red"]),
                       int(settings["tour.weight_yellow"]))

    def _idle(self) -> float:
        return float(self._station.registry.settings["tour.idle_seconds"])

    def _grace(self) -> float:
        return float(self._station.registry.settings["tour.grace_seconds"])

    def _window(self, window: str) -> WindowState:
        return self._station.wall.window(window or self._shell.handlers.current())

    def _tell(self, window_id: str, text: str) -> None:
        frame = self._shell.windows.frames.get(window_id)
        if frame is not None:
            frame.tell(text)

    def _keep(self) -> None:
        """Which tours run, for the next start; one that was paused by hand is not started again."""
        running = {key: each.tour.tour.id for key, each in self._runs.items() if each.tour.phase is not Phase.PAUSED}
        text = json.dumps(running) if running else ""
        self._station.registry.submit(lambda registry: registry.set_setting("tour.running", text),
                                      replaces="tour.running")

    def _look(self) -> None:
        """Rest while no tour is on any window; else look at once."""
        if self._runs and not self._timer.isActive():
            self._timer.start()
        elif not self._runs:
            self._timer.stop()
            self._shell.demand.mark()
        self.changed.emit()


def _substance(window: WindowState) -> tuple[object, ...]:
    """What a hand changes on a window; its place and its docks are none of it."""
    panes = tuple((pane.camera, pane.wish, pane.view) for pane in window.panes)
    return window.layout, window.fit, window.selected, window.alone, panes


def _again(state: WallState, before: WindowState) -> WallState:
    """What a window showed before its tour; it stays where it is."""
    return WallState(tuple(
        replace(window, layout=before.layout, panes=before.panes, selected=before.selected, alone=before.alone,
                fit=before.fit) if window.id == before.id else window for window in state.windows))


def _saved(text: str) -> dict[str, str]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
