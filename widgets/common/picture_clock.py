"""One tick for every window: asks the engine what changed and tells each wall its own panes.

Runs on: GUI thread. The engine's answer is one comparison of counters per decoder worker, so one clock for all
windows costs the same as one window's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer

from app.model.pane import PaneReport
from app.video.engine import Engine, PaneKey

TICK_MS = 30            # 33 Hz: twice the usual 15 pictures a second, so a picture waits 15 ms on average
QUICK_TICK_MS = 16      # 60 Hz: when few panes run the wait is worth halving and the cost is small
QUICK_PANES = 9         # "few": up to 3x3
REPORT_MS = 200         # ages and states, 5 Hz: the rate at which the engine recomputes its reports


class PictureView(Protocol):
    """A widget that paints panes. ``window_id`` is the part of a pane key before the slash."""

    window_id: str

    def pictures_changed(self, keys: Sequence[PaneKey]) -> None:
        """These panes of this window have a new picture; show it, or ask for a repaint: do not paint here."""

    def reports_changed(self, reports: Mapping[PaneKey, PaneReport]) -> None:
        """The newest truth about every pane of the station."""


class PictureClock(QObject):
    """Owns the two timers. Views are added when their window opens and removed when it closes."""

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._views: dict[str, PictureView] = {}
        self._panes = 0
        self._tick = QTimer(self)
        self._tick.setTimerType(Qt.TimerType.PreciseTimer)
        self._tick.setInterval(QUICK_TICK_MS)
        self._tick.timeout.connect(self.tick)
        self._slow = QTimer(self)
        self._slow.setInterval(REPORT_MS)
        self._slow.timeout.connect(self.slow_tick)

    @property
    def interval_ms(self) -> int:
        """The interval in force, milliseconds."""
        return self._tick.interval()

    def add(self, view: PictureView) -> None:
        """Serve this view; the clock runs while it has any."""
        self._views[view.window_id] = view
        if not self._tick.isActive():
            self._tick.start()
            self._slow.start()

    def remove(self, view: PictureView) -> None:
        """Stop serving it; a view that is unknown is ignored."""
        if self._views.get(view.window_id) is view:
            del self._views[view.window_id]
        if not self._views:
            self.stop()

    def stop(self) -> None:
        """No more ticks."""
        self._tick.stop()
        self._slow.stop()

    def tick(self) -> None:
        """Ask once, tell each window what is its own."""
        changed = self._engine.changed()
        if not changed:
            return
        by_window: dict[str, list[PaneKey]] = {}
        for key in changed:
            by_window.setdefault(key.rpartition("/")[0], []).append(key)
        for window, keys in by_window.items():
            view = self._views.get(window)
            if view is not None:
                view.pictures_changed(keys)

    def slow_tick(self) -> None:
        """States and ages; also the moment to choose how quickly the clock ticks."""
        reports = self._engine.reports()
        if len(reports) != self._panes:
            self._panes = len(reports)
            self._tick.setInterval(QUICK_TICK_MS if self._panes <= QUICK_PANES else TICK_MS)
        for view in tuple(self._views.values()):
            view.reports_changed(reports)
