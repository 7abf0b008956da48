"""Carries what changed in the file into the directory: only the cameras that changed, where that is less work.

Runs on: the registry lane.
"""

from __future__ import annotations

from collections.abc import Callable

from app.model.camera import Camera
from app.registry.directory import CameraDirectory
from app.registry.registry import Registry
from app.registry.sweeping import unswept
from app.registry.watching import CAMERA_TABLES, REGISTER_TABLES, Changed

WHOLE_ABOVE = 1 / 3     # of all cameras: reading more of them one by one costs more than reading the tables through


class Refresh:
    """Keeps one directory."""

    def __init__(self, directory: CameraDirectory, amend: Callable[[Camera], Camera] | None,
                 tell: Callable[..., object]) -> None:
        """``tell(function, *values)`` calls a function that has listeners, whose failures it keeps to itself."""
        self._directory = directory
        self._amend = amend
        self._tell = tell

    def __call__(self, registry: Registry, changed: Changed) -> None:
        """Reads what changed; the directory tells its listeners. Raises OperatorError when the file cannot be read."""
        cameras = changed.cameras
        if changed.tables & REGISTER_TABLES:
            moved = self._read_register(registry)
            if cameras is not None and moved:
                cameras |= registry.cameras.ids_in(moved)
        if not changed.tables & CAMERA_TABLES or (cameras is not None and not cameras):
            return
        if cameras is None or len(cameras) > len(self._directory) * WHOLE_ABOVE:
            with unswept():
                self._tell(self._directory.replace, self._amended(registry.list_cameras()))
            return
        found = self._amended(registry.cameras.some(cameras))
        self._tell(self._directory.update, found, cameras - {camera.id for camera in found})

    def _read_register(self, registry: Registry) -> frozenset[str]:
        """Owners and areas; gives the ids of the areas that lie elsewhere or are called otherwise than before."""
        before = {area.id: area.path for area in self._directory.areas().values()}
        areas = registry.areas.all()
        self._tell(self._directory.replace_register, registry.owners.all(), areas)
        return frozenset(area.id for area in areas if before.get(area.id, area.path) != area.path)

    def _amended(self, cameras: list[Camera]) -> list[Camera]:
        return [self._amend(camera) for camera in cameras] if self._amend else cameras
