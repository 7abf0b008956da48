"""Who steers a camera: one holder, so long after the last input, taken over only by a higher priority with a reason.

Pure but for the clock it is given. One station answers for itself (:class:`OneStation`); a shared engine will answer
for all rooms behind the same interface.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from psygnal import Signal, SignalInstance

from app.model.errors import OperatorError
from app.runtime.language import gettext as _

log = logging.getLogger("lawang.ptz")

RELEASE_S = 5.0             # after the last input (Genetec's figure); a setting says 15 where rooms share cameras
EXTEND_S, MOST_EXTENDED_S = 60.0, 900.0     # Milestone: manual sessions of 15 s, reserved ones of an hour
OWN_PRIORITY = 100          # 1 is the highest; Genetec counts the same way


@dataclass(frozen=True, slots=True)
class Holder:
    """Who: ``name`` "" is this station's own hand. ``priority`` 1 (highest) to 254, no part of who he is."""

    name: str = ""
    agency: str = ""
    priority: int = field(default=OWN_PRIORITY, compare=False)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds a camera, and for how many seconds yet if no input comes."""

    holder: Holder
    seconds_left: float


class Leases(Protocol):
    """What steering asks before it moves anything. No call waits.

    ``lost`` (camera id, Holder who lost it, Holder who has it now, reason) when somebody took it over.
    """

    @property
    def lost(self) -> SignalInstance: ...

    def of(self, camera: str) -> Lease | None: ...

    def touch(self, camera: str, holder: Holder, *, moving: bool) -> None:
        """An input by ``holder``; ``moving``: a key is held, the lease does not run down. Raises OperatorError when
        somebody else holds the camera."""

    def take_over(self, camera: str, holder: Holder, reason: str) -> None:
        """Raises OperatorError without a reason or without the higher priority."""

    def extend(self, camera: str, holder: Holder) -> None:
        """So much longer without an input. Raises OperatorError when somebody else holds the camera."""

    def release(self, camera: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _Held:
    holder: Holder
    since: float
    touched: float
    moving: bool
    until: float = 0.0                  # held at least so long


class OneStation:
    """The leases of this station alone. ``release_s``: how long a camera stays held after the last input."""

    lost = Signal(str, object, object, str)

    def __init__(self, clock: Callable[[], float] = time.monotonic,
                 release_s: Callable[[], float] = lambda: RELEASE_S) -> None:
        self._clock, self._release_s = clock, release_s
        self._held: dict[str, _Held] = {}

    def of(self, camera: str) -> Lease | None:
        held = self._held.get(camera)
        if held is None:
            return None
        left = max(self._release_s() - (0.0 if held.moving else self._clock() - held.touched),
                   held.until - self._clock())
        if left <= 0:
            self.release(camera)
            return None
        return Lease(held.holder, left)

    def touch(self, camera: str, holder: Holder, *, moving: bool) -> None:
        lease, now = self.of(camera), self._clock()
        if lease is not None and lease.holder != holder:
            raise OperatorError(_("{name} steers this camera.").format(name=holder_text(lease.holder)))
        if lease is None:
            log.info("camera %s is held by %s", camera, holder_text(holder))
            self._held[camera] = _Held(holder, now, now, moving)
        else:
            self._held[camera] = replace(self._held[camera], touched=now, moving=moving)

    def extend(self, camera: str, holder: Holder) -> None:
        lease = self.of(camera)
        self.touch(camera, holder, moving=self._held[camera].moving if lease is not None else False)
        longer = min((lease.seconds_left if lease is not None else 0.0) + EXTEND_S, MOST_EXTENDED_S)
        self._held[camera] = replace(self._held[camera], until=self._clock() + longer)

    def take_over(self, camera: str, holder: Holder, reason: str) -> None:
        lease = self.of(camera)
        if not reason.strip():
            raise OperatorError(_("Taking a camera over needs a reason."))
        if lease is not None and lease.holder != holder:
            if lease.holder.priority <= holder.priority:
                raise OperatorError(_("{name} steers this camera with the same or a higher priority.").format(
                    name=holder_text(lease.holder)))
            log.warning("camera %s is taken over from %s by %s: %s", camera, holder_text(lease.holder),
                        holder_text(holder), " ".join(reason.split())[:200])
        now = self._clock()
        self._held[camera] = _Held(holder, now, now, False)
        if lease is not None and lease.holder != holder:
            self.lost.emit(camera, lease.holder, holder, " ".join(reason.split()))

    def release(self, camera: str) -> None:
        held = self._held.pop(camera, None)
        if held is not None:
            log.info("camera %s is free again after %.0f s of %s", camera, self._clock() - held.since,
                     holder_text(held.holder))


def holder_text(holder: Holder) -> str:
    """Name and agency for a line."""
    return " · ".join(part for part in (holder.name or _("this station"), holder.agency) if part)
