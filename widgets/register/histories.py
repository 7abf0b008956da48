"""The bars of availability: asked of the registry while the page is open, once a minute.

Runs on: GUI thread; the registry lane reads and counts.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.availability.uptime import DAY_S, DAYS, histories
from app.registry.lane import Outcome
from app.registry.registry import Registry
from app.runtime.clock import SYSTEM
from app.runtime.zone import in_force
from widgets.register.asking import Asking
from widgets.window.seam import Lane

_OLD_MS = 60_000            # how long the bars may be old while the page is open


class Histories(QObject):
    """``then`` gets the histories by camera id."""

    def __init__(self, lane: Lane, asking: Asking, then: Callable[[object], None], parent: QObject) -> None:
        super().__init__(parent)
        self._lane, self._asking, self._then = lane, asking, then
        self._old = QTimer(self, interval=_OLD_MS)
        self._old.timeout.connect(self._ask)

    def start(self) -> None:
        """The page is open: now and every minute."""
        self._ask()
        self._old.start()

    def stop(self) -> None:
        self._old.stop()

    def _ask(self) -> None:
        now, zone = SYSTEM.wall(), in_force(str(self._lane.settings.get("window.zone", "system")))

        def work(registry: Registry) -> object:
            return histories(registry.availability.spans(now - (DAYS + 1) * DAY_S, now), now, zone.zoneinfo)
        self._asking.ask(work, self._came, replaces="register-histories")

    def _came(self, outcome: Outcome[object]) -> None:
        if outcome.value is not None:
            self._then(outcome.value)
