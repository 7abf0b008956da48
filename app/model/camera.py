"""A camera as the registry knows it: number, name, place and stream profiles."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.model.register import NO_DEVICE, Device
from app.model.secret import Credentials

ROTATIONS = (0, 90, 180, 270)       # degrees clockwise


class StreamRole(StrEnum):
    """Main is the camera's best picture, sub its small one."""

    MAIN = "main"
    SUB = "sub"


class Transport(StrEnum):
    """How RTP travels; TCP unless the operator says otherwise (no loss, one port)."""

    TCP = "tcp"
    UDP = "udp"


@dataclass(frozen=True, slots=True)
class StreamProfile:
    """One stream of a camera. ``url`` never holds user or password. Width and height are 0 while unknown."""

    role: StreamRole
    url: str
    width: int = 0
    height: int = 0
    transport: Transport = Transport.TCP


@dataclass(frozen=True, slots=True)
class Place:
    """WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera. ``id`` is a text id that sorts by time; ``number`` is the unique call-up number.

    ``owner`` is an owner's id or "". ``height`` in metres above the ground; ``heading`` in degrees from north,
    clockwise, and ``field_of_view`` in degrees, both horizontal; None while unknown. ``restricted``: only for those
    whom the owner's agreement names. ``rotation``: one of ROTATIONS, so far the picture is turned for whoever looks at
    it, since the camera hangs upside down or lies on its side; what it sends and what is recorded stay as they are.
    """

    id: str
    number: int
    name: str
    area: tuple[str, ...] = ()          # from wide to narrow: ("Makassar", "Ujung Pandang")
    place: Place | None = None
    streams: tuple[StreamProfile, ...] = ()
    credentials: Credentials = field(default_factory=Credentials, repr=False)
    owner: str = ""
    height: float | None = None
    heading: float | None = None
    field_of_view: float | None = None
    tags: tuple[str, ...] = ()          # sorted, each once
    notes: str = ""
    device: Device = NO_DEVICE
    restricted: bool = False
    rotation: int = 0

    @property
    def label(self) -> str:
        """The call-up number as shown: four digits, more when needed."""
        return f"{self.number:04d}"

    @property
    def district(self) -> str:
        """The narrowest area, shown after the name; empty when unknown."""
        return self.area[-1] if self.area else ""

    def stream(self, role: StreamRole) -> StreamProfile | None:
        """The profile of that role, or None when the camera has none."""
        return next((s for s in self.streams if s.role is role), None)
