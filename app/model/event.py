"""What a camera noticed by itself: motion, tampering, a digital input. The device says so; nobody here judges it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """What is listened to. TAMPER: the whole scene changed (covered, sprayed, turned away)."""

    MOTION = "motion"
    TAMPER = "tamper"
    INPUT = "input"


@dataclass(frozen=True, slots=True)
class CameraEvent:
    """``camera`` its id; ``on`` whether it began or ended; ``at`` seconds since 1970, UTC, by this machine's clock;
    ``source`` what of the device noticed it (token of a video source, rule or input), cleaned text of the device."""

    camera: str
    kind: EventKind
    on: bool
    at: float
    source: str = ""
