"""Joins what the wall shows, the policy in force, the video room that writes and the keeper of the index. No Qt.

Runs on: ``follow`` on any thread; it only computes and posts.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from app.model.camera import Camera
from app.model.clip import Gap, Segment
from app.model.recording import Usage
from app.model.wall import WallState
from app.recording.keeper import Index, Keeper
from app.recording.policy import Policy, policy_of
from app.registry.directory import CameraDirectory
from app.registry.recordings import RecordingIndex
from app.runtime import paths
from app.runtime.settings import Value
from app.video.engine import Engine, RecordWant
from app.video.segment import probe, time_of
from app.wall.transitions import panes_of

type Seen = tuple[tuple[Segment, ...], tuple[Gap, ...]]


class KeepSetting(Protocol):
    def __call__(self, key: str, value: Value) -> None: ...


class RecordingRoom:
    """What is recorded. ``keeper`` tells when something changed; its thread calls back."""

    def __init__(self, engine: Engine, directory: CameraDirectory, wall: Callable[[], WallState],
                 settings: Mapping[str, Value], keep_setting: KeepSetting) -> None:
        self._engine, self._directory, self._wall = engine, directory, wall
        self._keep_setting = keep_setting
        self._lock = threading.Lock()
        self._wants: dict[str, RecordWant] | None = None
        self.policy: Policy = policy_of(settings)
        self.root = place_of(settings)
        marks = _marks(settings)
        self.keeper = Keeper(self.root, RecordingIndex, probe, time_of, known_marker=marks.get(str(self.root), ""),
                             keep_marker=lambda mark: keep_setting(
                                 "recording.marks", json.dumps(marks | {str(self.root): mark})))
        self._limit()
        self.keeper.changed.connect(self.follow)

    def start(self) -> None:
        """Open the index; recording begins when it is there."""
        self.keeper.start()

    @property
    def taping(self) -> frozenset[str]:
        """Cameras of which a file is being written."""
        return self.keeper.taping

    @property
    def usage(self) -> Usage:
        """What lies there, as of some seconds ago."""
        return self.keeper.usage

    def settings_changed(self, settings: Mapping[str, Value]) -> None:
        """Another policy is in force; the folder only at the next start."""
        self.policy = policy_of(settings)
        self._limit()
        self.follow()

    def follow(self, *_what: object) -> None:
        """Record what is to be recorded now; cheap when nothing changed."""
        with self._lock:
            wants = self._wanted() if self.keeper.ready and self.keeper.room else {}
            if wants != self._wants:
                self._wants = wants
                self._engine.record(wants)

    def _wanted(self) -> dict[str, RecordWant]:
        shown = [camera for window in self._wall().windows for pane in panes_of(window) if pane.camera
                 and (camera := self._directory.by_id(pane.camera)) is not None]
        cameras = self._directory.all() if self.policy.tags else ()
        return {camera_id: RecordWant(camera, str(self.root / camera_id), self.policy.seconds, pull)
                for camera_id, (camera, pull) in self.policy.wanted(shown, cameras).items()}

    def _limit(self) -> None:
        self.keeper.quota, self.keeper.floor = self.policy.quota, self.policy.floor
        self.keeper.keep_of = lambda camera_id: self._keep_us(self._directory.by_id(camera_id))

    def _keep_us(self, camera: Camera | None) -> int:
        return self.policy.keep_us(camera) + self.policy.seconds * 1_000_000      # a file begins before what it is for

    def ask(self, camera: str, t0: int, t1: int, then: Callable[[Seen], None]) -> bool:
        """What is recorded of a camera between two moments (UTC microseconds); ``then`` on the keeper's thread."""
        def work(index: Index) -> Seen:
            return index.segments(camera, t0, t1), index.gaps(camera, t0, t1)
        return self.keeper.submit(work, lambda found: then(found if isinstance(found, tuple) else ((), ())))

    def close(self) -> None:
        """After the engine: workers have closed their files, and the index hears of it."""
        self.keeper.changed.disconnect(self.follow, missing_ok=True)
        self.keeper.close()


def place_of(settings: Mapping[str, Value]) -> Path:
    """The folder for recordings in force."""
    text = str(settings["recording.folder"]).strip()
    return Path(text).expanduser().absolute() if text else paths.data_dir() / "recordings"


def _marks(settings: Mapping[str, Value]) -> dict[str, str]:
    try:
        found = json.loads(str(settings["recording.marks"]) or "{}")
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
