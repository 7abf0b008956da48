"""One look into the past: a clock for one or several panes, how it is steered, and the span that is marked.

Pure: whoever steers gives the time. Runs on: GUI thread. Times are UTC in microseconds since 1970, ``now_ns`` is
CLOCK_MONOTONIC, ``newest`` the moment up to which anything can be recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.model.playback import NORMAL, RUNGS, Moving
from app.playback.coverage import Coverage

EDGE_US = 1_000_000         # behind now: what came in this second is not on the disk yet


@dataclass(frozen=True, slots=True)
class Marks:
    """The span that was marked; either side may be open."""

    begin: int | None = None
    end: int | None = None

    def with_begin(self, at: int) -> Marks:
        """A new beginning; an end that is not after it is forgotten."""
        return Marks(at, self.end if self.end is not None and self.end > at else None)

    def with_end(self, at: int) -> Marks:
        """A new end; a beginning that is not before it is forgotten."""
        return Marks(self.begin if self.begin is not None and self.begin < at else None, at)

    @property
    def span(self) -> tuple[int, int] | None:
        """Beginning and end, once there are both."""
        if self.begin is None or self.end is None:
            return None
        return self.begin, self.end


@dataclass(slots=True)
class Session:
    """``moving`` is the clock; ``recorded`` what there is of its cameras, as far as it was looked up."""

    moving: Moving
    marks: Marks = Marks()
    recorded: Coverage = field(default_factory=Coverage)
    _resumes: int = NORMAL              # the speed that a pause interrupted

    def moment(self, now_ns: int) -> int:
        return self.moving.moment(now_ns)

    def pause(self, now_ns: int) -> None:
        if not self.moving.paused:
            self._resumes = self.moving.eighths
            self.moving = self.moving.turned(0, now_ns)

    def toggle(self, now_ns: int) -> None:
        """Stand still, or on as before."""
        if self.moving.paused:
            self.moving = self.moving.turned(self._resumes, now_ns)
        else:
            self.pause(now_ns)

    def faster(self, now_ns: int) -> None:
        """Forward: from a pause or from backwards at life's speed, else twice as fast."""
        self.set_speed(_next(self.moving.eighths), now_ns)

    def backward(self, now_ns: int) -> None:
        """Backwards: from a pause or from forward at life's speed, else twice as fast."""
        self.set_speed(-_next(-self.moving.eighths), now_ns)

    def slower(self, now_ns: int) -> None:
        """Half as fast in the same direction, down to an eighth; from a pause half of life's speed."""
        speed = self.moving.eighths or NORMAL
        rung = max(RUNGS[0], abs(speed) // 2)
        self.set_speed(rung if speed > 0 else -rung, now_ns)

    def set_speed(self, eighths: int, now_ns: int) -> None:
        """Any of RUNGS, negative backwards; 0 pauses. Raises ValueError for another."""
        if eighths and abs(eighths) not in RUNGS:
            raise ValueError(f"{eighths} eighths is no speed")
        if not eighths:
            self.pause(now_ns)
        else:
            self.moving = self.moving.turned(eighths, now_ns)

    def jump(self, at: int, now_ns: int, newest: int) -> None:
        """To a moment; the speed stays."""
        self.moving = self.moving.put(max(0, min(at, newest - EDGE_US)), now_ns)

    def by(self, us: int, now_ns: int, newest: int) -> None:
        """So far on, or back."""
        self.jump(self.moment(now_ns) + us, now_ns, newest)

    def stand(self, at: int, now_ns: int) -> None:
        """Paused at exactly this picture: a step ended there."""
        self.pause(now_ns)
        self.moving = Moving(at, now_ns, 0)

    def mark_begin(self, now_ns: int) -> None:
        self.marks = self.marks.with_begin(self.moment(now_ns))

    def mark_end(self, now_ns: int) -> None:
        self.marks = self.marks.with_end(self.moment(now_ns))

    def tick(self, now_ns: int, newest: int) -> bool:
        """Keep the clock within what can be seen; True when it was moved.

        Forward past the newest picture it goes on at life's speed behind it; in a stretch of which no camera has
        anything it jumps to the next picture in its direction, where one is known.
        """
        if self.moving.paused:
            return False
        moment, speed = self.moment(now_ns), self.moving.eighths
        if moment > newest - EDGE_US and speed >= NORMAL:
            if moment <= newest and speed == NORMAL:
                return False
            self.moving = Moving(newest - EDGE_US, now_ns, NORMAL)
            return True
        if self.recorded.holds(moment) or not self.recorded.knows(moment):
            return False
        there = self.recorded.next_after(moment) if speed > 0 else self.recorded.last_before(moment)
        if there is None:
            if speed < 0:
                self.pause(now_ns)              # before everything
                return True
            return False
        self.moving = replace(self.moving, at=there, since=now_ns)
        return True


def _next(speed: int) -> int:
    if speed <= 0:
        return NORMAL
    return next((rung for rung in RUNGS if rung > speed), RUNGS[-1])
