"""What the windows need of a station: the rooms below, opened and ready. Built by app.station. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from psygnal import SignalInstance

from app.commands import Dispatcher
from app.events.alarms import Alarms
from app.recording_room import RecordingRoom
from app.registry.directory import CameraDirectory
from app.registry.registry import Registry
from app.runtime.settings import Value
from app.video.engine import Engine
from app.wall.wall import Wall


class Lane(Protocol):
    """The registry lane: work is done on its thread, settings answer from memory."""

    @property
    def settings(self) -> Mapping[str, Value]: ...

    @property
    def trouble(self) -> SignalInstance: ...

    @property
    def ended(self) -> SignalInstance: ...

    @property
    def settings_changed(self) -> SignalInstance: ...

    @property
    def tables_changed(self) -> SignalInstance: ...

    def submit(self, work: Callable[[Registry], Any], then: Callable[[Any], None] | None = None, *,
               replaces: str | None = None) -> bool: ...


class Station(Protocol):
    """``wall`` holds the saved state. ``dispatcher`` has the table and key map in force and no wall handler bound:
    the windows bind them, because only they know which one has the keyboard."""

    @property
    def wall(self) -> Wall: ...

    @property
    def dispatcher(self) -> Dispatcher: ...

    @property
    def directory(self) -> CameraDirectory: ...

    @property
    def registry(self) -> Lane: ...

    @property
    def engine(self) -> Engine: ...

    @property
    def recording(self) -> RecordingRoom: ...

    @property
    def alarms(self) -> Alarms: ...
