"""Engines with real workers in front of the hostile server, watched as the wall would watch them."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.pane import Fit, PaneReport, PaneState, StreamWish
from app.model.secret import Credentials, Secret
from app.video.engine import Want
from app.video.supervisor import VideoEngine
from tests.fakes.hostile_rtsp import HostileRtsp

START_S = 20.0              # the first libVLC of a run reads its plug-ins; a loaded machine of 2 cores gets time


def camera(name: str, main: str, sub: str = "", *, login: tuple[str, str] = ("", ""), sub_height: int = 0) -> Camera:
    """A camera with one or two streams."""
    streams = [StreamProfile(StreamRole.MAIN, main)] if main else []
    if sub:
        streams.append(StreamProfile(StreamRole.SUB, sub, height=sub_height))
    return Camera(name, 1 + sum(name.encode()), name, streams=tuple(streams),
                  credentials=Credentials(login[0], Secret(login[1])))


def want(one: Camera, width: int = 320, height: int = 180, *, wish: StreamWish = StreamWish.AUTO, fit: Fit = Fit.FIT,
         zoomed: bool = False, visible: bool = True) -> Want:
    return Want(one, width, height, fit, wish, zoomed, visible)


class Watch:
    """An engine and the eyes of a wall: looks 50 times a second and keeps when each pane had its pictures."""

    def __init__(self, engine: VideoEngine) -> None:
        self.engine = engine
        self.seen: dict[str, list[tuple[float, int]]] = {}

    def look(self) -> None:
        for key in self.engine.changed():
            picture = self.engine.picture(key)
            if picture is not None:
                self.seen.setdefault(key, []).append((time.monotonic(), picture.serial))

    def until(self, condition: Callable[[], object], seconds: float, what: str = "") -> float:
        """Look until the condition holds; the seconds that it took. Fails with the panes' reports."""
        began = time.monotonic()
        while True:
            self.look()
            if condition():
                return time.monotonic() - began
            if time.monotonic() - began > seconds:
                told = {key: (r.state.value, r.cause, round(r.age, 1)) for key, r in self.engine.reports().items()}
                pytest.fail(f"not within {seconds} s: {what or 'the condition'}; {told}; {dict(self.engine.stats())}")
            time.sleep(0.02)

    def during(self, seconds: float) -> None:
        """Look for so long; what is tested is that nothing happens."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.look()
            time.sleep(0.02)

    def report(self, key: str) -> PaneReport:
        return self.engine.reports().get(key, PaneReport())

    def state(self, key: str) -> PaneState:
        return self.report(key).state

    def live(self, *keys: str, seconds: float = START_S) -> None:
        """Every pane is live and has had pictures."""
        self.until(lambda: all(self.state(key) is PaneState.LIVE and self.seen.get(key) for key in keys), seconds,
                   f"{keys} live")

    def count(self, key: str) -> int:
        return len(self.seen.get(key, ()))

    def gap(self, key: str, since: float) -> float:
        """The longest time without a new picture, from ``since`` (monotonic) to the newest look."""
        times = [at for at, _ in self.seen.get(key, ()) if at >= since]
        edges = [since, *times, time.monotonic()]
        return max(b - a for a, b in itertools.pairwise(edges))

    def pid(self, name: str) -> int:
        return int(self.engine.stats()[name]["pid"])

    def restarts(self) -> int:
        return sum(int(one["restarts"]) for one in self.engine.stats().values())

    def workers(self, kind: str) -> dict[str, int]:
        return {name: one["pid"] for name, one in self.engine.stats().items() if name.startswith(kind)}

    def worker_of(self, key: str, kind: str) -> str:
        """Which worker carries a pane now."""
        view = self.engine._runs[key].current
        assert view is not None
        return view.host.name if kind == "decoder" else view.ingest.name

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """A signal to one worker, by its id."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid


@pytest.fixture
def server() -> Iterator[HostileRtsp]:
    with HostileRtsp() as one:
        yield one


@pytest.fixture
def watch() -> Iterator[Watch]:
    engine = VideoEngine()
    yield Watch(engine)
    engine.close()
