"""A camera that desktop and guardian left moving when both died is stopped by the next start, selected or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.demo.onvif.answers import Camera, Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices.asker import FACT, facts_to
from app.model.device import DeviceFacts
from app.model.register import Device
from app.model.secret import Credentials, Secret
from app.registry.directory import CameraDirectory
from app.runtime import paths
from tests.widgets.window.conftest import Shown, opening, until
from tests.widgets.window.stage import FakeFacts, FakeStation, cameras
from widgets.ptz.feature import JOURNAL

pytestmark = pytest.mark.screen
__all__ = ["opening"]


class Facts(FakeFacts):
    """What the register knows of one dome."""

    def __init__(self, camera: str, facts: DeviceFacts) -> None:
        self._known = {camera: SimpleNamespace(value=facts_to(facts))}

    def named(self, fact: str) -> dict[str, Any]:
        return self._known if fact == FACT else {}


def test_the_next_start_stops_it(opening: Callable[..., Shown], lawang_home: Path) -> None:
    head = Head()
    head.faults.ignores_timeout = True
    dome = OnvifServer(Camera(Identity("Bundaran", "SN-1", {"main": "rtsp://127.0.0.1/main"}), head),
                       {"operator": "rahasia"})
    dome.start()
    try:
        head.move((0.5, 0.0), None, None)
        assert head.moving
        listed = cameras(40)
        service = f"{dome.base}/onvif/device_service"
        listed[5] = replace(listed[5], device=Device(service=service),
                            credentials=Credentials("operator", Secret("rahasia")))
        station = FakeStation()
        station.directory = CameraDirectory(listed)
        station.registry.device_facts = Facts(listed[5].id, DeviceFacts(
            service, ptz=f"{dome.base}/onvif/ptz_service", profile="main", login="wsse"))
        (paths.ensure(paths.data_dir()) / JOURNAL).write_text(json.dumps([listed[5].id]))
        opening(station)
        until(lambda: not head.moving)
    finally:
        dome.close()
