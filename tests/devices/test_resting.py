"""The process that asks devices ends when nobody is asked, and is there again with the next question."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Iterator

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
from tests.ptz.conftest import until

WAIT_S = 60.0


@pytest.fixture
def dome() -> Iterator[OnvifServer]:
    server = OnvifServer(Virtual(Identity("Bundaran", "SN-1", {"main": "rtsp://127.0.0.1/main"}), Head()),
                         {"operator": "rahasia"})
    server.start()
    yield server
    server.close()


@pytest.fixture
def camera(dome: OnvifServer) -> Camera:
    return Camera("cam", 1, "Camera", credentials=Credentials("operator", Secret("rahasia")),
                  device=Device(service=f"{dome.base}/onvif/device_service"))


def test_it_rests_and_comes_back(camera: Camera) -> None:
    learned: queue.Queue[str] = queue.Queue()
    asker = Asker(rest_s=0.1)
    asker.learned.connect(lambda name, _facts: learned.put(name))
    try:
        for _turn in range(2):
            assert asker.ask(camera, now=True) and learned.get(timeout=WAIT_S) == "cam"
            until(lambda: asker.pid == 0, WAIT_S)
            assert not asker.busy
    finally:
        asker.close()


def test_who_was_asked_by_a_process_that_died_is_told(dome: OnvifServer, camera: Camera) -> None:
    told: queue.Queue[tuple[str, str]] = queue.Queue()
    dome.head.faults.late_s = 2.0
    asker = Asker()
    asker.failed.connect(lambda name, cause: told.put((name, cause)))
    try:
        assert asker.ask(camera)
        until(lambda: dome.requests, WAIT_S)
        os.kill(asker.pid, signal.SIGKILL)
        assert told.get(timeout=WAIT_S) == ("cam", "worker")
    finally:
        asker.close()


def test_a_listener_that_died_hears_again(dome: OnvifServer, camera: Camera) -> None:
    listener, heard = Listener(), queue.Queue[str]()
    listener.hearing.connect(heard.put)
    facts = DeviceFacts(camera.device.service, login="wsse", events=f"{dome.base}/onvif/event_service")
    try:
        listener.hear({"cam": (camera, facts)})
        assert heard.get(timeout=WAIT_S) == "cam"
        os.kill(listener.pid, signal.SIGKILL)
        assert heard.get(timeout=WAIT_S) == "cam"
        listener.hear({})
        until(lambda: dome.camera.points.left == 1, WAIT_S)
    finally:
        listener.close()
