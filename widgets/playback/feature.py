"""The past in the panes: the last seconds at once, a bookmark's pictures, several cameras on one clock, marks, export.

Runs on: GUI thread; the keeper's and the registry's threads hop.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer

from app.commands import Context
from app.model.camera import Camera
from app.model.errors import OperatorError
from app.playback.coverage import together
from app.playback.nearby import nearest
from app.runtime.language import gettext as _
from app.runtime.zone import Zone, in_force
from app.video.engine import PaneKey, Want
from app.video.segment_name import text_of
from app.wall.transitions import panes_of
from widgets.bookmarks.times import exact_time_text, time_text
from widgets.common.hop import hop_to_gui
from widgets.common.later import Later
from widgets.playback.beside import Beside
from widgets.playback.finding import Finding
from widgets.playback.holding import Holding
from widgets.playback.past import Look, Past
from widgets.playback.recorded import Recorded
from widgets.playback.stills import StillPane, Thumbnails
from widgets.playback.timelines import Timelines
from widgets.wall import WallView
from widgets.wall.strip import Badges
from widgets.window.shell import Shell, selected_in

_TICK_MS = 200              # the clock kept within what can be seen, the time in the strips
_STEP_TICK_MS = 15          # while a step is under way
_STEP_US = 10_000_000
_SMALL = (96, 54)           # pixels of a picture in a list


class PlaybackDesk(QObject):
    """Everything about replay that lives as long as the windows do."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell, self._station = shell, shell.station
        station = shell.station
        self.past = Past(station.engine)
        self.later = Later(self)
        self.recorded = Recorded(station.recording.keeper, self.later)
        self._kept: frozenset[str] | None = None    # cameras of whom something is recorded; None: the index opens yet
        self.finding = Finding(shell, self)
        bind = station.dispatcher.bind
        for command, handler in (
                ("back", self.back), ("live", self.live), ("leave", self.live), ("earlier", self.earlier),
                ("pause", lambda: self._do(lambda look, now: look.session.toggle(now))),
                ("faster", lambda: self._do(lambda look, now: look.session.faster(now))),
                ("backward", lambda: self._do(lambda look, now: look.session.backward(now))),
                ("slower", lambda: self._do(lambda look, now: look.session.slower(now))),
                ("speed", lambda eighths: self._do(lambda look, now: look.session.set_speed(eighths, now))),
                ("frame_back", self.frame), ("frame_on", self.frame), ("step_back", self.step),
                ("step_on", self.step), ("minute_back", self.by), ("minute_on", self.by), ("jump", self.jump),
                ("together", self.together), ("nearby", self.nearby),
                ("mark_begin", lambda: self._mark(lambda look, now: look.session.mark_begin(now))),
                ("mark_end", lambda: self._mark(lambda look, now: look.session.mark_end(now))),
                ("unmark", self.unmark), ("export", self.export), ("next_bookmark", lambda: self.finding.go(1)),
                ("previous_bookmark", lambda: self.finding.go(-1))):
            bind(f"replay.{command}", handler)
        bind("bookmark.jump", self.finding.show)
        shell.badges.contribute(self._badge)
        shell.demand.amend.append(self._amend)
        shell.desk.past = self.past.keys
        self._inner = station.dispatcher.context
        station.dispatcher.context = self._with_replay
        station.wall.changed.connect(self._wall_changed)
        shell.windows.opened.connect(shell.badges.refresh)
        hop_to_gui(station.recording.keeper.changed, self._keeper_changed, self)
        hop_to_gui(station.recording.keeper.trouble, self._trouble, self)
        self.past.changed.connect(self._changed)
        self.recorded.found.connect(self._found)
        self._read_kept()
        self._holding = Holding(station.recording.keeper)
        self.timelines = Timelines(shell, self)
        self._small = StillPane("stills/0", *_SMALL, station.engine, shell.demand, self.folder, self)
        self.thumbnails = Thumbnails(self._small, self.camera)
        self.beside = Beside(station.engine, shell.demand, shell.theme, self)
        shell.desk.still = self.thumbnails.picture
        shell.desk.offset = self.clock_offset
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.setObjectName("replay clock")
        self._clock.timeout.connect(self._tick)
        self._stepping = QTimer(self, interval=_STEP_TICK_MS)
        self._stepping.setObjectName("replay step")
        self._stepping.timeout.connect(self._stepped)

    def close(self) -> None:
        """Before the windows go."""
        self._clock.stop()
        self._stepping.stop()
        self.timelines.close()
        self._holding.follow(())
        self._small.let_go()
        self.beside.hide()
        self._station.wall.changed.disconnect(self._wall_changed)
        self.later.close()

    # --- what is asked by the timeline ---

    @property
    def zone(self) -> Zone:
        """The room's zone."""
        return in_force(str(self._station.registry.settings.get("window.zone", "system")))

    def selected(self, window: str = "") -> tuple[PaneKey, str]:
        """Key and camera of the selected pane of a window, of the active one when not said."""
        here = self._shell.window(window)
        return (f"{here.id}/{here.selected}", selected_in(here)) if here is not None else ("/0", "")

    def camera(self, camera_id: str) -> Camera | None:
        return self._station.directory.by_id(camera_id)

    def folder(self, camera_id: str) -> str:
        """Where the files of a camera lie: in as many places as there are now."""
        return text_of(self._station.recording.keeper.folders(camera_id))

    def clock_offset(self, camera: str, at: int, then: Callable[[int | None], None]) -> None:
        """How far a camera's clock went against the station's at a moment; ``then`` on this thread."""
        def found(segments: Any) -> None:
            then(segments[0].clock.offset_us if segments else None)
        self._station.recording.keeper.submit(lambda index: index.segments(camera, at, at),
                                              lambda answer: self.later(lambda: found(answer)))

    # --- commands ---

    def back(self, **_pane: object) -> None:
        """The selected pane some seconds ago; beside it everything goes on. Raises OperatorError."""
        seconds = int(self._station.registry.settings["replay.seconds"])
        self._start(newest() - seconds * 1_000_000)

    def earlier(self) -> None:
        """Ten seconds before what is seen. Raises OperatorError."""
        self._do(lambda look, now: look.session.by(-_STEP_US, now, newest()))

    def live(self, **_pane: object) -> None:
        """The selected pane, and those in step with it, show their cameras as they are now."""
        look = self.look()
        self.past.part(look, tuple(look.panes))

    def frame(self, step: int) -> None:
        """So many pictures on or back, and stand there. Raises OperatorError."""
        self.past.step(self.look(), step, time.monotonic_ns())
        self._stepping.start()

    def step(self, seconds: int) -> None:
        """One picture while it stands, else some seconds. Raises OperatorError."""
        if self.look().session.moving.paused:
            self.frame(1 if seconds > 0 else -1)
        else:
            self.by(seconds)

    def by(self, seconds: int) -> None:
        """Some seconds on or back. Raises OperatorError."""
        self._do(lambda look, now: look.session.by(seconds * 1_000_000, now, newest()))

    def jump(self, at: int) -> None:
        """To a moment (UTC, microseconds); a pane that is live turns to the past. Raises OperatorError."""
        look = self.past.look(self.selected()[0])
        if look is None:
            self._start(at)
        else:
            look.session.jump(at, time.monotonic_ns(), newest())
            self.past.steer(look)

    def together(self, **_pane: object) -> None:
        """The cameras of this window at the same moment and from now on in step; again: only the selected one."""
        look = self.look()
        key, _camera = self.selected()
        window, panes = self._panes()
        others = {f"{window}/{index}": camera for index, camera in panes.items()
                  if f"{window}/{index}" not in look.panes}
        recorded = {k: found for k, camera in others.items() if (found := self._recorded(camera)) is not None}
        if recorded:
            look.leader = key
            self.past.join(look, recorded)
        elif len(look.panes) > 1:
            self.past.part(look, [k for k in look.panes if k != key])
        else:
            raise OperatorError(_("No other camera of this window was recorded."))

    def nearby(self, **_pane: object) -> None:
        """The nearest cameras in the other panes of this window, at the same moment. Raises OperatorError."""
        look = self.look()
        key, camera_id = self.selected()
        camera = self.camera(camera_id)
        window, _panes = self._panes()
        state = self._station.wall.window(window)
        free = [index for index in range(len(panes_of(state))) if f"{window}/{index}" != key]
        near = nearest(camera, [one for one in self._station.directory.all() if self._recorded(one.id)],
                       len(free)) if camera is not None else []
        if not near:
            raise OperatorError(_("No camera nearby was recorded."))
        look.leader = key
        for index, one in zip(free, near, strict=False):
            self._station.dispatcher.run("pane.put", camera=one.id, window=window, pane=index)
        self.past.join(look, {f"{window}/{index}": found for index, one in zip(free, near, strict=False)
                              if (found := self._recorded(one.id)) is not None})

    def unmark(self) -> None:
        """No span is marked any more."""
        self._mark(lambda look, _now: setattr(look.session, "marks", type(look.session.marks)()))

    def export(self, **_pane: object) -> None:
        """Ask about handing out the marked span of all cameras in step, as one case. Raises OperatorError."""
        cameras, t0, t1 = self.marked()
        self._station.dispatcher.run("case.export", cameras=cameras, t0=t0, t1=t1)

    def marked(self) -> tuple[tuple[str, ...], int, int]:
        """(ids of the cameras in step, beginning, end) of the marked span. Raises OperatorError while there is none."""
        look = self.look()
        if look.session.marks.span is None:
            raise OperatorError(_("Mark the beginning (I) and the end (O) of what is to be exported."))
        return look.cameras, *look.session.marks.span

    # --- inside ---

    def _panes(self) -> tuple[str, dict[int, str]]:
        """The active window, and the cameras of the panes that are seen in it."""
        window = self.selected()[0].rpartition("/")[0]
        state = self._station.wall.window(window)
        return window, {index: pane.camera for index, pane in enumerate(panes_of(state))
                        if pane.camera and state.alone in (None, index)}

    def _recorded(self, camera_id: str) -> tuple[Camera, str] | None:
        """From memory: a disk that hangs would hold the windows, and a city has 60,000 folders to look for."""
        camera = self.camera(camera_id)
        known = self._kept is None or camera_id in self._kept or camera_id in self._station.recording.taping
        return (camera, self.folder(camera_id)) if camera is not None and known else None

    def _read_kept(self) -> None:
        def come(cameras: Any) -> None:
            if cameras is not None:
                self._kept = frozenset(cameras)
        self._station.recording.keeper.submit(lambda index: index.cameras(),
                                              lambda answer: self.later(lambda: come(answer)))

    def _keeper_changed(self) -> None:
        self._read_kept()
        self._shell.badges.refresh()

    def _start(self, at: int) -> None:
        (key, _id), camera = self.selected(), self._shell.selected_camera()
        found = self._recorded(camera.id)
        if found is None:
            raise OperatorError(_("Nothing is recorded of {number} {name}.").format(
                number=camera.label, name=camera.name))
        self.past.start(key, *found, at)

    def look(self) -> Look:
        """The clock of the selected pane. Raises OperatorError while that is live."""
        look = self.past.look(self.selected()[0])
        if look is None:
            raise OperatorError(_("This pane shows its camera live."))
        return look

    def _do(self, work: Any) -> None:
        look = self.look()
        work(look, time.monotonic_ns())
        self.past.steer(look)
        self._shell.badges.refresh()

    def _mark(self, work: Any) -> None:
        work(self.look(), time.monotonic_ns())
        self._holding.follow(self.past.looks())
        self.past.moved.emit()

    def _changed(self) -> None:
        if self.past and not self._clock.isActive():
            self._clock.start()
        elif not self.past:
            self._clock.stop()
            self.beside.hide()
        self.recorded.ask({camera for look in self.past.looks() for camera in look.cameras})
        self._found()
        self._holding.follow(self.past.looks())
        self._shell.demand.mark()
        self._shell.badges.refresh()

    def _found(self) -> None:
        for look in self.past.looks():
            look.session.recorded = together(map(self.recorded.coverage, look.cameras))

    def _place_beside(self) -> None:
        """The live picture of the selected pane, while that shows the past and the setting says so."""
        key, camera_id = self.selected()
        camera = self.camera(camera_id)
        if key not in self.past or camera is None or not self._station.registry.settings["replay.beside"]:
            self.beside.hide()
            return
        window, _slash, pane = key.rpartition("/")

        def where() -> tuple[WallView, int] | None:
            frame = self._shell.windows.frames.get(window)
            return (frame.view, int(pane)) if frame is not None else None
        self.beside.show(camera, where)

    def _tick(self) -> None:
        self._place_beside()
        now, latest = time.monotonic_ns(), newest()
        self.recorded.ask({camera for look in self.past.looks() for camera in look.cameras},
                          min((look.session.moment(now) for look in self.past.looks()), default=None))
        for look in self.past.looks():
            if look.session.tick(now, latest):
                self.past.steer(look)
        self._shell.badges.refresh()

    def _stepped(self) -> None:
        if not self.past.stepped(time.monotonic_ns()):
            self._stepping.stop()
        self._shell.badges.refresh()

    def _with_replay(self) -> Context:
        context = self._inner()
        return replace(context, replay=True) if self.past and self.selected()[0] in self.past else context

    def _amend(self, key: PaneKey, want: Want) -> Want:
        pane = self.past.pane(key)
        return want if pane is None or pane.camera != want.camera.id else replace(want, camera=pane.source)

    def _wall_changed(self, *_state: object) -> None:
        """A pane that shows another camera, or is gone, is not in the past."""
        shown = {f"{window.id}/{index}": pane.camera for window in self._station.wall.state.windows
                 for index, pane in enumerate(panes_of(window))}
        for look in self.past.looks():
            gone = [key for key, pane in look.panes.items() if shown.get(key) != pane.camera]
            if gone:
                self.past.part(look, gone)
        self._shell.badges.refresh()

    def _badge(self, key: PaneKey, camera: str) -> Badges | None:
        taping = camera in self._station.recording.taping
        look = self.past.look(key)
        if look is None:
            return Badges(recording=True) if taping else None
        played = self.past.played(key)
        text = ""
        if played is not None and not played.missing:
            text = (exact_time_text if look.session.moving.paused else time_text)(played.at, self.zone)
        elif played is not None:
            text = time_text(look.session.moment(time.monotonic_ns()), self.zone)
        return Badges(recording=taping, replay=True, replay_time=text)

    def _trouble(self, sentence: str) -> None:
        if sentence:
            self._shell.tell(sentence)


def newest() -> int:
    """Now, UTC in microseconds: nothing can be recorded later."""
    return time.time_ns() // 1000


def install(shell: Shell) -> PlaybackDesk:
    """The row of widgets/features.py."""
    return PlaybackDesk(shell)
