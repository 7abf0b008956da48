"""From an axis to a speed: dead zone, response curve, and what its buttons are for. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.stick.kernel import ABS_X, ABS_Y, Opened

DEAD = 0.05                 # IRIS uses 3/64 of the way: worn sticks rest beside their centre
CURVE = 1.7                 # as the mouse's drag: fine near the centre, fast at the rim
MOST_BUTTONS = 32

type Deflection = tuple[float, float, float]
RESTING: Deflection = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Shape:
    """``dead``: share of the way that counts as still; ``curve``: exponent, 1 is straight; ``swapped``: pushed away
    looks down, as a pilot's stick does."""

    dead: float = DEAD
    curve: float = CURVE
    swapped: bool = False


def deflection(stick: Opened, values: dict[int, int], shape: Shape) -> Deflection:
    """Pan, tilt and zoom -1..1 of where the stick is now; pushed away (the kernel's negative Y) tilts up.

    The dead zone is one of each axis, so that a pan stays level; the curve is one of the whole deflection, so that its
    direction stays.
    """
    x, y = (_live(stick.axes[code].share(values[code]), shape.dead) if code in stick.axes and code in values else 0.0
            for code in (ABS_X, ABS_Y))
    length = math.hypot(x, y)
    if length > 0:
        wanted = min(length, 1.0) ** shape.curve
        x, y = x / length * wanted, y / length * wanted
    zoom, by = 0.0, stick.zoom_axis
    if by is not None and by[0] in values:
        share = _live(stick.axes[by[0]].share(values[by[0]]), shape.dead) * by[1]
        zoom = math.copysign(abs(share) ** shape.curve, share)
    return round(x, 3) + 0.0, round(y if shape.swapped else -y, 3) + 0.0, round(zoom, 3) + 0.0


def _live(share: float, dead: float) -> float:
    """Nothing within the dead zone; from its rim on evenly up to the end."""
    beyond = abs(share) - dead
    return 0.0 if beyond <= 0 else math.copysign(beyond / (1.0 - dead), share)


def buttons_from(text: str) -> dict[int, str]:
    """"1=ptz.stop, 2=ptz.home" as button number to command id; what makes no sense is left out."""
    found: dict[int, str] = {}
    for part in text.split(","):
        number, _equals, command = (word.strip() for word in part.partition("="))
        if number.isdecimal() and 1 <= int(number) <= MOST_BUTTONS and command:
            found[int(number)] = command
    return found
