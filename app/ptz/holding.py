"""This station's hold on cameras: who it is, what it holds, takes over and loses.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from psygnal import Signal

from app.model.errors import OperatorError
from app.ptz.lease import OWN_PRIORITY, RELEASE_S, Holder, Leases, OneStation, holder_text
from app.ptz.patrol import RESUME_S
from app.runtime.language import gettext as _

ME = Holder()

# Seconds, but for the priority, by the names that the settings have.
DEFAULTS: Mapping[str, float] = {"ptz.release_seconds": RELEASE_S, "ptz.home_seconds": 0.0,
                                 "ptz.resume_seconds": RESUME_S, "ptz.priority": OWN_PRIORITY}


class Holding:
    """``lost`` (camera id, Holder who took it over, reason): it was ours."""

    lost = Signal(str, object, str)

    def __init__(self, clock: Callable[[], float], seconds: Callable[[str], float]) -> None:
        self._seconds = seconds
        self.leases: Leases = OneStation(clock, lambda: seconds("ptz.release_seconds"))
        self.leases.lost.connect(self._lost)

    @property
    def _me(self) -> Holder:
        return replace(ME, priority=int(self._seconds("ptz.priority")))

    def seconds_left(self, camera: str) -> float | None:
        """For which this station still holds the camera, or None when it does not."""
        lease = self.leases.of(camera)
        return lease.seconds_left if lease is not None and lease.holder == ME else None

    def elsewhere(self, camera: str) -> bool:
        """Whether somebody else holds it."""
        lease = self.leases.of(camera)
        return lease is not None and lease.holder != ME

    def touch(self, camera: str, *, moving: bool) -> None:
        """An input. Raises OperatorError when somebody else holds the camera."""
        self.leases.touch(camera, self._me, moving=moving)

    def extend(self, camera: str) -> None:
        """A minute longer without an input. Raises OperatorError when somebody else holds the camera."""
        self.leases.extend(camera, self._me)

    def release(self, camera: str) -> None:
        """Free for others at once."""
        self.leases.release(camera)

    def to_take_over(self, camera: str) -> Holder:
        """Who holds it and could lose it. Raises OperatorError when nobody else holds it, or with the same or a higher
        priority."""
        lease = self.leases.of(camera)
        if lease is None or lease.holder == ME:
            raise OperatorError(_("Nobody else steers this camera."))
        if lease.holder.priority <= self._me.priority:
            raise OperatorError(_("{name} steers this camera with the same or a higher priority.").format(
                name=holder_text(lease.holder)))
        return lease.holder

    def take_over(self, camera: str, reason: str) -> None:
        """From whoever holds it. Raises OperatorError without a reason or without the higher priority."""
        self.leases.take_over(camera, self._me, reason)

    def _lost(self, camera: str, loser: Holder, taker: Holder, reason: str) -> None:
        if loser == ME:
            self.lost.emit(camera, taker, reason)
