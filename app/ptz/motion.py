"""What is held becomes a velocity: a pure function, so that letting go of everything is always standing still."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Seven steps of the speed bar (screens.md, "Laju"): each about 1.5 times the one before, so that a step is felt alike
# at both ends; the field calls the middle one walking pace.
SPEEDS = (0.08, 0.12, 0.19, 0.3, 0.45, 0.68, 1.0)
SLOW = 1 / 3                # Ctrl: a third of the chosen speed
USUAL_SPEED = 4             # of 1..7


@dataclass(frozen=True, slots=True)
class Velocity:
    """Per axis -1..1 of the device's own range: pan right, tilt up and zoom in are positive."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0

    @property
    def moving(self) -> bool:
        return bool(self.pan or self.tilt or self.zoom)

    @property
    def axes(self) -> frozenset[str]:
        """"pt" and "z" as far as they move; a Stop names them."""
        return frozenset(([PT] if self.pan or self.tilt else []) + ([Z] if self.zoom else []))


PT, Z = "pt", "z"
STILL = Velocity()


@dataclass(frozen=True, slots=True)
class Held:
    """What is down at this moment. ``ways`` of left, right, up, down, in, out; ``stick`` the deflection of a mouse
    drag or joystick, -1..1 per axis (pan, tilt, zoom), which counts when no key is down on that axis."""

    ways: frozenset[str] = frozenset()
    fast: bool = False
    slow: bool = False
    speed: int = USUAL_SPEED
    stick: tuple[float, float, float] = (0.0, 0.0, 0.0)


def velocity(held: Held, rotation: int = 0) -> Velocity:
    """The velocity of what is held, by the camera's own axes; ``rotation`` turns them, see :func:`axes`, so that "left"
    is left on the screen.

    Opposite keys cancel each other. Diagonals are clamped to the unit circle: no faster than straight on.
    """
    share = 1.0 if held.fast else SPEEDS[min(max(held.speed, 1), len(SPEEDS)) - 1] * (SLOW if held.slow else 1.0)
    pan = (("right" in held.ways) - ("left" in held.ways)) * share
    tilt = (("up" in held.ways) - ("down" in held.ways)) * share
    zoom = (("in" in held.ways) - ("out" in held.ways)) * share
    if not held.ways & {"left", "right", "up", "down"}:
        pan, tilt = _bounded(held.stick[0]), _bounded(held.stick[1])
    if not held.ways & {"in", "out"}:
        zoom = _bounded(held.stick[2])
    length = math.hypot(pan, tilt)
    limit = max(abs(pan), abs(tilt)) if held.ways else 1.0
    if length > limit > 0:
        pan, tilt = pan * limit / length, tilt * limit / length
    pan, tilt = axes(pan, tilt, rotation)
    return Velocity(_step(pan), _step(tilt), _step(zoom))


def axes(right: float, up: float, rotation: int) -> tuple[float, float]:
    """A direction in the picture as it is shown, as the camera's own: to its right and up.

    ``rotation``: degrees clockwise by which the picture is turned; by a quarter, the camera's "up" is its right side.
    """
    for _quarter in range(rotation // 90 % 4):
        right, up = -up, right
    return right + 0.0, up + 0.0        # no -0.0 goes to a device


def _bounded(value: float) -> float:
    return min(max(value, -1.0), 1.0) if math.isfinite(value) else 0.0


def _step(value: float) -> float:
    """Hundredths: a finger that trembles does not send a new move (Nx Witness filters the same way)."""
    return round(value, 2) + 0.0
