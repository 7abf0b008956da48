"""What a dome of the demo city costs while somebody watches it: standing, panning, tilting and zooming, both streams.

    make bench ARGS="-k dome"

CPU is user and system time of the domes' process, as the kernel counts it: picture, traffic, noise, encoder, ONVIF.
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import itertools
import os
import socket
import statistics
import struct
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.cameras import choose
from app.demo.domes import Domes
from app.ptz import soap
from app.ptz.motion import PT, Velocity, Z
from tests.bench import stage
from tests.bench.measure import own_cpu

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

MOST_PERCENT = 8.0              # of a core, each
DAY, NIGHT = 201, 107           # call-up numbers; by night it is infrared with lamps
SECONDS = float(os.environ.get("LAWANG_BENCH_DOME_S", "8"))
TURN_S = 2.0                    # tilt and zoom have ends: it goes to and fro
SETTLED_S = 1.5
STATES = {"standing": None, "panning": Velocity(pan=0.4), "tilting": Velocity(tilt=-0.3), "zooming": Velocity(zoom=0.3)}
HEAD = struct.Struct("<I?")


class Watcher:
    """Takes one stream as the RTSP server does. ``at``: when each picture came; ``size``: bytes of all."""

    def __init__(self, path: str) -> None:
        self._film = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._film.connect(path)
        self.at: list[float] = []
        self.size = 0
        self._reads = threading.Thread(target=self._read, name="watcher")
        self._reads.start()

    def _read(self) -> None:
        with self._film.makefile("rb") as units:
            while len(head := units.read(HEAD.size)) == HEAD.size:
                self.size += len(units.read(HEAD.unpack(head)[0]))
                self.at.append(time.monotonic())

    def close(self) -> None:
        self._film.shutdown(socket.SHUT_RDWR)
        self._reads.join()
        self._film.close()


@pytest.fixture(scope="module")
def domes() -> Iterator[Domes]:
    with tempfile.TemporaryDirectory(prefix="bench-dome-") as folder:
        process = Domes(choose([DAY, NIGHT]), 41001, Path(folder))
        yield process
        process.close()


def _ask(service: str, body: str) -> None:
    request = urllib.request.Request(service.replace("device_service", "ptz_service"), soap.envelope(body),
                                     {"Content-Type": "application/soap+xml"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()


def _keep_moving(service: str, velocity: Velocity | None, seconds: float) -> None:
    """One request where the axis is endless, one each TURN_S where it is not."""
    end = time.monotonic() + seconds
    for way in itertools.cycle((1.0, -1.0)):
        left = end - time.monotonic()
        if left <= 0:
            return
        if velocity is None or velocity.pan:
            way = 1.0
        if velocity is not None:
            turned = Velocity(velocity.pan * way, velocity.tilt * way, velocity.zoom * way)
            _ask(service, soap.continuous_move("main", turned, frozenset((PT, Z)), 0.0))
        threading.Event().wait(min(left, TURN_S))


@pytest.mark.parametrize("number", [DAY, NIGHT], ids=["day", "night"])
def test_dome_while_watched(domes: Domes, number: int) -> None:
    service, found = domes.services[number], dict[str, dict[str, float]]()
    light = "day" if number == DAY else "night"
    for role, (state, velocity) in itertools.product(("sub", "main"), STATES.items()):
        _ask(service, soap.stop("main"))
        _ask(service, soap.goto_preset("main", "1"))
        watcher = Watcher(domes.films[number][role])
        try:
            _keep_moving(service, velocity, SETTLED_S)
            spent, size, began = own_cpu(domes.pid), watcher.size, time.monotonic()
            _keep_moving(service, velocity, SECONDS)
            took = time.monotonic() - began
            gaps = [b - a for a, b in itertools.pairwise(at for at in watcher.at if at >= began)]
            found[f"{role}_{state}"] = {
                "cpu_percent": round(100 * (own_cpu(domes.pid) - spent) / took, 1),
                "pictures_per_s": round(len(gaps) / took, 1), "gap_ms": round(statistics.median(gaps) * 1000),
                "kbit_per_s": round((watcher.size - size) * 8 / 1000 / took), "load": stage.load()}
        finally:
            watcher.close()
        print(f"dome by {light}, {role} {state}: {found[f'{role}_{state}']}")
    stage.keep(f"dome_{light}", {"command": 'make bench ARGS="-k dome"', "found": found})
    assert max(told["cpu_percent"] for told in found.values()) <= MOST_PERCENT, found
