"""A camera on the wall notices something: its pane bears a mark and gives up last, and Q ends it. A real pull point."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop, Qt

from app.demo.onvif.answers import Camera, Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.model.register import Device
from app.model.secret import Credentials, Secret
from app.registry.directory import CameraDirectory
from tests.widgets.window.conftest import Shown, opening
from tests.widgets.window.stage import FakeStation, cameras

pytestmark = pytest.mark.screen
__all__ = ["opening"]
LONGEST_MS = 30_000         # two processes start meanwhile, on a loaded machine


def until(condition: Callable[[], object]) -> None:
    """Run the event loop until it holds."""
    deadline = QDeadlineTimer(LONGEST_MS)
    while not condition():
        assert not deadline.hasExpired(), "it never came true"
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        threading.Event().wait(0.002)


@pytest.fixture
def dome() -> Iterator[OnvifServer]:
    server = OnvifServer(Camera(Identity("Bundaran", "SN-1", {"main": "rtsp://127.0.0.1/main"}), Head()),
                         {"operator": "rahasia"})
    server.start()
    yield server
    server.close()


@pytest.fixture
def shown(opening: Callable[..., Shown], dome: OnvifServer) -> Shown:
    """The second camera of the wall is the dome; nobody learned it yet."""
    station = FakeStation()
    listed = cameras(40)
    listed[1] = replace(listed[1], device=Device(service=f"{dome.base}/onvif/device_service"),
                        credentials=Credentials("operator", Secret("rahasia")))
    station.directory = CameraDirectory(listed)
    return opening(station)


def test_a_mark_comes_counts_as_important_and_is_acknowledged(shown: Shown, dome: OnvifServer) -> None:
    points, alarms = dome.camera.points, shown.station.alarms
    until(lambda: points.open == 1)
    points.happen("tamper", True)
    key = f"{shown.frame.window_id}/1"

    def wants_important() -> bool:
        return any(want.important for name, want in shown.station.engine.wants.items() if name == key)
    until(lambda: alarms.alarmed == {"cam0001"} and wants_important())
    face = shown.frame.view.faces[1]
    until(lambda: face.badges.event == "Tampered")
    shown.key(Qt.Key.Key_Q)                                     # of the first pane: nothing to acknowledge
    assert alarms.alarmed
    shown.key(Qt.Key.Key_Tab)
    shown.key(Qt.Key.Key_Q)
    assert not alarms.alarmed
    [offer] = [one for group in shown.ui.overlays.offers for one in group.list() if one.command == "event.show"]
    assert offer.title.startswith("0102") and "Tampered" in offer.title and "acknowledged" in offer.also
    assert shown.station.dispatcher.run(offer.command, **offer.args)
    until(lambda: not face.badges.event)
    shown.close()
    until(lambda: points.open == 0)


def test_a_camera_that_leaves_the_wall_is_heard_no_more(shown: Shown, dome: OnvifServer) -> None:
    points = dome.camera.points
    until(lambda: points.open == 1)
    shown.key(Qt.Key.Key_Tab)
    shown.write("999")
    shown.key(Qt.Key.Key_Return)
    until(lambda: points.open == 0 and points.left == 1)
