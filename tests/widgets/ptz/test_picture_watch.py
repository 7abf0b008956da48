"""A camera that says it stands and whose picture goes on is stopped again; one under traffic is left."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.pane import PaneReport, PaneState
from app.model.wall import Pane
from app.ptz import messages
from app.ptz.steering import Steering
from app.video.engine import Picture
from widgets.ptz import picture_watch
from widgets.ptz.picture_watch import MOST_AGAIN, WATCH_S, PictureWatch

pytestmark = pytest.mark.screen

DOME = DeviceFacts("http://10.0.0.9/onvif/device_service", ptz="http://10.0.0.9/onvif/ptz", profile="main")


class Scene:
    """Worker, engine, clock and camera in one: the picture turns so many pixels a second."""

    def __init__(self) -> None:
        self.now, self.speed, self.state = 100.0, 0.0, PaneState.LIVE
        self.sent: list[msgspec.Struct] = []
        rng = np.random.default_rng(7)
        self._world = rng.uniform(20, 230, (36, 160)).repeat(10, 0).repeat(10, 1).astype(np.uint8)
        self.engine = SimpleNamespace(picture=self.picture, reports=lambda: {"w1/0": PaneReport(self.state)})
        self.wall = SimpleNamespace(state=SimpleNamespace(windows=(SimpleNamespace(id="w1"),)))

    def send(self, message: msgspec.Struct) -> None:
        self.sent.append(message)

    def picture(self, _key: str) -> Picture:
        at = round((self.now - 100) * self.speed) % 900
        pixels = np.ascontiguousarray(np.repeat(self._world[:, at:at + 640, None], 4, 2))
        car = round(self.now * 300) % 560
        pixels[250:290, car:car + 80] = 250
        return Picture.of(pixels, serial=round(self.now * 1000), shown_ns=round(self.now * 1e9))

    def runaways(self) -> int:
        return sum(isinstance(message, messages.Runaway) for message in self.sent)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(picture_watch, "panes_of", lambda _window: (Pane("a"),))
    return Scene()


@pytest.fixture
def steering(scene: Scene) -> Steering:
    made = Steering(scene, {"a": Camera("a", 100, "Dome")}.get, lambda: scene.now)
    made.set_facts({"a": DOME})
    made.select("a")
    return made


@pytest.fixture
def watch(qapp: QApplication, scene: Scene, steering: Steering) -> Iterator[PictureWatch]:
    owner = QObject()
    station: Any = scene
    made = PictureWatch(steering, station, lambda: scene.now, owner)
    yield made
    made.close()


def stop(steering: Steering) -> None:
    steering.hold("right", True)
    steering.hold("right", False)
    answered(steering)


def answered(steering: Steering) -> None:
    steering.heard(msgspec.msgpack.encode(messages.Standing("a")))
    steering.tick()


def pass_time(scene: Scene, watch: PictureWatch, seconds: float) -> None:
    end = scene.now + seconds
    while scene.now < end:
        scene.now += 0.067
        watch.look()


def test_one_that_goes_on_is_stopped_again_and_told_in_red(scene: Scene, steering: Steering,
                                                          watch: PictureWatch) -> None:
    told: list[str] = []
    steering.told.connect(told.append)
    scene.speed = 60.0
    stop(steering)
    pass_time(scene, watch, WATCH_S - 0.1)
    assert not scene.runaways()
    pass_time(scene, watch, 2.0)
    assert scene.sent[-1] == messages.Runaway("a") and steering.may_move("a") and "0100" in told[0]


def test_one_that_stands_under_its_traffic_is_left(scene: Scene, steering: Steering, watch: PictureWatch) -> None:
    stop(steering)
    pass_time(scene, watch, 8.0)
    assert not scene.runaways() and not watch._timer.isActive()


def test_a_camera_that_somebody_else_moves_is_not_fought(scene: Scene, steering: Steering, watch: PictureWatch) -> None:
    scene.speed = 60.0
    stop(steering)
    for _n in range(MOST_AGAIN + 3):
        pass_time(scene, watch, 4.5)
        answered(steering)
    assert scene.runaways() == MOST_AGAIN


def test_one_that_was_sent_elsewhere_meanwhile_is_no_runaway(scene: Scene, steering: Steering,
                                                            watch: PictureWatch) -> None:
    scene.speed = 60.0
    stop(steering)
    steering.preset("go", "1")
    pass_time(scene, watch, 6.0)
    assert not scene.runaways()


def test_recorded_pictures_that_go_on_stop_no_camera(scene: Scene, steering: Steering, watch: PictureWatch) -> None:
    scene.speed = 60.0
    watch.past = lambda: {"w1/0"}
    stop(steering)
    pass_time(scene, watch, 8.0)
    assert not scene.runaways()


def test_a_picture_that_is_late_tells_nothing(scene: Scene, steering: Steering, watch: PictureWatch) -> None:
    scene.speed, scene.state = 60.0, PaneState.LATE
    stop(steering)
    pass_time(scene, watch, 10.0)
    assert not scene.runaways() and not watch._timer.isActive()
