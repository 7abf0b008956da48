"""From spans to uptime: per camera, area and owner, over ranges and days. Pure; runs on any thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import groupby, pairwise

from app.model.availability import Span

DAYS = 30               # bars of the register's table
DAY_S = 86_400.0
RANGES_S = (DAY_S, 7 * DAY_S, DAYS * DAY_S)


@dataclass(frozen=True, slots=True)
class Uptime:
    """``up_s`` and ``down_s`` are seconds watched; ``outages`` begun or under way, ``longest_s`` seconds watched of
    the longest one. An outage lasts until the camera is seen up again."""

    up_s: float = 0.0
    down_s: float = 0.0
    outages: int = 0
    longest_s: float = 0.0

    @property
    def watched_s(self) -> float:
        return self.up_s + self.down_s

    @property
    def share(self) -> float | None:
        """0 to 1, None when nobody watched."""
        return self.up_s / self.watched_s if self.watched_s > 0 else None

    def __add__(self, other: Uptime) -> Uptime:
        return Uptime(self.up_s + other.up_s, self.down_s + other.down_s, self.outages + other.outages,
                      max(self.longest_s, other.longest_s))


NOT_WATCHED = Uptime()


@dataclass(frozen=True, slots=True)
class History:
    """One camera: uptime over RANGES_S and, per day, the share that it was up (None: not watched), oldest first."""

    ranges: tuple[Uptime, ...] = (NOT_WATCHED,) * len(RANGES_S)
    bars: tuple[float | None, ...] = (None,) * DAYS


UNKNOWN = History()


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans of one camera in order and without overlap; empty and negative ones are left out.

    Two stations may have watched at once, and a clock that was set back lets spans overlap: where they disagree the
    camera was up, for somebody saw its picture.
    """
    good = sorted((s for s in spans if s.until > s.since), key=lambda s: s.since)
    ups = _joined(s for s in good if s.up)
    downs = _joined(s for s in good if not s.up)
    found = list(ups)
    place = 0
    for down in downs:
        begin = down.since
        while place < len(ups) and ups[place].until <= begin:
            place += 1
        at = place
        while at < len(ups) and ups[at].since < down.until:
            if ups[at].since > begin:
                found.append(Span(down.camera, False, begin, ups[at].since, down.cause))
            begin = max(begin, ups[at].until)
            at += 1
        if begin < down.until:
            found.append(Span(down.camera, False, begin, down.until, down.cause))
    return sorted(found, key=lambda s: s.since)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Overlapping or touching spans of one kind as one; the cause is that of the first."""
    found: list[Span] = []
    for span in spans:
        if found and span.since <= found[-1].until:
            last = found[-1]
            if span.until > last.until:
                found[-1] = Span(last.camera, last.up, last.since, span.until, last.cause or span.cause)
        else:
            found.append(span)
    return found


def uptime(spans: Sequence[Span], begin: float, end: float) -> Uptime:
    """Of one camera between two moments; ``spans`` as ``merged`` gives them."""
    up = down = longest = run = 0.0
    outages = 0
    for span in spans:
        seconds = min(span.until, end) - max(span.since, begin)
        if seconds <= 0:
            continue
        if span.up:
            up += seconds
            run = 0.0
        else:
            outages += run == 0.0
            down += seconds
            run += seconds
            longest = max(longest, run)
    return Uptime(up, down, outages, longest)


def bars(spans: Sequence[Span], days: Sequence[float]) -> tuple[float | None, ...]:
    """The share of each day that one camera was up; ``days`` are the days' beginnings and the end of the last."""
    shares: list[float | None] = []
    first = 0
    for begin, end in pairwise(days):
        while first < len(spans) and spans[first].until <= begin:
            first += 1
        up = down = 0.0
        for place in range(first, len(spans)):
            span = spans[place]
            if span.since >= end:
                break
            seconds = min(span.until, end) - max(span.since, begin)
            if span.up:
                up += seconds
            else:
                down += seconds
        shares.append(up / (up + down) if up + down > 0 else None)
    return tuple(shares)


def day_beginnings(now: float, zone: tzinfo, count: int = DAYS) -> tuple[float, ...]:
    """The midnights of the last ``count`` days of a zone, today's last, and the coming one: ``count + 1`` moments."""
    today = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return tuple((today + timedelta(days=day)).timestamp() for day in range(1 - count, 2))


def histories(spans: Iterable[Span], now: float, zone: tzinfo) -> dict[str, History]:
    """Per camera that was watched; ``spans`` ordered by camera."""
    days = day_beginnings(now, zone)
    found = {}
    for camera, group in groupby(spans, key=lambda span: span.camera):
        own = merged(group)
        found[camera] = History(tuple(uptime(own, now - seconds, now) for seconds in RANGES_S), bars(own, days))
    return found


def totals[K](known: Mapping[str, History], groups: Mapping[str, Iterable[K]]) -> dict[K, tuple[Uptime, ...]]:
    """Uptime over RANGES_S by group (area, owner); ``groups`` tells the groups of each camera."""
    found: dict[K, tuple[Uptime, ...]] = {}
    for camera, names in groups.items():
        history = known.get(camera)
        if history is None:
            continue
        for name in names:
            before = found.get(name)
            found[name] = history.ranges if before is None else tuple(
                a + b for a, b in zip(before, history.ranges, strict=True))
    return found


def worst_first(known: Mapping[str, History], index: int) -> Iterator[tuple[str, Uptime]]:
    """Cameras that were watched in RANGES_S[index], those with the smallest share first."""
    watched = ((camera, history.ranges[index]) for camera, history in known.items())
    ordered = sorted(((u.share, -u.down_s, camera, u) for camera, u in watched if u.share is not None),
                     key=lambda row: row[:3])
    for _share, _down, camera, found in ordered:
        yield camera, found
