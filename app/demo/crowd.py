"""Who drives and walks through a scene: everyone's place at each moment of the loop, painted far to near."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.demo.bodies import ANGKOT, PAINTS, Light, vehicle, walker
from app.demo.cameras import DemoCamera
from app.demo.paint import Planes
from app.demo.scenes import Path, Scene
from app.demo.view import View

type Floats = npt.NDArray[np.floating[Any]]

WALK_SPEED = 1.25       # m/s
STEP = 0.72             # metres per step
FADE = 3.0              # metres over which someone appears at the start of a path and goes at its end


@dataclass(frozen=True, slots=True)
class _Mover:
    kind: str
    path: Floats            # (n, 2) metres
    along: Floats           # (n,) metres from the start
    start: float            # metres at the beginning of the loop
    way: float              # metres in one loop
    z: float
    paint: tuple[float, float, float]
    seed: int

    def place(self, share: float) -> tuple[Floats, float, float, float]:
        """Position, heading, metres gone and opacity at ``share`` of the loop."""
        total = float(self.along[-1])
        gone = (self.start + self.way * share) % total
        k = min(int(np.searchsorted(self.along, gone, "right")) - 1, len(self.along) - 2)
        a, b = self.path[k], self.path[k + 1]
        t = (gone - float(self.along[k])) / max(1e-6, float(self.along[k + 1] - self.along[k]))
        spot = a + (b - a) * t
        opacity = min(1.0, gone / FADE, (total - gone) / FADE)
        return (np.array([spot[0], spot[1], self.z], np.float32), math.atan2(b[1] - a[1], b[0] - a[0]), gone,
                max(0.0, opacity))


def _measured(path: Path, aside: float) -> tuple[Floats, Floats]:
    """A path moved ``aside`` metres to its left, with the distance gone at each point."""
    points = np.array(path, np.float32)
    step = np.diff(points, axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    first = step[0] / length[0]
    if len(points) == 2:
        points = points + np.array([-first[1], first[0]], np.float32) * np.float32(aside)
    return points, np.concatenate([[0], np.cumsum(length)]).astype(np.float32)


class Crowd:
    """Movers of one camera. Each path is gone in a whole number of loops by as many alike, so the seam is not seen."""

    def __init__(self, camera: DemoCamera, scene: Scene, view: View, light: Light, seconds: float) -> None:
        self.view, self.light = view, light
        rng = np.random.default_rng(camera.number * 101)
        self.movers: list[_Mover] = []
        for lane in scene.lanes:
            path, along = _measured(lane.path, 0.0)
            total = float(along[-1])
            loops = max(1, round(total / (lane.speed * seconds)))
            slots = max(1, round(total / loops / (lane.gap * rng.uniform(0.85, 1.25))))
            for slot in range(slots):
                if slots > 2 and rng.random() < 0.14:
                    continue                                    # a gap in the traffic
                kind = lane.kinds[int(rng.integers(len(lane.kinds)))]
                paints = ANGKOT if kind == "van" else PAINTS
                paint = paints[int(rng.integers(len(paints)))]
                start = (slot + rng.uniform(-0.18, 0.18)) * total / loops / slots
                aside, _ = _measured(lane.path, float(rng.uniform(-0.25, 0.25)) * (3 if kind == "bike" else 1))
                for k in range(loops):
                    self.movers.append(_Mover(kind, aside, along, (start + k * total / loops) % total, total / loops,
                                              lane.z, paint, int(rng.integers(1 << 20))))
        for walk in scene.walks:
            for _ in range(walk.people + int(rng.integers(0, 2))):
                path, along = _measured(walk.path, float(rng.uniform(-0.7, 0.7)))
                total = float(along[-1])
                loops = max(1, round(total / (WALK_SPEED * rng.uniform(0.8, 1.25) * seconds)))
                start, seed = float(rng.uniform(0, total / loops)), int(rng.integers(1 << 20))
                # one of several alike would be seen as a row of twins: a walker of a long path is one of the slots
                for k in range(loops):
                    if loops > 1 and rng.random() < 0.35 and k:
                        continue
                    self.movers.append(_Mover("person", path, along, start + k * total / loops, total / loops,
                                              walk.z, (0, 0, 0), seed))

    def paint(self, planes: Planes, share: float) -> None:
        """Everyone at ``share`` (0..1) of the loop, the farthest first."""
        placed = []
        for mover in self.movers:
            spot, heading, gone, opacity = mover.place(share)
            depth = float((spot - self.view.position) @ self.view.forward)
            if depth > 1.2 and opacity > 0.02:
                placed.append((mover.z, depth, mover, spot, heading, gone, opacity))
        # a road on stilts is painted after the one below it
        for _z, _depth, mover, spot, heading, gone, opacity in sorted(placed, key=lambda p: (p[0], -p[1])):
            if mover.kind == "person":
                steps = max(1, round(mover.way / STEP))          # whole steps per loop
                stride = math.pi * steps * gone / mover.way
                walker(planes, self.view, self.light, spot, stride, mover.seed, opacity)
            else:
                vehicle(planes, self.view, self.light, mover.kind, spot, heading, mover.paint, mover.seed, opacity)
