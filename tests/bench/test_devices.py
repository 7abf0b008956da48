"""A thousand devices: learned in the devices worker, then known and idle; what the worker costs, and that none is asked
again.

    make bench ARGS="-k thousand"
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import os
import queue
import time
from typing import Any

import psutil
import pytest

from app.demo.onvif.answers import Camera as Virtual
from app.demo.onvif.answers import Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices.asker import Asker
from app.model.camera import Camera
from app.model.register import Device
from app.model.secret import Credentials, Secret

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

DEVICES = int(os.environ.get("LAWANG_BENCH_DEVICES", "1000"))
MOST_MB, IDLE_S, MOST_IDLE = 60.0, 10.0, 0.002      # of the worker; share of one core


def test_a_thousand_known_devices_cost_little_and_are_left_in_peace() -> None:
    server = OnvifServer(Virtual(Identity("Kubah", "SN", {"main": "rtsp://127.0.0.1/x", "sub": "rtsp://127.0.0.1/y"}),
                                 Head()), {"operator": "rahasia"})
    server.start()
    answers: queue.Queue[Any] = queue.Queue()
    asker = Asker()
    asker.learned.connect(lambda camera, _facts: answers.put(camera))
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
        learned_s, requests = time.monotonic() - began, len(server.requests)
        worker = psutil.Process(asker.pid)
        time.sleep(1.0)                                 # it gives memory back after the last answer
        before, at = worker.cpu_times(), time.monotonic()
        time.sleep(IDLE_S)                              # idleness is what is measured
        after = worker.cpu_times()
        share = (after.user + after.system - before.user - before.system) / (time.monotonic() - at)
        memory = worker.memory_info().rss / 1e6
        print(f"{DEVICES} devices learned in {learned_s:.1f} s, {requests / DEVICES:.1f} requests each; worker idle: "
              f"{memory:.1f} MB, {share:.2%} of a core, {len(server.requests) - requests} requests in {IDLE_S:.0f} s")
        assert all(isinstance(one, str) for one in known), "some devices were not learned"
        assert memory <= MOST_MB and share <= MOST_IDLE and len(server.requests) == requests
    finally:
        asker.close()
        server.close()
