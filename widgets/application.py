"""Opens the windows of a station and runs Qt until they are closed.

Runs on: the main thread, which is the GUI thread.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from app.cli.options import WallOptions
from app.commands import Context, Outcome
from app.devices.asker import Asker
from app.model.errors import OperatorError
from app.model.pane import Fit
from app.model.wall import ScreenId, WallState
from app.runtime.language import language_changed
from app.station import WALL_NAME
from app.wall.context import context_of
from app.wall.handlers import WallHandlers
from app.wall.transitions import place_window
from layouts import named
from widgets.cameras.dock import CameraDock
from widgets.common import PictureClock, hop_to_gui
from widgets.common.qt_words import QtWords
from widgets.features import INSTALLS
from widgets.screens.identify import Identify
from widgets.screens.monitors import Monitors
from widgets.theme import Theme
from widgets.window.badges import BadgeBoard
from widgets.window.closing import ClosingSignals
from widgets.window.console import Console
from widgets.window.demand import Demand
from widgets.window.desk import Desk
from widgets.window.frame import Frame
from widgets.window.keys import Keys, is_typing
from widgets.window.overlays import Overlays
from widgets.window.qt_commands import QtCommands
from widgets.window.saving import Saving
from widgets.window.seam import Station
from widgets.window.shell import Shell
from widgets.window.starting import keeps_the_wall, starting_wall
from widgets.window.stats import Stats
from widgets.window.title_bar import zone_in_force
from widgets.window.windows import Windows

# How long another thread may keep the interpreter while the GUI thread waits for it; a paint asks for it dozens of
# times, and with Python's 5 ms a search over 60,000 cameras next to it would cost a frame.
SWITCH_SECONDS = 0.001
_HELD_TICK_MS = 16              # a zoom that is held moves at the screen's 60 Hz


class Application(QObject):
    """Everything that lives as long as the windows do. ``open`` shows them, ``close`` ends them in order."""

    def __init__(self, app: QApplication, station: Station, options: WallOptions) -> None:
        super().__init__()
        self._app, self._station, self._options = app, station, options
        settings = station.registry.settings
        self.theme = Theme(str(settings.get("window.theme", "dark")), self)
        self.theme.install(app)
        zone = zone_in_force(str(settings.get("window.zone", "system")))
        dispatcher, wall = station.dispatcher, station.wall
        self.desk = Desk(station.engine, station.directory, dispatcher, self.theme, zone, options.bare,
                         lambda: wall.state, self, station.registry)
        self.monitors = Monitors(app, self)
        self.windows = Windows(self.monitors, self.desk.make, self)
        self.desk.frames, self.desk.active, self.desk.go = self.windows.frames, self._active_id, self.windows.go
        self.handlers = WallHandlers(wall, station.directory, self._active_id)
        self.handlers.bind(dispatcher)
        self.overlays = Overlays(dispatcher, station.directory, self.theme, lambda: self.desk.states, self)
        QtCommands(dispatcher, self.theme, self._keep_setting, {
            "palette.open": lambda: self._on_active(self.overlays.toggle_palette),
            "help.keys": lambda: self._on_active(self.overlays.toggle_help),
            "camera.find": self._find, "window.next_screen": self.windows.go_next,
            "window.identify": lambda: self.identify.show(), "pane.retry": self._retry, "program.quit": self.quit})
        self.demand = Demand(station.engine, lambda: [f.view.wants() for f in self.windows.frames.values()], self)
        self.clock = PictureClock(station.engine, self)
        self.clock.add(self.desk)
        self.saving = Saving(self._save, self)
        self.stats: Stats | None = None
        self._held = QTimer(self, interval=_HELD_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._held_clock = QElapsedTimer()
        self.identify = Identify(lambda: wall.state, lambda: {k: f.view for k, f in self.windows.frames.items()},
                                 self.monitors.screens, self.theme, self)
        self._quitting = self._closed = False
        dispatcher.context = self._context
        self.keys = Keys(app, dispatcher, self._is_ours)
        self.asker = Asker()
        self.signals = ClosingSignals(self.quit, self)
        self._connect()
        shell = Shell(station, self.handlers, self.windows, self.desk, self.overlays, self.theme,
                      lambda text: self._on_active(lambda frame: frame.tell(text)),
                      lambda text: self._on_active(lambda frame: frame.tell(text, done=True)), self._active_id, self,
                      self.demand, BadgeBoard(lambda: wall.state, self.windows), self.asker, options.bare)
        self._features = [feature for install in INSTALLS if (feature := install(shell)) is not None]

    def open(self) -> None:
        """The windows of the wall state, with what the command line asked for. Raises OperatorError."""
        wall, cameras = self._station.wall, self._station.directory.all()
        fit = Fit(str(self._station.registry.settings.get("pane.fit", "fit")))
        wall.begin(starting_wall(wall.state, self._options, cameras, fit))
        if not self.windows.frames:
            self._show(wall.state)
        if wall.state.windows:
            self.windows.go(wall.state.windows[0].id)
        for command in self._options.opening:
            QTimer.singleShot(0, self, lambda command=command: self._station.dispatcher.run(command))
        problems = self._station.dispatcher.keymap.problems
        if problems:
            self._on_active(lambda frame: frame.tell(problems[0]))
        if self._options.stats_json is not None:
            self.stats = Stats(self._options.stats_json, lambda: wall.state, lambda name: len(named(name)),
                               self._station.engine.reports, self._station.engine.stats, self._painted, self)

    def quit(self) -> None:
        """End the program; may be called from anywhere on the GUI thread, and twice."""
        if not self._quitting:
            self._quitting = True
            # exit, not quit: quit asks every window to close first, and ours answer with the command that is running.
            QTimer.singleShot(0, self._app, lambda: self._app.exit(0))

    def close(self) -> None:
        """Refuse keys, save, stop asking for pictures, close the windows. The station is closed by its owner."""
        if self._closed:
            return
        self._closed = True
        self.keys.close()
        for feature in reversed(self._features):
            feature.close()
        self.asker.close()
        self.signals.restore()
        self.handlers.held_view.stop()
        self._held.stop()
        self.identify.hide()
        self.saving.finish()
        self.demand.close()
        self.clock.stop()
        if self.stats is not None:
            self.stats.close()
        self._station.wall.moved.disconnect(self._moved)
        self._station.wall.changed.disconnect(self._show)
        self._station.dispatcher.refused.disconnect(self._refused)
        self.windows.close_all()

    # --- wiring ---

    def _connect(self) -> None:
        station = self._station
        station.wall.moved.connect(self._moved)
        station.wall.changed.connect(self._show)
        station.dispatcher.refused.connect(self._refused)
        self.handlers.call_up.changed.connect(self._show_entry)
        self.handlers.call_up.focus_wanted.connect(self.windows.go)
        self.handlers.held_view.moving.connect(self._moving)
        self._held.timeout.connect(lambda: self.handlers.held_view.tick(self._held_clock.restart() / 1000))
        self.overlays.chosen_camera.connect(lambda camera: self.desk.put(self._active_id(), camera))
        self.windows.opened.connect(self._opened)
        self.windows.closed.connect(self._window_gone)
        self.windows.visibility_changed.connect(self.demand.mark)
        self.windows.activated.connect(self._activated)
        self.windows.close_asked.connect(self._close_asked)
        self.windows.placed.connect(self._placed)
        hop_to_gui(language_changed, self._retranslate, self)
        hop_to_gui(station.registry.trouble, self._trouble, self)

    def _opened(self, frame: Frame) -> None:
        self.clock.add(frame.view)
        frame.view.wants_changed.connect(self.demand.mark)

    def _window_gone(self, frame: Frame) -> None:
        self.clock.remove(frame.view)
        self.overlays.forget(frame)

    # --- the wall ---

    def _moved(self, moves: Mapping[str, str]) -> None:
        self.demand.moved(moves)
        for frame in self.windows.frames.values():
            frame.view.pictures_moved(moves)

    def _show(self, state: WallState) -> None:
        self.windows.show_state(state)
        self.desk.show()
        self.demand.mark()
        for frame in self.windows.frames.values():
            self.overlays.wall_changed(frame)
        if keeps_the_wall(self._options):
            self.saving.changed(state)

    def _save(self, state: WallState) -> None:
        self._station.registry.submit(lambda registry: registry.save_wall(WALL_NAME, state), replaces="wall")

    def _keep_setting(self, key: str, value: str) -> None:
        self._station.registry.submit(lambda registry: registry.set_setting(key, value), replaces=key)

    def _placed(self, window_id: str, screen: ScreenId, geometry: tuple[int, int, int, int]) -> None:
        # After the turn in which the window stands: a change of the wall within a change of the wall is told twice.
        def tell() -> None:
            if not self._closed and any(w.id == window_id for w in self._station.wall.state.windows):
                self._station.wall.apply(place_window, window_id, screen, geometry)
        QTimer.singleShot(0, self, tell)

    # --- which window ---

    def _active_id(self) -> str:
        frame = self.windows.active
        return frame.window_id if frame is not None else ""

    def _activated(self, _window_id: str) -> None:
        self.overlays.shut_all()
        self.desk.show()

    def _is_ours(self, widget: QWidget) -> bool:
        return isinstance(widget.window(), Frame)

    def _context(self) -> Context:
        return context_of(self._station.wall.state, self._active_id(), typing=is_typing(),
                          entry=bool(self.handlers.call_up.text), page=self._page())

    def _page(self) -> str:
        frame = self.windows.active
        return frame.page if frame is not None else ""

    def _close_asked(self, window_id: str) -> None:
        # Closing the last window ends the program; what it showed is kept for the next start.
        if len(self._station.wall.state.windows) > 1:
            self._station.dispatcher.run("window.close", window=window_id)
        else:
            self._station.dispatcher.run("program.quit")

    # --- commands that need a screen ---

    def _on_active(self, do: Any) -> None:
        frame = self.windows.active
        if frame is not None:
            do(frame)

    def _find(self) -> None:
        """The search field of this console; in a wall window, or with folded docks, the palette finds cameras."""
        frame = self.windows.active
        if isinstance(frame, Console):
            for widget in frame.panels.values():
                if isinstance(widget, CameraDock) and widget.isVisible():
                    widget.take_keyboard()
                    return
        self._on_active(self.overlays.toggle_palette)

    def _retry(self, window: str = "", pane: int | None = None) -> None:
        here = self._station.wall.window(window or self._active_id())
        camera = here.panes[here.selected if pane is None else pane].camera
        if camera:
            self._station.engine.retry(camera)

    # --- what is told ---

    def _refused(self, outcome: Outcome) -> None:
        self._on_active(lambda frame: frame.tell(outcome.reason))

    def _trouble(self, error: OperatorError | None) -> None:
        """The registry's file cannot be read any more: the wall goes on with what is in memory."""
        if error is not None:
            self._on_active(lambda frame: frame.tell(str(error)))

    def _show_entry(self, text: str) -> None:
        name, active = self.handlers.call_up.preview_name, self.windows.active
        for frame in self.windows.frames.values():
            frame.view.show_entry(text if frame is active else "", name if frame is active else "")

    def _moving(self, on: bool) -> None:
        if on:
            self._held_clock.start()
            self._held.start()
        else:
            self._held.stop()

    def _painted(self) -> dict[str, int]:
        return {key: n for frame in self.windows.frames.values() for key, n in frame.view.painted().items()}

    def _retranslate(self, _language: str) -> None:
        self.desk.retranslate()
        self.overlays.retranslate()


def run(station: Station, options: WallOptions) -> int:
    """Open the windows and stay until the last is closed; returns the exit code. Raises OperatorError before any opens.

    The station is not closed here: its owner closes it after the windows have gone.
    """
    app = make_application()
    shown = Application(app, station, options)
    try:
        shown.open()
        return app.exec()
    finally:
        shown.close()
        shown.deleteLater()
        QApplication.sendPostedEvents(None, 0)


def make_application() -> QApplication:
    """The one QApplication of the process."""
    present = QApplication.instance()
    if isinstance(present, QApplication):
        return present
    sys.setswitchinterval(SWITCH_SECONDS)
    # Fractions of a scale are kept: 125 % and 150 % are what Windows and GNOME set on today's monitors.
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(sys.argv[:1])
    app.installTranslator(QtWords(app))
    app.setApplicationName("lawang")
    app.setApplicationDisplayName("Lawang")
    app.setDesktopFileName("lawang")
    app.setQuitOnLastWindowClosed(False)      # closing is a command; a parked wall is no reason to end
    return app
