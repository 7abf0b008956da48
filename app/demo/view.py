"""Where a point of the street falls on the picture: the pinhole camera of a plate, its crop and its mirror."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from app.demo.cameras import DemoCamera, folder

type Points = npt.NDArray[np.floating[Any]]

PLATE = (960, 540)                                          # pixels of every plate
OTHER_VIEW = {"bundaran": 1, "flyover": 1, "pintuair": 2}   # plates not taken from view 0
# The car park's plate came without geometry; fitted by eye to its kerb line and horizon.
FITTED: dict[str, Any] = {"parkir": {"pos": [0, 0, 9], "to": [0, 35.3, 0], "fov": 70}}


@cache
def _views() -> dict[str, Any]:
    return dict(json.loads((folder() / "views.json").read_text("utf-8")))


def _vector(numbers: Any) -> Points:
    return np.asarray(numbers, np.float32)


@dataclass(frozen=True, slots=True)
class View:
    """Projects metres (x, y ground, z up) to pixels of a picture of ``width`` x ``height``."""

    position: Points
    axes: Points                # (3, 3): columns right, down, forward
    forward: Points
    focal: float                # in plate pixels
    crop: tuple[float, float, float]
    mirror: bool
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Picture pixels per plate pixel."""
        return self.width / (PLATE[0] * self.crop[2])

    def project(self, points: Points) -> tuple[Points, Points]:
        """(n, 3) metres to (n, 2) pixels and (n,) depth in metres along the line of sight (negative: behind)."""
        axes = (points - self.position) @ self.axes
        depth = axes[:, 2]
        safe = np.maximum(depth, np.float32(0.05))[:, None]
        plate = axes[:, :2] / safe * np.float32(self.focal) + np.array(PLATE, np.float32) / 2
        return self.from_plate(plate), depth

    def from_plate(self, plate: Points) -> Points:
        """(n, 2) plate pixels to picture pixels."""
        left, top, _share = self.crop
        out = (plate - np.array([left * PLATE[0], top * PLATE[1]], np.float32)) * np.float32(self.scale)
        if self.mirror:
            out[..., 0] = self.width - out[..., 0]
        return np.asarray(out, np.float32)


def view_of(camera: DemoCamera, width: int, height: int) -> View | None:
    """The view of a camera's plate, or None when nothing is known of its geometry."""
    views = _views().get(camera.scene)
    about = views[OTHER_VIEW.get(camera.scene, 0)] if views else FITTED.get(camera.scene)
    if about is None:
        return None
    position = _vector(about["pos"])
    forward = _vector(about["to"]) - position
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, _vector([0, 0, 1]))
    right = right / np.linalg.norm(right)
    focal = PLATE[0] / 2 / math.tan(math.radians(about["fov"] / 2))
    down = -np.cross(right, forward)
    return View(position, _vector(np.stack([right, down, forward], -1)), _vector(forward), focal,
                camera.crop, camera.mirror, width, height)
