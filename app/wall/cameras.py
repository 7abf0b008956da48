"""What the wall asks of the cameras; the registry's CameraDirectory is one."""

from __future__ import annotations

from typing import Protocol

from app.model.camera import Camera


class Cameras(Protocol):
    """Answers from memory, at once."""

    def all(self) -> tuple[Camera, ...]:
        """Every camera, ordered by number."""
        ...

    def by_id(self, camera_id: str) -> Camera | None: ...

    def by_number(self, number: int) -> Camera | None: ...

    def nearest(self, number: int, count: int = 3) -> tuple[Camera, ...]:
        """The cameras with the closest numbers, closest first."""
        ...
