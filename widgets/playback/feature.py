"""The past in a pane: the last seconds at once, a bookmark's pictures, and REC on what is recorded.

Runs on: GUI thread; the keeper's thread hops.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer

from app.commands import Context
from app.model.camera import Camera
from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from app.runtime.zone import in_force
from app.video.engine import PaneKey, Want
from app.video.replay import replayed
from app.wall.transitions import panes_of
from widgets.bookmarks.times import time_text
from widgets.common.hop import hop_to_gui
from widgets.playback.exporting import Exporting
from widgets.wall.strip import Badges
from widgets.window.shell import Shell

_TICK_MS = 250              # the time in the strip
_LEAD_IN_US = 5_000_000     # a bookmark is shown from a little before its moment
_STEP_US = 10_000_000


@dataclass(frozen=True, slots=True)
class _Replay:
    """One pane in the past: ``camera`` is what the wall says, ``source`` what the engine is asked for."""

    camera: str
    at: int
    source: Camera


class PlaybackDesk(QObject):
    """Everything about replay that lives as long as the windows do."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell, self._station = shell, shell.station
        self._replays: dict[PaneKey, _Replay] = {}
        self._serial = 0
        station = shell.station
        self.exporting = Exporting(shell, self)
        for command, handler in (("replay.back", self.back), ("replay.live", self.live),
                                 ("replay.earlier", self.earlier), ("bookmark.jump", self.jump),
                                 ("bookmark.export", self.exporting.export)):
            station.dispatcher.bind(command, handler)
        shell.badges.contribute(self._badge)
        shell.demand.amend.append(self._amend)
        shell.desk.past = lambda: self._replays.keys()
        self._inner = station.dispatcher.context
        station.dispatcher.context = self._with_replay
        station.wall.changed.connect(self._wall_changed)
        shell.windows.opened.connect(shell.badges.refresh)
        hop_to_gui(station.recording.keeper.changed, shell.badges.refresh, self)
        hop_to_gui(station.recording.keeper.trouble, self._trouble, self)
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.setObjectName("replay clock")
        self._clock.timeout.connect(shell.badges.refresh)

    def close(self) -> None:
        """Before the windows go."""
        self._clock.stop()
        self._station.wall.changed.disconnect(self._wall_changed)
        self.exporting.close()

    # --- commands ---

    def back(self, **_pane: object) -> None:
        """The selected pane some seconds ago; beside it everything goes on. Raises OperatorError."""
        seconds = int(self._station.registry.settings["replay.seconds"])
        self._start(time.time_ns() // 1000 - seconds * 1_000_000)

    def earlier(self) -> None:
        """Ten seconds before what is seen. Raises OperatorError."""
        key, _camera = self._selected()
        running = self._replays.get(key)
        if running is not None:
            self._start((self._station.engine.played(running.source.id) or running.at) - _STEP_US)

    def live(self, **_pane: object) -> None:
        """The selected pane shows its camera as it is now."""
        key, _camera = self._selected()
        self._stop(key)

    def jump(self, bookmark: str) -> None:
        """A bookmark's first camera in the selected pane, from a little before its moment. Raises OperatorError."""
        self._station.registry.submit(lambda registry: next(
            (one for one in registry.bookmarks.all() if one.id == bookmark), None), self.exporting.later_of(self._jump))

    # --- inside ---

    def _jump(self, outcome: object) -> None:
        found = getattr(outcome, "value", None)
        if found is None:
            self._shell.tell(_("This bookmark is not there any more."))
            return
        camera = next((one for one in found.cameras if self._station.directory.by_id(one.id) is not None), None)
        if camera is None:
            self._shell.tell(_("None of its cameras is in the registry any more."))
            return
        if self._selected()[1] != camera.id:
            self._station.dispatcher.run("pane.put", camera=camera.id, window=self._shell.active(),
                                         pane=int(self._selected()[0].rpartition("/")[2]))
        try:
            self._start(max(found.t0, found.at - _LEAD_IN_US))
        except OperatorError as error:
            self._shell.tell(str(error))

    def _start(self, at: int) -> None:
        key, camera_id = self._selected()
        camera = self._station.directory.by_id(camera_id)
        if camera is None:
            raise OperatorError(_("Choose a pane that shows a camera."))
        folder = self._station.recording.root / camera_id
        if not folder.is_dir():
            raise OperatorError(_("Nothing is recorded of {number} {name}.").format(
                number=camera.label, name=camera.name))
        self._serial += 1
        self._replays[key] = _Replay(camera_id, at, replayed(camera, str(folder), at, self._serial))
        self._changed()

    def _stop(self, key: PaneKey) -> None:
        if self._replays.pop(key, None) is not None:
            self._changed()

    def _changed(self) -> None:
        if self._replays and not self._clock.isActive():
            self._clock.start()
        elif not self._replays:
            self._clock.stop()
        self._shell.demand.mark()
        self._shell.badges.refresh()

    def _selected(self) -> tuple[PaneKey, str]:
        windows = self._station.wall.state.windows
        here = next((w for w in windows if w.id == self._shell.active()), windows[0] if windows else None)
        if here is None:
            return "/0", ""
        panes = panes_of(here)
        camera = panes[here.selected].camera if here.selected < len(panes) else ""
        return f"{here.id}/{here.selected}", camera

    def _with_replay(self) -> Context:
        context = self._inner()
        return replace(context, replay=True) if self._replays and self._selected()[0] in self._replays else context

    def _amend(self, key: PaneKey, want: Want) -> Want:
        running = self._replays.get(key)
        return want if running is None or running.camera != want.camera.id else replace(want, camera=running.source)

    def _wall_changed(self, *_state: object) -> None:
        """A pane that shows another camera, or is gone, is not in the past."""
        shown = {f"{window.id}/{index}": pane.camera for window in self._station.wall.state.windows
                 for index, pane in enumerate(panes_of(window))}
        gone = [key for key, running in self._replays.items() if shown.get(key) != running.camera]
        for key in gone:
            del self._replays[key]
        if gone:
            self._changed()
        else:
            self._shell.badges.refresh()

    def _badge(self, key: PaneKey, camera: str) -> Badges | None:
        running = self._replays.get(key)
        taping = camera in self._station.recording.taping
        if running is None:
            return Badges(recording=True) if taping else None
        played = self._station.engine.played(running.source.id)
        zone = in_force(str(self._station.registry.settings.get("window.zone", "system")))
        return Badges(recording=taping, replay=True, replay_time=time_text(played, zone) if played is not None else "")

    def _trouble(self, sentence: str) -> None:
        if sentence:
            self._shell.tell(sentence)


def install(shell: Shell) -> PlaybackDesk:
    """The row of widgets/features.py."""
    return PlaybackDesk(shell)
