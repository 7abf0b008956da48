"""A register in memory for the tests of tours."""

from __future__ import annotations

from collections.abc import Iterable

from app.model.camera import Camera

AREAS = (("Makassar", "Tallo", "Lorong 1"), ("Makassar", "Tallo"), ("Makassar", "Wajo"), ("Ambon", "Sirimau"))


def camera(index: int, area: tuple[str, ...] = ("Makassar", "Tallo"), tags: tuple[str, ...] = ()) -> Camera:
    return Camera(f"c{index}", index + 1, f"Jl {index}", area, tags=tags)


class Cameras:
    """See app.tours.pages.Cameras; one tuple until ``put`` gives another."""

    def __init__(self, cameras: Iterable[Camera]) -> None:
        self.put(cameras)

    def put(self, cameras: Iterable[Camera]) -> None:
        self._all = tuple(cameras)
        self._by_id = {camera.id: camera for camera in self._all}

    def all(self) -> tuple[Camera, ...]:
        return self._all

    def by_id(self, camera_id: str) -> Camera | None:
        return self._by_id.get(camera_id)
