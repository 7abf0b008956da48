"""Cases for all windows: the form, the plate that tells how far it is, and the lines of the chain of custody.

Runs on: GUI thread; the export, registry and recording threads hop.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from app.commands.dispatcher import Ran
from app.evidence.exporter import Exporter, Job, Standing, State
from app.evidence.identity import Identity, load_or_make
from app.model.bookmark import Bookmark, Marked
from app.model.clip import ClipRequest
from app.model.custody import Act, Told
from app.model.errors import OperatorError
from app.registry.ids import new_id
from app.registry.registry import vault_of_this_user
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.language import language_changed
from app.runtime.zone import in_force
from app.wall.transitions import panes_of
from widgets.bookmarks.times import moment_text, time_text
from widgets.bookmarks.words import category_text
from widgets.common.hop import hop_to_gui
from widgets.common.later import Later
from widgets.common.who import operator
from widgets.evidence.form import CaseForm
from widgets.evidence.gathering import Asked, Gathering, Subject
from widgets.evidence.plate import ExportPlate
from widgets.window.shell import Shell, selected_in

_CORNER = QPoint(16, 48)        # under the title bar
_PLAYED = ("replay.", "bookmark.jump")          # commands that look at recordings, but for these
_NOT_PLAYED = frozenset({"replay.live", "replay.leave", "replay.mark_begin", "replay.mark_end", "replay.unmark",
                         "replay.export"})
_MANY = frozenset({"replay.together", "replay.nearby"})      # these look at the other panes too
_SAME_S = 10.0                  # the same look at the same camera is one line: a held key steps thirty times a second


class CaseDesk(QObject):
    """Everything about hand-outs that lives as long as the windows do."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell, self._station = shell, shell.station
        self._later = Later(self)
        self._forms: dict[str, CaseForm] = {}
        self._plates: dict[str, ExportPlate] = {}
        self._gathering: list[Gathering] = []
        self._standing: dict[str, Standing] = {}        # of hand-outs that are not over, in their order
        self._last: Standing | None = None
        self._played: dict[tuple[str, str], float] = {}
        self.exporter = Exporter(paths.data_dir() / "exports", _identity, lambda: str(
            self._station.registry.settings.get("evidence.authority", "")).strip())
        for command, handler in (("bookmark.export", self.of_bookmark), ("case.export", self.of_span),
                                 ("case.show", self.show), ("case.cancel", self.cancel)):
            self._station.dispatcher.bind(command, handler)
        self._station.dispatcher.ran.connect(self._ran)
        shell.windows.closed.connect(self._window_closed)
        hop_to_gui(self.exporter.stands, self._stands, self)
        hop_to_gui(language_changed, self._retranslate, self)
        self.exporter.start()

    def close(self) -> None:
        """Before the windows go; what is unfinished goes on at the next start."""
        self._station.dispatcher.ran.disconnect(self._ran, missing_ok=True)
        for one in self._gathering:
            one.close()
        self._gathering.clear()
        self.exporter.close()
        self._later.close()

    # --- commands ---

    def of_bookmark(self, bookmark: str) -> None:
        """Ask about the stretch that a bookmark holds, on all its cameras. Raises OperatorError."""
        def found(outcome: Any) -> None:
            known: Bookmark | None = outcome.value
            if known is None:
                self._shell.tell(_("This bookmark is not there any more."))
                return
            category = category_text(known.category) if known.category else ""
            self._open(Subject(known.cameras, known.t0, known.t1, known.words or category, known.words, known.category,
                               known.agency, known.operator, known.id))
        self._station.registry.submit(
            lambda registry: next((one for one in registry.bookmarks.all() if one.id == bookmark), None),
            lambda outcome: self._later(lambda: found(outcome)))

    def of_span(self, cameras: Sequence[str], t0: int, t1: int) -> None:
        """Ask about a span of several cameras (ids), UTC microseconds. Raises OperatorError."""
        known = [one for camera in dict.fromkeys(cameras) if (one := self._station.directory.by_id(camera)) is not None]
        if not known or t1 <= t0:
            raise OperatorError(_("Nothing to hand out: mark a span and at least one camera."))
        self._open(Subject(tuple(Marked(one.id, one.number, one.name) for one in known), t0, t1))

    def show(self) -> None:
        """What is exported, or was at last; the keyboard goes there. Raises OperatorError."""
        standing = next(iter(self._standing.values()), self._last)
        if standing is None:
            raise OperatorError(_("Nothing was exported since the start."))
        if (plate := self._plate()) is not None:
            plate.show_standing(standing, max(0, len(self._standing) - 1))
            plate.take_keyboard()

    def cancel(self) -> None:
        """The one that runs. Raises OperatorError."""
        running = next(iter(self._standing.values()), None)
        if running is None:
            raise OperatorError(_("Nothing is being exported."))
        self.exporter.cancel(running.job.id)

    # --- the form ---

    def _open(self, subject: Subject) -> None:
        if time.time_ns() // 1000 < subject.t1:
            self._shell.tell(_("This span is still being recorded; export it in a minute."))
            return
        frame = self._shell.windows.active
        if frame is None:
            return
        form = self._forms.get(frame.window_id)
        if form is None:
            form = self._forms[frame.window_id] = CaseForm(frame)
            form.closed.connect(frame.take_keyboard)
            form.done.connect(self._asked)
        subject = replace(subject, operator=subject.operator or operator())
        zone = in_force(str(self._station.registry.settings.get("window.zone", "system")))
        names = ", ".join(f"{one.label} {one.name}" for one in subject.cameras[:6])
        more = "" if len(subject.cameras) <= 6 else " …"
        form.open(subject, f"{moment_text(subject.t0, zone)} – {time_text(subject.t1, zone)}\n{names}{more}", _CORNER)

    def _asked(self, subject: Subject, asked: Asked) -> None:
        gathering = Gathering(self._station, subject, asked, parent=self, told=self._shell.tell,
                              done=lambda request: self._gathered(gathering, request, asked),
                              refused=lambda why: self._refused(gathering, why))
        self._gathering.append(gathering)
        self._shell.done(_("Export begun."))
        gathering.start()

    def _gathered(self, gathering: Gathering, request: ClipRequest, asked: Asked) -> None:
        self._gathering.remove(gathering)
        gathering.close()
        self._begin(Job(new_id(), request, asked.language, asked.with_zip))

    def _refused(self, gathering: Gathering, why: str) -> None:
        self._gathering.remove(gathering)
        gathering.close()
        self._shell.tell(why)

    def _begin(self, job: Job) -> None:
        self._hold(job)
        try:
            self.exporter.add(job)
        except OperatorError as error:
            self._station.recording.keeper.release(job.holder)
            self._shell.tell(str(error))
            return
        self.note(Act.HOLD, {**_span(job.request), "holder": job.holder}, job.request.operator)

    def _hold(self, job: Job) -> None:
        request = job.request
        self._station.recording.keeper.hold(job.holder, tuple(one.camera.id for one in request.cameras), request.t0,
                                            request.t1)

    # --- how far it is ---

    def _stands(self, standing: Standing) -> None:
        job = standing.job
        if standing.state in (State.WAITING, State.RUNNING):
            if job.id not in self._standing:
                self._hold(job)                 # one that goes on from an earlier run, whatever became of the index
            self._standing[job.id] = standing
        else:
            self._standing.pop(job.id, None)
            self._last = standing
            self._over(standing)
        first = next(iter(self._standing.values()), standing)
        shown = standing if standing.state in (State.DONE, State.FAILED, State.CANCELLED) else first
        plate = self._plate()
        if plate is not None and (plate.isVisible() or standing.state is not State.RUNNING):
            plate.show_standing(shown, max(0, len(self._standing) - 1))

    def _over(self, standing: Standing) -> None:
        job = standing.job
        self._station.recording.keeper.release(job.holder)
        who, span = job.request.operator, _span(job.request)
        if standing.package is not None:
            self.note(Act.EXPORTED, {**span, "folder": standing.package.folder.name,
                                     "manifest_sha256": standing.package.manifest_sha256}, who)
        self.note(Act.RELEASE, {**span, "holder": job.holder, "export": str(standing.state)}, who)

    def _plate(self) -> ExportPlate | None:
        frame = self._shell.windows.active
        if frame is None:
            return None
        plate = self._plates.get(frame.window_id)
        if plate is None:
            plate = self._plates[frame.window_id] = ExportPlate(frame)
            plate.closed.connect(frame.take_keyboard)
            plate.cancelled.connect(lambda standing: self.exporter.cancel(standing.job.id))
            plate.again.connect(lambda standing: self._begin(standing.job))
        return plate

    # --- the chain of custody ---

    def note(self, act: Act, what: Told, who: str = "") -> None:
        """A line in the chain of custody; in the background."""
        self._station.registry.submit(lambda registry: registry.custody.add(act, what, who or operator()))

    def _ran(self, ran: Ran) -> None:
        """Who looked at what: commands are the signal, so that replay needs to know nothing of this."""
        if not ran.command.startswith(_PLAYED) or ran.command in _NOT_PLAYED:
            return
        camera = str(ran.args.get("camera") or self._seen()[0])
        now = time.monotonic()
        if not camera or now - self._played.get((ran.command, camera), -_SAME_S) < _SAME_S:
            return
        recent = {key: at for key, at in self._played.items() if now - at < _SAME_S}
        self._played = recent | {(ran.command, camera): now}
        given = {name: value for name, value in ran.args.items() if isinstance(value, (str, int))}
        beside = self._seen()[1] if ran.command in _MANY else ()
        self.note(Act.PLAYBACK, {**given, "camera": camera, "command": ran.command, "cameras": beside})

    def _seen(self) -> tuple[str, tuple[str, ...]]:
        """The cameras of the window with the keyboard: of its selected pane, and of all its panes."""
        here = self._shell.window()
        panes = panes_of(here) if here is not None else ()
        return selected_in(here), tuple(pane.camera for pane in panes if pane.camera)

    # --- windows and words ---

    def _window_closed(self, frame: Any) -> None:
        self._forms.pop(frame.window_id, None)
        self._plates.pop(frame.window_id, None)

    def _retranslate(self, _language: str) -> None:
        shown: list[QWidget] = [*self._forms.values(), *self._plates.values()]
        for one in shown:
            one.retranslate()       # type: ignore[attr-defined]


def _span(request: ClipRequest) -> dict[str, str | int | list[str]]:
    """What a line of the chain says of a hand-out."""
    return {"case": request.case, "cameras": [one.camera.id for one in request.cameras], "in_us": request.t0,
            "out_us": request.t1}


def _identity(station: str) -> Identity:
    return load_or_make(station or (os.uname().nodename if hasattr(os, "uname") else "Lawang"),
                        vault=vault_of_this_user())


def install(shell: Shell) -> CaseDesk:
    """The row of widgets/features.py."""
    return CaseDesk(shell)
