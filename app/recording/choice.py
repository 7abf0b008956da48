"""Which place for recordings a camera is written to. Pure.

A camera stays where it is for a run: another place means another file and another run. It goes elsewhere when its place
cannot be written, does not follow, gives up what it is recorded for, or is full while another has room. Those that have
no place yet are spread by the room that there is, so that all places last about as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.model.recording import Usage
from app.recording.roots import Root

FULL = 0.02             # less room than this share of what a place may hold: the oldest goes for each new file
ROOMY = 0.1             # another one is worth a new file from here on
_SLIVER = 0.02          # the share by which a place without room counts, so that full ones are filled alike


@dataclass(frozen=True, slots=True)
class Candidate:
    """``name``: the mark of the place. ``capacity`` and ``room``: bytes that recordings may take in all, and still.

    ``trusted``: it has not refused or been slow of late. ``least``: what ranks lower is given up there.
    """

    name: str
    capacity: int = 1
    room: int = 1
    trusted: bool = True
    least: int = 0

    @property
    def share(self) -> float:
        return max(0.0, self.room / self.capacity) if self.capacity > 0 else 0.0


def capacity_of(used: int, quota: int, free: int, floor: int) -> tuple[int, int]:
    """(bytes that recordings may take in all, and still) of a place."""
    whole = max(0, min(quota, used + free - floor))
    return whole, max(0, whole - used)


def candidate(name: str, usage: Usage, root: Root, trusted: bool, least: int) -> Candidate:
    """A place as it is; of one that was not measured yet nothing is known but that it is there."""
    capacity, room = (1, 1) if not usage.size else capacity_of(
        usage.bytes - usage.others, root.quota, usage.free, root.floor)
    return Candidate(name, capacity, room, trusted, least)


def spread(ranks: Mapping[str, int], before: Mapping[str, str], places: Sequence[Candidate]) -> dict[str, str]:
    """Camera -> name of its place; none for a camera that no place takes. ``before``: where they are written now."""
    known = {one.name: one for one in places}
    found: dict[str, str] = {}
    taken = dict.fromkeys(known, 0)
    roomy = any(one.trusted and one.share >= ROOMY for one in places)
    for camera, rank in ranks.items():
        at = known.get(before.get(camera, ""))
        if at is not None and rank >= at.least and at.trusted and (at.share >= FULL or not roomy):
            found[camera] = at.name
            taken[at.name] += 1
    for camera, rank in ranks.items():
        if camera in found:
            continue
        fits = [one for one in places if rank >= one.least]
        fits = [one for one in fits if one.trusted] or fits
        at = known.get(before.get(camera, ""))
        if at in fits and not at.trusted:
            best = at                           # none is trusted: another one would do no better
        elif fits:
            best = min(fits, key=lambda one: (taken[one.name] + 1) / max(one.room, one.capacity * _SLIVER, 1))
        else:
            continue
        found[camera] = best.name
        taken[best.name] += 1
    return found
