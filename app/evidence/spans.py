"""Which segments a span needs, and where nothing was recorded: pure arithmetic on whole microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.model.clip import Gap, GapCause, Segment, SegmentState

GAP_US = 2_000_000          # two seconds without a picture are told; a slow camera's second picture is not
OVERLAP_US = 1_000_000      # segments that overlap by more than this were stamped by different clocks


def chosen(segments: Iterable[Segment], t0: int, t1: int) -> tuple[Segment, ...]:
    """The readable segments that hold ``t0`` to ``t1`` with whole groups of pictures, in order of time.

    A group that begins before ``t0``, or ends after ``t1``, may lie in the segment beside it: that one comes along.
    """
    there = sorted((s for s in segments if s.state is not SegmentState.MISSING and s.t1 > s.t0),
                   key=lambda s: (s.t0, s.t1))
    touching = [index for index, s in enumerate(there) if s.t0 < t1 and s.t1 > t0]
    if not touching:
        return ()
    first, last = touching[0], touching[-1]
    while first > 0 and not _key_by(there[first], t0) and joined(there[first - 1], there[first]):
        first -= 1
    while last + 1 < len(there) and there[last + 1].first_key != there[last + 1].t0 and joined(
            there[last], there[last + 1]):
        last += 1
    return tuple(there[first:last + 1])


def joined(before: Segment, after: Segment) -> bool:
    """Whether pictures go on from one segment to the next without a gap, on one clock."""
    return before.run == after.run and -OVERLAP_US <= after.t0 - before.t1 <= GAP_US


def gaps_in(t0: int, t1: int, covered: Sequence[tuple[int, int]], known: Iterable[Gap]) -> tuple[Gap, ...]:
    """Where ``t0`` to ``t1`` has no pictures, with the cause that a known gap gives. ``covered`` in order of time."""
    known = tuple(known)
    found, at = [], t0
    for start, end in covered:
        if start - at > GAP_US or (start > at and any(g.t0 < start and g.t1 > at for g in known)):
            found.append(Gap(at, min(start, t1), _cause(at, start, known)))
        at = max(at, end)
        if at >= t1:
            break
    # The end has no tolerance to borrow from a next picture: a camera's last picture lasts one interval.
    if t1 - at > GAP_US:
        found.append(Gap(at, t1, _cause(at, t1, known)))
    return tuple(gap for gap in found if gap.t1 > gap.t0)


def _key_by(segment: Segment, t0: int) -> bool:
    return segment.first_key is not None and segment.first_key <= max(t0, segment.t0)


def _cause(t0: int, t1: int, known: Iterable[Gap]) -> GapCause:
    """The cause of the known gap that covers most of it."""
    shares = [(min(t1, gap.t1) - max(t0, gap.t0), gap.cause) for gap in known]
    share, cause = max(shares, key=lambda pair: pair[0], default=(0, GapCause.UNKNOWN))
    return cause if share > 0 else GapCause.UNKNOWN
