"""What has to go: what is older than its camera's time, then the oldest beyond quota or below the free space. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.model.recording import Aged


class Why(StrEnum):
    """Why a file goes."""

    OLD = "old"             # its time is over: as was promised
    QUOTA = "quota"         # the room that was given is used up
    SPACE = "space"         # the disk below is nearly full


@dataclass(frozen=True, slots=True)
class Plan:
    """``goes`` in this order. ``short``: bytes that are missing still although all that may go now has gone.

    ``spared``: more could go, but half of all would.
    """

    goes: tuple[tuple[Aged, Why], ...] = ()
    short: int = 0
    spared: bool = False


def plan(old: Sequence[Aged], rest: Sequence[Aged], most: int, *, used: int, quota: int, free: int,
         floor: int) -> Plan:
    """``old``: their time is over. ``rest``: closed, held by nobody, oldest first; may hold some of ``old``.

    ``most``: bytes of ``rest`` that may go beyond ``old``; ``used``: bytes of all files, also of those held. A wrong
    quota or a disk that somebody else fills must not cost everything before anyone can look (Frigate's rule for its
    own index).
    """
    goes: list[tuple[Aged, Why]] = [(one, Why.OLD) for one in old]
    gone = {one.id for one in old}
    freed = sum(one.bytes for one in old)
    spared = False
    for one in (one for one in rest if one.id not in gone):
        over, low = used - freed > quota, free + freed < floor
        if not (over or low):
            break
        most -= one.bytes
        if most < 0:
            spared = True
            break
        goes.append((one, Why.QUOTA if over else Why.SPACE))
        freed += one.bytes
    return Plan(tuple(goes), max(0, used - freed - quota, floor - free - freed), spared)


def stretches(gone: Iterable[Aged]) -> dict[str, tuple[int, int, int]]:
    """Camera -> (from, to, bytes) of what goes, for the log: never silently."""
    found: dict[str, tuple[int, int, int]] = {}
    for one in gone:
        t0, t1, size = found.get(one.camera, (one.t0, one.t1, 0))
        found[one.camera] = (min(t0, one.t0), max(t1, one.t1), size + one.bytes)
    return found
