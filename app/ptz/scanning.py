"""Turning by itself: round and round, or to and fro between two headings of a camera that tells where it looks.

Runs on: GUI thread. Pure but for the clock it is given.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.model.errors import OperatorError
from app.ptz.messages import Position
from app.runtime.language import gettext as _

LEAST_DEGREES = 5.0         # between the two ends: less than a camera overshoots at walking pace
SILENT_S = 5.0              # a status takes three seconds at worst; then nobody knows where it turns to
MOST_PREDICTED_S = 1.0      # of the way that it went on since it was asked


@dataclass(frozen=True, slots=True)
class Ends:
    """Headings in degrees; from ``first`` clockwise to ``last``. None: not set yet."""

    first: float | None = None
    last: float | None = None


class Scanning:
    """One camera turns at a time; the ends of each are kept (widgets/ptz/remembering)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends: dict[str, Ends] = {}
        self.speed = 0.0                # of pan, -1..1; 0 while nothing turns by itself
        self._camera = ""
        self._span = 0.0                # degrees between the ends, 0: round and round
        self._at = self._per_s = 0.0    # degrees from the first end, not wrapped, and how fast that grows
        self._pan = self._seen = 0.0    # as it was told last, and when

    def ends(self, camera: str) -> Ends:
        return self._ends.get(camera, Ends())

    def restore(self, camera: str, ends: Ends) -> None:
        """As they were set on another day."""
        self._ends[camera] = ends

    def mark(self, camera: str, end: str, position: Position | None) -> str:
        """Where the camera looks becomes its "first" or "last" end, "none" forgets both; gives what is to be told.

        Raises OperatorError for a camera that does not tell where it looks, and for ends too close to each other.
        """
        if end == "none":
            self._ends.pop(camera, None)
            return _("The scan turns round and round.")
        if position is None:
            raise OperatorError(_("This camera does not tell where it looks: it can only turn round and round."))
        ends = self.ends(camera)
        made = Ends(position.pan, ends.last) if end == "first" else Ends(ends.first, position.pan)
        if made.first is not None and made.last is not None:
            if not _apart(made):
                raise OperatorError(_("The two ends are too close to each other."))
            words = _("The scan turns to and fro between the two ends.")
        elif end == "first":
            words = _("The scan turns right from here; now set its other end.")
        else:
            words = _("The scan turns right as far as here; now set where it begins.")
        self._ends[camera] = made
        return words

    def toggle(self, camera: str, speed: float, position: Position | None) -> None:
        """Begins at ``speed`` to the right, outside the camera's ends by the shorter way to them; or ends."""
        if self.speed:
            self.end()
            return
        ends, now = self.ends(camera), self._clock()
        self._camera, self.speed, self._span = camera, speed, 0.0
        if ends.first is None or ends.last is None or position is None:
            return
        self._span = _clockwise(ends.first, ends.last)
        self._pan, self._seen, self._per_s = position.pan, now, 0.0
        self._at = _clockwise(ends.first, position.pan)
        if self._at > self._span and 360.0 - self._at < self._at - self._span:
            self._at -= 360.0
        self._turn()

    def end(self) -> None:
        self.speed = 0.0

    def sees(self, position: Position) -> None:
        """The camera told where it looks."""
        if not self.speed or not self._span or position.camera != self._camera:
            return
        now, step = self._clock(), (position.pan - self._pan + 180.0) % 360.0 - 180.0
        if now > self._seen:
            self._per_s = step / (now - self._seen)
        self._at, self._pan, self._seen = self._at + step, position.pan, now

    def look(self, tell: Callable[[str], object]) -> bool:
        """Some four times a second: whether it turns another way now, or not any more, of which ``tell`` hears."""
        if not self.speed or not self._span:
            return False
        if self._clock() - self._seen > SILENT_S:
            self.end()
            tell(_("The camera does not tell any more where it looks; it was stopped."))
            return True
        return self._turn()

    def _turn(self) -> bool:
        """Round at an end. Where it is by now is reckoned: it was asked up to half a second ago."""
        on = self._per_s * min(self._clock() - self._seen, MOST_PREDICTED_S)
        at = self._at + (on if on * self.speed > 0 else 0.0)        # what it did before it turned round says nothing
        if (at >= self._span and self.speed > 0) or (at <= 0.0 and self.speed < 0):
            self.speed = -self.speed
            return True
        return False


def ends_to(ends: Ends) -> dict[str, float]:
    """As JSON: those that are set."""
    return {name: round(end, 2) for name, end in (("first", ends.first), ("last", ends.last)) if end is not None}


def ends_from(value: object) -> Ends | None:
    """Back from JSON; None when they make no sense (any more)."""
    if not isinstance(value, dict):
        return None
    told = [value.get(name) for name in ("first", "last")]
    if not all(one is None or (isinstance(one, (int, float)) and math.isfinite(one) and abs(one) <= 360.0)
               for one in told):
        return None
    ends = Ends(*(None if one is None else float(one) for one in told))
    return ends if ends != Ends() and _apart(ends) else None


def _apart(ends: Ends) -> bool:
    """Whether a camera can turn to and fro between them, as far as they are set."""
    return (ends.first is None or ends.last is None
            or LEAST_DEGREES <= _clockwise(ends.first, ends.last) <= 360.0 - LEAST_DEGREES)


def _clockwise(first: float, last: float) -> float:
    return (last - first) % 360.0
