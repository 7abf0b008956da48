"""A point of the picture becomes its middle, a box of it the whole: as one relative move of the device. Pure."""

from __future__ import annotations

from app.model.device import DeviceFacts
from app.model.errors import OperatorError
from app.ptz import messages
from app.ptz.motion import axes
from app.runtime.language import gettext as _

# For devices that do not move by parts of their picture: ONVIF tells neither lens nor power. What a common dome has;
# one that differs lands beside the point, on its side of the picture, and a second click mends it.
ACROSS, HIGH = 60.0, 34.0       # degrees seen at the widest
POWER = 20.0                    # magnification at the far end of the zoom
TURN, RISE = 360.0, 180.0       # degrees of a generic translation of 1: the whole way (PTZ service, 5.2)


def relative(camera: str, facts: DeviceFacts, position: messages.Position | None, x: float, y: float,
             closer: float = 1.0, rotation: int = 0) -> messages.Relative:
    """``x`` and ``y`` of the point, -1..1 from the middle to the right and the upper edge; ``closer`` a factor from 1.

    They are those of the picture as it is shown, turned by ``rotation`` degrees clockwise.

    Raises OperatorError for a camera that cannot: without relative moves, or without the zoom to reckon their length.
    """
    zoom = position.zoom if position is not None else -1.0
    power = 1.0 + max(zoom, 0.0) * (POWER - 1.0)
    nearer = min(power * (closer - 1.0) / (POWER - 1.0), 1.0) if facts.relative_zoom and closer > 1.0 else 0.0
    x, y = axes(min(max(x, -1.0), 1.0), min(max(y, -1.0), 1.0), rotation)
    if facts.view_space:
        # Its edges are the ends of the range that the device gives for the space.
        return messages.Relative(camera, x * facts.view_most[0], y * facts.view_most[1], nearer, facts.view_space)
    if not facts.relative or zoom < 0.0:
        raise OperatorError(_("This camera does not offer that."))
    return messages.Relative(camera, x * ACROSS / 2 / power / TURN, y * HIGH / 2 / power / RISE, nearer)
