"""Turns what the wall shows into spans of up and down, and hands them on now and then.

Runs on: one thread, whoever observes (the GUI thread, once a second: a few microseconds per pane).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.model.availability import Span
from app.model.pane import PaneReport, PaneState
from app.model.wall import WallState

WRITE_S = 30.0              # a kill -9 loses at most this
CONNECTING_S = 10.0         # until then a camera that connects is neither up nor down; a good one needs 2 s
MOST_SILENCE_S = 5.0        # between two observations; a station that slept longer saw nothing meanwhile
MOST_WAITING = 2000         # closed spans: then they are written before their time
_CLOCK_LEAP_S = 2.0         # the wall clock against the monotonic one; then the span ends and another begins

_log = logging.getLogger("lawang.availability")

type Seen = Mapping[str, tuple[bool, str]]      # camera -> up, cause


def seen(wall: WallState, reports: Mapping[str, PaneReport]) -> dict[str, tuple[bool, str]]:
    """What the panes prove: camera -> up and cause. Of a camera in several panes the one with a picture counts."""
    found: dict[str, tuple[bool, str]] = {}
    for window in wall.windows:
        for index, pane in enumerate(window.panes):
            report = reports.get(f"{window.id}/{index}") if pane.camera else None
            outcome = _outcome(report) if report is not None else None
            if outcome is not None and not found.get(pane.camera, (False, ""))[0]:
                found[pane.camera] = outcome
    return found


def _outcome(report: PaneReport) -> tuple[bool, str] | None:
    match report.state:
        case PaneState.LIVE | PaneState.LATE:
            return True, ""
        case PaneState.FROZEN:
            return False, report.cause or "frozen"
        case PaneState.LOST | PaneState.REFUSED:
            return False, report.cause or report.state.value
        case PaneState.CONNECTING if report.age >= CONNECTING_S:
            return False, report.cause or "connecting"
    return None


@dataclass(slots=True)
class _Open:
    up: bool
    cause: str
    since: float            # wall clock
    began: float            # monotonic: a span's length never follows a clock that is set


class Recorder:
    """``keep`` is given the spans to write, in one piece; an open span is given again, longer, until it ends.

    ``keep`` answers False when it took nothing; the same spans are then offered again.
    """

    def __init__(self, keep: Callable[[Sequence[Span]], bool], *, wall_clock: Callable[[], float] = time.time,
                 monotonic: Callable[[], float] = time.monotonic) -> None:
        self._keep, self._wall_clock, self._monotonic = keep, wall_clock, monotonic
        self._open: dict[str, _Open] = {}
        self._closed: list[Span] = []
        self._last: float | None = None
        self._written = monotonic()

    def observe(self, seen_now: Seen) -> None:
        """What is seen at this moment; cameras that are missing are not watched any more."""
        now, wall = self._monotonic(), self._wall_clock()
        if self._last is not None and now - self._last > MOST_SILENCE_S:
            self._end_all(self._last)
        for camera, span in tuple(self._open.items()):
            leapt = abs(span.since + (now - span.began) - wall) > _CLOCK_LEAP_S
            if leapt or seen_now.get(camera) != (span.up, span.cause):
                self._end(camera, now)
        for camera, (up, cause) in seen_now.items():
            if camera not in self._open:
                self._open[camera] = _Open(up, cause, wall, now)
        self._last = now
        if now - self._written >= WRITE_S or len(self._closed) >= MOST_WAITING:
            self.write()

    def write(self) -> None:
        """Hand on what ended since the last time and what is open."""
        now = self._last
        self._written = self._monotonic()
        if now is None:
            return
        spans = self._closed + [self._span(camera, span, now) for camera, span in self._open.items()]
        spans = [span for span in spans if span.until > span.since]
        if spans and not self._keep(spans):
            del self._closed[:-MOST_WAITING]       # a lane that refuses for long costs history, never memory
            _log.warning("%d spans of availability could not be written; they are tried again", len(spans))
            return
        self._closed.clear()

    def close(self) -> None:
        """End what is open and write it."""
        if self._last is not None:
            self._end_all(self._last)
        self.write()

    def _end_all(self, at: float) -> None:
        for camera in tuple(self._open):
            self._end(camera, at)

    def _end(self, camera: str, at: float) -> None:
        self._closed.append(self._span(camera, self._open.pop(camera), at))

    @staticmethod
    def _span(camera: str, span: _Open, at: float) -> Span:
        return Span(camera, span.up, span.since, span.since + max(at - span.began, 0.0), span.cause)
