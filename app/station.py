"""A station: the rooms below the windows, opened in order and closed in order. No Qt.

Runs on: the main thread. Opening waits for the registry's file once, before any window is there; nothing after that
waits.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app import features
from app.commands import Context, Dispatcher
from app.commands.keymap import KeyMap
from app.events.alarms import Alarms
from app.model.errors import OperatorError
from app.model.recording import Owed
from app.model.wall import WallState, WindowKind
from app.recording_room import RecordingRoom, clock_offsets, holds_of_bookmarks
from app.refused_streams import RefusedStreams
from app.registry.directory import CameraDirectory
from app.registry.lane import Outcome, RegistryLane
from app.registry.starter import ensure_user_registry, on_port
from app.runtime import language, paths
from app.runtime.language import gettext as _
from app.runtime.settings import Value
from app.video import hardware
from app.video.choice import Thresholds
from app.video.freshness import Limits
from app.video.supervisor import VideoEngine
from app.wall.wall import Wall

_log = logging.getLogger("lawang.station")

WALL_NAME = "last"              # the wall that the next start brings back
ANSWER_S = 30.0                 # as long as another program may hold the file, and much more


@dataclass(frozen=True, slots=True)
class StationOptions:
    """What a station is opened with. ``demo_port``: the demo city's RTSP port, 0 without one."""

    registry: Path
    demo_port: int = 0
    language: str = ""
    demo_services: Mapping[int, str] = field(default_factory=dict)      # ONVIF addresses of domes, by call-up number


class Station:
    """Everything but the windows. ``wall`` holds the saved state; the windows bind the wall's commands."""

    def __init__(self, options: StationOptions) -> None:
        """Raises OperatorError when the registry cannot be opened; nothing is left running then."""
        path = _registry_file(options.registry)
        amend = on_port(options.demo_port, options.demo_services) if options.demo_port else None
        self.registry = RegistryLane(path, amend=amend)
        self.registry.start()
        try:
            self.registry.wait_open()
            settings = self.registry.settings
            chosen = options.language or str(settings["window.language"])
            if chosen != "system":
                language.set_language(chosen)
            self.table = features.table()
            self.keymap = KeyMap.load(self.table, paths.config_dir() / "keys.toml")
            for problem in self.keymap.problems:
                _log.warning("keys.toml: %s", problem)
            self.dispatcher = Dispatcher(self.table, _before_windows, self.keymap)
            self.wall = Wall(self._saved_wall())
            self.alarms = Alarms(lambda: float(self.registry.settings["events.seconds"]))
            self.engine = engine_for(settings)
            self.recording = RecordingRoom(self.engine, self.directory, lambda: self.wall.state, settings,
                                           self._keep_setting)
            self.engine.recorded = self.recording.keeper.heard
            self.refused_streams = RefusedStreams(self.engine, self.registry)
            self.wall.changed.connect(self.recording.wall_changed)
            self.alarms.changed.connect(self.recording.alarmed)
            self.recording.keeper.must.ask = self._ask_holds
            self.registry.settings_changed.connect(self._settings_changed)
            self.registry.tables_changed.connect(self._tables_changed)
            self._tables_changed(frozenset({"device_facts"}))
            self.recording.start()
        except BaseException:
            for room in (getattr(self, "engine", None), getattr(self, "recording", None), self.registry):
                if room is not None:
                    room.close()
            raise

    @property
    def directory(self) -> CameraDirectory:
        """The cameras, in memory."""
        return self.registry.directory

    @property
    def settings(self) -> Mapping[str, Value]:
        """All settings in force."""
        return self.registry.settings

    def _saved_wall(self) -> WallState:
        answers: queue.Queue[Outcome[WallState | None]] = queue.Queue(1)
        if not self.registry.submit(lambda registry: registry.load_wall(WALL_NAME), answers.put):
            return WallState()
        saved = answers.get(timeout=ANSWER_S)
        return saved.value if saved.value is not None else WallState()

    def retry(self, number: int) -> None:
        """Try the camera of that call-up number now, if it is lost; any thread."""
        camera = self.directory.by_number(number)
        if camera is not None:
            self.engine.retry(camera.id)

    def _settings_changed(self, settings: Mapping[str, Value]) -> None:
        """On the registry thread: what the video room judges by; the windows hear of the rest themselves."""
        self.engine.judge_by(limits_of(settings), thresholds_of(settings))
        self.recording.settings_changed(settings)

    def _tables_changed(self, tables: frozenset[str]) -> None:
        """Cameras' clocks may have been measured: each recording states how far off they are."""
        if "device_facts" in tables:
            self.registry.submit(clock_offsets, self._measured, replaces="clock offsets")

    def _measured(self, outcome: Outcome[dict[str, float]]) -> None:
        if outcome.value is not None:
            self.recording.measured(outcome.value)

    def _ask_holds(self) -> None:
        """On a keeper's thread: an index was opened, which must hold what the bookmarks do."""
        self.registry.submit(holds_of_bookmarks, self._marked, replaces="holds of bookmarks")

    def _marked(self, outcome: Outcome[tuple[Owed, ...]]) -> None:
        if outcome.value is not None:
            self.recording.keeper.must_hold(outcome.value)

    def _keep_setting(self, key: str, value: Value) -> None:
        self.registry.submit(lambda registry: registry.set_setting(key, value), replaces=key)

    def close(self) -> None:
        """Stop decoders and pulls, then flush the registry; each step has its own deadline."""
        self.registry.settings_changed.disconnect(self._settings_changed, missing_ok=True)
        self.registry.tables_changed.disconnect(self._tables_changed, missing_ok=True)
        self.wall.changed.disconnect(self.recording.wall_changed, missing_ok=True)
        self.alarms.changed.disconnect(self.recording.alarmed, missing_ok=True)
        self.refused_streams.close()
        self.engine.close()
        self.recording.close()
        if not self.registry.close():
            _log.error("the registry did not close in time; its last change may be missing")


def _registry_file(path: Path) -> Path:
    """The operator's own registry is made at first start; a path that was typed must be there."""
    if path == paths.registry_path():
        return ensure_user_registry(path)
    if not path.exists():
        raise OperatorError(_("There is no registry at {path} yet. Make one: cameras import FILE.csv").format(
            path=path))
    return path


def engine_for(settings: Mapping[str, Value]) -> VideoEngine:
    """The video room with the settings in force."""
    return VideoEngine(
        caching_ms=int(settings["decoder.caching_ms"]),
        decode_with=hardware.method() if settings["decoder.hardware"] else hardware.SOFTWARE,
        limits=limits_of(settings),
        thresholds=thresholds_of(settings),
    )


def limits_of(settings: Mapping[str, Value]) -> Limits:
    """When a picture counts as live, late and frozen."""
    return Limits(live=float(settings["freshness.live_seconds"]), late=float(settings["freshness.late_seconds"]),
                  frozen=float(settings["freshness.frozen_seconds"]))


def thresholds_of(settings: Mapping[str, Value]) -> Thresholds:
    """From which pane heights on which stream is taken."""
    return Thresholds(int(settings["stream.low_pixels"]), int(settings["stream.high_pixels"]))


def _before_windows() -> Context:
    """What is true while no window is open: the application puts its own in place."""
    return Context(kind=WindowKind.CONSOLE)
