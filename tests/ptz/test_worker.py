"""The worker process: it stops what moves when its desktop dies, falls silent, or asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from app.demo.onvif.server import OnvifServer
from app.ptz import messages
from app.ptz.journal import left_moving
from app.runtime.process import Process
from tests.ptz.conftest import LEAST_S, PASSWORD, Told, device, until

_decode = msgspec.msgpack.Decoder(messages.FromWorker).decode


@pytest.fixture
def worker(tmp_path: Path, told: Told) -> Iterator[Process]:
    process = Process("ptz", "app.ptz.worker", arguments=[str(tmp_path / "moving.json")],
                      received=lambda body: told.append(_decode(body)), ended=lambda code: None)
    until(lambda: told.of(messages.Beat), 10)
    yield process
    process.close(4.0)


def keep_alive(worker: Process, holds: Callable[[], object], seconds: float = 4.0) -> None:
    deadline = time.monotonic() + max(seconds, LEAST_S)
    while not holds():
        worker.send(messages.Alive())
        assert time.monotonic() < deadline
        threading.Event().wait(0.05)


def test_it_moves_and_stops_on_order(worker: Process, dome: OnvifServer, told: Told) -> None:
    dome.head.faults.ignores_timeout = True
    worker.send(device(dome))
    worker.send(messages.Move("cam-1", 0.5, 0.0, 0.0))
    keep_alive(worker, lambda: dome.head.moving)
    worker.send(messages.Stop("cam-1"))
    keep_alive(worker, lambda: told.of(messages.Standing))
    assert not dome.head.moving


def test_a_closed_pipe_stops_the_camera_at_once(worker: Process, dome: OnvifServer) -> None:
    dome.head.faults.ignores_timeout = True
    worker.send(device(dome))
    worker.send(messages.Move("cam-1", 0.5, 0.0, 0.0))
    keep_alive(worker, lambda: dome.head.moving)
    began = time.monotonic()
    worker.close(4.0)
    until(lambda: not dome.head.moving)
    stopped = next(at for at, name in dome.requests if name == "Stop")
    assert stopped - began < 5.0            # tests/bench measures it


def test_a_closed_pipe_alone_stops_it(dome: OnvifServer, told: Told, tmp_path: Path) -> None:
    """By a guardian that would be patient with a silent desktop."""
    patient = Process("ptz", "tests.ptz.patient", arguments=[str(tmp_path / "moving.json")],
                      received=lambda body: told.append(_decode(body)), ended=lambda code: None)
    dome.head.faults.ignores_timeout = True
    patient.send(device(dome))
    patient.send(messages.Move("cam-1", 0.5, 0.0, 0.0))
    until(lambda: dome.head.moving)
    patient.close(4.0)
    until(lambda: not dome.head.moving)


def test_a_silent_desktop_counts_as_gone(worker: Process, dome: OnvifServer, told: Told) -> None:
    dome.head.faults.ignores_timeout = True
    worker.send(device(dome))
    worker.send(messages.Move("cam-1", 0.5, 0.0, 0.0))
    keep_alive(worker, lambda: dome.head.moving)
    until(lambda: told.of(messages.Standing), 4)            # nobody says "alive" any more
    assert not dome.head.moving


DESKTOP = """
import sys, time
from app.ptz import messages
from app.runtime.process import Process
import msgspec
worker = Process("ptz", "app.ptz.worker", arguments=[sys.argv[1]], received=lambda b: None, ended=lambda c: None)
worker.send(msgspec.msgpack.Decoder(messages.ToWorker).decode(bytes.fromhex(sys.stdin.readline())))
worker.send(messages.Move("cam-1", 0.5, 0.0, 0.0))
while True:
    worker.send(messages.Alive())
    time.sleep(0.1)
"""


def test_kill_9_of_the_desktop_stops_the_camera(dome: OnvifServer, tmp_path: Path) -> None:
    dome.head.faults.ignores_timeout = True
    desktop = subprocess.Popen([sys.executable, "-c", DESKTOP, str(tmp_path / "moving.json")], stdin=subprocess.PIPE,
                               cwd=Path(__file__).parents[2])
    assert desktop.stdin is not None
    desktop.stdin.write(msgspec.msgpack.encode(device(dome)).hex().encode() + b"\n")
    desktop.stdin.flush()
    until(lambda: dome.head.moving, 15)
    os.kill(desktop.pid, signal.SIGKILL)
    killed = time.monotonic()
    desktop.wait()
    desktop.stdin.close()
    until(lambda: not dome.head.moving)
    assert next(at for at, name in dome.requests if name == "Stop") - killed < 5.0
    until(lambda: left_moving(tmp_path / "moving.json") == ())


def test_a_killed_worker_leaves_word_of_what_moves(worker: Process, dome: OnvifServer, tmp_path: Path) -> None:
    dome.head.faults.ignores_timeout = True
    worker.send(device(dome))
    worker.send(messages.Move("cam-1", 0.5, 0.0, 0.0))
    keep_alive(worker, lambda: dome.head.moving)
    worker.kill()
    until(lambda: not worker.alive)
    assert left_moving(tmp_path / "moving.json") == ("cam-1",)
    assert PASSWORD not in (tmp_path / "moving.json").read_text()


def test_the_password_is_on_no_command_line(worker: Process, dome: OnvifServer, told: Told) -> None:
    worker.send(device(dome))
    worker.send(messages.Warm("cam-1"))
    keep_alive(worker, lambda: len(told.of(messages.Beat)) > 2)
    assert PASSWORD.encode() not in Path(f"/proc/{worker.pid}/cmdline").read_bytes()
    assert PASSWORD.encode() not in Path(f"/proc/{worker.pid}/environ").read_bytes()
