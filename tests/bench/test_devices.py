"""A thousand devices: learned in the devices worker, then known and idle; what that costs, and that none is asked
again. The events of 64 of them are heard meanwhile, as a full wall does.

    make bench ARGS="-k thousand"
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from app.demo.onvif.answers import Camera as Virtual
from app.demo.onvif.answers import Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices.asker import Asker
from app.devices.listener import Listener
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.register import Device
from app.model.secret import Credentials, Secret
from tests.bench import stage

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

DEVICES = int(os.environ.get("LAWANG_BENCH_DEVICES", "1000"))
MOST_MB, IDLE_S, MOST_IDLE = 60.0, 10.0, 0.002      # of all processes for devices; share of one core
HEARD = 64                                          # the panes of a full wall
REST_S = 3.0                                        # instead of half a minute


def test_a_thousand_known_devices_cost_little_and_are_left_in_peace() -> None:
    server = OnvifServer(Virtual(Identity("Kubah", "SN", {"main": "rtsp://127.0.0.1/x", "sub": "rtsp://127.0.0.1/y"}),
                                 Head()), {"operator": "rahasia"})
    server.start()
    answers: queue.Queue[Any] = queue.Queue()
    server.camera.points.places = HEARD
    asker, listener = Asker(rest_s=REST_S), Listener()
    facts: list[DeviceFacts] = []
    asker.learned.connect(lambda camera, told: (facts.append(told), answers.put(camera)))
    asker.failed.connect(lambda camera, cause: answers.put((camera, cause)))
    login, known = Credentials("operator", Secret("rahasia")), set()
    began = time.monotonic()
    try:
        for n in range(DEVICES):
            device = Device(service=f"{server.base}/onvif/device_service")
            assert asker.ask(Camera(f"c{n}", n + 1, "x", device=device, credentials=login))
            if n >= 32:                                 # as many under way as an operator who walks a wall may cause
                known.add(answers.get(timeout=60))
        while len(known) < DEVICES:
            known.add(answers.get(timeout=60))
        learned_s = time.monotonic() - began
        busy = psutil.Process(asker.pid).memory_info().rss / 1e6
        _wait(lambda: asker.pid == 0)                   # it ended: devices that are known cost no process
        listener.hear({f"c{n}": (Camera(f"c{n}", n + 1, "x", credentials=login), facts[n]) for n in range(HEARD)})
        _wait(lambda: server.camera.points.open == HEARD)
        ears = psutil.Process(listener.pid)
        time.sleep(2.0)                                 # subscribing is over
        delays = _delays(server, listener)
        requests = len(server.requests)
        before, at = ears.cpu_times(), time.monotonic()
        time.sleep(IDLE_S)                              # idleness is what is measured
        after = ears.cpu_times()
        share = max(after.user + after.system - before.user - before.system, 0.0) / (time.monotonic() - at)
        memory = ears.memory_info().rss / 1e6
        asked = [name for _at, name in server.requests[requests:] if name != "PullMessages"]
        print(f"{DEVICES} devices learned in {learned_s:.1f} s; worker then {busy:.1f} MB, at rest 0; {HEARD} of them "
              f"heard: {memory:.1f} MB, {share:.2%} of a core, {len(asked)} questions in {IDLE_S:.0f} s besides pulls")
        print(f"device says it to the desktop has it: median {delays[len(delays) // 2] * 1000:.1f} ms, longest "
              f"{delays[-1] * 1000:.1f} ms, {HEARD} cameras at once")
        stage.keep("devices_idle", {"event_ms": round(delays[len(delays) // 2] * 1000, 1),
                                    "command": 'make bench ARGS="-k thousand"', "devices": DEVICES, "heard": HEARD,
                                    "busy_mb": round(busy, 1), "idle_mb": round(memory, 1), "core": round(share, 4)})
        assert all(isinstance(one, str) for one in known), "some devices were not learned"
        assert memory <= MOST_MB and share <= MOST_IDLE and not asked
    finally:
        listener.close()
        asker.close()
        server.close()


def _delays(server: OnvifServer, listener: Listener) -> list[float]:
    """Seconds from an input that goes on to the desktop's signal, for each of HEARD cameras, three times; sorted."""
    heard: queue.Queue[float] = queue.Queue()
    listener.noticed.connect(lambda event: heard.put(time.monotonic() if event.on else 0.0))
    found: list[float] = []
    for _turn in range(3):
        began = time.monotonic()
        server.camera.points.happen("input", True)
        found += [heard.get(timeout=30) - began for _n in range(HEARD)]
        server.camera.points.happen("input", False)
        for _n in range(HEARD):
            heard.get(timeout=30)
        time.sleep(1.0)
    return sorted(found)


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120.0
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
