"""Which cameras are alarmed: motion and inputs for some seconds, tampering until somebody acknowledges it.

Some devices never say that something ended (reference: onvif.md section 7): the time is counted from the last word of
a beginning. What was acknowledged stays quiet until it ended, or until nobody spoke of it for as long.

Runs on: any thread. Signals are emitted on the thread that caused them.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from psygnal import Signal

from app.model.event import CameraEvent, EventKind

MOST_ENTRIES = 500          # of the list; the oldest goes. A shift of a calm room
MOST_ALARMS = 4096          # at once; beyond it the oldest goes: 128 cameras with 32 sources each
_RANK = {EventKind.TAMPER: 2, EventKind.INPUT: 1, EventKind.MOTION: 0}

type Key = tuple[str, EventKind, str]


@dataclass(frozen=True, slots=True)
class Alarm:
    """``since`` seconds since 1970; ``until`` by the clock of ``Alarms``, infinite while only a person ends it."""

    camera: str
    kind: EventKind
    source: str
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: what began, and when somebody acknowledged it (seconds since 1970, 0.0 never)."""

    event: CameraEvent
    acknowledged: float = 0.0


class Alarms:
    """``changed`` (frozenset of camera ids) whenever another set of cameras is alarmed; ``began`` (CameraEvent) for
    each beginning that is news; ``listed`` when the list is another one.

    ``seconds``: how long motion and inputs count. ``tick`` about once a second lets alarms end.
    """

    changed = Signal(object)
    began = Signal(object)
    listed = Signal()

    def __init__(self, seconds: Callable[[], float], clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._lock = threading.Lock()
        self._alarms: dict[Key, Alarm] = {}
        self._quiet: dict[Key, float] = {}          # acknowledged and still on -> until when it stays quiet
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._told: frozenset[str] = frozenset()

    @property
    def alarmed(self) -> frozenset[str]:
        """The cameras that are alarmed now."""
        return self._told

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What began, the newest first."""
        with self._lock:
            return tuple(reversed(self._entries))

    def of(self, camera: str) -> Alarm | None:
        """The gravest alarm of a camera, the oldest of equals."""
        if camera not in self._told:
            return None
        with self._lock:
            found = [alarm for alarm in self._alarms.values() if alarm.camera == camera]
        return max(found, key=lambda alarm: (_RANK[alarm.kind], -alarm.since), default=None)

    def take(self, event: CameraEvent) -> None:
        """A camera said something."""
        key, now = (event.camera, event.kind, event.source), self._clock()
        with self._lock:
            news = self._began(key, event, now) if event.on else False
            if not event.on:
                self._quiet.pop(key, None)
        if news:
            self.began.emit(event)
            self.listed.emit()
        self._tell()

    def tick(self) -> None:
        """Let end what has lasted long enough."""
        now = self._clock()
        with self._lock:
            self._alarms = {key: alarm for key, alarm in self._alarms.items() if alarm.until > now}
            self._quiet = {key: until for key, until in self._quiet.items() if until > now}
        self._tell()

    def acknowledge(self, camera: str = "") -> int:
        """Somebody looked at it: of one camera, or of all with ""; gives how many alarms that ended."""
        now, at = self._clock(), time.time()
        with self._lock:
            keys = [key for key in self._alarms if not camera or key[0] == camera]
            for key in keys:
                del self._alarms[key]
                self._quiet[key] = now + self._seconds()
            if keys:
                done = set(keys)
                self._entries = deque((Entry(one.event, at) if not one.acknowledged and _key(one.event) in done else one
                                       for one in self._entries), MOST_ENTRIES)
        if keys:
            self.listed.emit()
            self._tell()
        return len(keys)

    def _began(self, key: Key, event: CameraEvent, now: float) -> bool:
        """With the lock held. Whether it is news."""
        seconds = self._seconds()
        if self._quiet.get(key, -math.inf) > now:
            self._quiet[key] = now + seconds        # it goes on: still quiet
            return False
        before = self._alarms.get(key)
        until = math.inf if event.kind is EventKind.TAMPER else now + seconds
        self._alarms[key] = Alarm(event.camera, event.kind, event.source, before.since if before else event.at, until)
        if before is not None and before.until > now:
            return False
        while len(self._alarms) > MOST_ALARMS:
            del self._alarms[next(iter(self._alarms))]
        self._entries.append(Entry(event))
        return True

    def _tell(self) -> None:
        with self._lock:
            now = frozenset(key[0] for key in self._alarms)
            if now == self._told:
                return
            self._told = now
        self.changed.emit(now)


def _key(event: CameraEvent) -> Key:
    return event.camera, event.kind, event.source
