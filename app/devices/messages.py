"""What the desktop and the devices worker tell each other (msgspec), tagged by class name."""

from __future__ import annotations

from app.model.device import DeviceFacts
from app.model.event import CameraEvent
from app.model.found import Asked, FoundDevice, Search
from app.runtime.process import Message

MOST_HEARD = 128        # cameras whose events are heard at once: their orders fit a pipe (64 kB) twice


class Learn(Message, frozen=True):
    """Ask a device everything, and what turns the lens behind these ``streams`` of the camera (none: any lens). The
    password travels here, over a private pipe, and nowhere else."""

    camera: str
    address: str
    username: str = ""
    password: str = ""
    pin: str = ""
    streams: tuple[str, ...] = ()


class Find(Message, frozen=True):
    """Search the network; a search that runs is given up. No login travels here, and none is sent to anybody."""

    turn: int
    search: Search


class StopFinding(Message, frozen=True):
    """Give the search up."""


class Found(Message, frozen=True):
    """A device answered, or more is known of one."""

    turn: int
    device: FoundDevice


class Progress(Message, frozen=True):
    """What was asked so far."""

    turn: int
    asked: Asked


class FindEnded(Message, frozen=True):
    """The search is over."""

    turn: int


class Listen(Message, frozen=True):
    """Hear this camera's events: ``url`` its event service, ``device`` its device service, the rest as it was learned.
    An order for a camera that is heard replaces what was. ``own`` and ``others``: tokens of its lens, and of the other
    lenses of the same device."""

    camera: str
    url: str
    device: str
    username: str = ""
    password: str = ""
    login: str = "none"
    clock_offset: float = 0.0
    pin: str = ""
    own: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class Ignore(Message, frozen=True):
    """Give this camera's subscription back."""

    camera: str


class Learned(Message, frozen=True):
    """What it told."""

    camera: str
    facts: DeviceFacts


class Failed(Message, frozen=True):
    """Why it told nothing: a stable cause key and a detail without secrets."""

    camera: str
    cause: str
    detail: str = ""


class Hearing(Message, frozen=True):
    """A subscription stands."""

    camera: str


class Deaf(Message, frozen=True):
    """It does not, or not any more, and why: a stable cause key and a detail without secrets."""

    camera: str
    cause: str
    detail: str = ""


class Noticed(Message, frozen=True):
    """The camera noticed something, or it ended."""

    event: CameraEvent


class StrangeTopic(Message, frozen=True):
    """The camera speaks of what nobody here knows; told once for each topic."""

    camera: str
    topic: str


type ToWorker = Learn | Find | StopFinding
type FromWorker = Learned | Failed | Found | Progress | FindEnded
type ToListening = Listen | Ignore
type FromListening = Hearing | Deaf | Noticed | StrangeTopic
