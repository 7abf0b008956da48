"""The fake station of the windows with one real dome, which ignores its Timeout: only a stop ends what it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from app.demo.onvif.answers import Camera, Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices.asker import FACT, facts_to
from app.model.device import DeviceFacts
from app.model.register import Device
from app.model.secret import Credentials, Secret
from app.registry.directory import CameraDirectory
from tests.widgets.window.stage import FakeFacts, FakeStation, cameras


class Facts(FakeFacts):
    """What the register knows of one dome."""

    def __init__(self, camera: str, facts: DeviceFacts) -> None:
        self._known = {camera: SimpleNamespace(value=facts_to(facts))}

    def named(self, fact: str) -> dict[str, Any]:
        return self._known if fact == FACT else {}


@contextmanager
def one_dome(place: int) -> Iterator[tuple[Head, FakeStation, str]]:
    """Its head, the station that knows it as the camera of that place, and that camera's id."""
    head = Head()
    head.faults.ignores_timeout = True
    dome = OnvifServer(Camera(Identity("Bundaran", "SN-1", {"main": "rtsp://127.0.0.1/main"}), head),
                       {"operator": "rahasia"})
    dome.start()
    try:
        listed = cameras(40)
        service = f"{dome.base}/onvif/device_service"
        listed[place] = replace(listed[place], device=Device(service=service),
                                credentials=Credentials("operator", Secret("rahasia")))
        station = FakeStation()
        station.directory = CameraDirectory(listed)
        station.registry.device_facts = Facts(listed[place].id, DeviceFacts(
            service, ptz=f"{dome.base}/onvif/ptz_service", profile="main", login="wsse"))
        yield head, station, listed[place].id
    finally:
        dome.close()
