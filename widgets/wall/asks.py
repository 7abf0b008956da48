"""What the wall asks of other rooms: cameras by id, commands by name."""

from __future__ import annotations

from typing import Any, Protocol

from psygnal import SignalInstance

from app.model.camera import Camera


class Directory(Protocol):
    """What the wall asks of the registry's snapshot in memory."""

    changed: SignalInstance

    def by_id(self, camera_id: str, /) -> Camera | None: ...


class Runs(Protocol):
    """What the wall asks of the dispatcher."""

    def run(self, command: str, /, **arguments: Any) -> object: ...
