"""A stick on the desk: it steers like a key, its buttons run commands, and after a stop it must rest first."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.commands import Command, Context, Dispatcher, Table
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.ptz import messages
from app.ptz.steering import Steering
from app.runtime.settings import SETTINGS, Value
from app.stick.kernel import ABS_X, ABS_Y, EV_ABS, EV_KEY, EV_SYN, EVENT, SYN_REPORT, Axis, Opened
from widgets.ptz.stick_hand import StickHand

pytestmark = pytest.mark.screen

AWAIT_S = 20.0
DOME = DeviceFacts("http://10.0.0.9/onvif/device_service", ptz="http://10.0.0.9/onvif/ptz", profile="main")
AXES = {ABS_X: Axis(-100, 100), ABS_Y: Axis(-100, 100)}


def opens(path: Path) -> Opened:
    return Opened(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "Stick", AXES, (0x120, 0x121, 0x122, 0x123),
                  lambda: ({ABS_X: 0, ABS_Y: 0}, frozenset()))


class Desk:
    """A window with the keyboard, steering, and a stick that is a pipe."""

    def __init__(self, folder: Path) -> None:
        self.sent: list[msgspec.Struct] = []
        self.told: list[str] = []
        self.ran: list[tuple[str, object]] = []
        self.window = QWidget()
        self.settings: dict[str, Value] = {s.key: s.default for s in SETTINGS} | {
            "stick.buttons": "1=ptz.stop, 2=ptz.near, 3=nonsense", "stick.dead_percent": 10}
        self.steering = Steering(self, {"a": Camera("a", 100, "Dome")}.get)
        self.steering.set_facts({"a": DOME})
        self.steering.select("a")
        self.here = Context()
        self.dispatcher = Dispatcher(Table([Command("ptz.stop", "stop", "x"),
                                            Command("ptz.near", "near", "x", hold=True)]), lambda: self.here)
        self.dispatcher.bind("ptz.stop", self.steering.stop)
        self.dispatcher.bind("ptz.near", lambda down: self.ran.append(("near", down)))
        self.device = folder / "event3"
        os.mkfifo(self.device)
        self.hand = StickHand(self.steering, self.dispatcher, self.settings, self.told.append, lambda: None,
                              self.window, folder, opens)
        self.wire = os.open(self.device, os.O_WRONLY)

    def send(self, message: msgspec.Struct) -> None:
        self.sent.append(message)

    def axis(self, value: int) -> None:
        self.say((EV_ABS, ABS_X, value))

    def say(self, *events: tuple[int, int, int]) -> None:
        os.write(self.wire, b"".join(EVENT.pack(0, 0, *event) for event in (*events, (EV_SYN, SYN_REPORT, 0))))

    def until(self, holds: Callable[[], object]) -> None:
        end = time.monotonic() + AWAIT_S
        while not holds():
            assert time.monotonic() < end, (self.sent[-3:], self.ran, self.told)
            QTest.qWait(5)

    def last(self) -> msgspec.Struct:
        return self.sent[-1]


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.window.show()
    made.window.activateWindow()
    assert QTest.qWaitForWindowActive(made.window)
    yield made
    made.hand.close()
    os.close(made.wire)
    made.window.close()
    made.window.deleteLater()


def test_it_steers_and_rests(desk: Desk) -> None:
    desk.axis(100)
    desk.until(lambda: desk.last() == messages.Move("a", 1.0, 0.0, 0.0))
    desk.axis(4)
    desk.until(lambda: desk.last() == messages.Stop("a"))
    assert desk.hand.names == ("Stick",)


@pytest.mark.parametrize("here", [Context(kiosk=True), Context(replay=True)], ids=["locked", "replay"])
def test_behind_a_locked_wall_and_in_replay_it_moves_nothing(desk: Desk, here: Context) -> None:
    desk.here = here
    before = len(desk.sent)
    desk.axis(100)
    desk.say((EV_KEY, 0x121, 1), (EV_KEY, 0x121, 0))        # its own button tells that the push was seen
    desk.until(lambda: ("near", False) in desk.ran)
    assert not [m for m in desk.sent[before:] if isinstance(m, messages.Move)]
    desk.axis(0)
    desk.here = Context()
    desk.axis(-100)
    desk.until(lambda: desk.last() == messages.Move("a", -1.0, 0.0, 0.0))


def test_pulled_out_while_deflected_the_camera_is_stopped(desk: Desk) -> None:
    desk.axis(-100)
    desk.until(lambda: desk.last() == messages.Move("a", -1.0, 0.0, 0.0))
    desk.device.unlink()
    desk.until(lambda: desk.last() == messages.Stop("a") and desk.hand.names == ())


def test_after_a_stop_from_elsewhere_it_must_rest_first(desk: Desk) -> None:
    desk.axis(100)
    desk.until(lambda: isinstance(desk.last(), messages.Move))
    desk.steering.stop()
    desk.axis(60)
    desk.axis(0)
    desk.axis(-100)
    desk.until(lambda: desk.last() == messages.Move("a", -1.0, 0.0, 0.0))
    assert [m.pan for m in desk.sent if isinstance(m, messages.Move)] == [1.0, -1.0]


def test_buttons_run_commands_and_hold_those_that_are_held(desk: Desk) -> None:
    desk.say((EV_KEY, 0x121, 1))
    desk.say((EV_KEY, 0x121, 0), (EV_KEY, 0x122, 1))
    desk.say((EV_KEY, 0x120, 1), (EV_KEY, 0x123, 1))
    desk.until(lambda: desk.last() == messages.Stop("a"))
    assert desk.ran == [("near", True), ("near", False)]
    assert len(desk.told) == 1 and "nonsense" in desk.told[0]


def test_the_setting_switches_it_off(desk: Desk) -> None:
    desk.axis(100)
    desk.until(lambda: isinstance(desk.last(), messages.Move))
    desk.hand.follow(desk.settings | {"stick.on": False})
    desk.until(lambda: desk.last() == messages.Stop("a"))
