"""What will go for a rule that keeps less than the one before it, in words, as long as that can be undone. Pure but for
the index that is asked.

Runs on: the thread "recording", or a command line's main thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.model.recording import Usage
from app.recording.grace import DAYS, FLOOR, MINUTES, Ledger
from app.runtime.language import gettext as _
from app.runtime.language import ngettext

GIGABYTE = 1_000_000_000        # as disks are sold


class Due(Protocol):
    """What a notice asks of an index."""

    def due(self, camera: str, before: int, *, kept: bool) -> int: ...


@dataclass(frozen=True, slots=True)
class Coming:
    """``bytes`` of so many cameras (0: of the oldest, whoever's they are) go from ``at`` (UTC, microseconds) on."""

    bytes: int = 0
    cameras: int = 0
    at: int = 0

    @property
    def sentence(self) -> str:
        """For the operator; "" when nothing goes."""
        if not self.bytes:
            return ""
        when = f"{datetime.fromtimestamp(self.at / 1e6).astimezone():%Y-%m-%d %H:%M}"
        if not self.cameras:
            return _("By the new limits {size} of recordings go from {when} on. Undo the change to keep them.").format(
                size=size_text(self.bytes), when=when)
        return ngettext("By the new rule {size} of {count} camera go from {when} on. Undo the change to keep them.",
                        "By the new rule {size} of {count} cameras go from {when} on. Undo the change to keep them.",
                        self.cameras).format(size=size_text(self.bytes), count=self.cameras, when=when)


def coming(index: Due, ledger: Ledger, usage: Usage, slack: int = 0) -> Coming:
    """What the changes that wait would make go when their day is over."""
    size, at, room = 0, 0, 0
    cameras: set[str] = set()
    for what, camera, promise in ledger.coming():
        if promise.next is None or promise.at is None:
            continue
        if what in (DAYS, MINUTES):         # without what will have gone by then anyway
            found = index.due(camera, promise.at - promise.next - slack, kept=what == DAYS) - index.due(
                camera, promise.at - promise.value - slack, kept=what == DAYS)
            cameras |= {camera} if found else set()
        elif what == FLOOR:
            found = -promise.next - usage.free
            room, found = max(room, found), 0
        else:
            found = usage.bytes - usage.others - promise.next
            room, found = max(room, found), 0
        size += found
        if found or room:
            at = min(at or promise.at, promise.at)
    return Coming(max(size, room), len(cameras), at)


def size_text(size: float) -> str:
    """Bytes as disks are sold: "473 PB", "2.0 GB"."""
    for unit, factor in (("PB", GIGABYTE * 1e6), ("TB", GIGABYTE * 1e3), ("GB", GIGABYTE), ("MB", 1e6)):
        if size >= factor:
            value = size / factor
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"
    return f"{size / 1e3:.0f} kB"
