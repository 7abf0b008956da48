"""Whoever loses the keyboard lets the camera go: to a locker, which takes it without a word, or to another program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.demo.onvif.answers import Camera, Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices.asker import FACT, facts_to
from app.model.device import DeviceFacts
from app.model.register import Device
from app.model.secret import Credentials, Secret
from app.registry.directory import CameraDirectory
from app.runtime.darkness import Dark
from tests.widgets.window.conftest import Shown, opening, until
from tests.widgets.window.stage import FakeFacts, FakeStation, cameras
from widgets.ptz.feature import PtzDesk

pytestmark = pytest.mark.screen
__all__ = ["opening"]


class Facts(FakeFacts):
    """What the register knows of one dome."""

    def __init__(self, camera: str, facts: DeviceFacts) -> None:
        self._known = {camera: SimpleNamespace(value=facts_to(facts))}

    def named(self, fact: str) -> dict[str, Any]:
        return self._known if fact == FACT else {}


@pytest.mark.parametrize("to", ["a locker", "another program"])
def test_a_held_key_is_let_go(opening: Callable[..., Shown], to: str) -> None:
    head = Head()
    head.faults.ignores_timeout = True
    dome = OnvifServer(Camera(Identity("Bundaran", "SN-1", {"main": "rtsp://127.0.0.1/main"}), head),
                       {"operator": "rahasia"})
    dome.start()
    try:
        listed = cameras(40)
        service = f"{dome.base}/onvif/device_service"
        listed[0] = replace(listed[0], device=Device(service=service),
                            credentials=Credentials("operator", Secret("rahasia")))
        station = FakeStation()
        station.directory = CameraDirectory(listed)
        station.registry.device_facts = Facts(listed[0].id, DeviceFacts(
            service, ptz=f"{dome.base}/onvif/ptz_service", profile="main", login="wsse"))
        shown = opening(station)
        desk = next(one for one in shown.ui._features if isinstance(one, PtzDesk))
        until(lambda: desk.steering.turns(desk.steering.selected))
        desk.darkness.close()
        widget = shown.app.focusWidget()
        assert widget is not None
        QTest.keyPress(widget, Qt.Key.Key_Right)
        until(lambda: head.moving)
        if to == "a locker":
            desk.darkness.now = Dark.LOCKED
        else:
            shown.app.focusWindowChanged.emit(None)
        until(lambda: not head.moving)
        assert not desk.steering.holds
    finally:
        dome.close()
