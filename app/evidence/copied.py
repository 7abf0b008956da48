"""What came of copying a camera's pictures: the files, from which segments, and what was left out. Needs no libav."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from app.model.clip import Segment


@dataclass(frozen=True, slots=True)
class Sound:
    """What all sound of one file has in common; two that differ do not go into one. ``config``: libav's extradata.

    ``made_of``: what the camera sent, when another codec was made of it while it was recorded; as RTSP names it.
    """

    codec: str
    rate: int
    config: bytes
    made_of: str = ""


SCALE = 90_000              # ticks a second; explicit, since a muxer would take those of the first segment


@dataclass(slots=True)
class Source:
    """A segment's share of a part: ``at`` is where its first copied picture stands in the part, in ticks."""

    segment: Segment
    at: int
    pictures: int = 0


@dataclass(slots=True)
class Part:
    """One file. ``start`` and ``end`` in UTC microseconds; ``split``: why it begins anew, "" for the first."""

    path: Path
    split: str
    codec: str
    width: int
    height: int
    start: int
    end: int
    pictures: int = 0
    keys: int = 0
    parameters: str = ""                # SHA-256 of codec and parameter sets
    sound: Sound | None = None          # None: pictures alone
    frames: int = 0                     # of sound
    sources: list[Source] = field(default_factory=list)


@dataclass(slots=True)
class Copied:
    """What came of a camera. ``unreadable``: segments that could not be opened or broke off, with the reason.

    ``headless``: pictures left out since no key picture came before them. ``covered``: UTC from-to of every stretch
    without a gap.
    """

    parts: list[Part] = field(default_factory=list)
    unreadable: list[tuple[Segment, str]] = field(default_factory=list)
    headless: int = 0
    covered: list[tuple[int, int]] = field(default_factory=list)
