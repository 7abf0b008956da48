"""Recording without windows: registry, streams and index, opened in order and closed in order. No Qt, no libVLC player.

Runs on: the main thread. It records by the rules in force, which another program may change meanwhile, and what a wall
beside it shows; one program records to a place.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from app.model.errors import OperatorError
from app.model.recording import Owed
from app.model.wall import WallState
from app.recording.place import HEADLESS
from app.recording_room import RecordingRoom, clock_offsets, holds_of_bookmarks
from app.refused_streams import RefusedStreams
from app.registry.directory import CameraDirectory
from app.registry.lane import Outcome, RegistryLane
from app.runtime.language import gettext as _
from app.runtime.settings import Value
from app.video.supervisor import VideoEngine

_log = logging.getLogger("lawang.recording")

OPEN_S = 30.0               # for the place to be looked at: a repair after a crash reads what was open
FILES_S = 10.0              # for files to be closed; what the disk does not take by then is mended at the next start


class Recorder:
    """Raises OperatorError when the registry cannot be opened or a camera is not known; nothing runs then."""

    def __init__(self, registry: Path, numbers: tuple[int, ...] = ()) -> None:
        self.registry = RegistryLane(registry)
        self.registry.start()
        try:
            self.registry.wait_open()
            only = frozenset(_camera_id(self.registry.directory, number) for number in numbers)
            self.engine = VideoEngine()
        except BaseException:
            self.registry.close()
            raise
        self.room = RecordingRoom(self.engine, self.registry.directory, WallState, self.registry.settings,
                                  self._keep_setting, kind=HEADLESS, only=only)
        self.engine.recorded = self.room.keeper.heard
        self.refused_streams = RefusedStreams(self.engine, self.registry)
        self.room.keeper.must.ask = self._ask_holds
        self.registry.settings_changed.connect(self.room.settings_changed)
        self.registry.tables_changed.connect(self._tables_changed)
        self._tables_changed(frozenset({"device_facts"}))

    def start(self) -> str:
        """Begin; "" when recording is under way, else a sentence why nothing can be recorded now."""
        known = threading.Event()

        def look(*_what: object) -> None:
            if self.room.keeper.ready or self.room.keeper.judged:
                known.set()
        self.room.keeper.changed.connect(look)
        self.room.keeper.trouble.connect(look)
        self.room.start()
        try:
            if not known.wait(OPEN_S):
                return _("The recordings at {place} are still being looked through.").format(place=self.room.root)
            return "" if self.room.keeper.ready else self.room.keeper.said
        finally:
            self.room.keeper.changed.disconnect(look)
            self.room.keeper.trouble.disconnect(look)

    def close(self) -> bool:
        """Close files, streams, index and registry; False when files are left for the next start to mend."""
        whole = self.room.end(FILES_S)
        self.registry.settings_changed.disconnect(self.room.settings_changed, missing_ok=True)
        self.registry.tables_changed.disconnect(self._tables_changed, missing_ok=True)
        self.refused_streams.close()
        self.engine.close()
        self.room.close()
        self.registry.close()
        return whole

    def _keep_setting(self, key: str, value: Value) -> None:
        self.registry.submit(lambda registry: registry.set_setting(key, value), replaces=key)

    def _tables_changed(self, tables: frozenset[str]) -> None:
        if "device_facts" in tables:
            self.registry.submit(clock_offsets, self._measured, replaces="clock offsets")

    def _ask_holds(self) -> None:
        """On a keeper's thread: an index was opened, which must hold what the bookmarks do."""
        self.registry.submit(holds_of_bookmarks, self._marked, replaces="holds of bookmarks")

    def _marked(self, outcome: Outcome[tuple[Owed, ...]]) -> None:
        if outcome.value is not None:
            self.room.keeper.must_hold(outcome.value)

    def _measured(self, outcome: Outcome[dict[str, float]]) -> None:
        if outcome.value is not None:
            self.room.measured(outcome.value)


def _camera_id(directory: CameraDirectory, number: int) -> str:
    camera = directory.by_number(number)
    if camera is None:
        raise OperatorError(_("There is no camera {number:04d} in the registry.").format(number=number))
    return camera.id
