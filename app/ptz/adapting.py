"""How a velocity is put to one device: its ranges, what it takes together, how an axis is stopped. Pure."""

from __future__ import annotations

from app.ptz import messages, soap
from app.ptz.motion import PT, STILL, Velocity


def still(device: messages.Device, axes: frozenset[str]) -> str:
    """The body that stops these axes in the way that this device understands."""
    if device.stop == "zero":
        return soap.continuous_move(device.profile, STILL, axes, 0)
    return soap.stop(device.profile, axes)


def shared(device: messages.Device, axes: frozenset[str]) -> tuple[frozenset[str], ...]:
    """One request for all axes, or one each where the device cannot take them together."""
    return (axes,) if device.together else tuple(frozenset((axis,)) for axis in sorted(axes))


def part(axis: str, velocity: Velocity) -> tuple[float, ...]:
    """What of a velocity concerns one axis."""
    return (velocity.pan, velocity.tilt) if axis == PT else (velocity.zoom,)


def turned(before: Velocity, after: Velocity) -> bool:
    """A jump or another direction: worth sending at once."""
    pairs = ((before.pan, after.pan), (before.tilt, after.tilt), (before.zoom, after.zoom))
    return any(a * b < 0 or (a == 0) != (b == 0) or abs(a - b) > 0.1 for a, b in pairs)


def scaled(device: messages.Device, velocity: Velocity) -> Velocity:
    """-1..1 onto the device's own ranges; degenerate ones count as -1..1."""
    def onto(value: float, limits: tuple[float, float]) -> float:
        low, high = limits if limits[0] < 0 < limits[1] else (-1.0, 1.0)
        return value * high if value >= 0 else value * -low
    return Velocity(onto(velocity.pan, device.pan_range), onto(velocity.tilt, device.tilt_range),
                    onto(velocity.zoom, device.zoom_range))
