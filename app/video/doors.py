"""Which stream may try its login: two tries for one login at one door, whatever cameras and streams share it. Pure.

A door is a host and port: the channels of a recorder have one, and the recorder counts what all of them try. While
nobody was let in there only as many knock at once as there are tries left. ONVIF counts for itself
(app.devices.refusals): many makes keep its users apart from those of RTSP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum, auto
from urllib.parse import urlsplit

from app.model.camera import Camera
from app.model.refused import RefusedStream
from app.model.secret import Credentials
from app.runtime.addresses import DEFAULT_PORTS

MOST_TRIES = 2              # cameras lock out whoever tries more (reference: onvif.md section 4)
WAIT_S = 3.0                # a login is answered in milliseconds: behind a channel that hangs nobody waits longer
START_S = 10.0              # for a worker to get to it, which may be starting itself
AGAIN_S = 1.0               # before the second try: a recorder at its limit of connections answers 401, too

type Door = tuple[str, Credentials]
type Told = Callable[[str, Credentials, RefusedStream], None]


class Answer(Enum):
    """Whether a login may be tried."""

    NOW = auto()
    WAIT = auto()           # others with the same login are at the door
    NEVER = auto()          # until the login changes, or the operator asks


class Doors:
    """``told`` (camera id, the login that was tried, what is to be kept of it)."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._own: dict[str, tuple[Door, RefusedStream]] = {}               # by camera
        self._spent: dict[Door, int] = {}                                   # since somebody was let in
        self._open: set[Door] = set()                                       # somebody was let in
        self._at: dict[Door, dict[str, float]] = {}                         # who knocks, until when others wait
        self._kept: dict[str, tuple[Credentials, RefusedStream]] = {}       # as the register told last
        self._forgiven: set[str] = set()                                    # here; the register will say so, too

    def ask(self, stream: str, camera: Camera, url: str, now: float) -> Answer:
        """May ``stream`` try the camera's login now? NOW: it does. A camera without login may always try."""
        door = _door(camera, url)
        if not camera.credentials:
            return Answer.NEVER if self._tries(camera.id, door) >= MOST_TRIES else Answer.NOW
        if self._tries(camera.id, door) >= MOST_TRIES:
            return Answer.NEVER
        if door in self._open:
            return Answer.NOW
        spent = self._spent.get(door, 0)
        if spent >= MOST_TRIES:
            return Answer.NEVER
        others = [one for one, until in self._at.get(door, {}).items() if one != stream and now < until]
        if spent + len(others) >= MOST_TRIES:
            return Answer.WAIT
        self._at.setdefault(door, {})[stream] = now + START_S
        return Answer.NOW

    def knocks(self, stream: str, now: float) -> None:
        """Its worker begins to try."""
        for streams in self._at.values():
            if stream in streams:
                streams[stream] = now + WAIT_S

    def left(self, stream: str) -> None:
        """It knocks no more: it failed for another reason, or is wanted no longer."""
        for door, streams in list(self._at.items()):
            streams.pop(stream, None)
            if not streams:
                del self._at[door]

    def refused(self, stream: str, camera: Camera, url: str, *, plays: bool) -> bool:
        """Whether a try is left. ``plays``: another stream with this login is open at this door just now."""
        self.left(stream)
        door = _door(camera, url)
        if not plays:
            self._open.discard(door)        # let in once, and nobody now: the password was changed over there
        alone = door in self._open
        tries = min(self._tries(camera.id, door) + 1, MOST_TRIES)
        told = RefusedStream(door[0], tries, alone)
        self._own[camera.id] = door, told
        if not camera.credentials:
            return tries < MOST_TRIES       # nobody's account is locked: of this program only
        if not alone:
            self._spent[door] = min(self._spent.get(door, 0) + 1, MOST_TRIES)
        self._told(camera.id, camera.credentials, told)
        return tries < MOST_TRIES and self._spent.get(door, 0) < MOST_TRIES

    def let_in(self, stream: str, camera: Camera, url: str) -> None:
        """The login is right. Who was refused there before was refused for himself."""
        self.left(stream)
        door = _door(camera, url)
        self._forget(camera)
        if not camera.credentials or door in self._open:
            return
        self._open.add(door)
        self._spent.pop(door, None)
        for other, (at, told) in list(self._own.items()):
            if at == door and not told.alone:
                self._own[other] = at, replace(told, alone=True)
                self._told(other, camera.credentials, replace(told, alone=True))

    def forgive(self, camera: Camera, url: str) -> None:
        """The operator wants it tried: two tries more for it, and at its door."""
        self._spent.pop(_door(camera, url), None)
        self._forget(camera)

    def take(self, kept: Mapping[str, tuple[Credentials, RefusedStream]]) -> set[str]:
        """All that the register keeps now, by camera; gives the cameras that were forgiven there."""
        before, self._kept = self._kept, dict(kept)
        gone = before.keys() - kept.keys()
        forgiven = gone - self._forgiven
        self._forgiven -= gone
        for key in forgiven:
            own = self._own.pop(key, None)
            if own is not None:
                self._spent.pop(own[0], None)
        for key, (login, told) in kept.items():
            # What is as it was is known, or was forgiven here a moment ago.
            if before.get(key) != (login, told):
                self._forgiven.discard(key)
                door = told.door, login
                self._own[key] = door, replace(told, tries=max(told.tries, self._tries(key, door)))
        for door in {door for door, _told in self._own.values()} - self._open:
            tries = sum(told.tries for at, told in self._own.values() if at == door and not told.alone)
            self._spent[door] = min(max(tries, self._spent.get(door, 0)), MOST_TRIES)
        return forgiven

    def _tries(self, camera: str, door: Door) -> int:
        at, told = self._own.get(camera, (None, None))
        return told.tries if told is not None and at == door else 0

    def _forget(self, camera: Camera) -> None:
        door, told = self._own.pop(camera.id, (None, None))
        if door is not None and told is not None and door[1]:
            self._forgiven.add(camera.id)
            self._told(camera.id, door[1], replace(told, tries=0))


def door_of(url: str) -> str:
    """Host and port of an address, without login."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or ''}:{parts.port or DEFAULT_PORTS.get(parts.scheme, 0)}"
    except ValueError:          # an address that leads nowhere: it is its own door
        return url.rpartition("@")[2]


def _door(camera: Camera, url: str) -> Door:
    return door_of(url), camera.credentials
