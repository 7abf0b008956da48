"""A certificate that nobody trusted: a row says so, the button trusts it, and the device is asked anew. Real TLS."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from psygnal import SignalInstance
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.demo.onvif.answers import Camera as Virtual
from app.demo.onvif.answers import Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices.asker import SHOWN, TRUSTED, Asker
from app.model.found import FoundDevice
from app.model.register import Device
from app.model.secret import Credentials, Secret
from app.registry.lane import RegistryLane
from tests.devices.certificate import self_signed
from tests.widgets.discovery.test_panel import lane, panel, state, until
from widgets.discovery import DiscoveryPanel
from widgets.discovery.trust import TrustBox
from widgets.discovery.trusting import Trusting

pytestmark = pytest.mark.screen
__all__ = ["lane", "panel"]


@pytest.fixture
def dome(tmp_path: Path) -> Iterator[tuple[OnvifServer, str]]:
    tls, pin = self_signed(tmp_path)
    server = OnvifServer(Virtual(Identity("Kubah", "SN-9", {"main": "rtsp://10.9.9.9/main"}), Head()),
                         {"operator": "rahasia"}, tls=tls)
    server.start()
    yield server, pin
    server.close()


def facts(lane: RegistryLane, camera: str) -> dict[str, Any]:
    answers: queue.Queue[Any] = queue.Queue()
    lane.submit(lambda registry: registry.device_facts.of(camera), answers.put)
    return {name: fact.value for name, fact in answers.get(timeout=20).value.items()}


def test_a_camera_of_the_register_is_trusted_in_its_form_and_then_learned(
        qapp: QApplication, lane: RegistryLane, dome: tuple[OnvifServer, str]) -> None:
    server, pin = dome
    camera = replace(lane.directory.all()[0], device=Device(service=f"{server.base}/onvif/device_service"),
                     credentials=Credentials("operator", Secret("rahasia")))
    lane.submit(lambda registry: registry.edits.keep([camera]))
    until(lambda: lane.directory.by_id(camera.id).device.service == camera.device.service)
    owner, asker, said, learned = QObject(), Asker(), list[str](), list[str]()
    shell: Any = SimpleNamespace(owner=owner, asker=asker, tell=said.append,
                                 station=SimpleNamespace(registry=lane, directory=lane.directory,
                                                         dispatcher=SimpleNamespace(ran=SignalInstance((object,)))))
    trusting = Trusting(shell)
    asker.learned.connect(lambda _camera, facts: learned.append(facts.pin))
    box = TrustBox(lane)
    try:
        assert asker.ask(camera)
        until(lambda: SHOWN in facts(lane, camera.id) and said)
        assert "certificate" in said[0] and camera.label in said[0] and not server.requests
        box.show_camera(camera)
        until(lambda: not box.isHidden())
        assert box.fingerprint.text().replace("\n", "") == pin
        QTest.keyClick(box.button, Qt.Key.Key_Space)
        until(lambda: learned == [pin])
        assert facts(lane, camera.id).get(TRUSTED) == {"sha256": pin}
        box.show_camera(camera)
        until(lambda: SHOWN not in facts(lane, camera.id))
        assert box.isHidden()
    finally:
        trusting.close()
        asker.close()
        box.deleteLater()
        owner.deleteLater()


def test_a_found_device_is_trusted_in_the_panel_and_added_with_its_pin(
        lane: RegistryLane, panel: DiscoveryPanel, dome: tuple[OnvifServer, str]) -> None:
    server, pin = dome
    panel._on_found(FoundDevice("key", f"{server.base}/onvif/device_service", "127.0.0.1"))
    panel.table.tick([0])
    panel.user.setText("operator")
    panel.password.setText("rahasia")
    panel.add()
    until(lambda: not panel.trust.isHidden())
    assert panel.trust.fingerprint.text().replace("\n", "") == pin and "127.0.0.1" in panel.trust.words.text()
    assert "certificate" in state(panel, 0) and not server.requests
    QTest.keyClick(panel.trust.button, Qt.Key.Key_Space)
    until(lambda: panel.table.rows[0].added)
    added = panel.table.rows[0].known
    assert added is not None and panel.trust.isHidden()
    assert facts(lane, added.id)[TRUSTED] == {"sha256": pin} and facts(lane, added.id)["onvif"]["pin"] == pin
