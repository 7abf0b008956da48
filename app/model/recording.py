"""What is told about a recording while it is made: a file begins, a file is whole. Gaps are app.model.clip.Gap.

All times are UTC in microseconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.model.clip import Gap


@dataclass(frozen=True, slots=True)
class SegmentBegun:
    """A file is about to be made; its row stands before it."""

    camera: str
    path: str
    t0: int
    run: str


@dataclass(frozen=True, slots=True)
class SegmentEnded:
    """A file is closed: from its first packet to the end of its last one."""

    camera: str
    path: str
    t0: int
    t1: int
    first_key: int | None = None
    bytes: int = 0
    keys: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Aged:
    """A closed file that nothing holds: what retention may take."""

    id: int
    camera: str
    path: str
    t0: int
    t1: int
    bytes: int


type RecordingNews = SegmentBegun | SegmentEnded | Gap


@dataclass(frozen=True, slots=True)
class Usage:
    """What a place for recordings holds. ``free`` and ``size`` of the disk below it, bytes; ``oldest`` UTC or None."""

    bytes: int = 0
    files: int = 0
    held: int = 0                   # bytes that a bookmark holds
    oldest: int | None = None
    free: int = 0
    size: int = 0
    others: int = 0                 # bytes of cameras that only another register knows
    disk: int = field(default=0, compare=False)     # which one: two places on one have its free space once


@dataclass(frozen=True, slots=True)
class Promise:
    """``value`` is in force. ``next``, when there is one, is less and is in force from ``at`` (UTC, microseconds) on.

    ``text``: who promised, or the text that was promised.
    """

    value: int
    next: int | None = None
    at: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """What is to be told to a place for recordings when it is back. ``what``: "hold", "release" or "keep"."""

    what: str
    holder: str = ""
    cameras: tuple[str, ...] = ()
    t0: int = 0
    t1: int = 0
