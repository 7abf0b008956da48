"""Builds each window with its wall and panels, and shows all of them the truth five times a second.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from app.commands import Dispatcher
from app.model.camera import Camera
from app.model.pane import PaneReport, PaneState
from app.model.wall import WallState, WindowKind, WindowState
from app.registry.directory import CameraDirectory
from app.runtime.language import gettext as _
from app.runtime.zone import Zone
from app.video.engine import Engine, PaneKey
from layouts import named
from widgets.pages import PAGES
from widgets.panels import PANELS, Moment, Panel, PanelWidget, Places, Surroundings
from widgets.screens.screen_list import ScreenRow
from widgets.theme import Theme
from widgets.wall import Strips, Style, WallView
from widgets.window.console import Console
from widgets.window.counts import Count, camera_states, count
from widgets.window.cover import Cover
from widgets.window.frame import Frame
from widgets.window.qt_commands import pane_menu
from widgets.window.seam import Lane
from widgets.window.title_bar import TitleBar, layout_title
from widgets.window.wall_window import WallWindow


class Desk(QObject):
    """``make`` builds the Frame of a window; it is also a PictureView that hears the reports for title bar and docks.

    ``wall`` gives the state in force, ``active`` the id of the window with the keyboard, ``go`` brings a window to it.
    """

    window_id = ""              # no pane lies in it: the PictureClock hands it reports only

    def __init__(self, engine: Engine, directory: CameraDirectory, dispatcher: Dispatcher, theme: Theme, zone: Zone,
                 bare: bool, wall: Callable[[], WallState], parent: QObject | None, registry: Lane) -> None:
        super().__init__(parent)
        self._engine, self._directory, self._dispatcher = engine, directory, dispatcher
        self._theme, self._zone, self._bare, self._wall = theme, zone, bare, wall
        self._registry = registry
        self._menu = pane_menu(dispatcher)
        self.strips = Strips.NEVER if bare else Strips.ALWAYS
        self.frames: Mapping[str, Frame] = {}
        self.active: Callable[[], str] = str
        self.go: Callable[[str], None] = lambda _id: None
        self.reports: Mapping[PaneKey, PaneReport] = {}
        self.past: Callable[[], Collection[PaneKey]] = frozenset     # panes that show recorded pictures
        self.still: Callable[[str, int, Callable[[], None]], QImage | None] = lambda _camera, _at, _then: None
        self.offset: Callable[[str, int, Callable[[int | None], None]], None] = lambda _camera, _at, _then: None
        self.why: Callable[[Camera], str] = lambda _camera: ""
        self.places: Callable[[], Places | None] = lambda: None
        self._states: Mapping[str, PaneState] | None = {}

    def make(self, window: WindowState) -> Frame:
        """The window of that state, not shown yet."""
        console = window.kind is WindowKind.CONSOLE
        style = Style.BARE if self._bare else Style.CONSOLE if console else Style.WALL
        runs: Any = self._dispatcher                # its first parameter has another name, which nobody passes by name
        view = WallView(window.id, self._engine, self._directory, runs, tokens=self._theme.tokens, style=style,
                        strips=self.strips, zone=self._zone, menu_rows=self._menu)
        view.setAccessibleName(_("Camera pictures"))
        self._theme.changed.connect(view.set_tokens)
        if not console:
            return WallWindow(window.id, view, self._theme)
        bar = TitleBar(self._theme, self._zone, pages=[(page.name, page.title) for page in PAGES])
        run = self._dispatcher.run
        bar.layout_chosen.connect(lambda name: run("layout.set", name=name, window=window.id))
        bar.fold_asked.connect(lambda: run("window.fullscreen", window=window.id))
        around = Surroundings(
            self._directory, self._theme, leave=view.setFocus, go=lambda key: self.go(key),
            put=lambda camera: self.put(window.id, camera), dispatcher=self._dispatcher, registry=self._registry,
            tell=lambda text: self.tell(window.id, text), done=lambda text: self.tell(window.id, text, done=True),
            still=lambda camera, at, then: self.still(camera, at, then),
            offset=lambda camera, at, then: self.offset(camera, at, then), why=lambda camera: self.why(camera),
            places=lambda: self.places())
        panels: dict[Panel, QWidget] = {panel: panel.build(around) for panel in PANELS}
        console_frame = Console(window.id, view, self._theme, bar, panels,
                                (lambda frame: Cover(frame, PAGES, around)) if PAGES else None)
        bar.page_chosen.connect(lambda name: run(f"page.{name}" if name else "page.wall", window=window.id))
        bar.left.connect(lambda: run("page.wall", window=window.id) if self._dispatcher.available("page.wall")
                         else view.setFocus())
        if console_frame.cover is not None:
            console_frame.cover.leave_asked.connect(lambda: run("page.wall", window=window.id))
        return console_frame

    def set_zone(self, zone: Zone) -> None:
        """The room's zone for times of day, in every window now and to come."""
        self._zone = zone
        for frame in self.frames.values():
            frame.view.set_zone(zone)
            if isinstance(frame, Console):
                frame.bar.set_zone(zone)

    def set_strips(self, strips: Strips) -> None:
        """When pane headers show, in every window now and to come; a bare wall has none."""
        if self._bare:
            return
        self.strips = strips
        for frame in self.frames.values():
            frame.view.set_style(frame.view.style_shown, strips)

    def put(self, window_id: str, camera_id: str) -> None:
        """A camera into the selected pane of that window, through the dispatcher."""
        window = next((w for w in self._wall().windows if w.id == window_id), None)
        if window is not None:
            if window_id in self.frames:
                self.frames[window_id].show_page("")
            self._dispatcher.run("pane.put", camera=camera_id, window=window_id, pane=window.selected)

    def tell(self, window_id: str, text: str, *, done: bool = False) -> None:
        """One line in that window, while it is there; ``done``: what was asked for has happened."""
        if window_id in self.frames:
            self.frames[window_id].tell(text, done=done)

    # --- what the clock tells ---

    def pictures_changed(self, _keys: Sequence[PaneKey]) -> None:
        """No pane of ours."""

    def reports_changed(self, reports: Mapping[PaneKey, PaneReport]) -> None:
        # What shows the past is no proof that its camera lives: neither counted nor told.
        past = self.past()
        self.reports = {key: report for key, report in reports.items() if key not in past} if past else reports
        self._states = None
        self.show()

    @property
    def states(self) -> Mapping[str, PaneState]:
        """The worst state of each camera on a pane, as the newest reports have it; counted when somebody asks."""
        if self._states is None:
            self._states = camera_states(self._wall(), self.reports)
        return self._states

    def show(self) -> None:
        """Counts, lists and trees of every console."""
        state = self._wall()
        consoles = [frame for frame in self.frames.values() if isinstance(frame, Console)]
        if not consoles:
            return
        rows = self._rows(state)
        total = sum((row.count for row in rows if not row.parked), Count())
        for console in consoles:
            window = next((w for w in state.windows if w.id == console.window_id), None)
            selected = window.panes[window.selected].camera if window and window.selected < len(window.panes) else ""
            moment = Moment(state, self.reports, self.states, rows, selected)
            console.bar.set_count(total)
            console.show_moment(moment)

    def retranslate(self) -> None:
        """Another language is in force."""
        for frame in self.frames.values():
            frame.retranslate()
            frame.view.setAccessibleName(_("Camera pictures"))
            if isinstance(frame, Console):
                for widget in frame.panels.values():
                    cast(PanelWidget, widget).retranslate()
        self.show()

    def _rows(self, state: WallState) -> tuple[ScreenRow, ...]:
        rows = []
        for window in state.windows:
            frame = self.frames.get(window.id)
            title = _("Console") if window.kind is WindowKind.CONSOLE else _("Wall")
            rows.append(ScreenRow(window.id, title, layout_title(window.layout),
                                  count(window, len(named(window.layout)), self.reports),
                                  window.id == self.active(), frame is not None and frame.parked))
        return tuple(rows)
