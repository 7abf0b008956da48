"""How long a hand waits for its camera, and a camera for its stop.

    make bench ARGS="-k steering"

"First byte" is when the device's socket has something to read. The device is a bare socket in this process, or the
demo's ONVIF server where the whole program runs; keys are XTEST events, timed before they are handed to the X server.
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from app.demo.city import DemoCity
from app.demo.onvif.answers import Camera as DemoCamera
from app.demo.onvif.answers import Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices.asker import Asker
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.register import Device
from app.ptz.messages import Device as PtzDevice
from app.ptz.steering import Steering
from app.runtime.worker import Worker
from tests.bench import stage
from tests.bench.fingers import Fingers
from tests.bench.measure import Screen, viewer, wait_for_tiles

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

PRESSES = int(os.environ.get("LAWANG_BENCH_PRESSES", "200"))
MEDIAN_MS, P99_MS = 10.0, 40.0
KILLS, KILLED_MS = 10, 500.0
PICTURE_MS = 400.0
PROBED = 500
_ANSWER = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><Done/></s:Body></s:Envelope>'
_HTTP = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(_ANSWER), _ANSWER)


class Socket:
    """A device that is only a socket: when each request began, and which it was."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.came: list[tuple[float, str]] = []
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}/onvif/ptz"
        self._new = threading.Condition()
        self._accepts = threading.Thread(target=self._accept, daemon=True)
        self._accepts.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _address = self._door.accept()
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            while True:
                select.select([line], [], [])
                at, data = time.monotonic(), b""
                while b"</s:Envelope>" not in data:
                    more = line.recv(65536)
                    if not more:
                        return
                    data += more
                with self._new:
                    self.came.append((at, "Stop" if b"<p:Stop>" in data else "ContinuousMove"))
                    self._new.notify_all()
                line.sendall(_HTTP)

    def first(self, name: str, since: float, seconds: float = 5.0) -> float:
        """When the first request of that name after ``since`` began."""
        with self._new:
            assert self._new.wait_for(lambda: any(n == name and at >= since for at, n in self.came), seconds), name
            return next(at for at, n in self.came if n == name and at >= since)

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._accepts.join()
        self._door.close()


class Desk:
    """The desktop's own steering and its worker process, without windows."""

    def __init__(self, url: str, journal: Path) -> None:
        self.worker = Worker("ptz", "app.ptz.worker", arguments=[str(journal)], received=self._heard,
                             started=lambda: self.steering.restarted())
        self.steering = Steering(self.worker, {"a": Camera("a", 1, "Bench")}.get)
        self.steering.set_facts({"a": DeviceFacts(url, ptz=url, profile="main")})
        self.worker.start()
        self.steering.select("a")
        self._end = threading.Event()
        self._pulse = threading.Thread(target=self._beat, name="alive", daemon=True)
        self._pulse.start()

    def _heard(self, body: bytes) -> None:
        self.steering.heard(body)

    def _beat(self) -> None:
        while not self._end.wait(0.25):
            self.steering.tick()

    def close(self) -> None:
        self._end.set()
        self._pulse.join()
        self.worker.close()


def _figures(down: list[float], up: list[float]) -> dict[str, float]:
    """Milliseconds."""
    return {f"{name}_{part}_ms": round(float(np.percentile(found, share)) * 1000, 1)
            for name, found in (("move", down), ("stop", up))
            for part, share in (("p50", 50), ("p99", 99), ("max", 100))}


def _press(device: Socket, steering: Steering) -> tuple[list[float], list[float]]:
    chance, down, up = random.Random(1), [], []
    for _n in range(PRESSES):
        began = time.monotonic()
        steering.hold("right", True)
        down.append(device.first("ContinuousMove", began) - began)
        time.sleep(0.02 + chance.random() * 0.05)
        began = time.monotonic()
        steering.hold("right", False)
        up.append(device.first("Stop", began) - began)
        time.sleep(0.02 + chance.random() * 0.05)
    return down, up


@contextlib.contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextlib.contextmanager
def _neighbour(kind: str) -> Iterator[str]:
    with subprocess.Popen([sys.executable, "-m", "tests.bench.slow_neighbours", kind], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True, cwd=stage.ROOT) as process:
        assert process.stdout is not None and process.stdin is not None
        yield process.stdout.readline().strip() if kind != "parse" else ""
        process.stdin.close()
        process.wait(10)


@contextlib.contextmanager
def _probing() -> Iterator[None]:
    """The real devices worker with 500 devices to ask, over and over."""
    with _neighbour("serve") as address:
        asker, end = Asker(), threading.Event()

        def ask() -> None:
            while not end.is_set():
                for n in range(PROBED):
                    asker.ask(Camera(f"c{n}", n, "", device=Device(service=address)), now=True)
                    if end.wait(0.002):
                        return
        asking = threading.Thread(target=ask, name="probing", daemon=True)
        asking.start()
        time.sleep(2.0)
        yield
        end.set()
        asking.join()
        asker.close()


@contextlib.contextmanager
def _raging() -> Iterator[None]:
    """The real devices worker is answered by hostile devices, eight at a time, over and over."""
    with _neighbour("hostile") as addresses:
        asker, end = Asker(), threading.Event()

        def ask() -> None:
            while not end.wait(0.1):
                if not asker.busy:
                    for n, address in enumerate(addresses.split()):
                        asker.ask(Camera(f"c{n}", n, "", device=Device(service=address)), now=True)
        asking = threading.Thread(target=ask, name="raging", daemon=True)
        asking.start()
        time.sleep(2.0)
        yield
        end.set()
        asking.join()
        asker.close()


@pytest.mark.parametrize(("name", "beside"), [("calm", _nothing), ("parsing", lambda: _neighbour("parse")),
                                              ("probing", _probing), ("hostile", _raging)])
def test_steering_key_to_byte(name: str, beside: Callable[[], contextlib.AbstractContextManager[object]],
                              tmp_path: Path) -> None:
    device = Socket()
    desk = Desk(device.url, tmp_path / "moving.json")
    try:
        desk.steering.hold("right", True)
        device.first("ContinuousMove", 0.0, 20.0)
        desk.steering.hold("right", False)
        device.first("Stop", 0.0)
        with beside():
            time.sleep(1.0)
            figures = _figures(*_press(device, desk.steering))
    finally:
        desk.close()
        device.close()
    stage.keep(f"steering_{name}", {"command": 'make bench ARGS="-k steering_key"', **figures})
    print(f"key to byte, {name}: {figures}; load {stage.load()}")
    assert figures["stop_p50_ms"] <= MEDIAN_MS and figures["stop_p99_ms"] <= P99_MS, figures
    assert figures["move_p50_ms"] <= MEDIAN_MS and figures["move_p99_ms"] <= P99_MS, figures


def test_steering_through_the_window_beside_64_panes() -> None:
    """From the key event at the X server to the request in the device, the whole program in between."""
    server = OnvifServer(DemoCamera(Identity("Bench", "SN", {"main": "rtsp://127.0.0.1/main"}), Head()), {})
    server.start()
    screen = Screen(*stage.SCREEN)
    down, up = [], []

    def first(name: str, since: float) -> float:
        end = time.monotonic() + 10
        while True:
            for at, said in server.requests[-20:]:
                if said == name and at >= since:
                    return at
            assert time.monotonic() < end, name
            time.sleep(0.002)

    try:
        with stage.streams(64) as streams:
            table, path = streams.folder / "cameras.csv", streams.folder / "64.db"
            service = f"{server.base}/onvif/device_service"
            table.write_text("number,name,main_url,service\n" + "".join(
                f"{n + 1},Bench {n + 1},{url},{service if n == 0 else ''}\n" for n, url in enumerate(streams.urls)))
            subprocess.run([sys.executable, "main.py", "cameras", "import", str(table), "--registry", str(path)],
                           cwd=stage.ROOT, check=True, stdout=subprocess.DEVNULL, env=stage.environment(streams))
            with viewer(stage.wall_command(streams, path, 8), screen) as wall:
                wait_for_tiles(screen, wall, 64, 45.0)
                subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "lawang", "windowfocus", "--sync"],
                               env=os.environ | {"DISPLAY": screen.name}, check=True, timeout=20)
                time.sleep(5.0)
                fingers, chance = Fingers(screen.name), random.Random(2)
                for n in range(PRESSES // 2):
                    began = fingers.press("Right", True)
                    moved = first("ContinuousMove", began)
                    time.sleep(0.1 + chance.random() * 0.1)
                    let_go = fingers.press("Right", False)
                    stopped = first("Stop", let_go)
                    if n:                       # the first opens what stays open
                        down.append(moved - began)
                        up.append(stopped - let_go)
                    time.sleep(0.1 + chance.random() * 0.1)
                fingers.close()
    finally:
        screen.close()
        server.close()
    figures = _figures(down, up)
    stage.keep("steering_64", {"command": 'make bench ARGS="-k steering_through"', **figures})
    print(f"key to request, 64 panes: {figures}; load {stage.load()}")
    assert figures["stop_p50_ms"] <= MEDIAN_MS and figures["stop_p99_ms"] <= P99_MS, figures
    assert figures["move_p50_ms"] <= MEDIAN_MS and figures["move_p99_ms"] <= P99_MS, figures


DESKTOP = """
import sys, time
import msgspec
from app.ptz import messages
from app.runtime.process import Process
worker = Process("ptz", "app.ptz.worker", arguments=[sys.argv[1]], received=lambda b: None, ended=lambda c: None)
worker.send(msgspec.msgpack.Decoder(messages.ToWorker).decode(bytes.fromhex(sys.stdin.readline())))
worker.send(messages.Move("a", 0.5, 0.0, 0.0))
while True:
    worker.send(messages.Alive())
    time.sleep(0.1)
"""


def test_steering_desktop_killed(tmp_path: Path) -> None:
    found = []
    for _n in range(KILLS):
        device = Socket()
        with subprocess.Popen([sys.executable, "-c", DESKTOP, str(tmp_path / "moving.json")], stdin=subprocess.PIPE,
                              cwd=stage.ROOT) as desktop:
            assert desktop.stdin is not None
            desktop.stdin.write(msgspec.msgpack.encode(PtzDevice("a", device.url, "main")).hex().encode() + b"\n")
            desktop.stdin.flush()
            device.first("ContinuousMove", 0.0, 20.0)
            time.sleep(0.3)
            killed = time.monotonic()
            os.kill(desktop.pid, signal.SIGKILL)
            found.append(device.first("Stop", killed) - killed)
        device.close()
    figures = {"median_ms": round(float(np.median(found)) * 1000, 1), "max_ms": round(max(found) * 1000, 1)}
    stage.keep("steering_killed", {"command": 'make bench ARGS="-k steering_desktop_killed"', **figures})
    print(f"desktop killed to stop, {KILLS} times: {figures}; load {stage.load()}")
    assert figures["max_ms"] <= KILLED_MS


def test_steering_moves_the_picture(tmp_path: Path) -> None:
    """Key down until the pane's picture is another one than sensor noise and a clock make of it."""
    screen, found = Screen(1280, 720), []
    try:
        with DemoCity().start(tmp_path / "clips", [201]) as city:
            assert city.wait_ready(30) and city.domes is not None
            table, path, home = tmp_path / "cameras.csv", tmp_path / "one.db", tmp_path / "home"
            table.write_text(f"number,name,main_url,sub_url,service\n201,Dome,{city.url(201)},{city.url(201, 'sub')},"
                             f"{city.domes.services[201]}\n")
            environment = os.environ | {"LAWANG_HOME": str(home)}
            subprocess.run([sys.executable, "main.py", "cameras", "import", str(table), "--registry", str(path)],
                           cwd=stage.ROOT, check=True, stdout=subprocess.DEVNULL, env=environment)
            command = ["env", f"LAWANG_HOME={home}", sys.executable, str(stage.ROOT / "main.py"), "wall", "--registry",
                       str(path), "--layout", "1x1", "--cameras", "201", "--bare", "--window", "1280x720+0+0"]
            with viewer(command, screen) as wall:
                _wait_for_picture(screen)
                subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "lawang", "windowfocus", "--sync"],
                               env=os.environ | {"DISPLAY": screen.name}, check=True, timeout=20)
                time.sleep(4.0)
                assert wall.poll() is None
                fingers = Fingers(screen.name)
                for n in range(20):
                    key = "Right" if n % 2 else "Left"
                    still = []
                    for _look in range(12):
                        still.append(_seen(screen))
                        time.sleep(0.05)
                    noise = max(float(np.abs(a - b).mean()) for a in still[:4] for b in still[4:])
                    began, before = fingers.press(key, True), still[-1]
                    while float(np.abs(_seen(screen) - before).mean()) < 2.5 * noise + 0.5:
                        assert time.monotonic() - began < 5
                        time.sleep(0.003)
                    found.append(time.monotonic() - began)
                    time.sleep(0.2)
                    fingers.press(key, False)
                    time.sleep(1.2)
                fingers.close()
    finally:
        screen.close()
    figures = {"median_ms": round(float(np.median(found)) * 1000), "max_ms": round(max(found) * 1000)}
    stage.keep("steering_picture", {"command": 'make bench ARGS="-k steering_moves"', **figures})
    print(f"key to moved picture, 20 times: {figures}; load {stage.load()}")
    assert figures["median_ms"] <= PICTURE_MS


def _seen(screen: Screen) -> npt.NDArray[np.int16]:
    """The middle of the picture, coarse: without the camera's clock and the strip."""
    return screen.pixels[160:560:4, 160:1120:4, 1].astype(np.int16)


def _wait_for_picture(screen: Screen) -> None:
    end = time.monotonic() + 40
    while float(_seen(screen).std()) < 8:
        assert time.monotonic() < end, "no picture came"
        time.sleep(0.2)
