"""Hostile devices against the real worker processes: each ends in a word, none holds up a friend or another's stop."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import msgspec
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
from app.ptz import messages
from app.runtime.worker import Worker
from tests.fakes.hostile_device import KINDS, HostileDevice
from tests.ptz.conftest import Told, device, until

LOGIN = Credentials("operator", Secret("rahasia"))
WAIT_S = 120.0              # eight at a time, eight seconds for the worst of them, on a loaded machine
MOST_MB = 150.0             # of a worker that was sent 50 MB and more by several at once


@pytest.fixture
def dome() -> Iterator[OnvifServer]:
    server = OnvifServer(Virtual(Identity("Bundaran", "SN-1", {"main": "rtsp://127.0.0.1/main"}), Head()),
                         {"operator": "rahasia"})
    server.start()
    yield server
    server.close()


@pytest.fixture
def villains() -> Iterator[dict[str, HostileDevice]]:
    with ExitStack() as stack:
        yield {kind: stack.enter_context(closing(HostileDevice(kind))) for kind in KINDS}


def camera(name: str, address: str) -> Camera:
    return Camera(name, 1, name, credentials=LOGIN, device=Device(service=address))


def test_each_ends_in_a_word_and_a_friend_is_learned_beside_them(dome: OnvifServer,
                                                                 villains: dict[str, HostileDevice]) -> None:
    heard: queue.Queue[tuple[str, Any]] = queue.Queue()
    asker = Asker()
    asker.failed.connect(lambda name, cause: heard.put((name, cause)))
    asker.learned.connect(lambda name, facts: heard.put((name, facts)))
    try:
        for kind, villain in villains.items():
            assert asker.ask(camera(kind, villain.address))
        assert asker.ask(camera("friend", f"{dome.base}/onvif/device_service"))
        came, most = {}, 0.0
        while len(came) < len(villains) + 1:
            name, said = heard.get(timeout=WAIT_S)
            came[name] = said
            most = max(most, psutil.Process(asker.pid).memory_info().rss / 1e6)
        assert isinstance(came.pop("friend"), DeviceFacts)
        assert set(came.values()) <= {"nonsense", "timeout", "closed", "no-route", "fault"}, came
        assert not any(villain.trapped for villain in villains.values())
        assert all(villain.asked <= 2 for villain in villains.values())
        assert most < MOST_MB
    finally:
        asker.close()


@pytest.mark.soak
def test_events_of_a_friend_come_beside_them(dome: OnvifServer, villains: dict[str, HostileDevice]) -> None:
    listener = Listener()
    deaf: set[str] = set()
    events: queue.Queue[Any] = queue.Queue()
    listener.deaf.connect(lambda name, _cause, _detail: deaf.add(name))
    listener.noticed.connect(events.put)
    wanted = {kind: (camera(kind, villain.address), DeviceFacts(villain.address, events=villain.address))
              for kind, villain in villains.items()}
    service = f"{dome.base}/onvif/device_service"
    wanted["friend"] = (camera("friend", service),
                        DeviceFacts(service, login="wsse", events=f"{dome.base}/onvif/event_service"))
    try:
        listener.hear(wanted)
        until(lambda: dome.camera.points.open == 1, WAIT_S)
        dome.camera.points.happen("motion", True)
        assert events.get(timeout=WAIT_S).camera == "friend"
        until(lambda: deaf >= set(villains), WAIT_S)
        assert not any(villain.trapped for villain in villains.values())
        assert psutil.Process(listener.pid).memory_info().rss / 1e6 < MOST_MB
    finally:
        listener.close()
    until(lambda: dome.camera.points.open == 0, WAIT_S)


def test_a_wrong_password_is_never_asked_a_third_time(dome: OnvifServer) -> None:
    """However often the operator wants it; of a lane see tests/ptz/test_lane.py."""
    wrong = Camera("cam", 1, "x", credentials=Credentials("operator", Secret("falsch")),
                   device=Device(service=f"{dome.base}/onvif/device_service"))
    causes: queue.Queue[str] = queue.Queue()
    asker = Asker()
    asker.failed.connect(lambda _name, cause: causes.put(cause))
    try:
        assert asker.ask(wrong) and causes.get(timeout=WAIT_S) == "unauthorised"
        assert not any(asker.ask(wrong, now=True) for _n in range(20))
        assert dome.refusals <= 2
    finally:
        asker.close()


def test_the_guardian_stops_a_camera_while_they_rage(dome: OnvifServer, villains: dict[str, HostileDevice],
                                                     tmp_path: Path) -> None:
    """Key-up to stop beside eight hostile answers and a hostile camera in the guardian itself."""
    told = Told()
    decode = msgspec.msgpack.Decoder(messages.FromWorker).decode
    guardian = Worker("ptz", "app.ptz.worker", arguments=[str(tmp_path / "moving.json")],
                      received=lambda body: told.append(decode(body)))
    asker, end = Asker(), threading.Event()

    def rage() -> None:
        while not end.wait(0.2):
            guardian.send(messages.Alive())
            if asker.busy:
                continue
            for kind, villain in villains.items():
                asker.ask(camera(kind, villain.address), now=True)
    raging = threading.Thread(target=rage, name="rage", daemon=True)
    try:
        guardian.send(device(dome, password="rahasia"))
        for kind in ("endless chunks", "slow drip", "silence", "xml bomb"):
            bad = f"bad {kind}"
            guardian.send(messages.Device(bad, villains[kind].address, "main"))
            guardian.send(messages.Move(bad, 0.5, 0.0, 0.0))
        raging.start()
        until(lambda: sum(villain.asked for villain in villains.values()) >= 6, WAIT_S)
        for turn in range(1, 6):
            guardian.send(messages.Move("cam-1", 0.5, 0.0, 0.0))
            until(lambda: dome.head.moving, WAIT_S)
            guardian.send(messages.Stop("cam-1"))
            until(lambda: not dome.head.moving, WAIT_S)
            assert sum(name == "Stop" for _at, name in dome.requests) >= turn
    finally:
        end.set()
        if raging.is_alive():
            raging.join()
        guardian.close()
        asker.close()
