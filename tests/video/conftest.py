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
from app.video.hosts import Host
from app.video.supervisor import VideoEngine
from tests.fakes.hostile_rtsp import HostileRtsp


def patience(seconds: float) -> float:
    """A time limit on this machine now: twice what is promised, up to eight times when others work on it.

    The promises themselves are measured by tests/bench on a machine with a core to spare. Here two tests run at once,
    and the average of the load lags a minute behind it.
    """
    load = os.getloadavg()[0] / (os.cpu_count() or 1) if hasattr(os, "getloadavg") else 1.0
    return 2 * seconds * min(4.0, max(1.0, load))


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
        began, seconds = time.monotonic(), patience(seconds)
        while True:
            self.look()
            if condition():
                return time.monotonic() - began
            if time.monotonic() - began > seconds:
                told = {key: (r.state.value, r.cause, round(r.age, 1)) for key, r in self.engine.reports().items()}
                hosts = {name: (host.up, host.restarts) for name, host in self.hosts().items()}
                pytest.fail(f"not within {seconds:.1f} s: {what or 'the condition'}; {told}; {hosts}")
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

    def hosts(self, kind: str = "") -> dict[str, Host]:
        """The worker hosts as they are now, by name; ``stats`` is a second old and names the desktop too."""
        every = (*self.engine._pulling.hosts, *self.engine._casting.hosts)
        return {host.name: host for host in every if host.name.startswith(kind)}

    def pid(self, name: str) -> int:
        return self.hosts()[name].pid

    def pids(self, kind: str = "") -> list[int]:
        """Of the workers that run now; never the desktop's own."""
        return [host.pid for host in self.hosts(kind).values() if host.up]

    def restarts(self) -> int:
        return sum(host.restarts for host in self.hosts().values())

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
