"""Recorded pictures and the wish to hand some of them out: segments, gaps, what a clip asks for.

All times are UTC in microseconds since 1970 as whole numbers: they go into signed papers, where no fraction may round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.model.custody import Custody

MADE_OF = "AAC made of "    # in the name of a track of sound that came as another codec, before that one's name


class SegmentState(StrEnum):
    """OPEN is being written, CLOSED ended in order, RECOVERED was left open by a crash, MISSING has a row only."""

    OPEN = "open"
    CLOSED = "closed"
    RECOVERED = "recovered"
    MISSING = "missing"


class GapCause(StrEnum):
    """Why nothing was recorded."""

    CAMERA_LOST = "camera_lost"         # the stream ended or never came
    NOT_WANTED = "not_wanted"           # no policy asked for it
    DISK_FULL = "disk_full"
    DISK_SLOW = "disk_slow"
    DISK_GONE = "disk_gone"
    STORAGE_AWAY = "storage_away"       # recorded, on a place for recordings that is not there now
    STOPPED = "stopped"                 # the program was not running, in order
    CRASHED = "crashed"                 # the program or the machine died
    CLOCK_STEP = "clock_step"           # the station's clock was set
    NO_KEY_PICTURE = "no_key_picture"   # packets came, none that a picture can start from
    DELETED = "deleted"                 # retention or quota took it
    DAMAGED = "damaged"                 # it was recorded and cannot be read
    UNKNOWN = "unknown"


class ClockSource(StrEnum):
    """Whose clock stamped the pictures, best first (reference: ONVIF media signing, RTCP sender reports, arrival)."""

    SIGNED = "signed"
    SENDER_REPORT = "sender_report"
    ARRIVAL = "arrival"                 # the moment at which the station received the packet


@dataclass(frozen=True, slots=True)
class Clock:
    """How sure the times of a run are. ``offset_us``: camera's clock minus station's, None while not measured.

    ``error_us`` bounds the error of a picture's time. ``synchronised``: whether the station's clock was held by NTP,
    None when nobody could tell.
    """

    source: ClockSource = ClockSource.ARRIVAL
    error_us: int = 500_000             # arrival over TCP is late by 100 to 500 ms
    offset_us: int | None = None
    synchronised: bool | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One recorded file. Its first packet belongs to ``t0``; a packet whose time in the file is d later, to t0 + d.

    ``t1`` is the end of the last packet. ``first_key``: UTC of the first key picture, None when it has none. ``run``:
    segments of one run follow each other on one clock; another run may have stepped. ``sha256`` in hexadecimal, "" when
    it was never computed.
    """

    path: Path
    camera: str
    t0: int
    t1: int
    first_key: int | None = None
    bytes: int = 0
    sha256: str = ""
    state: SegmentState = SegmentState.CLOSED
    run: str = ""
    clock: Clock = field(default_factory=Clock)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of one camera of which there are no pictures: from ``t0`` up to ``t1``.

    ``place``: the id of the place for recordings that refused, while that is told.
    """

    t0: int
    t1: int
    cause: GapCause = GapCause.UNKNOWN
    camera: str = ""
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ClipCamera:
    """Who a camera is, as a package states it: never its login, never an address that carries one.

    ``area`` from wide to narrow. ``latitude`` and ``longitude`` in WGS 84 degrees as decimal text ("-5.147665"), ""
    while unknown: text, since the signed paper holds no fractions. ``rotation``: degrees clockwise by which its
    pictures are shown turned; what is recorded and copied is as the camera sent it.
    """

    id: str
    number: int
    name: str
    area: tuple[str, ...] = ()
    owner: str = ""
    owner_kind: str = ""
    agreement: str = ""
    make: str = ""
    model: str = ""
    serial: str = ""
    mac: str = ""
    latitude: str = ""
    longitude: str = ""
    restricted: bool = False
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of a camera's picture that a viewing copy blurs, in 10,000ths of its width and height from top left.

    Of the picture as the camera sends it, not as it is shown turned: see app.evidence.zones.
    """

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class CameraRecording:
    """One camera of a clip with what is recorded of it; both lists in order of time. ``zones``: see Zone."""

    camera: ClipCamera
    segments: tuple[Segment, ...] = ()
    gaps: tuple[Gap, ...] = ()
    zones: tuple[Zone, ...] = ()


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """What is handed out, and on whose word. ``t0`` to ``t1`` is what was asked for; a clip starts at a key picture.

    ``zone`` names the time zone of the report ("Asia/Makassar"). ``words`` are the operator's own. ``custody``: what
    the station's chain of custody tells of this matter. ``viewing``: a viewing copy is made beside it;
    ``viewing_sound``: the sound that was recorded is in that too.
    """

    case: str
    cameras: tuple[CameraRecording, ...]
    t0: int
    t1: int
    operator: str = ""
    station: str = ""
    words: str = ""
    category: str = ""
    agency: str = ""
    recipient: str = ""
    legal_basis: str = ""
    zone: str = "UTC"
    custody: Custody | None = None
    viewing: bool = False
    viewing_sound: bool = False
