"""The timelines of all consoles: what each shows, what its pointer asks for, previews, calendar, flags.

Runs on: GUI thread.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, QTimer

from app.bookmarks.book import TABLE
from app.model.bookmark import Bookmark
from app.model.errors import OperatorError
from app.playback.coverage import days_of, together
from app.playback.scale import DAY, Scale
from app.runtime.language import gettext as _
from app.runtime.language import language_changed, ngettext
from app.wall.transitions import panes_of
from widgets.common.hop import hop_to_gui
from widgets.playback.calendar import Calendar
from widgets.playback.lively import Lively
from widgets.playback.past import Look
from widgets.playback.preview import HEIGHT_PX, WIDTH_PX, Preview
from widgets.playback.sign import PastSign
from widgets.playback.stills import StillPane
from widgets.playback.timeline import TimelinePanel
from widgets.playback.track import Flag, Row
from widgets.playback.words import clock_text, date_text
from widgets.window.console import Console
from widgets.window.frame import Frame
from widgets.window.shell import Shell

if TYPE_CHECKING:
    from widgets.playback.feature import PlaybackDesk

ALWAYS = "timeline.always"
_TICK_MS = 100              # the line of the moment
_HOVER_MS = 40              # a pointer that only passes asks for no picture
_SCRUB_MS = 40              # between two pictures while it is dragged
_LIVE_SHARE = 0.9           # live: now stands there
_SHARE = 0.6
_FIRST_ROWS = 8             # before it is known how many there is room for


class _Line:
    """One timeline with what hangs on it."""

    def __init__(self, frame: Console, panel: TimelinePanel, preview: Preview, calendar: Calendar,
                 sign: PastSign) -> None:
        self.frame, self.panel, self.preview, self.calendar = frame, panel, preview, calendar
        self.sign = sign
        self.free = False               # the operator looks elsewhere: it does not turn after the moment
        self.stretch = (0, 0)           # beginning and width of what was shown last
        self.look: Look | None = None


class Timelines(QObject):
    """Everything about timelines that lives as long as the windows do."""

    def __init__(self, shell: Shell, desk: PlaybackDesk) -> None:
        super().__init__(desk)
        self._shell, self._desk, self._station = shell, desk, shell.station
        self._lines: dict[str, _Line] = {}
        self._bookmarks: tuple[Bookmark, ...] = ()
        self._still = StillPane("timeline/0", WIDTH_PX, HEIGHT_PX, self._station.engine, shell.demand, desk.folder,
                                self)
        self._lively = Lively(self._station.recording.keeper, desk.later)
        self._lively.found.connect(self.refresh)
        self._hover: tuple[str, int, str] | None = None         # window, moment, camera
        self._sought: tuple[str, int] | None = None
        bind = self._station.dispatcher.bind
        bind("timeline.closer", lambda: self._zoom(1))
        bind("timeline.farther", lambda: self._zoom(-1))
        bind("timeline.show", self.always)
        bind("timeline.calendar", self.open_calendar)
        shell.windows.opened.connect(self._opened)
        shell.windows.closed.connect(lambda frame: self._lines.pop(frame.window_id, None))
        desk.past.changed.connect(self._past_changed)
        desk.past.moved.connect(self._moved)
        desk.recorded.found.connect(self.refresh)
        self._station.wall.changed.connect(self._wall_changed)
        hop_to_gui(self._station.registry.tables_changed, self._tables_changed, self)
        hop_to_gui(self._station.registry.settings_changed, lambda _settings: self._settle(), self)
        hop_to_gui(language_changed, lambda _language: self._retranslate(), self)
        self._tick = self._timer("timeline tick", _TICK_MS, self._ticked)
        self._hovering = self._timer("timeline hover", _HOVER_MS, self._hovered_long, single=True)
        self._scrubbing = self._timer("timeline scrub", _SCRUB_MS, self._scrubbed, single=True)
        self._read_bookmarks()

    def close(self) -> None:
        """Before the windows go."""
        for timer in (self._tick, self._hovering, self._scrubbing):
            timer.stop()
        self._still.let_go()
        self._station.wall.changed.disconnect(self._wall_changed)

    # --- commands ---

    def always(self) -> None:
        """Below the wall also while everything is live, or only in replay."""
        on = not self._always
        self._station.registry.submit(lambda registry: registry.set_setting(ALWAYS, on), replaces=ALWAYS)
        QTimer.singleShot(0, self, lambda: self._settle(on))

    def open_calendar(self) -> None:
        """The days with recordings of these cameras. Raises OperatorError in a window without timeline."""
        frame = self._shell.windows.active
        line = self._lines.get(frame.window_id) if frame is not None else None
        if line is None:
            raise OperatorError(_("The calendar opens in a console."))
        look = self._desk.past.look(self._desk.selected()[0])
        at = look.session.moment(time.monotonic_ns()) if look is not None else _now()
        self._desk.recorded.ask(self._cameras(line), at)
        corner = line.panel.mapTo(line.frame, QPoint(16, 0)) if line.panel.isVisible() else \
            QPoint(16, line.frame.height() - 16)
        line.calendar.open(at, self._days(line), corner)

    # --- what is shown ---

    def refresh(self) -> None:
        """Everything anew in the timelines that are seen."""
        for line in self._lines.values():
            if line.panel.wanted:
                self._fill(line)
            if line.calendar.isVisible():
                line.calendar.show_recorded(self._days(line))

    @property
    def _always(self) -> bool:
        return bool(self._station.registry.settings.get(ALWAYS, False))

    def _timer(self, name: str, interval: int, work: Any, *, single: bool = False) -> QTimer:
        timer = QTimer(self, interval=interval, singleShot=single)
        timer.setObjectName(name)
        timer.timeout.connect(work)
        return timer

    def _opened(self, frame: Frame) -> None:
        if not isinstance(frame, Console):
            return
        panel = next((one for one in frame.panels.values() if isinstance(one, TimelinePanel)), None)
        if panel is None:
            return
        line = _Line(frame, panel, Preview(frame, self._shell.theme),
                     Calendar(frame, self._shell.theme, lambda: self._desk.zone), PastSign(self._shell.theme))
        frame.bar.add_sign(line.sign)
        self._lines[frame.window_id] = line
        track = panel.track
        track.sought.connect(lambda at: self._seek(line, at))
        track.released.connect(self._scrubbed)
        track.hovered.connect(lambda at, camera: self._hovered(line, at, camera))
        track.flagged.connect(lambda bookmark: self._station.dispatcher.run("bookmark.jump", bookmark=bookmark))
        track.scale_changed.connect(lambda: self._scaled(line))
        panel.length_asked.connect(lambda: self._zoom(-1))
        line.calendar.closed.connect(frame.take_keyboard)
        line.calendar.chosen.connect(lambda at: self._station.dispatcher.run("replay.jump", at=at))
        self._settle()

    def _settle(self, always: bool | None = None) -> None:
        """Which timelines are there."""
        always = self._always if always is None else always
        for window, line in self._lines.items():
            wanted = always or self._desk.past.in_window(window)
            if wanted is not line.panel.wanted:
                line.panel.wanted = wanted
                line.free = False
                line.frame.settle_docks()
                if not wanted:
                    line.preview.hide()
        for line in self._lines.values():
            if not line.panel.wanted and line.sign.show_moment(""):
                line.frame.bar.refit()
        if any(line.panel.wanted for line in self._lines.values()):
            if not self._tick.isActive():
                self._tick.start()
            self.refresh()
        else:
            self._tick.stop()
            self._still.let_go()

    def _past_changed(self) -> None:
        # The pane shows its first recorded picture before the wall makes room for the timeline.
        QTimer.singleShot(_FIRST_MS if self._desk.past else 0, self, self._settle)
        self._moved()

    def _moved(self) -> None:
        for line in self._lines.values():
            line.free = False
        self._ticked()

    def _wall_changed(self, *_state: object) -> None:
        self.refresh()

    def _cameras(self, line: _Line) -> tuple[str, ...]:
        """Whose rows are shown: of the clock of the selected pane, else of what is seen, the selected one first."""
        key, camera = self._desk.selected(line.frame.window_id)
        look = self._desk.past.look(key)
        if look is not None:
            return tuple(dict.fromkeys((camera, *look.cameras)))
        state = next((w for w in self._station.wall.state.windows if w.id == line.frame.window_id), None)
        if state is None:
            return ()
        seen = (pane.camera for index, pane in enumerate(panes_of(state)) if state.alone in (None, index))
        return tuple(dict.fromkeys(filter(None, (camera, *seen))))

    def _fill(self, line: _Line) -> None:
        cameras = self._cameras(line)
        recorded = self._desk.recorded
        recorded.ask(cameras, line.panel.track.scale.t0 if line.panel.track.scale.t0 else None)
        scale = line.panel.track.scale
        self._lively.ask(line.panel.track.seen or cameras[:_FIRST_ROWS], scale)
        rows = [Row(one.id, one.label, one.name, recorded.coverage(one.id), recorded.gaps(one.id), index == 0,
                    self._lively.bars(one.id, scale))
                for index, one in enumerate(filter(None, map(self._desk.camera, cameras)))]
        known = frozenset(cameras)
        flags = [Flag(one.id, one.at, one.words or one.category) for one in reversed(self._bookmarks)
                 if any(camera.id in known for camera in one.cameras)]
        line.panel.track.show_rows(rows, flags)
        self._clock(line)

    def _ticked(self) -> None:
        for line in self._lines.values():
            if line.panel.wanted:
                self._clock(line)

    def _clock(self, line: _Line) -> None:
        track, now, newest = line.panel.track, time.monotonic_ns(), _now()
        look = self._desk.past.look(self._desk.selected(line.frame.window_id)[0])
        if look is not line.look:
            line.look, line.free = look, False
            self._fill(line)
            return
        moment = look.session.moment(now) if look is not None else None
        scale = track.scale
        if not line.free:
            if moment is None:
                scale = scale.around(newest, _LIVE_SHARE) if not _fresh(scale, newest) else scale
            else:
                scale = scale.following(moment) if scale.t0 else scale.around(moment, _SHARE)
            if scale != track.scale:
                track.set_scale(scale)
                line.free = False
        track.show_moment(moment, look.session.marks if look is not None else type(track.marks)(), newest)
        if line.sign.show_moment(date_text(moment, self._desk.zone) if moment is not None else ""):
            line.frame.bar.refit()
        count = len(look.cameras) if look is not None else 0
        status = ngettext("{count} camera in replay", "{count} cameras in step", count).format(
            count=count) if look is not None else _("live")
        span = look.session.marks.span if look is not None else None
        if moment is not None:
            status = track.words_at(moment) or status
        if span is not None:
            status += " · " + _("marked {begin} to {end}").format(
                begin=clock_text(span[0], self._desk.zone), end=clock_text(span[1], self._desk.zone))
        line.panel.show_clock(replaying=look is not None, eighths=look.session.moving.eighths if look else 8,
                              status=status, date="")

    def _days(self, line: _Line) -> Any:
        covered = together(map(self._desk.recorded.coverage, self._cameras(line)))
        return days_of(covered.stretches, self._desk.zone.zoneinfo)

    # --- the pointer ---

    def _seek(self, line: _Line, at: int) -> None:
        self._hide_preview(line)
        self._sought = line.frame.window_id, at
        if not self._scrubbing.isActive():
            self._scrubbed()

    def _scrubbed(self) -> None:
        """The pictures of all panes on the clock follow the pointer, as fast as they come."""
        sought, self._sought = self._sought, None
        if sought is None:
            return
        self._scrubbing.start()             # what the pointer passes until then is passed over
        self._shell.windows.go(sought[0])
        self._station.dispatcher.run("replay.jump", at=sought[1])

    def _hovered(self, line: _Line, at: int, camera: str) -> None:
        if not camera or line.panel.track.rows == ():
            self._hover = None
            self._hide_preview(line)
            return
        self._hover = line.frame.window_id, at, camera
        if not self._hovering.isActive():
            self._hovering.start()

    def _hovered_long(self) -> None:
        hover, camera = self._hover, self._desk.camera(self._hover[2]) if self._hover is not None else None
        line = self._lines.get(hover[0]) if hover is not None else None
        if hover is None or line is None or camera is None:
            return
        track = line.panel.track
        above = track.mapTo(line.frame, QPoint(round(track.left + track.scale.x(hover[1])), 0))
        above.setY(line.panel.mapTo(line.frame, QPoint(0, 0)).y())
        line.preview.stand(above, clock_text(hover[1], self._desk.zone), self._desk.zone.value, camera.label)
        self._still.ask(camera, hover[1], line.preview.show_picture)

    def _hide_preview(self, line: _Line) -> None:
        self._hovering.stop()
        line.preview.hide()

    def _zoom(self, steps: int) -> None:
        frame = self._shell.windows.active
        line = self._lines.get(frame.window_id) if frame is not None else None
        if line is None:
            raise OperatorError(_("The timeline stands in a console."))
        track = line.panel.track
        free = line.free
        if steps < 0 and track.scale.width >= 30 * DAY:
            return
        track.set_scale(track.scale.zoomed(steps, track.moment if track.moment is not None else track.newest))
        line.free = free

    def _scaled(self, line: _Line) -> None:
        scale = line.panel.track.scale
        if (scale.t0, scale.width) != line.stretch:         # else the window alone has another width
            line.stretch, line.free = (scale.t0, scale.width), True
        if line.panel.wanted:
            self._fill(line)

    # --- bookmarks and words ---

    def _tables_changed(self, tables: frozenset[str]) -> None:
        if TABLE in tables:
            self._read_bookmarks()

    def _read_bookmarks(self) -> None:
        def found(outcome: Any) -> None:
            self._bookmarks = tuple(outcome.value or ())
            self.refresh()
        self._station.registry.submit(lambda registry: registry.bookmarks.all(),
                                      lambda outcome: self._desk.later(lambda: found(outcome)),
                                      replaces="timeline.bookmarks")

    def _retranslate(self) -> None:
        for line in self._lines.values():
            line.calendar.retranslate()
        self.refresh()


_FIRST_MS = 400             # for the first recorded picture


def _fresh(scale: Scale, newest: int) -> bool:
    """Now is well inside, at the right."""
    return scale.t0 + scale.width * 0.75 <= newest <= scale.t0 + scale.width * 0.97


def _now() -> int:
    return time.time_ns() // 1000
