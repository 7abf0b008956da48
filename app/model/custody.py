"""The chain of custody: one line for each thing that was done with recordings, each bound to all lines before it.

A line is canonical JSON. Its link's hash is the SHA-256 of the 128 characters "hash of the link before" + "SHA-256 of
the line", both in hexadecimal: a link can be followed without its line, so that a package tells of its own matter only.
A chain shows that a line was changed, taken out or put in. That its end was cut off, or all of it written anew, only a
head shows that is kept elsewhere: in each package.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

BEGINNING = "0" * 64        # stands before the first link

type Told = Mapping[str, str | int | Sequence[str]]


class Act(StrEnum):
    """What is written down."""

    BOOKMARK = "bookmark"
    HOLD = "hold"
    RELEASE = "release"
    PLAYBACK = "playback"
    EXPORT = "export"           # begun; its end is EXPORTED, since a package holds the line of its own beginning
    EXPORTED = "exported"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Link:
    """``digest``: SHA-256 of the line; ``hash`` binds it to what came before; ``line`` is "" where it is not shown."""

    seq: int
    digest: str
    hash: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Custody:
    """A stretch of one station's chain without a gap, up to its head. ``before``: hash of the link before the first."""

    station: str
    before: str
    links: tuple[Link, ...]

    @property
    def head(self) -> str:
        """The hash of the last link."""
        return self.links[-1].hash if self.links else self.before


def line_of(seq: int, at: int, station: str, operator: str, act: Act, what: Told) -> str:
    """The line as text. ``at`` in UTC microseconds; ``what`` holds texts, whole numbers and lists of texts."""
    told = {"seq": seq, "at_us": at, "station": station, "operator": operator, "act": str(act), "what": dict(what)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def linked(seq: int, before: str, line: str) -> Link:
    """The link of ``line`` behind the hash ``before``."""
    digest = hashlib.sha256(line.encode()).hexdigest()
    return Link(seq, digest, bound(before, digest), line)


def bound(before: str, digest: str) -> str:
    """The hash of a link."""
    return hashlib.sha256(f"{before}{digest}".encode()).hexdigest()


def broken_at(before: str, links: Iterable[Link], station: str, first: int = 0) -> int | None:
    """The number of the first link that does not follow, or that says something else than its line; None when whole.

    ``first``: the number that must come first, 0 for whichever does.
    """
    expected = first
    for link in links:
        expected = expected or link.seq
        if link.seq != expected or bound(before, link.digest) != link.hash:
            return expected
        if link.line and not _fits(link, station):
            return expected
        before, expected = link.hash, expected + 1
    return None


def _fits(link: Link, station: str) -> bool:
    if hashlib.sha256(link.line.encode()).hexdigest() != link.digest:
        return False
    try:
        told = json.loads(link.line)
        return bool(told["seq"] == link.seq and told["station"] == station)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
