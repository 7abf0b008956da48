"""Which panes show the past, and on which clock: sessions shared by panes, carried out by the engine.

Runs on: GUI thread.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from psygnal import Signal

from app.model.camera import Camera
from app.model.playback import Moving, Played
from app.playback.session import Session
from app.video.engine import Engine, PaneKey
from app.video.replayed import replayed


@dataclass(frozen=True, slots=True)
class PastPane:
    """``camera`` is what the wall says, ``source`` what the engine is asked for in its place."""

    camera: str
    source: Camera


@dataclass(slots=True, eq=False)
class Look:
    """One clock and the panes on it; ``leader`` is the pane whose pictures are stepped through."""

    session: Session
    panes: dict[PaneKey, PastPane]
    leader: PaneKey
    waits_for: int = 0              # number of a step that the leader has not carried out yet

    @property
    def cameras(self) -> tuple[str, ...]:
        """The cameras, the leader's first."""
        keys = (self.leader, *(key for key in self.panes if key != self.leader))
        return tuple(dict.fromkeys(self.panes[key].camera for key in keys))


class Past:
    """All looks of all windows. ``changed``: panes came or went; ``moved``: a clock was set."""

    changed = Signal()
    moved = Signal()

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._looks: dict[PaneKey, Look] = {}
        self._serial = 0

    def __contains__(self, key: PaneKey) -> bool:
        return key in self._looks

    def __bool__(self) -> bool:
        return bool(self._looks)

    def keys(self) -> Collection[PaneKey]:
        """The panes that show the past."""
        return self._looks.keys()

    def in_window(self, window: str) -> bool:
        """Whether a pane of that window shows the past."""
        return any(key.rpartition("/")[0] == window for key in self._looks)

    def looks(self) -> list[Look]:
        return list({id(look): look for look in self._looks.values()}.values())

    def look(self, key: PaneKey) -> Look | None:
        return self._looks.get(key)

    def pane(self, key: PaneKey) -> PastPane | None:
        look = self._looks.get(key)
        return look.panes[key] if look is not None else None

    def played(self, key: PaneKey) -> Played | None:
        """What a pane shows of the past."""
        pane = self.pane(key)
        return self._engine.played(pane.source.id) if pane is not None else None

    def start(self, key: PaneKey, camera: Camera, folder: str, at: int) -> Look:
        """A pane on a clock of its own, running at life's speed from a moment."""
        self._leave(key)
        look = Look(Session(Moving(at, time.monotonic_ns(), 8)), {key: self._pane(camera, folder)}, key)
        self._looks[key] = look
        self.changed.emit()
        self.steer(look)
        return look

    def join(self, look: Look, panes: dict[PaneKey, tuple[Camera, str]]) -> None:
        """More panes on that clock: camera and folder of each."""
        for key, (camera, folder) in panes.items():
            if self._looks.get(key) is not look:
                self._leave(key)
                look.panes[key] = self._pane(camera, folder)
                self._looks[key] = look
        self.changed.emit()
        self.steer(look)

    def part(self, look: Look, keys: Iterable[PaneKey]) -> None:
        """These panes go back to live; the look goes on with the others."""
        for key in list(keys):
            if self._looks.get(key) is look:
                self._leave(key)
        self.changed.emit()

    def steer(self, look: Look) -> None:
        """Carry out what its clock says."""
        look.waits_for = 0
        for pane in look.panes.values():
            self._engine.steer(pane.source.id, look.session.moving)
        self.moved.emit()

    def step(self, look: Look, pictures: int, now_ns: int) -> None:
        """So many pictures on or back on the leader's camera; the others follow to its moment."""
        if not look.session.moving.paused:
            played = self._engine.played(look.panes[look.leader].source.id)
            look.session.pause(now_ns)
            if played is not None and not played.missing:
                look.session.stand(played.at, now_ns)
            for key, pane in look.panes.items():
                if key != look.leader:
                    self._engine.steer(pane.source.id, look.session.moving)
        look.waits_for = self._engine.steer(look.panes[look.leader].source.id, look.session.moving, pictures)

    def stepped(self, now_ns: int) -> bool:
        """Take over where steps have ended; whether any is still under way."""
        waiting = False
        for look in self.looks():
            if not look.waits_for:
                continue
            played = self._engine.played(look.panes[look.leader].source.id)
            if played is None or played.order < look.waits_for:
                waiting = True
                continue
            look.waits_for = 0
            look.session.stand(played.at, now_ns)
            for key, pane in look.panes.items():
                if key != look.leader:
                    self._engine.steer(pane.source.id, look.session.moving)
            self.moved.emit()
        return waiting

    def _pane(self, camera: Camera, folder: str) -> PastPane:
        self._serial += 1
        return PastPane(camera.id, replayed(camera, folder, self._serial))

    def _leave(self, key: PaneKey) -> None:
        look = self._looks.pop(key, None)
        if look is None:
            return
        del look.panes[key]
        if look.leader == key and look.panes:
            look.leader = next(iter(look.panes))
