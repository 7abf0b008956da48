"""What is recorded of cameras over a stretch of time: from when to when, why not in between, on which days. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from app.model.clip import Gap, GapCause

type Stretch = tuple[int, int]          # from, to: UTC, microseconds

JOINED_US = 3_000_000                   # files that lie so near follow each other


def merged(stretches: Iterable[Stretch], joined: int = JOINED_US) -> tuple[Stretch, ...]:
    """By time, what overlaps or lies within ``joined`` put together."""
    found: list[Stretch] = []
    for begin, end in sorted(stretches):
        if found and begin <= found[-1][1] + joined:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Coverage:
    """``stretches`` as :func:`merged` gives them, looked up for the time from ``t0`` to ``t1``."""

    stretches: tuple[Stretch, ...] = ()
    t0: int = 0
    t1: int = 0

    def knows(self, at: int) -> bool:
        """It was looked up."""
        return self.t0 <= at < self.t1

    def holds(self, at: int) -> bool:
        """Something is recorded at that moment."""
        index = bisect_right(self.stretches, (at, _FOREVER)) - 1
        return index >= 0 and at < self.stretches[index][1]

    def next_after(self, at: int) -> int | None:
        """The first moment after this one of which there is something."""
        if self.holds(at):
            return at
        index = bisect_left(self.stretches, (at, 0))
        return self.stretches[index][0] if index < len(self.stretches) else None

    def last_before(self, at: int) -> int | None:
        """The last moment before this one of which there is something."""
        if self.holds(at):
            return at
        index = bisect_left(self.stretches, (at, 0)) - 1
        return self.stretches[index][1] - 1 if index >= 0 else None

    def within(self, t0: int, t1: int) -> Sequence[Stretch]:
        """What lies in a stretch, cut to it."""
        first = max(0, bisect_left(self.stretches, (t0, 0)) - 1)
        return [(max(begin, t0), min(end, t1)) for begin, end in self.stretches[first:] if end > t0 and begin < t1]


_FOREVER = 1 << 62


def together(several: Iterable[Coverage]) -> Coverage:
    """What any of the cameras has; known where all were looked up."""
    found = list(several)
    if not found:
        return Coverage()
    return Coverage(merged(one for coverage in found for one in coverage.stretches),
                    max(coverage.t0 for coverage in found), min(coverage.t1 for coverage in found))


def holes(coverage: Coverage, gaps: Sequence[Gap], t0: int, t1: int) -> list[Gap]:
    """What is missing between two moments, with the cause as far as one was told, the longest part of it deciding.

    Before the first recording nothing is missing, nobody had asked for any; unless it lies where nobody can read now.
    """
    found: list[Gap] = []
    inside = coverage.within(t0, t1)
    at = t0
    if coverage.stretches and coverage.stretches[0][0] > t0:
        away = min((gap.t0 for gap in gaps if gap.cause is GapCause.STORAGE_AWAY), default=t1)
        at = max(t0, min(t1, away, coverage.stretches[0][0]))
    for begin, end in (*inside, (t1, t1)):
        if begin - at > JOINED_US:
            found.append(Gap(at, begin, _cause(gaps, at, begin)))
        at = max(at, end)
    return found


def _cause(gaps: Sequence[Gap], t0: int, t1: int) -> GapCause:
    shares: dict[GapCause, int] = {}
    for gap in gaps:
        shared = min(gap.t1, t1) - max(gap.t0, t0)
        if shared > 0:
            shares[gap.cause] = shares.get(gap.cause, 0) + shared
    return max(shares, key=lambda cause: shares[cause]) if shares else GapCause.UNKNOWN


def days_of(stretches: Iterable[Stretch], zone: tzinfo) -> frozenset[date]:
    """The days of a zone on which something is recorded."""
    found: set[date] = set()
    for begin, end in stretches:
        day = datetime.fromtimestamp(begin / 1e6, UTC).astimezone(zone).date()
        last = datetime.fromtimestamp(max(begin, end - 1) / 1e6, UTC).astimezone(zone).date()
        while day <= last:
            found.add(day)
            day += timedelta(days=1)
    return frozenset(found)
