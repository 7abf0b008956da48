"""A refused login is tried twice, ever: over the workers that ask, steer and listen, and the restarts of all."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from psygnal import SignalInstance
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.commands import Ran
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
from app.ptz.steering import Steering
from app.registry.lane import RegistryLane
from app.runtime.worker import Worker
from tests.widgets.discovery.test_panel import lane, until
from widgets.common import hop_to_gui
from widgets.discovery.trusting import Trusting

pytestmark = pytest.mark.screen
__all__ = ["lane"]


@pytest.fixture
def dome() -> Iterator[OnvifServer]:
    server = OnvifServer(Virtual(Identity("Kubah", "SN-9", {"main": "rtsp://10.9.9.9/main"}), Head()),
                         {"operator": "rahasia"})
    server.start()
    yield server
    server.close()


@pytest.fixture
def camera(lane: RegistryLane, dome: OnvifServer) -> Camera:
    """Of the register, at this dome, with the right password."""
    one = replace(lane.directory.all()[0], device=Device(service=f"{dome.base}/onvif/device_service"),
                  credentials=Credentials("operator", Secret("rahasia")))
    return keep(lane, one)


def keep(lane: RegistryLane, camera: Camera) -> Camera:
    lane.submit(lambda registry: registry.edits.keep([camera]))
    until(lambda: lane.directory.by_id(camera.id) == camera)
    return camera


class Program:
    """What of the program asks devices, as its features wire it."""

    def __init__(self, lane: RegistryLane, camera: Camera, dome: OnvifServer, journal: Path) -> None:
        self.owner, self.asker, self.listener = QObject(), Asker(), Listener()
        self.said: list[str] = []
        self.ran: Any = SignalInstance((object,))
        wall = SimpleNamespace(window=lambda _id: SimpleNamespace(
            selected=0, panes=[SimpleNamespace(camera=camera.id)]))
        shell: Any = SimpleNamespace(owner=self.owner, asker=self.asker, tell=self.said.append, active=lambda: "w",
                                     station=SimpleNamespace(registry=lane, directory=lane.directory, wall=wall,
                                                             dispatcher=SimpleNamespace(ran=self.ran)))
        self.trusting = Trusting(shell)
        read: list[object] = []
        lane.submit(lambda _registry: None, read.append)    # comes after what Trusting asked for
        until(lambda: read)
        self.worker = Worker("ptz", "app.ptz.worker", arguments=[str(journal)], received=self._heard,
                             started=lambda: self.steering.restarted())
        self.steering = Steering(self.worker, lane.directory.by_id, tries=self.asker.refusals.tries)
        self.steering.told.connect(self.said.append)
        self.steering.unwelcome.connect(self.asker.refusals.note)
        hop_to_gui(self.asker.refusals.changed, self.steering.known.refusals_changed, self.owner)
        self.listener.deaf.connect(lambda _camera, cause, detail: self.asker.refused_elsewhere(camera, cause, detail))
        self.camera = camera
        self.facts = DeviceFacts(camera.device.service, login="wsse", ptz=f"{dome.base}/onvif/ptz_service",
                                 profile="main", events=f"{dome.base}/onvif/event_service")
        self.worker.start()

    def _heard(self, body: bytes) -> None:
        self.steering.heard(body)

    def learn(self) -> None:
        self.steering.set_facts({self.camera.id: self.facts})
        self.steering.select(self.camera.id)

    def press(self, until_said: bool = True) -> None:
        """An arrow key, held until something is said of it, and let go."""
        before = len(self.said)
        self.steering.hold("right", True)
        until(lambda: self.tick() or len(self.said) > before or not until_said)
        self.steering.hold("right", False)

    def tick(self) -> None:
        self.steering.tick()

    def close(self) -> None:
        self.trusting.close()
        self.listener.close()
        self.worker.close()
        self.asker.close()
        self.owner.deleteLater()


@pytest.fixture
def start(qapp: QApplication, lane: RegistryLane, dome: OnvifServer, tmp_path: Path
          ) -> Iterator[Callable[[Camera], Program]]:
    programs: list[Program] = []

    def make(camera: Camera) -> Program:
        programs.append(Program(lane, camera, dome, tmp_path / "moving.json"))
        return programs[-1]
    yield make
    for program in programs:
        program.close()


def refused_in(lane: RegistryLane) -> dict[str, tuple[str, int]]:
    found: list[Any] = []
    lane.submit(lambda registry: registry.refused_logins.all(), found.append)
    until(lambda: found)
    return dict(found[0].value)


def test_a_wrong_password_is_tried_twice_by_all_of_them_and_all_who_come_after_them(
        start: Callable[[Camera], Program], lane: RegistryLane, dome: OnvifServer, camera: Camera) -> None:
    wrong = keep(lane, replace(camera, credentials=Credentials("operator", Secret("salah"))))
    first = start(wrong)
    assert first.asker.ask(wrong)
    until(lambda: first.said and refused_in(lane))
    assert 1 <= dome.refusals <= 2
    spent = dome.refusals
    first.close()
    second = start(wrong)
    assert not second.asker.ask(wrong, now=True)
    second.learn()                                  # facts that another station learned
    second.press()
    assert "password" in second.said[-1]
    second.steering.preset("go", "1")
    second.steering.preset("home")
    until(lambda: second.tick() or sum("password" in words for words in second.said) >= 3)
    assert dome.refusals == spent and second.asker.refusals.tries(wrong) == 2


def test_a_password_that_the_device_changed_is_tried_twice_and_by_no_successor(
        start: Callable[[Camera], Program], lane: RegistryLane, dome: OnvifServer, camera: Camera) -> None:
    program = start(camera)
    program.learn()
    dome.logins["operator"] = "lain"
    program.press()
    until(lambda: program.tick() or refused_in(lane).get(camera.id, ("", 0))[1] == 2)   # the move, then its stop
    assert dome.refusals == 2
    pid = program.worker.pid
    os.kill(pid, signal.SIGKILL)                    # its successor is told whom it must not ask
    until(lambda: program.tick() or program.worker.pid not in (0, pid))
    program.press()
    program.steering.stop()
    assert not program.asker.ask(camera, now=True)
    program.close()
    after = start(camera)
    after.learn()
    after.press()
    after.steering.preset("go", "1")
    until(lambda: after.tick() or sum("password" in words for words in after.said) >= 2)
    assert dome.refusals == 2
    # The operator's "try again", now that somebody mended the device.
    dome.logins["operator"] = "rahasia"
    learned: list[str] = []
    after.asker.learned.connect(lambda name, _facts: learned.append(name))
    after.ran.emit(Ran("pane.retry", window="w"))
    until(lambda: learned)
    until(lambda: not refused_in(lane))
    QApplication.processEvents()
    after.press(until_said=False)
    until(lambda: after.tick() or (not dome.head.moving
                                   and [name for _at, name in dome.requests].count("Stop") >= 2))
    assert dome.refusals == 2


def test_whoever_listens_tries_once_and_the_guardian_has_the_other_try_for_a_stop(
        start: Callable[[Camera], Program], lane: RegistryLane, dome: OnvifServer, camera: Camera) -> None:
    program = start(camera)
    program.learn()
    dome.logins["operator"] = "lain"
    program.listener.hear({camera.id: (camera, program.facts)})
    until(lambda: program.asker.refusals.tries(camera) == 2)
    assert dome.refusals == 1 and program.listener.cameras == frozenset()
    until(lambda: program.steering.known.shut_out(camera.id))
    program.press()                                 # a sentence, and no request
    assert dome.refusals == 1
    program.steering.stop()
    until(lambda: program.tick() or dome.refusals == 2)
    pid = program.listener.pid
    os.kill(pid, signal.SIGKILL)
    assert not program.asker.ask(camera)
    program.steering.stop()
    until(lambda: program.tick() or not refused_in(lane) or refused_in(lane)[camera.id][1] == 2)
    assert dome.refusals == 2
