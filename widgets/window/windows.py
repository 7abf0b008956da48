"""Opens, shows, moves, parks and closes the windows so that they are those of the wall state.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QGuiApplication

from app.model.wall import ScreenId, WallState, WindowState
from widgets.screens.monitors import Monitors, screen_id
from widgets.screens.places import Place, places
from widgets.window.frame import Frame

type MakeFrame = Callable[[WindowState], Frame]


class Windows(QObject):
    """``placed`` carries (window id, ScreenId, geometry) when the operator has moved a window."""

    placed = Signal(str, object, object)
    opened = Signal(object)                 # Frame
    closed = Signal(object)                 # Frame, before it goes
    visibility_changed = Signal()
    activated = Signal(str)
    close_asked = Signal(str)

    def __init__(self, monitors: Monitors, make: MakeFrame, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._monitors, self._make = monitors, make
        self._state = WallState()
        self._where: dict[str, Place] = {}
        self._active = ""
        self.frames: dict[str, Frame] = {}
        monitors.changed.connect(self._monitors_changed)

    @property
    def active(self) -> Frame | None:
        """The window that has, or last had, the keyboard."""
        return self.frames.get(self._active) or next(iter(self.frames.values()), None)

    def show_state(self, state: WallState) -> None:
        """Bring all windows into the state; cheap when only panes changed."""
        before, self._state = self._state, state
        for gone in [key for key in self.frames if all(w.id != key for w in state.windows)]:
            self._close(gone)
        for number, window in enumerate(state.windows, 1):
            frame = self.frames.get(window.id)
            if frame is None:
                frame = self._open(window)
            frame.show_state(window, number)
        if _stands(before) != _stands(state):
            self._place_all()

    def go(self, window_id: str) -> None:
        """The keyboard to that window."""
        frame = self.frames.get(window_id)
        if frame is not None and not frame.parked:
            if frame.isMinimized():
                frame.showNormal()
            frame.raise_()
            frame.activateWindow()
            frame.take_keyboard()
            self._activated(window_id)

    def go_next(self) -> None:
        """The next window that is on a monitor, round and round."""
        keys = [key for key, frame in self.frames.items() if not frame.parked]
        if keys:
            now = keys.index(self._active) if self._active in keys else -1
            self.go(keys[(now + 1) % len(keys)])

    def close_all(self) -> None:
        for key in tuple(self.frames):
            self._close(key)

    # --- inside ---

    def _open(self, window: WindowState) -> Frame:
        frame = self._make(window)
        self.frames[window.id] = frame
        frame.moved_by_hand.connect(self._moved)
        frame.close_asked.connect(self.close_asked)
        frame.activated.connect(self._activated)
        frame.shown_or_hidden.connect(lambda _id: self.visibility_changed.emit())
        self.opened.emit(frame)
        self._show_leader()
        return frame

    def _close(self, window_id: str) -> None:
        frame = self.frames.pop(window_id)
        self._where.pop(window_id, None)
        self.closed.emit(frame)
        frame.close_for_good()
        self._show_leader()

    def _place_all(self) -> None:
        screens = self._monitors.screens()
        present = self._monitors.ids()
        first = QGuiApplication.primaryScreen()
        primary = screens.index(first) if first in screens else 0
        self._where = places(self._state, present, primary)
        for key, place in self._where.items():
            frame = self.frames.get(key)
            if frame is None:
                continue
            if place.screen is None:
                frame.park()
            else:
                frame.stand(QRect(*place.area), place.fullscreen)
        if present:
            self._remember_new()

    def _remember_new(self) -> None:
        """A window that never had a monitor has one now; it is told after this turn's placing is done."""
        screens = self._monitors.ids()
        for window in self._state.windows:
            place = self._where.get(window.id)
            if place is not None and place.screen is not None and not window.screen.width and not place.safe:
                geometry = window.geometry if window.geometry[2] else place.area
                self.placed.emit(window.id, screens[place.screen], geometry)

    def _monitors_changed(self) -> None:
        for frame in self.frames.values():
            frame.forget_place()
        self._place_all()
        self.visibility_changed.emit()

    def _moved(self, window_id: str) -> None:
        frame, place = self.frames.get(window_id), self._where.get(window_id)
        # While monitors come and go it is the window system that moves windows; and a window in a safe place still
        # belongs to the monitor that is away.
        if frame is None or frame.parked or self._monitors.restless or place is None or place.safe \
                or frame.isFullScreen():
            return
        area, screen = frame.place()
        if place.area == (area.x(), area.y(), area.width(), area.height()):
            return
        frame.accept_place()
        geometry = (area.x(), area.y(), area.width(), area.height())
        self._where[window_id] = Place(place.screen, geometry)
        where: ScreenId = screen_id(screen)
        self.placed.emit(window_id, where, geometry)

    def _activated(self, window_id: str) -> None:
        if window_id != self._active:
            self._active = window_id
            self._show_leader()
            self.activated.emit(window_id)

    def _show_leader(self) -> None:
        active = self.active
        for frame in self.frames.values():
            frame.view.set_leads(frame is active)


def _stands(state: WallState) -> tuple[tuple[object, ...], ...]:
    return tuple((w.id, w.screen, w.geometry, w.fullscreen) for w in state.windows)
