"""How much moved before a camera, by the bytes that its recordings take: what stands still costs little. Pure.

A measure for the eye, not evidence: snow, rain and a camera's switch to night move it too, and a camera that sends the
same number of bytes whatever happens shows a flat line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

LEAST = 5               # stretches from which the usual rate is known
_BELOW, _SPAN = 0.7, 1.3        # heights from 70 % of the usual rate, which has about a quarter, to twice of it
_LOWEST = 0.08          # what is recorded has a bar, however little moves


@dataclass(frozen=True, slots=True)
class Measured:
    """What a stretch of a camera's recordings takes: UTC microseconds, bytes."""

    t0: int
    t1: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Bar:
    """``height`` from 0 to 1."""

    t0: int
    t1: int
    height: float


def bars(measured: Iterable[Measured]) -> tuple[Bar, ...]:
    """One for each stretch, against the median of them all; none where too few say what is usual."""
    found: Sequence[Measured] = [one for one in measured if one.t1 > one.t0]
    if len(found) < LEAST:
        return ()
    rates = [one.bytes / (one.t1 - one.t0) for one in found]
    usual = median(rates)
    if not usual:
        return ()
    return tuple(Bar(one.t0, one.t1, min(1.0, max(_LOWEST, (rate / usual - _BELOW) / _SPAN)))
                 for one, rate in zip(found, rates, strict=True))
