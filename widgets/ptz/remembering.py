"""What outlives the program of steering: patrols that run, when each camera goes home, between what it scans.

Runs on: GUI thread; the registry's lane reads and writes.
"""

from __future__ import annotations

from typing import Any

from psygnal import SignalInstance
from PySide6.QtCore import QObject

from app.ptz.patrol import Stop, stops_from, stops_to
from app.ptz.scanning import Ends, ends_from, ends_to
from app.ptz.steering import Steering
from app.registry.registry import Registry
from widgets.common import hop_to_gui
from widgets.window.seam import Lane

_RUNNING, _HOME, _SCAN = "ptz.patrol.running", "ptz.home", "ptz.scan"
MOST_HOME_S = 86_400.0


class Remembered(QObject):
    """``begin`` once the register told its devices: patrols go on from then."""

    def __init__(self, steering: Steering, registry: Lane, parent: QObject) -> None:
        super().__init__(parent)
        self._steering, self._registry = steering, registry
        self._running: dict[str, tuple[Stop, ...]] = {}     # as the registry has it
        self._begun = False
        self._came: SignalInstance = SignalInstance((object,), name="ptz_remembered")
        hop_to_gui(self._came, self._take, self)
        steering.changed.connect(self._look)

    def close(self) -> None:
        self._steering.changed.disconnect(self._look)

    def begin(self) -> None:
        self._registry.submit(lambda registry: tuple(registry.device_facts.named(fact)
                                                     for fact in (_RUNNING, _HOME, _SCAN)), self._came.emit)

    def scan_ends(self, camera: str) -> None:
        """They were set, or forgotten."""
        ends = self._steering.scanning.ends(camera)

        def work(registry: Registry) -> None:
            if ends == Ends():
                registry.device_facts.forget(camera, _SCAN)
            else:
                registry.device_facts.put(camera, _SCAN, {**ends_to(ends)})
        self._registry.submit(work, replaces=f"{_SCAN} {camera}")

    def home_after(self, seconds: float | None) -> None:
        """Of the selected camera; 0 never, None as the setting says."""
        camera = self._steering.selected
        if seconds is None:
            self._steering.home_after.pop(camera, None)
            self._registry.submit(lambda registry: registry.device_facts.forget(camera, _HOME))
        else:
            self._steering.home_after[camera] = seconds
            self._registry.submit(lambda registry: registry.device_facts.put(camera, _HOME, {"seconds": seconds}))
        self._steering.changed.emit()

    def _take(self, outcome: Any) -> None:
        self._begun = True
        if outcome.value is None:                           # the registry is in trouble, and says so itself
            return
        running, homes, scans = outcome.value
        for camera, fact in scans.items():
            if (ends := ends_from(fact.value)) is not None:
                self._steering.scanning.restore(camera, ends)
        for camera, fact in homes.items():
            seconds = fact.value.get("seconds") if isinstance(fact.value, dict) else None
            if isinstance(seconds, (int, float)) and 0 <= seconds <= MOST_HOME_S:
                self._steering.home_after[camera] = float(seconds)
        for camera, fact in running.items():
            stops = stops_from(fact.value)
            self._running[camera] = stops
            if len(stops) > 1 and self._steering.turns(camera) and self._steering.patrols.of(camera) is None:
                self._steering.patrols.start(camera, stops)
        self._look()

    def _look(self) -> None:
        """A patrol that was started or ended is written down."""
        if not self._begun:
            return
        now = {camera: running.stops for camera, running in self._steering.patrols.running.items()}
        if now == self._running:
            return
        for camera in self._running.keys() | now.keys():
            if now.get(camera) == self._running.get(camera):
                continue
            self._write(camera, now.get(camera))
        self._running = now

    def _write(self, camera: str, stops: tuple[Stop, ...] | None) -> None:
        def work(registry: Registry) -> None:
            if stops is None:
                registry.device_facts.forget(camera, _RUNNING)
            else:
                registry.device_facts.put(camera, _RUNNING, stops_to(stops))
        self._registry.submit(work, replaces=f"{_RUNNING} {camera}")
