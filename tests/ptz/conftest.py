"""A virtual dome on a real port, and a lane that steers it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.demo.onvif.answers import Camera, Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.ptz import messages
from app.ptz.journal import Journal
from app.ptz.lane import Lane
from app.runtime.process import Message

USER, PASSWORD = "operator", "rahasia-putar"
LEAST_S = 30.0              # no limit is shorter: what it waits for comes in moments where nobody loads the machine


@pytest.fixture
def dome() -> Iterator[OnvifServer]:
    """A dome that lets one user in."""
    camera = Camera(Identity("Bundaran", "SN-1", {"main": "rtsp://127.0.0.1/main"}), Head())
    server = OnvifServer(camera, {USER: PASSWORD})
    server.start()
    yield server
    server.close()


def device(dome: OnvifServer, **more: object) -> messages.Device:
    fields: dict[str, object] = {"camera": "cam-1", "url": f"{dome.base}/onvif/ptz_service", "profile": "main",
                                 "username": USER, "password": PASSWORD}
    return messages.Device(**fields | more)  # type: ignore[arg-type]


class Told(list[Message]):
    """What a lane told the desktop."""

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in tuple(self) if isinstance(message, kind)]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def lane_for(told: Told, tmp_path: Path) -> Iterator[Callable[..., Lane]]:
    """Makes lanes that end with the test."""
    lanes: list[Lane] = []

    def make(order: messages.Device) -> Lane:
        lanes.append(Lane(order, told.append, Journal(tmp_path / "moving.json")))
        return lanes[-1]
    yield make
    for lane in lanes:
        lane.close()
    until(lambda: all(lane.finished for lane in lanes), 8)


def until(holds: Callable[[], object], seconds: float = 4.0) -> None:
    deadline = time.monotonic() + max(seconds, LEAST_S)
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        threading.Event().wait(0.005)
