"""An engine without cameras: numpy pictures published by hand or by the clock, and reports as a test wants them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from psygnal import SignalInstance

from app.model.camera import Camera, StreamRole
from app.model.pane import PaneReport, PaneState
from app.model.playback import Moving, Played
from app.video.engine import PaneKey, Picture, Want

LIVE = PaneReport(PaneState.LIVE, stream=StreamRole.SUB, fps=15.0, delay=0.2)


def plain(width: int, height: int, blue: int, green: int, red: int) -> npt.NDArray[np.uint8]:
    """One colour as (height, width, 4) B G R x."""
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[:] = (blue, green, red, 255)
    return pixels


def _moved[T](held: dict[PaneKey, T], moves: Mapping[PaneKey, PaneKey]) -> dict[PaneKey, T]:
    """As VideoEngine.rename: who comes takes the place of who stood there."""
    return {k: v for k, v in held.items() if k not in moves} | {moves[k]: v for k, v in held.items() if k in moves}


class SyntheticEngine:
    """Implements app.video.engine.Engine. ``publish`` is what a decoder does; nothing runs by itself."""

    def __init__(self) -> None:
        self.orders = 0
        self.steered: dict[str, tuple[Moving, int]] = {}
        self.wants: dict[PaneKey, Want] = {}
        self.report_by_key: dict[PaneKey, PaneReport] = {}
        self._pictures: dict[PaneKey, Picture] = {}
        self._changed: dict[PaneKey, None] = {}

    def publish(self, key: PaneKey, pixels: npt.NDArray[np.uint8]) -> None:
        before = self._pictures.get(key)
        self.show_picture(key, Picture.of(pixels, before.serial + 1 if before else 1, time.monotonic_ns()))

    def show_picture(self, key: PaneKey, picture: Picture) -> None:
        """The same of a picture that lies where the test has it."""
        self._pictures[key] = picture
        self._changed[key] = None

    def show(self, wants: Mapping[PaneKey, Want]) -> None:
        self.wants = dict(wants)

    def rename(self, moves: Mapping[PaneKey, PaneKey]) -> None:
        self._pictures = _moved(self._pictures, moves)
        self.report_by_key = _moved(self.report_by_key, moves)

    def changed(self) -> Iterable[PaneKey]:
        keys, self._changed = tuple(self._changed), {}
        return keys

    def picture(self, key: PaneKey) -> Picture | None:
        return self._pictures.get(key)

    def reports(self) -> Mapping[PaneKey, PaneReport]:
        return dict(self.report_by_key)

    def record(self, wants: Mapping[str, Any]) -> None:
        """Nothing is recorded."""

    def steer(self, camera_id: str, moving: Moving, step: int = 0) -> int:
        """A replay has 10 pictures a second, all of them recorded; what is asked is done at once."""
        self.orders += 1
        at = moving.at // 100_000 * 100_000 + step * 100_000
        self.steered[camera_id] = Moving(at) if step else moving, self.orders
        return self.orders

    def played(self, camera_id: str) -> Played | None:
        """Where it was steered to."""
        if camera_id not in self.steered:
            return None
        moving, order = self.steered[camera_id]
        return Played(moving.moment(time.monotonic_ns()), order, False)

    def retry(self, camera_id: str) -> None:
        pass

    def stats(self) -> Mapping[str, Any]:
        return {}

    def close(self) -> None:
        self._pictures.clear()


class Cameras:
    """A directory that holds what it is given."""

    def __init__(self, cameras: Iterable[Camera] = ()) -> None:
        self.changed: SignalInstance = SignalInstance((), name="changed")
        self._by_id = {camera.id: camera for camera in cameras}

    def by_id(self, camera_id: str) -> Camera | None:
        return self._by_id.get(camera_id)

    def add(self, camera: Camera) -> None:
        self._by_id[camera.id] = camera


class Recorder:
    """A dispatcher that writes down what it was asked to do."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, dict[str, Any]]] = []

    def run(self, command: str, /, **arguments: Any) -> None:
        self.ran.append((command, arguments))
