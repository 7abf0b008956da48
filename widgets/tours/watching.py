"""Proof of watching: which cameras stand live on a lit pane of this station, looked at each second, kept each minute.

Runs on: GUI thread; the rows are written on the registry lane.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, QTimer

from app.model.pane import NO_REPORT
from app.registry.seen import Seen
from app.runtime.clock import SYSTEM, Clock
from app.runtime.darkness import Darkness
from app.tours.recorder import Recorder
from layouts import named
from widgets.common.later import Later
from widgets.window.console import Console
from widgets.window.counts import shown_panes
from widgets.window.frame import Frame
from widgets.window.shell import Shell

LOOK_MS = 1000
KEEP_MS = 60_000            # a kill -9 loses at most so much


class Watching(QObject):
    """``lit`` says what counts: a pane that is on a screen, not covered by a page, whose picture is live or late; not
    one that shows the past, and none while ``darkness`` says that nobody sees the screens.
    """

    def __init__(self, shell: Shell, later: Later, darkness: Darkness, clock: Clock = SYSTEM) -> None:
        super().__init__(shell.owner)
        self._shell, self._later, self._darkness = shell, later, darkness
        self.recorder = Recorder(clock)
        self._second = QTimer(self, interval=LOOK_MS)
        self._second.timeout.connect(self.look)
        self._minute = QTimer(self, interval=KEEP_MS)
        self._minute.timeout.connect(self.keep)
        self._second.start()
        self._minute.start()

    def look(self) -> None:
        """Each second."""
        self.recorder.look(self.lit())

    def lit(self) -> Iterator[tuple[str, str]]:
        """(camera id, window id) of every pane that an operator can see live at this moment."""
        if self._darkness.now is not None:
            return
        reports, past = self._shell.station.engine.reports(), self._shell.desk.past()
        for window in self._shell.station.wall.state.windows:
            frame = self._shell.windows.frames.get(window.id)
            if frame is None or not is_lit(frame):
                continue
            for index in shown_panes(window, len(named(window.layout))):
                key = f"{window.id}/{index}"
                if key not in past and reports.get(key, NO_REPORT).state.counts_as_live:
                    yield window.panes[index].camera, window.id

    def keep(self) -> None:
        """Each minute, in one transaction; what cannot be written now is kept for the next minute."""
        rows = self.recorder.take()
        if not rows:
            return

        def done(outcome: Any) -> None:
            if outcome.error is not None:
                self._later(lambda: self.recorder.give_back(rows))
        kept = [Seen(row.camera, row.hour, row.place, row.seconds) for row in rows]
        if not self._shell.station.registry.submit(lambda registry: registry.seen.add(kept), done):
            self.recorder.give_back(rows)

    def close(self) -> None:
        """The last minute goes to the registry, which is closed after the windows."""
        self._second.stop()
        self._minute.stop()
        self.look()
        self.keep()


def is_lit(frame: Frame) -> bool:
    """Its panes can be seen: neither parked nor minimised, not on another desktop, no page over them."""
    handle = frame.windowHandle()
    covered = isinstance(frame, Console) and bool(frame.page)
    return frame.on_screen and not covered and handle is not None and handle.isExposed()
