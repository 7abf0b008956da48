"""Panes that show the past: which reel plays in which decoder worker, and where its clock is. Part of the supervisor.

Runs on: the video thread, except ``screens``, a tuple that the GUI thread reads.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, cast

from app.model.camera import StreamRole
from app.model.pane import Fit, PaneReport, PaneState
from app.model.playback import Moving, Played
from app.model.turning import sides
from app.video import messages
from app.video.engine import Want
from app.video.fitting import room_for
from app.video.hosts import DecoderHost, IngestHost
from app.video.line import Line, Phase
from app.video.replayed import recorded_by
from app.video.view import Run, Shape, View, by_board

_log = logging.getLogger("lawang.video")

AGAIN_S = 1.0                   # after a worker had no room
FIRST_SHAPE = (1920, 1080)      # of a reel in its own size: what fits into the room for it
NUMBERS = 1 << 62               # generations of reels count from here: feeds of cameras never come so far


class Replaying:
    """Opens, steers and closes reels. Runs and views are those of app.video.view, without a stream behind them."""

    def __init__(self, hosts: Sequence[DecoderHost]) -> None:
        self.screens: tuple[tuple[Any, tuple[View, ...]], ...] = ()
        self.runs: list[Run] = []
        self._hosts = hosts
        self._views: list[View] = []
        self._moving: dict[str, tuple[Moving, int]] = {}        # by camera id: its clock, and the order's number
        self._made = 0

    def open(self, run: Run, now: float) -> None:
        """A pane turns to the past."""
        self.runs.append(run)
        self.arrange(run, now)

    def close(self, run: Run) -> None:
        """It turns back, or to another camera."""
        self.runs.remove(run)
        current = run.current
        self._rest(run)
        if current is not None:
            self._free(current)
        camera = run.want.camera.id
        if all(other.want.camera.id != camera for other in self.runs):
            self._moving.pop(camera, None)

    def steer(self, camera: str, moving: Moving, step: int, number: int, now: float) -> None:
        """Another moment or speed for a camera made by app.video.replay.replayed; or ``step`` pictures on or back."""
        self._moving[camera] = moving, number
        for run in self.runs:
            if run.want.camera.id == camera:
                for view in (run.current, run.coming):
                    if view is not None and not view.stopping and not view.dead:
                        view.host.send(messages.Steer(view.slot, view.generation, moving.at, moving.since,
                                                      moving.eighths, step, number))
                self.arrange(run, now)

    def arrange(self, run: Run, now: float) -> None:
        """Bring a run's reel in line with what is wanted."""
        want = run.want
        if run.closed or want.camera.id not in self._moving or now < run.not_before:
            return
        if not want.visible:
            self._rest(run)
            return
        if want.width < 1 or want.height < 1:
            return
        shape = _shape(want)
        if run.coming is not None:
            if run.coming.shape == shape and not run.coming.dead:
                return
            self._stop(run.coming)
            run.coming = None
        current = run.current
        if current is None or current.dead or current.stopping or current.shape != shape:
            self._start(run, shape, now)

    def took_over(self, run: Run, old: View | None, now: float) -> None:
        """The coming reel has shown its first picture."""
        if old is not None:
            self._stop(old)
            self._free(old)
        if not run.closed:
            self.arrange(run, now)

    def tick(self, now: float) -> None:
        """Once more what had no room, or whose worker died."""
        for run in self.runs:
            self.arrange(run, now)

    def hidden(self, host: DecoderHost, message: messages.Hidden) -> None:
        """A player is gone; maybe one of ours."""
        for view in self._views:
            if view.host is host and view.slot == message.slot and view.generation == message.generation:
                self._views.remove(view)
                host.ending -= view.stopping
                view.hidden = True
                self._free(view)
                return

    def died(self, host: DecoderHost) -> None:
        """Its reels are gone; their last pictures stay until another worker shows them."""
        for view in [view for view in self._views if view.host is host]:
            view.dead = True
            self._views.remove(view)
            if view.run.coming is view:
                view.run.coming = None
        self._rebuild()

    def reports(self, now: float) -> dict[str, PaneReport]:
        """What their panes show; never whether a camera lives."""
        return {run.key: _report(run, now) for run in self.runs}

    # -- inside ------------------------------------------------------------------------------------------------------

    def _start(self, run: Run, shape: Shape, now: float) -> None:
        host = min((host for host in self._hosts if host.up), key=lambda host: host.load, default=None)
        recorded = recorded_by(run.want.camera)
        if host is None or recorded is None:
            return                              # the next tick asks again
        capacity = room_for(shape)
        found = host.take(capacity)
        if found is None:
            _log.error("no room for a recorded picture of %d×%d in %s", shape.width, shape.height, host.name)
            run.not_before = now + AGAIN_S
            return
        slot, buffers = found
        self._made += 1
        generation = 0x80000000 | self._made & 0x7FFFFFFF
        row = host.board[slot]
        row["serial"] = 0
        moving, number = self._moving[run.want.camera.id]
        view = View(run, _line(run), 0, host, host.block, row, slot, buffers, generation, NUMBERS + self._made, shape,
                    "", (0, 0), now, cast(IngestHost, None), -1)        # nobody feeds it
        host.load += 1
        self._views.append(view)
        run.coming = view
        self._rebuild()
        host.send(messages.Reel(slot, generation, buffers.offset, capacity, shape.width, shape.height, shape.fit.value,
                                shape.native, str(recorded.folder), moving.at, moving.since, moving.eighths, number,
                                shape.rotation))

    def _rest(self, run: Run) -> None:
        """Nobody looks: no decoding; the last picture stays until another player has its first, 30 ms after."""
        for view in (run.coming, run.current):
            if view is not None:
                self._stop(view)
        run.coming = None

    def _stop(self, view: View) -> None:
        if view.dead or view.stopping:
            return
        view.stopping, view.fed = True, False
        view.host.load -= 1
        view.host.ending += 1
        view.host.send(messages.Hide(view.slot, view.generation))
        self._rebuild()

    def _free(self, view: View) -> None:
        looked_at = view is view.run.current and not view.run.closed
        if view.hidden and not looked_at and not view.dead and not view.freed:
            view.freed = True
            view.host.give_back(view.slot, view.buffers)

    def _rebuild(self) -> None:
        self.screens = by_board(self._views)


def _shape(want: Want) -> Shape:
    if want.zoomed:
        return Shape(StreamRole.SUB, *sides(*FIRST_SHAPE, want.camera.rotation), Fit.FIT, True, want.camera.rotation)
    return Shape(StreamRole.SUB, want.width, want.height, want.fit, False, want.camera.rotation)


def _line(run: Run) -> Line:
    camera = run.want.camera
    return Line(camera.id, camera, camera.streams[0], phase=Phase.OPEN)


def _report(run: Run, now: float) -> PaneReport:
    view = run.current
    if view is None:
        missing = run.coming is not None and bool(run.coming.row["lost"])
        return PaneReport(PaneState.LOST if missing else PaneState.CONNECTING, 0.0 if missing else now - run.asked,
                          "no-recording" if missing else "")
    if view.row["lost"]:
        return PaneReport(PaneState.LOST, 0.0, "no-recording")
    return PaneReport(PaneState.LIVE, stream=StreamRole.SUB, width=int(view.row["source_width"]),
                      height=int(view.row["source_height"]), fps=run.rate(now))


def played(run: Run) -> Played | None:
    """What a run shows; None before its first look."""
    view = run.current or run.coming
    if view is None or not view.row["decoded"]:
        return None
    return Played(int(view.row["demuxed"]), int(view.row["decoded"]), bool(view.row["lost"]))
