"""The moving head of a virtual camera: where it looks at any moment. Pure but for the clock it is given."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

PAN_PER_S, TILT_PER_S = 90.0, 45.0      # degrees per second at full speed; a common dome
ZOOM_PER_S = 3.0                        # factor per second at full speed
TRAVEL_PER_S = 180.0                    # degrees per second to a preset
DEGREES_PER_DOUBLING = 60.0             # of zoom, in travel time
TILT_LIMITS = (-45.0, 15.0)             # degrees; what the panoramas show at the widest view
MOST_ZOOM = 12.0                        # beyond it the panorama has no more detail
DEFAULT_TIMEOUT_S = 10.0
TOUR_DWELL_S = 3.0                      # of the device's own tour, at each preset


@dataclass(frozen=True, slots=True)
class Look:
    """Pan in degrees clockwise, endless (any turn), tilt in degrees up, zoom as a factor from 1."""

    pan: float = 0.0
    tilt: float = -12.0
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class _Course:
    """A motion since ``began``: speeds per axis until ``ends``, or a travel to ``goal``."""

    origin: Look
    began: float
    speeds: tuple[float, float, float] = (0.0, 0.0, 0.0)
    ends: float = math.inf
    goal: Look | None = None


@dataclass(slots=True)
class Faults:
    """Misbehaviour of real devices (reference: onvif.md section 5), each switched on by name."""

    ignores_timeout: bool = False       # goes on for ever after PT1S
    no_stop: bool = False               # faults on Stop: only a zero velocity stops it
    zero_ignored: bool = False          # a zero velocity does nothing: only Stop stops it
    stop_ignored: bool = False          # answers a Stop and goes on: only a zero velocity stops it
    late_s: float = 0.0                 # answers so much later
    acts_late: bool = False             # and moves only then: a stop that overtook the move comes too early
    no_timeout: bool = False            # faults when a Timeout is given
    not_together: bool = False          # faults on pan and zoom in one move
    no_wsse: bool = False               # wants HTTP digest
    clock_ahead_s: float = 0.0          # its clock
    many_presets: bool = False          # 300 factory presets
    broken_xml: bool = False            # half of an answer
    hangs: bool = False                 # takes the request and never answers
    resets: bool = False                # hangs up in the middle
    no_relative: bool = False           # events: takes only a moment as the end of a subscription
    silent_ends: bool = False           # events: never says that something ended


@dataclass
class Head:
    """Thread-safe. ``clock`` in monotonic seconds."""

    clock: Callable[[], float] = time.monotonic
    faults: Faults = field(default_factory=Faults)
    presets: dict[str, tuple[str, Look]] = field(default_factory=dict)
    home: Look = Look()
    auxiliary: dict[str, str] = field(default_factory=dict)     # "Wiper" -> "On"

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._course = _Course(self.home, self.clock())
        self._tour: tuple[Look, ...] = ()
        self._next, self._next_at = 0, 0.0
        self.moves = self.stops = 0

    def look(self) -> Look:
        """Where it looks now."""
        with self._lock:
            self._tour_on()
            return _at(self._course, self.clock())

    @property
    def moving(self) -> bool:
        with self._lock:
            self._tour_on()
            now = self.clock()
            course = self._course
            if course.goal is not None:
                return _at(course, now) != course.goal
            return any(course.speeds) and now < course.ends

    def move(self, pan_tilt: tuple[float, float] | None, zoom: float | None, timeout_s: float | None) -> None:
        """ContinuousMove: an axis that is None goes on as it was."""
        with self._lock:
            self._tour = ()
            now = self.clock()
            here = _at(self._course, now)
            running = self._course.speeds if self._course.goal is None and now < self._course.ends else (0.0, 0.0, 0.0)
            pan, tilt = running[:2] if pan_tilt is None else pan_tilt
            wanted = [pan, tilt, running[2] if zoom is None else zoom]
            if self.faults.zero_ignored:
                wanted = [new or old for new, old in zip(wanted, running, strict=True)]
            forever = self.faults.ignores_timeout
            ends = math.inf if forever else now + (DEFAULT_TIMEOUT_S if timeout_s is None else timeout_s)
            self._course = _Course(here, now, (wanted[0], wanted[1], wanted[2]), ends)
            self.moves += 1

    def stop(self, pan_tilt: bool = True, zoom: bool = True) -> None:
        with self._lock:
            self._tour = ()
            now = self.clock()
            pan, tilt, closer = self._course.speeds if now < self._course.ends else (0.0, 0.0, 0.0)
            speeds = (0.0 if pan_tilt else pan, 0.0 if pan_tilt else tilt, 0.0 if zoom else closer)
            self._course = _Course(_at(self._course, now), now, speeds, self._course.ends)
            self.stops += 1

    def go(self, goal: Look) -> None:
        """Travel there by the shorter way round."""
        with self._lock:
            self._tour = ()
            self._travel(goal, self.clock())

    def tour(self, looks: Sequence[Look]) -> None:
        """From one to the next, round and round, until anything else is asked; none at all ends it."""
        with self._lock:
            self._tour, self._next, self._next_at = tuple(looks), 0, self.clock()

    @property
    def touring(self) -> bool:
        with self._lock:
            return bool(self._tour)

    def _tour_on(self) -> None:
        """Nobody turns the head but who asks where it is: what should have happened meanwhile happens now."""
        while self._tour and self.clock() >= self._next_at:
            self._travel(self._tour[self._next], self._next_at)
            self._next, self._next_at = (self._next + 1) % len(self._tour), self._next_at + TOUR_DWELL_S

    def _travel(self, goal: Look, began: float) -> None:
        here = _at(self._course, began)
        turn = (goal.pan - here.pan + 180.0) % 360.0 - 180.0
        self._course = _Course(here, began, goal=replace(goal, pan=here.pan + turn))

    def go_by(self, pan: float, tilt: float, zoom: float) -> None:
        """RelativeMove in degrees and factor."""
        here = self.look()
        self.go(_bounded(Look(here.pan + pan, here.tilt + tilt, here.zoom * zoom)))


def _at(course: _Course, now: float) -> Look:
    origin = course.origin
    if course.goal is not None:
        goal = course.goal
        way = max(abs(goal.pan - origin.pan), abs(goal.tilt - origin.tilt),
                  abs(math.log2(goal.zoom / origin.zoom)) * DEGREES_PER_DOUBLING)
        share = 1.0 if way == 0 else min((now - course.began) * TRAVEL_PER_S / way, 1.0)
        if share >= 1.0:
            return goal
        return Look(origin.pan + (goal.pan - origin.pan) * share, origin.tilt + (goal.tilt - origin.tilt) * share,
                    origin.zoom * (goal.zoom / origin.zoom) ** share)
    seconds = max(min(now, course.ends) - course.began, 0.0)
    pan, tilt, zoom = course.speeds
    # A dome turns slower when it is zoomed in, so that the picture runs by at the same speed.
    slower = 1.0 / math.sqrt(origin.zoom)
    return _bounded(Look(origin.pan + pan * PAN_PER_S * slower * seconds,
                         origin.tilt + tilt * TILT_PER_S * slower * seconds,
                         origin.zoom * ZOOM_PER_S ** (zoom * seconds)))


def _bounded(look: Look) -> Look:
    return Look(look.pan, min(max(look.tilt, TILT_LIMITS[0]), TILT_LIMITS[1]), min(max(look.zoom, 1.0), MOST_ZOOM))
