"""One JSON line a second about panes, processes and the GUI thread, written by a thread of its own.

Of the GUI thread it tells ``stall_ms``, the longest that its loop was late; ``unqueued_ms``, the longest without the
time that it stood in line for a processor; and ``busy_ms``, the most processor time that it took between two beats. The
rest of a stall it waited: for the X server before a paint, or for another thread with the interpreter.

Runs on: the figures are gathered on the GUI thread, the file belongs to the thread "stats".
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

from app.model.pane import PaneReport
from app.model.wall import WallState
from app.runtime.procstats import InLine
from widgets.window.counts import shown_panes

_BEAT_MS = 20             # fine enough to see a stall of 50 ms, and 50 wakes a second cost under 0.1 % of a core
_LINES_WAITING = 60       # a disk that hangs for a minute loses lines, never memory; counted in "lost_lines"

_log = logging.getLogger("lawang.stats")


class Stats(QObject):
    """Starts at once; ``close`` writes what waits and ends the thread within a second."""

    def __init__(self, path: Path, wall: Callable[[], WallState], cells: Callable[[str], int],
                 reports: Callable[[], Mapping[str, PaneReport]], processes: Callable[[], Mapping[str, Any]],
                 painted: Callable[[], Mapping[str, int]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wall, self._cells, self._reports = wall, cells, reports
        self._processes, self._painted = processes, painted
        self._lines: queue.Queue[str | None] = queue.Queue(_LINES_WAITING)
        self._lost_lines = 0
        self._painted_before: Mapping[str, int] = painted()
        self._in_line = InLine()
        self._stall_ms = self._unqueued_ms = self._busy_ms = 0.0
        self._beat_at = self._line_at = time.monotonic()
        self._queued, self._worked = self._in_line.seconds(), time.thread_time()
        self._beat = QTimer(self, interval=_BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._felt)
        self._beat.start()
        self._thread = threading.Thread(target=_write, args=(path, self._lines), name="stats", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._beat.stop()
        self._in_line.close()
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            _log.warning("the file of --stats-json cannot keep up; the last lines are missing")
            return
        self._thread.join(1.0)

    def _felt(self) -> None:
        now, queued, worked = time.monotonic(), self._in_line.seconds(), time.thread_time()
        late_ms = (now - self._beat_at) * 1000 - _BEAT_MS
        self._stall_ms = max(self._stall_ms, late_ms)
        self._unqueued_ms = max(self._unqueued_ms, late_ms - (queued - self._queued) * 1000)
        self._busy_ms = max(self._busy_ms, (worked - self._worked) * 1000)
        self._beat_at, self._queued, self._worked = now, queued, worked
        if now - self._line_at >= 1.0:
            line = self._line(now)
            self._line_at = now
            self._stall_ms = self._unqueued_ms = self._busy_ms = 0.0
            try:
                self._lines.put_nowait(line)
            except queue.Full:
                self._lost_lines += 1

    def _line(self, now: float) -> str:
        reports, painted = self._reports(), self._painted()
        span = now - self._line_at
        panes = {}
        for window in self._wall().windows:
            for index in shown_panes(window, self._cells(window.layout)):
                key = f"{window.id}/{index}"
                report = reports.get(key)
                if report is None:
                    continue
                new = painted.get(key, 0) - self._painted_before.get(key, 0)
                panes[key] = {
                    "camera": window.panes[index].camera, "state": report.state.value, "cause": report.cause,
                    "stream": report.stream.value if report.stream else None, "width": report.width,
                    "height": report.height, "painted": round(max(new, 0) / span, 2),
                    "fps": round(report.fps, 2), "delay": round(report.delay, 4), "dropped": report.dropped,
                }
        self._painted_before = dict(painted)
        return json.dumps({"time": time.time(), "monotonic": now, "panes": panes, "processes": self._processes(),
                           "gui": {"stall_ms": round(self._stall_ms, 1), "unqueued_ms": round(self._unqueued_ms, 1),
                                   "busy_ms": round(self._busy_ms, 1)},
                           "lost_lines": self._lost_lines},
                          default=_plain)


def _plain(value: object) -> object:
    """Values of engine.stats() that JSON does not know: mappings and tuples of frozen dataclasses."""
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return str(value)


def _write(path: Path, lines: queue.Queue[str | None]) -> None:
    try:
        with path.open("a", encoding="utf-8", buffering=1) as file:
            while (line := lines.get()) is not None:
                file.write(line + "\n")
    except OSError as error:
        _log.error("--stats-json %s cannot be written: %s", path, error.strerror)
        while lines.get() is not None:        # keep the queue empty, so that the GUI thread is never refused
            pass
