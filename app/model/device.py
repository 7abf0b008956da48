"""What a device told of itself: learned once, kept in the registry, so that a wall starts without asking any."""

from __future__ import annotations

from dataclasses import dataclass, field

FACTS = 1           # grows when learning tells more than before: lenses, channels and relative moves came with 1


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset as the device names it."""

    token: str
    name: str


@dataclass(frozen=True, slots=True)
class MediaProfile:
    """One stream that the device offers. ``codec`` "h264", "hevc", "jpeg", "" unknown; pixels, 0 unknown.

    ``sources``: tokens by which the device names the lens behind it in its events: of the video source and of its
    configurations. A recorder has one set for each of its channels.
    """

    token: str
    name: str = ""
    codec: str = ""
    width: int = 0
    height: int = 0
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """Addresses hold no login and name the host by which we reach the device.

    ``clock_offset`` seconds that its clock is ahead; ``login`` what worked ("wsse", "digest", "none"); ``streams``
    profile token to RTSP address; ``ptz`` its PTZ service, "" for a fixed camera; ``profile`` the token that moves it;
    ``timeout_range`` seconds a move may last, (0, 0) unknown; velocity ranges as the device gives them. ``stop``,
    ``timeouts`` and ``together`` are quirks noticed at work (app.ptz.messages.Device). ``mac`` "AA:BB:CC:DD:EE:FF"; of
    ``profiles`` only those stand in ``streams`` whose address the device told. ``version``: what FACTS was when it did.
    """

    address: str
    make: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    clock_offset: float = 0.0
    login: str = "none"
    streams: dict[str, str] = field(default_factory=dict)
    ptz: str = ""
    profile: str = ""
    timeout_range: tuple[float, float] = (0.0, 0.0)
    pan_range: tuple[float, float] = (-1.0, 1.0)
    tilt_range: tuple[float, float] = (-1.0, 1.0)
    zoom_range: tuple[float, float] = (-1.0, 1.0)
    home: bool = False
    presets: tuple[Preset, ...] = ()
    auxiliaries: tuple[str, ...] = ()
    imaging: str = ""
    source: str = ""                # token of its video source, which the imaging service asks for
    stop: str = "stop"
    timeouts: bool = True
    together: bool = True
    mac: str = ""
    events: str = ""                # its event service, "" without one
    pin: str = ""                   # of the certificate that was trusted, "" without TLS (app.runtime.certificates)
    profiles: tuple[MediaProfile, ...] = ()
    view_space: str = ""            # in which a relative move is a part of the picture, "" without such
    view_most: tuple[float, float] = (1.0, 1.0)     # of that space, from the middle to the right and the upper edge
    relative: bool = False          # it turns by parts of its whole way
    relative_zoom: bool = False
    version: int = 0
    lens: str = ""                  # whose steering and imaging these are (app.model.lens), "" none's

    @property
    def turns(self) -> bool:
        """Whether it can be steered."""
        return bool(self.ptz and self.profile)
