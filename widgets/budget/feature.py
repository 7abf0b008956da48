"""Says what layouts cost of this machine in the palette, when a wall asks for too much, and when pictures are saved.

Runs on: GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.budget.ceiling import Ceiling, load
from app.model.camera import StreamRole
from app.model.pane import Saving
from app.model.wall import WallState, WindowState
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from layouts import MENU
from widgets.budget.estimate import share_of
from widgets.window.console import Console
from widgets.window.frame import Frame
from widgets.window.shell import Shell

LOOK_MS = 1000              # saving goes on for many seconds: one look a second tells it in time
STEP_MS = 20                # between two layouts whose cost is looked up
SETTLED_MS = 3000           # a wall is judged when it rests and its streams have told their sizes


class Budget(QObject):
    """Without a measured ceiling (``doctor --measure``) nothing is said about costs."""

    def __init__(self, shell: Shell, ceiling: Ceiling | None) -> None:
        super().__init__(shell.owner)
        self._shell, self._ceiling = shell, ceiling
        self._saves = self._too_much = False
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.look)
        self._look.start()
        self._rest = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._rest.timeout.connect(self.judge)
        self._step = QTimer(self, interval=STEP_MS)
        self._step.timeout.connect(self._next_share)
        self._shares: dict[str, float] = {}         # layout -> share with it in the window with the keyboard
        self._window = ""
        self._left: list[str] = []
        if ceiling is not None:
            shell.overlays.notes.append(self._note)
            shell.windows.opened.connect(self._opened)
            shell.station.wall.changed.connect(self._wall_changed)
            self._rest.start()

    def close(self) -> None:
        """Before the windows close."""
        self._look.stop()
        self._rest.stop()
        self._step.stop()
        self._shell.station.wall.changed.disconnect(self._wall_changed, missing_ok=True)

    def look(self) -> None:
        """Say that pictures are saved, once, and that it is over."""
        saving = sum(report.saving is not Saving.NONE for report in self._shell.station.engine.reports().values())
        if bool(saving) is self._saves:
            return
        self._saves = bool(saving)
        self._shell.tell(ngettext("This machine does not follow: {count} pane saves pictures",
                                  "This machine does not follow: {count} panes save pictures", saving).format(
                                      count=saving) if saving else _("This machine follows again: all pictures show"))

    def judge(self) -> None:
        """Say when the wall asks for more than this machine decodes."""
        share = self.share()
        too_much = share > 1.0
        if too_much and not self._too_much:
            self._shell.tell(_("This wall takes {share} of this machine: panes will save pictures").format(
                share=percent(share)))
        self._too_much = too_much
        self._window, self._left = self._shell.active(), list(MENU)
        self._step.start()

    def share(self, window: str = "", layout: str = "") -> float:
        """The part of this machine that the wall takes, with that layout in that window instead of its own."""
        assert self._ceiling is not None
        station = self._shell.station
        windows = [(state, layout if state.id == window else state.layout, self._size(state))
                   for state in station.wall.state.windows if state.id in self._shell.windows.frames]
        return share_of(windows, station.directory.by_id, self._ceiling, known=self._known())

    def _known(self) -> dict[tuple[str, StreamRole], tuple[int, int, float]]:
        """What the streams on the wall have told; a pane that saves shows fewer pictures than its stream has."""
        reports = self._shell.station.engine.reports()
        told = {}
        for state in self._shell.station.wall.state.windows:
            for index, pane in enumerate(state.panes):
                report = reports.get(f"{state.id}/{index}")
                if report is not None and pane.camera and report.stream is not None and report.width:
                    rate = report.fps if report.state.counts_as_live and not report.saving else 0.0
                    told[pane.camera, report.stream] = (report.width, report.height, rate)
        return told

    def _size(self, state: WindowState) -> tuple[int, int]:
        view = self._shell.windows.frames[state.id].view
        ratio = view.devicePixelRatioF()
        return max(1, round(view.width() * ratio)), max(1, round(view.height() * ratio))

    def says(self, window: str, layout: str) -> str:
        """"61 % of this machine", for the window that had the keyboard when the wall came to rest; "" for others."""
        share = self._shares.get(layout) if window == self._window else None
        return "" if share is None else _("{share} of this machine").format(share=percent(share))

    def _note(self, command: str) -> str:
        return self.says(self._shell.active(), command.removeprefix("layout.")) if command.startswith("layout.") else ""

    def _opened(self, frame: Frame) -> None:
        if isinstance(frame, Console):
            window = frame.window_id
            frame.bar.layout_note = lambda layout: self.says(window, layout)

    def _next_share(self) -> None:
        """One layout at a time: all together would hold the GUI thread for 20 ms and more on a wall of 64."""
        if self._window in self._shell.windows.frames and self._left:
            name = self._left.pop(0)
            self._shares[name] = self.share(self._window, name)
        else:
            self._step.stop()

    def _wall_changed(self, _state: WallState) -> None:
        self._rest.start()


def percent(share: float) -> str:
    """"61 %"."""
    return f"{round(100 * share)} %"


def install(shell: Shell) -> Budget:
    """The row of widgets/features.py."""
    return Budget(shell, load())
