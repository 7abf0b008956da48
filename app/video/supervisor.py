"""Who runs where, what died, when to try again: the engine behind the wall (app.video.engine.Engine).

Threads: the GUI thread calls the engine's methods, which only look at shared memory and post; the ``video`` thread
here owns lines, views and worker hosts. The two meet in a queue and in single references (Run.want, Run.current).
"""

from __future__ import annotations

import logging
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import msgspec

from app.model.pane import PaneReport
from app.model.playback import Moving, Played
from app.model.recording import RecordingNews
from app.model.refused import RefusedStream
from app.model.secret import Credentials
from app.runtime.breath import Breath
from app.runtime.procstats import CpuShare, cost_of
from app.video import hardware, messages
from app.video.casting import Casting
from app.video.choice import Choice, Thresholds
from app.video.doors import Told
from app.video.economy import Ladder
from app.video.engine import PaneKey, Picture, RecordWant, Want
from app.video.folder import make_folder
from app.video.freshness import Limits
from app.video.hosts import DecoderHost, Host, IngestHost
from app.video.keeping import Keeping
from app.video.pulling import Pulling
from app.video.quarantine import fell_over
from app.video.replayed import recorded_by
from app.video.replaying import Replaying, played
from app.video.reporting import Reporter
from app.video.view import Run, View

_log = logging.getLogger("lawang.video")

TICK_S = 0.2                    # reports 5 times a second
QUEUE_EVENTS = 4096             # a minute of everything; beyond that the desktop is wedged and events are dropped
COST_S = 1.0                    # what the processes cost is looked up once a second
RECORDED_S = 0.8                # for files that are being written to be closed
CLOSE_S = 2.0                   # workers that have not left by then are killed

_from_ingest = msgspec.msgpack.Decoder(messages.FromIngest)
_from_decoder = msgspec.msgpack.Decoder(messages.FromDecoder)

type Event = Callable[[float], None]


def _nobody(_message: object) -> None:
    """Whoever keeps the index sets another one."""


def _nobody_asked(_camera: str, _login: Credentials, _told: RefusedStream) -> None:
    """Whoever keeps refused logins sets another one."""


def _wake(_at: float) -> None:
    """Nothing to do but to look at what changed."""


class VideoEngine:
    """Implements app.video.engine.Engine. Made, used and closed on the GUI thread."""

    def __init__(self, *, caching_ms: int = 30, decode_with: str = hardware.SOFTWARE, limits: Limits | None = None,
                 thresholds: Thresholds | None = None, portable_feed: bool = False) -> None:
        self.recorded: Callable[[RecordingNews], None] = _nobody     # told on the video thread
        self.refused: Told = _nobody_asked                           # told on the video thread
        self._folder = make_folder()
        self._events: queue.Queue[Event] = queue.Queue(QUEUE_EVENTS)
        self._runs: dict[PaneKey, Run] = {}                 # GUI thread
        self._orders = 0                                    # to replays, counted
        self._reports: Mapping[PaneKey, PaneReport] = MappingProxyType({})
        self._stats: Mapping[str, Any] = MappingProxyType({})
        self._thresholds = thresholds or Thresholds()
        self._closing = False
        self._costed = 0.0
        self._cpu = CpuShare()
        self._late = 0.0                                    # how far behind its time the video thread is
        folder = os.fspath(self._folder)
        self._pulling = Pulling(folder, self._posted, lambda *what: self.refused(*what))
        self._keeping = Keeping(self._pulling)
        self._casting = Casting(folder, self._posted, self._pulling, caching_ms=caching_ms, decode_with=decode_with,
                                portable_feed=portable_feed)
        self._reporter = Reporter(limits or Limits(), caching_ms / 1000)
        self._replaying = Replaying(self._casting.hosts)
        self._open_runs: list[Run] = []                     # video thread
        self._ladder = Ladder()
        self._thread = threading.Thread(target=self._run, name="video", daemon=True)
        self._thread.start()

    # -- GUI thread --------------------------------------------------------------------------------------------------

    def show(self, wants: Mapping[PaneKey, Want]) -> None:
        """Make exactly these panes run (see Engine.show)."""
        now = time.monotonic()
        for key in [key for key, run in self._runs.items()
                    if key not in wants or wants[key].camera.id != run.want.camera.id]:
            run = self._runs.pop(key)
            self._post(partial(self._close_run, run))
        for key, want in wants.items():
            known = self._runs.get(key)
            if known is None:
                run = self._runs[key] = Run(key, want, now, Choice(self._thresholds))
                self._post(partial(self._open_run, run))
            elif known.want != want:
                known.want = want
                self._post(partial(self._arrange, known))

    def rename(self, moves: Mapping[PaneKey, PaneKey]) -> None:
        """Running pictures change place (see Engine.rename)."""
        moved = {moves[key]: self._runs.pop(key) for key in moves if key in self._runs}
        for key, run in moved.items():
            run.key = key
            if key in self._runs:               # who stood there and goes nowhere
                self._post(partial(self._close_run, self._runs[key]))
        self._runs |= moved

    def changed(self) -> Iterable[PaneKey]:
        """Panes with a new picture since the last call."""
        news: dict[PaneKey, None] = {}      # once each, also when a player takes over between two of its pictures
        for serials, views in (*self._casting.screens, *self._replaying.screens):
            current = serials.tolist()
            for view in views:
                serial = current[view.slot]
                if serial == view.seen:
                    continue
                run = view.run
                if not run.closed and (view is run.current or self._takes_over(view, run)):
                    view.seen = serial
                    run.painted += 1
                    news[run.key] = None
        return news

    def _takes_over(self, view: View, run: Run) -> bool:
        """A view that is not the current one has a picture: its first makes it the current one."""
        if view is not run.coming or view.picture() is None:
            return False                # what stands there was written by an earlier player of this slot
        view.base = run.current.base + run.current.last_serial if run.current is not None else 0
        old, run.current, run.coming = run.current, view, None
        self._post(lambda at: self._room_of(run).took_over(run, old, at))
        return True

    def picture(self, key: PaneKey) -> Picture | None:
        """The newest picture of a pane."""
        run = self._runs.get(key)
        view = run.current if run is not None else None
        return view.picture() if view is not None else None

    def reports(self) -> Mapping[PaneKey, PaneReport]:
        """The truth about every pane, at most 0.2 s old."""
        return self._reports

    def judge_by(self, limits: Limits, thresholds: Thresholds) -> None:
        """Other limits of truth and of stream choice, in force from the next look on; any thread."""
        self._thresholds = thresholds
        self._post(partial(self._judge_by, limits, thresholds))

    def retry(self, camera_id: str) -> None:
        """Try a lost or refused camera now."""
        self._post(lambda at: self._pulling.retry(camera_id, at))

    def refused_before(self, kept: Mapping[str, tuple[Credentials, RefusedStream]]) -> None:
        """All refused logins of streams that are remembered, by camera, with the login they are about; any thread.

        Those that are no longer among them were forgiven. ``refused`` is told of new ones.
        """
        self._post(partial(self._pulling.take_refused, dict(kept)))

    def record(self, wants: Mapping[str, RecordWant]) -> None:
        """Record exactly these cameras (see Engine.record); ``recorded`` is told, on the video thread."""
        self._post(partial(self._keeping.want, dict(wants)))

    def sounding(self, camera_id: str) -> tuple[bool, str] | None:
        """See Engine.sounding."""
        return self._keeping.sounding(camera_id)

    def steer(self, camera_id: str, moving: Moving, step: int = 0) -> int:
        """Where a replay is and how it moves (see Engine.steer)."""
        self._orders += 1
        self._post(partial(self._replaying.steer, camera_id, moving, step, self._orders))
        return self._orders

    def played(self, camera_id: str) -> Played | None:
        """How far a replay is (see Engine.played)."""
        run = next((run for run in self._runs.values() if run.want.camera.id == camera_id), None)
        return played(run) if run is not None else None

    def stats(self) -> Mapping[str, Any]:
        """Processes by name: pid, up, restarts, cpu (share of a core), rss (bytes), threads, descriptors."""
        return self._stats

    def close(self) -> None:
        """Stop everything; nothing is left behind."""
        if self._closing:
            return
        self._closing = True
        self._post(_wake)
        self._thread.join(CLOSE_S + 3.0)
        self._runs.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _post(self, event: Event) -> None:
        try:
            self._events.put_nowait(event)
        except queue.Full:
            _log.error("the video thread does not keep up: an event is dropped")

    def _posted(self, host: Host, body: bytes | None) -> None:
        """A worker's reader thread has something to say."""
        self._post(lambda at: self._heard(host, body, at))

    # -- video thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        # Another layout of 64 panes makes 64 players in one go: each is some calls into the system, after which this
        # thread would have the interpreter again before a paint that waits for it has woken up.
        breath = Breath()
        next_tick = time.monotonic()
        while not self._closing:
            now = time.monotonic()
            if now >= next_tick:
                self._late = now - next_tick
                self._safely(self._tick, now)
                next_tick = now + TICK_S
            try:
                event = self._events.get(timeout=max(0.001, next_tick - time.monotonic()))
            except queue.Empty:
                continue
            self._safely(event, time.monotonic())
            if not self._events.empty():
                breath()
        self._end_recording()
        self._casting.close()
        self._pulling.close()

    def _end_recording(self) -> None:
        """Files are closed in order; what the disk does not take in time is mended at the next start."""
        self._keeping.want({}, time.monotonic())
        deadline = time.monotonic() + RECORDED_S
        while self._keeping.writing and (left := deadline - time.monotonic()) > 0:
            try:
                self._safely(self._events.get(timeout=left), time.monotonic())
            except queue.Empty:
                return

    def _safely(self, event: Event, now: float) -> None:
        try:
            event(now)
        except Exception:       # noqa: BLE001 - the top of this thread: one bad event must not stop the wall
            _log.exception("an event of the video thread failed")

    def _tick(self, now: float) -> None:
        for host in (*self._pulling.hosts, *self._casting.hosts):
            host.check(now, self._late)
        self._pulling.tick(now)
        self._keeping.tick(now)
        self._economise(now)
        self._casting.tick(self._open_runs, now)
        self._replaying.tick(now)
        self._reports = MappingProxyType({**self._reporter.report(self._open_runs, now),
                                          **self._replaying.reports(now)})
        if now - self._costed >= COST_S:
            self._costed = now
            processes = list(self._processes())
            self._stats = MappingProxyType({name: self._cost_of(name, pid, restarts, now)
                                            for name, pid, restarts in processes})
            self._cpu.forget_all_but({pid for _name, pid, _restarts in processes})

    def _economise(self, now: float) -> None:
        """Give up on purpose what would be lost by chance; the runs follow in this tick."""
        before = self._casting.level
        level = self._ladder.look(*self._casting.losses(self._open_runs, now), now)
        self._casting.level = level
        if level is not before:
            _log.warning("this machine %s: %s", "does not follow" if level > before else "follows again",
                         level.name.lower())

    def _processes(self) -> Iterable[tuple[str, int, int]]:
        yield "desktop", os.getpid(), 0
        for host in (*self._pulling.hosts, *self._casting.hosts):
            yield host.name, host.pid, host.restarts

    def _cost_of(self, name: str, pid: int, restarts: int, now: float) -> dict[str, Any]:
        cost = cost_of(pid, name) if pid else None
        seen = {"cpu": round(self._cpu.of(cost, now), 4), "rss": cost.rss, "threads": cost.threads,
                "descriptors": cost.descriptors} if cost is not None else {}
        return {"pid": pid, "up": cost is not None, "restarts": restarts} | seen

    def _room_of(self, run: Run) -> Casting | Replaying:
        """Who cares for a run: a camera's past has no stream."""
        return self._replaying if recorded_by(run.want.camera) is not None else self._casting

    def _arrange(self, run: Run, now: float) -> None:
        self._room_of(run).arrange(run, now)

    def _judge_by(self, limits: Limits, thresholds: Thresholds, now: float) -> None:
        self._reporter.limits = limits
        for run in self._open_runs:
            run.choice.thresholds = thresholds
            self._casting.arrange(run, now)

    def _open_run(self, run: Run, now: float) -> None:
        if self._room_of(run) is self._replaying:
            self._casting.prepare(len(self._open_runs) + 1, now)
            self._replaying.open(run, now)
            return
        self._open_runs.append(run)
        self._casting.prepare(len(self._open_runs), now)
        self._casting.arrange(run, now)

    def _close_run(self, run: Run, _now: float) -> None:
        run.closed = True
        if run in self._replaying.runs:
            self._replaying.close(run)
            return
        if run in self._open_runs:
            self._open_runs.remove(run)
        self._casting.let_go(run)

    def _heard(self, host: Host, body: bytes | None, now: float) -> None:
        if body is None:
            self._died(host, now)
        elif isinstance(host, IngestHost):
            self._heard_ingest(host, _from_ingest.decode(body), now)
        elif isinstance(host, DecoderHost):
            self._heard_decoder(host, _from_decoder.decode(body), now)

    def _heard_ingest(self, host: IngestHost, message: messages.FromIngest, now: float) -> None:
        match message:
            case messages.Beat():
                host.beat(now, message.stuck)
            case messages.Opened():
                line = self._pulling.opened(message, now)
                for run in [run for run in self._open_runs if run.line is line and line is not None]:
                    self._casting.arrange(run, now)
            case messages.Hears():
                self._pulling.sounds(message)
            case messages.Opening():
                self._pulling.opening(message, now)
            case messages.LetIn():
                self._pulling.let_in(message, now)
            case messages.Failed():
                line = self._pulling.failed(message, now)
                for run in [run for run in self._open_runs if run.line is line and line is not None]:
                    self._casting.line_failed(run, now)
            case messages.Taping() | messages.Taped() | messages.Missing():
                self.recorded(self._keeping.news(message))
            case messages.FeedReady():
                self._casting.feed_ready(message)
            case messages.FeedEnded():
                self._casting.feed_ended(message.feed)

    def _heard_decoder(self, host: DecoderHost, message: messages.FromDecoder, now: float) -> None:
        match message:
            case messages.Beat():
                host.beat(now, message.stuck)
            case messages.Hidden():
                self._casting.hidden(host, message)
                self._replaying.hidden(host, message)

    def _died(self, host: Host, now: float) -> None:
        host.died(now)
        if isinstance(host, IngestHost):
            self._pulling.died(host)
        elif isinstance(host, DecoderHost):
            self._casting.died(host, now, crashed=fell_over(host.exit_code))
            self._replaying.died(host)
        if host.again_at <= now:
            self._tick(now)
