"""What the desktop and the PTZ worker tell each other: small typed messages (msgspec), tagged by class name."""

from __future__ import annotations

from app.runtime.process import Message

# -- desktop -> worker -------------------------------------------------------------------------------------------------

class Device(Message, frozen=True):
    """How to reach and command a camera; sent before its first order, and again when something changed.

    ``url`` of its PTZ service without login; ``clock_offset`` seconds that the camera's clock is ahead of ours;
    ``timeout_s`` what a move may last without being refreshed, 0 when the device faults on Timeout. ``stop`` is
    "stop", "zero" or "both" (reference: devices without a working Stop). ``together``: it takes pan, tilt and zoom in
    one move. Ranges are the device's own velocity spaces.
    """

    camera: str
    url: str
    profile: str
    username: str = ""
    password: str = ""
    login: str = "wsse"                     # "wsse", "digest" (HTTP) or "none"
    clock_offset: float = 0.0
    timeout_s: float = 2.0
    stop: str = "stop"
    together: bool = True
    pan_range: tuple[float, float] = (-1.0, 1.0)
    tilt_range: tuple[float, float] = (-1.0, 1.0)
    zoom_range: tuple[float, float] = (-1.0, 1.0)
    imaging: str = ""                       # address of its imaging service, "" without one
    source: str = ""                        # token of its video source
    pin: str = ""                           # of the certificate that was trusted (app.runtime.certificates)
    refusals: int = 0                       # tries of this login that were refused before, by whomever
    trial: int = 0                          # grows when the operator wants a refused login tried again


class Warm(Message, frozen=True):
    """The operator chose this camera: open its connections, so that the first key finds them open."""

    camera: str


class Move(Message, frozen=True):
    """Velocity per axis, -1..1; the newest counts. Zero everywhere is a Stop."""

    camera: str
    pan: float
    tilt: float
    zoom: float


class Stop(Message, frozen=True):
    """Stand still, whatever is under way. ``again``: a worker that was killed may have left a move on its way."""

    camera: str
    again: bool = False


class Preset(Message, frozen=True):
    """``action``: "go", "store", "remove", "home" or "set-home"; ``token`` "" where none is needed; ``speed`` of going
    there, 0..1 of the device's own, 0: as it likes."""

    camera: str
    action: str
    token: str = ""
    name: str = ""
    speed: float = 0.0


class Relative(Message, frozen=True):
    """Once, from where it looks: in the device's own ``space`` for pan and tilt, "" the generic one; zoom generic."""

    camera: str
    pan: float
    tilt: float
    zoom: float = 0.0
    space: str = ""


class Auxiliary(Message, frozen=True):
    """An auxiliary command exactly as the node lists it."""

    camera: str
    command: str


class Imaging(Message, frozen=True):
    """``action``: "near", "far" and "still" for the focus, "autofocus"; "iris-open" and "iris-close" one step each,
    "iris-auto"; "day", "night" and "auto" for the filter."""

    camera: str
    action: str


class Tour(Message, frozen=True):
    """The device's own tours: ``action`` "list", or "Start" and "Stop" of that ``token``."""

    camera: str
    action: str
    token: str = ""


class Runaway(Message, frozen=True):
    """Its picture still moves although it answered the stop: stop it in both ways."""

    camera: str


class Watch(Message, frozen=True):
    """The selected camera ("" none): where it looks is asked now and then."""

    camera: str


class Alive(Message, frozen=True):
    """The desktop is alive; the guardian stops everything when these stay away."""


# -- worker -> desktop -------------------------------------------------------------------------------------------------

class Moving(Message, frozen=True):
    """The device took a move; ``ms`` its answer took."""

    camera: str
    ms: float


class Standing(Message, frozen=True):
    """The device answered the stop: it stands."""

    camera: str


class Position(Message, frozen=True):
    """Where it looks: pan and tilt in degrees as far as its units tell, zoom 0..1 of its range (-1 unknown)."""

    camera: str
    pan: float
    tilt: float
    zoom: float


class MayMove(Message, frozen=True):
    """A stop is not answered yet, said at each failed attempt; "still-moving": answered, and the camera moves on."""

    camera: str
    cause: str


class Told(Message, frozen=True):
    """A preset or auxiliary command was done ("") or not (why); ``token`` of a preset just stored."""

    camera: str
    action: str
    cause: str = ""
    token: str = ""


class Tours(Message, frozen=True):
    """The device's own tours: token and name, and whether it runs."""

    camera: str
    tours: tuple[tuple[str, str, bool], ...]


class Refused(Message, frozen=True):
    """A move was not taken; ``cause`` is a stable key ("unauthorised", "timeout", "refused", "fault" ...)."""

    camera: str
    cause: str
    detail: str = ""


class Unwelcome(Message, frozen=True):
    """So many tries of two have its login refused; 0: it was let in after all."""

    camera: str
    refusals: int


class Learned(Message, frozen=True):
    """A quirk noticed at work, to be kept for this camera: fields of Device and their new values."""

    camera: str
    stop: str = ""
    timeout_s: float = -1.0
    together: bool = True
    login: str = ""


class Beat(Message, frozen=True):
    """Twice a second: the worker is alive."""


type ToWorker = Device | Warm | Move | Stop | Preset | Relative | Auxiliary | Imaging | Tour | Runaway | Watch | Alive
type FromWorker = Moving | Standing | Position | MayMove | Told | Tours | Refused | Unwelcome | Learned | Beat
