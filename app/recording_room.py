"""Joins what the wall shows, the policy in force, the video room that writes and the keeper of the index. No Qt.

Runs on: ``follow`` on any thread; it only computes and posts.
"""

from __future__ import annotations

import json
import math
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from app.devices.asker import FACT, facts_from
from app.model.camera import Camera
from app.model.clip import Clock, ClockSource, Gap, Segment
from app.model.errors import OperatorError
from app.model.recording import Owed, Usage
from app.model.wall import WallState
from app.recording.keeper import Keeper
from app.recording.keepers import Keepers
from app.recording.place import MARKER, WALL
from app.recording.placing import Changed, added, removed
from app.recording.policy import Policy, policy_of
from app.recording.repair import Read
from app.recording.roots import LEAST_FLOOR, MARKS, WHOLE_DISK, Root, marks_of, roots_of
from app.recording.roots import place_of as place_of
from app.recording.rules import Mode, Rule, readable, winner
from app.recording.standing import Standing, folder_of, read_size
from app.registry import salvage
from app.registry.absent import NAME, AbsentPlaces
from app.registry.directory import CameraDirectory
from app.registry.recordings import RecordingIndex
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.ntp import StationClock, station_clock
from app.runtime.settings import Value
from app.video.engine import Engine, RecordWant
from app.video.segment_name import time_of
from app.wall.transitions import panes_of

ASK_S = 60.0                # between two questions to the kernel about its clock

type Seen = tuple[tuple[Segment, ...], tuple[Gap, ...]]


class KeepSetting(Protocol):
    """Puts a setting into the registry; returns at once."""
    def __call__(self, key: str, value: Value) -> None: ...


class RecordingRoom:
    """What is recorded. ``keeper`` tells when something changed; its thread calls back.

    ``kind``: what this program is called to others (app.recording.place.KINDS). ``only``: no others than these cameras,
    by id; empty: all.
    """

    def __init__(self, engine: Engine, directory: CameraDirectory, wall: Callable[[], WallState],
                 settings: Mapping[str, Value], keep_setting: KeepSetting, *, kind: str = WALL,
                 only: frozenset[str] = frozenset()) -> None:
        self._engine, self._directory, self._wall = engine, directory, wall
        self._lock = threading.Lock()
        self._wants: dict[str, RecordWant] | None = None
        self._kept: frozenset[str] = frozenset()            # cameras that a rule asks for now
        self._alarmed: frozenset[str] = frozenset()
        self._offsets: Mapping[str, float] = {}
        self._only, self._over = only, False
        self._station_clock = (-math.inf, StationClock())
        self._settings = settings
        self.policy: Policy = policy_of(settings)
        self._ruled: tuple[tuple[Camera, Rule], ...] | None = None      # who may be recorded without being shown
        self._seen: frozenset[str] = frozenset()
        self._kind, self._keep_setting = kind, keep_setting
        self._register = str(settings["recording.register"]) or uuid.uuid4().hex
        if not settings["recording.register"]:
            keep_setting("recording.register", self._register)
        self._marks, self._marking = marks_of(settings), threading.Lock()
        absent = paths.data_dir() / NAME
        self.keeper = Keepers(roots_of(settings), self._make_keeper, partial(RecordingIndex, read_only=True),
                              lambda: AbsentPlaces(absent), lambda: AbsentPlaces(absent) if absent.exists() else None)
        self.keeper.changed.connect(self.follow)
        self.keeper.looked.connect(self._looked)
        self._directory.changed.connect(self._cameras_changed)

    def _make_keeper(self, root: Root) -> Keeper:
        """The keeper of one place."""
        one = Keeper(root.path, salvage.opened, _probe, time_of, known_marker=self._marks.get(str(root.path), ""),
                     keep_marker=partial(self._keep_mark, str(root.path)), kind=self._kind, renew=salvage.renew)
        one.kept_of = lambda camera: camera in self._kept
        one.keep_of = lambda camera_id, kept: self.policy.keep_us(self._directory.by_id(camera_id), kept=kept)
        one.clock_of, one.shown = self.clock_of, self.shown
        one.promised.knows = lambda camera_id: self._directory.by_id(camera_id) is not None
        one.promised.register = self._register
        one.promised.slack = self.policy.seconds * 1_000_000     # a file begins before its use
        text = str(self._settings["recording.rules"])
        one.promised.rules = (text, readable(text))
        return one

    def _keep_mark(self, place: str, mark: str) -> None:
        with self._marking:
            self._marks = self._marks | {place: mark}
            self._keep_setting(MARKS, json.dumps(self._marks))

    @property
    def root(self) -> Path:
        """The first place for recordings."""
        return self.keeper.root

    def start(self) -> None:
        """Open the indexes; recording begins when they are there."""
        self.keeper.start()

    def end(self, limit_s: float) -> bool:
        """Record nothing more and wait until every file is closed and in the index; False: not in time."""
        self._over = True
        whole = threading.Event()

        def look(*_what: object) -> None:
            if not self.keeper.taping:
                whole.set()
        self.keeper.changed.connect(look)
        self.follow()
        look()
        try:
            return whole.wait(limit_s)
        finally:
            self.keeper.changed.disconnect(look)

    @property
    def taping(self) -> frozenset[str]:
        """Cameras of which a file is being written."""
        return self.keeper.taping

    @property
    def wanted(self) -> frozenset[str]:
        """Cameras that should be recorded now, by this program."""
        return frozenset(self._wants or ())

    @property
    def usage(self) -> Usage:
        """What lies there, as of some seconds ago."""
        return self.keeper.usage

    def settings_changed(self, settings: Mapping[str, Value]) -> None:
        """Another policy is in force, other places for recordings."""
        self._settings = settings
        self._register = str(settings["recording.register"]) or self._register
        self.keeper.promised.register = self._register
        with self._marking:
            self._marks = self._marks | marks_of(settings)
        for one in self.keeper.all:
            one.place.take_for(self._marks.get(str(one.root), ""))
        self._rule()
        self.keeper.follow(roots_of(settings))

    def _rule(self) -> None:
        """The policy in force: rules that cannot be read leave the last ones that could."""
        settings, text = self._settings, str(self._settings["recording.rules"])
        self.keeper.promised.rules = (text, readable(text))
        last = self.keeper.promised.last_rules
        policy = policy_of(settings if readable(text) else {**settings, "recording.rules": last})
        if policy != self.policy:
            self.policy, self._ruled = policy, None
            for one in self.keeper.all:
                one.promised.slack = policy.seconds * 1_000_000
            self.follow()

    def shown(self) -> frozenset[str]:
        """Cameras on this program's walls, by id."""
        return frozenset(pane.camera for window in self._wall().windows for pane in panes_of(window) if pane.camera)

    def why(self, camera: Camera) -> str:
        """Why a camera is recorded, or is not, for a person."""
        keeper = self.keeper
        shown = camera.id in self.shown() | keeper.shown_elsewhere
        now, urgent = time.time_ns() // 1000, camera.id in keeper.urgent
        words = self.policy.why(camera, now, shown=shown, urgent=urgent)
        verdict = self.policy.verdict(camera, now, shown=shown, urgent=urgent)
        if verdict.write and (verdict.rank < keeper.least or not (keeper.ready or keeper.looks_on)):
            words = _("Not recorded now: there is no place for it. By the rules: {words}").format(words=words)
        told = self._engine.sounding(camera.id) if verdict.sound and verdict.write else None
        return " ".join(filter(None, (words, sound_words(told), keeper.said, keeper.promised.notice)))

    def alarmed(self, cameras: Collection[str]) -> None:
        """Exactly these cameras (ids) have an alarm now: those recorded around events are kept from before it on."""
        before, self._alarmed = self._alarmed, frozenset(cameras)
        self._happened(self._alarmed - before)
        self.follow()

    def _happened(self, cameras: Collection[str]) -> None:
        if found := [camera for camera in cameras if camera in self._event_cameras()]:
            now = time.time_ns() // 1000
            self.keeper.keep(found, now - self.policy.before * 1_000_000, now + self.policy.after * 1_000_000)

    def without_wall(self) -> tuple[Camera, ...]:
        """Cameras that a rule may ask for while nobody shows them."""
        return tuple(camera for camera, _rule in self._without_pane() if not self._only or camera.id in self._only)

    def _event_cameras(self) -> frozenset[str]:
        return frozenset(camera.id for camera, rule in self._without_pane() if rule.mode is Mode.EVENT)

    def _looked(self) -> None:
        """An alarm that lasts keeps what comes; hours begin and end."""
        self._rule()
        self._happened(self._alarmed)
        self.follow()

    def _cameras_changed(self, _ids: object) -> None:
        self._ruled = None
        self.follow()

    def wall_changed(self, *_state: object) -> None:
        """On the GUI thread, at each selection too: only other cameras matter."""
        seen = self.shown()
        if seen != self._seen:
            self._seen = seen
            self.follow()

    def follow(self, *_what: object) -> None:
        """Record what is to be recorded now; cheap when nothing changed."""
        with self._lock:
            wants = self._wanted() if self.keeper.ready and not self._over else {}
            if wants != self._wants:
                self._wants = wants
                self._engine.record(wants)

    def _wanted(self) -> dict[str, RecordWant]:
        here = self.shown()
        shown = here | self.keeper.shown_elsewhere
        cameras: dict[str, tuple[Camera, Rule | None]] = {
            camera.id: (camera, winner(self.policy.rules, camera)) for camera_id in shown
            if (camera := self._directory.by_id(camera_id)) is not None}
        cameras |= {camera.id: (camera, rule) for camera, rule in self._without_pane()}
        if self._only:
            cameras = {camera_id: one for camera_id, one in cameras.items() if camera_id in self._only}
        found = self.policy.wanted(shown, cameras.values(), time.time_ns() // 1000, self.keeper.urgent | self._alarmed)
        # What an event keeps is known to the index, to the second: app.registry.recordings.keep.
        self._kept = frozenset(camera_id for camera_id, (_camera, verdict) in found.items() if verdict.keep
                               and verdict.rule is not None and verdict.rule.mode is not Mode.EVENT)
        places = self.keeper.places({camera_id: int(verdict.rank) for camera_id, (_camera, verdict) in found.items()})
        return {camera_id: RecordWant(camera, str(places[camera_id].root / camera_id), self.policy.seconds,
                                      verdict.pull or camera_id not in here, int(verdict.rank),
                                      str(places[camera_id].root / MARKER), places[camera_id].place_id,
                                      stream=verdict.stream, sound=verdict.sound)
                for camera_id, (camera, verdict) in found.items() if camera_id in places}

    def _without_pane(self) -> tuple[tuple[Camera, Rule], ...]:
        """Cameras whose rule may ask for them while nobody shows them: asked of all once, of these each time."""
        found = self._ruled
        if found is None:
            rules = self.policy.rules
            found = self._ruled = tuple(
                (camera, rule) for camera in (self._directory.all() if rules else ())
                if (rule := winner(rules, camera)) is not None and rule.mode not in (Mode.NEVER, Mode.WALL))
        return found

    def measured(self, offsets: Mapping[str, float]) -> None:
        """Camera id -> seconds by which its clock was ahead of ours when it was asked (app.devices)."""
        self._offsets = offsets

    def clock_of(self, camera: str) -> Clock:
        """How sure the times of this camera are now: arrival, on a clock that the kernel vouches for or does not."""
        asked, station = self._station_clock
        now = time.monotonic()
        if now - asked > ASK_S:
            station = station_clock()
            self._station_clock = (now, station)
        # In steps of 10 ms: the kernel's bound creeps up all the time, and each change is a row of the index.
        error = -(-(station.error_us or 0) // 10_000) * 10_000
        offset = self._offsets.get(camera)
        return Clock(ClockSource.ARRIVAL, Clock().error_us + error,
                     None if offset is None else round(offset * 1_000_000), station.synchronised)

    def ask(self, camera: str, t0: int, t1: int, then: Callable[[Seen], None]) -> bool:
        """What is recorded of a camera between two moments (UTC microseconds); ``then`` on the keeper's thread."""
        def work(index: Any) -> Seen:
            return index.segments(camera, t0, t1), index.gaps(camera, t0, t1)
        return self.keeper.submit(work, lambda found: then(found if isinstance(found, tuple) else ((), ())))

    def standings(self) -> tuple[Standing, ...]:
        """How each place for recordings stands."""
        return self.keeper.standings()

    def place_added(self, folder: str, quota: str, floor: str, then: Changed) -> bool:
        """What of the settings changes with one more place, or other limits of one; "" for the whole disk, for 1 GB."""
        return self._change(lambda: added(
            self._settings, folder_of(folder), read_size(quota) if quota.strip() else WHOLE_DISK,
            read_size(floor) if floor.strip() else LEAST_FLOOR), then)

    def place_removed(self, folder: str, then: Changed) -> bool:
        """What of the settings changes with one place less."""
        return self._change(lambda: removed(self._settings, Path(folder)), then)

    def _change(self, work: Callable[[], Mapping[str, Value]], then: Changed) -> bool:
        def job() -> None:
            try:
                then(work(), "")
            except (OperatorError, OSError) as error:
                then({}, str(error))
        return self.keeper.in_background(job)

    def close(self) -> None:
        """After the engine: workers have closed their files, and the index hears of it."""
        self.keeper.changed.disconnect(self.follow, missing_ok=True)
        self.keeper.looked.disconnect(self._looked, missing_ok=True)
        self._directory.changed.disconnect(self._cameras_changed, missing_ok=True)
        self.keeper.close()


def sound_words(told: tuple[bool, str] | None) -> str:
    """What of a camera's sound is recorded (app.video.engine.Engine.sounding), as a sentence; None: ""."""
    if told is None:
        return ""
    comes, codec = told
    if comes:
        return _("Its sound is recorded.") if codec == "aac" else _(
            "Its sound is recorded, made AAC of the camera's {codec}.").format(codec=codec)
    return {"": _("The camera sends no sound."),
            "refused": _("Its sound is not recorded: the camera does not give it."),
            "way": _("Its sound is not recorded: it comes only over RTSP by TCP.")}.get(codec, _(
                "Its sound is not recorded: the camera sends {codec}. AAC, G.711 and L16 are recorded.").format(
                    codec=codec))


def clock_offsets(registry: Registry) -> dict[str, float]:
    """Camera id -> seconds that its clock was ahead of ours when it was asked; a job for the registry lane."""
    return {camera: facts.clock_offset for camera, fact in registry.device_facts.named(FACT).items()
            if (facts := facts_from(fact.value)) is not None}


def holds_of_bookmarks(registry: Registry) -> tuple[Owed, ...]:
    """What the bookmarks of a registry hold, and which hold no longer; a job for the registry lane."""
    marks = registry.bookmarks
    return (*(Owed("hold", *span) for span in marks.spans()), *(Owed("release", gone) for gone in marks.removed()))


def _probe(path: Path) -> Read | None:
    from app.video.segment import probe  # brings libav along: only a repair needs it, no program's start
    return probe(path)
