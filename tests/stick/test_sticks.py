"""Sticks through real file descriptors that carry real input_event bytes: pipes in a folder, plugged and pulled."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.stick.kernel import (
    ABS_RY,
    ABS_RZ,
    ABS_X,
    ABS_Y,
    EV_ABS,
    EV_KEY,
    EV_SYN,
    EVENT,
    SYN_DROPPED,
    SYN_REPORT,
    Axis,
    Opened,
    is_stick,
    open_stick,
)
from app.stick.reading import Sticks
from app.stick.shaping import Deflection, Shape, buttons_from, deflection

JOYSTICK_BUTTONS = (0x120, 0x121, 0x122)
AXES = {ABS_X: Axis(0, 1023), ABS_Y: Axis(0, 1023), ABS_RZ: Axis(0, 255)}
CENTRE = {ABS_X: 511, ABS_Y: 511, ABS_RZ: 127}
AWAIT_S = 20.0


def event(kind: int, code: int, value: int) -> bytes:
    """As the kernel writes it."""
    return EVENT.pack(1_700_000_000, 42, kind, code, value)


REPORT = event(EV_SYN, SYN_REPORT, 0)


class Heard:
    """What the sticks told, in order; ``until`` waits for it."""

    def __init__(self) -> None:
        self._new = threading.Condition()
        self.moves: list[Deflection] = []
        self.buttons: list[tuple[int, bool]] = []
        self.names: tuple[str, ...] = ()
        self.threads: set[str] = set()

    def moved(self, now: Deflection) -> None:
        with self._new:
            self.moves.append(now)
            self.threads.add(threading.current_thread().name)
            self._new.notify_all()

    def pressed(self, number: int, down: bool) -> None:
        with self._new:
            self.buttons.append((number, down))
            self._new.notify_all()

    def present(self, names: tuple[str, ...]) -> None:
        with self._new:
            self.names = names
            self._new.notify_all()

    def until(self, holds: Callable[[], object]) -> None:
        with self._new:
            assert self._new.wait_for(holds, AWAIT_S), (self.moves, self.buttons, self.names)


class Port:
    """A folder in which pipes are the devices: what each can do is handed in, what it says are bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, dict(CENTRE)
        self.pushed: frozenset[int] = frozenset()
        self._writers: dict[str, int] = {}

    def opens(self, path: Path) -> Opened | None:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        return Opened(fd, f"Stick {path.name}", AXES, JOYSTICK_BUTTONS, lambda: (dict(self.now), self.pushed))

    def plug(self, name: str) -> None:
        os.mkfifo(self.folder / name)

    def say(self, name: str, *said: bytes) -> None:
        if name not in self._writers:
            self._writers[name] = os.open(self.folder / name, os.O_WRONLY)
        os.write(self._writers[name], b"".join(said))

    def pull(self, name: str) -> None:
        """The descriptor ends first, as with a real one; the folder follows."""
        os.close(self._writers.pop(name))

    def close(self) -> None:
        for fd in self._writers.values():
            os.close(fd)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[Port]:
    (tmp_path / "input").mkdir()
    one = Port(tmp_path / "input")
    yield one
    one.close()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def sticks(port: Port, heard: Heard) -> Iterator[Sticks]:
    made = Sticks(heard.moved, heard.pressed, heard.present, Shape, port.folder, port.opens)
    made.start()
    yield made
    made.close()


def test_one_that_is_plugged_in_later_steers(sticks: Sticks, port: Port, heard: Heard) -> None:
    port.plug("event7")
    heard.until(lambda: heard.names == ("Stick event7",))
    port.say("event7", event(EV_ABS, ABS_X, 1023), REPORT)
    heard.until(lambda: heard.moves == [(1.0, 0.0, 0.0)])
    port.say("event7", event(EV_ABS, ABS_X, 511), event(EV_ABS, ABS_Y, 0), event(EV_ABS, ABS_RZ, 255), REPORT)
    heard.until(lambda: heard.moves[-1] == (0.0, 1.0, 1.0))
    assert heard.threads == {"sticks"}


def test_pulled_out_while_deflected_it_rests_at_once(sticks: Sticks, port: Port, heard: Heard) -> None:
    port.plug("event1")
    heard.until(lambda: heard.names)
    port.say("event1", event(EV_KEY, 0x121, 1), event(EV_ABS, ABS_X, 0), REPORT)
    heard.until(lambda: heard.moves == [(-1.0, 0.0, 0.0)])
    port.pull("event1")
    heard.until(lambda: heard.moves[-1] == (0.0, 0.0, 0.0) and heard.buttons == [(2, True), (2, False)])


def test_a_device_node_that_goes_counts_as_pulled_out(sticks: Sticks, port: Port, heard: Heard) -> None:
    port.plug("event1")
    heard.until(lambda: heard.names)
    port.say("event1", event(EV_ABS, ABS_Y, 1023), REPORT)
    heard.until(lambda: heard.moves == [(0.0, -1.0, 0.0)])
    (port.folder / "event1").unlink()
    heard.until(lambda: heard.moves[-1] == (0.0, 0.0, 0.0) and heard.names == ())


def test_a_trembling_stick_says_nothing(sticks: Sticks, port: Port, heard: Heard) -> None:
    port.plug("event1")
    heard.until(lambda: heard.names)
    port.say("event1", *(event(EV_ABS, ABS_X, 505 + n) + REPORT for n in range(12)), event(EV_KEY, 0x120, 1), REPORT)
    heard.until(lambda: heard.buttons == [(1, True)])
    assert heard.moves == []


def test_half_an_event_waits_for_its_other_half(sticks: Sticks, port: Port, heard: Heard) -> None:
    port.plug("event1")
    heard.until(lambda: heard.names)
    said = event(EV_ABS, ABS_X, 1023) + REPORT
    port.say("event1", said[:31])
    port.say("event1", said[31:])
    heard.until(lambda: heard.moves == [(1.0, 0.0, 0.0)])


def test_what_the_kernel_dropped_is_asked_again(sticks: Sticks, port: Port, heard: Heard) -> None:
    port.plug("event1")
    heard.until(lambda: heard.names)
    port.say("event1", event(EV_ABS, ABS_X, 1023), event(EV_KEY, 0x122, 1), REPORT)
    heard.until(lambda: heard.moves == [(1.0, 0.0, 0.0)])
    port.now[ABS_X], port.pushed = 0, frozenset()
    port.say("event1", event(EV_SYN, SYN_DROPPED, 0), event(EV_ABS, ABS_X, 777), REPORT)
    heard.until(lambda: heard.moves[-1] == (-1.0, 0.0, 0.0) and heard.buttons == [(3, True), (3, False)])


def test_one_that_lies_askew_when_it_comes_moves_nothing_before_it_rested(sticks: Sticks, port: Port,
                                                                          heard: Heard) -> None:
    port.now[ABS_X] = 1023
    port.plug("event1")
    heard.until(lambda: heard.names)
    port.say("event1", event(EV_ABS, ABS_X, 900), REPORT, event(EV_ABS, ABS_X, 511), REPORT,
             event(EV_ABS, ABS_X, 0), REPORT)
    heard.until(lambda: heard.moves == [(-1.0, 0.0, 0.0)])


def test_the_newest_of_two_sticks_counts(sticks: Sticks, port: Port, heard: Heard) -> None:
    port.plug("event1")
    port.plug("event2")
    heard.until(lambda: len(heard.names) == 2)
    port.say("event1", event(EV_ABS, ABS_X, 1023), REPORT)
    heard.until(lambda: len(heard.moves) == 1)
    port.say("event2", event(EV_ABS, ABS_X, 0), REPORT)
    heard.until(lambda: heard.moves[-1] == (-1.0, 0.0, 0.0))
    port.say("event2", event(EV_ABS, ABS_X, 511), REPORT)
    heard.until(lambda: heard.moves[-1] == (1.0, 0.0, 0.0))


def test_a_folder_that_comes_later_is_seen(tmp_path: Path, heard: Heard) -> None:
    port = Port(tmp_path / "dev" / "input")
    made = Sticks(heard.moved, heard.pressed, heard.present, Shape, port.folder, port.opens)
    made.start()
    try:
        (tmp_path / "dev").mkdir()
        port.folder.mkdir()
        port.plug("event1")
        heard.until(lambda: heard.names)
    finally:
        made.close()
        port.close()


def test_a_device_that_may_not_be_read_yet_is_tried_when_its_rights_change(port: Port, heard: Heard) -> None:
    """udev makes the node first and gives it to the user at the desk afterwards."""
    refused = threading.Event()

    def opens(path: Path) -> Opened | None:
        if not refused.is_set():
            refused.set()
            raise PermissionError(13, "not yet")
        return port.opens(path)
    made = Sticks(heard.moved, heard.pressed, heard.present, Shape, port.folder, opens)
    port.plug("event1")
    made.start()
    try:
        assert refused.wait(AWAIT_S)
        (port.folder / "event1").chmod(0o600)
        heard.until(lambda: heard.names)
    finally:
        made.close()


def test_what_is_no_input_device_is_no_stick(tmp_path: Path) -> None:
    (tmp_path / "event1").write_bytes(b"")
    assert open_stick(tmp_path / "event1") is None


def bits(*codes: int) -> bytes:
    found = bytearray(96)
    for code in codes:
        found[code // 8] |= 1 << code % 8
    return bytes(found)


@pytest.mark.parametrize(("keys", "axes", "props", "stick"), [
    (bits(0x120), bits(0, 1, 5), b"", True),                # joystick
    (bits(0x130, 0x131), bits(0, 1, 3, 4), b"", True),      # gamepad
    (bits(0x100), bits(0, 1), b"", True),                   # keypad of a CCTV desk
    (bits(0x14A, 0x145), bits(0, 1), b"", False),           # touch pad
    (bits(0x110, 0x120), bits(0, 1), b"", False),           # mouse
    (bits(0x130), bits(0), b"", False),
    (bits(0x120), bits(0, 1, 2), bits(6), False),           # a gamepad's tilt sensor
    (bits(30), bits(), b"", False)],                        # keyboard
    ids=("joystick", "gamepad", "desk", "touchpad", "mouse", "one-axis", "tilt-sensor", "keyboard"))
def test_sticks_are_known_by_what_they_can_do(keys: bytes, axes: bytes, props: bytes, stick: bool) -> None:
    assert is_stick(keys, axes, props) is stick


def test_a_gamepad_zooms_with_its_right_stick() -> None:
    pad = Opened(-1, "pad", {ABS_X: Axis(-32768, 32767, 4000), ABS_Y: Axis(-32768, 32767), ABS_RY: Axis(-128, 127),
                             ABS_RZ: Axis(0, 255)}, (0x130,))
    assert deflection(pad, {ABS_X: 3900, ABS_RY: -128, ABS_RZ: 0}, Shape()) == (0.0, 0.0, 1.0)


def test_the_curve_is_fine_near_the_centre_and_keeps_the_direction() -> None:
    stick = Opened(-1, "s", {ABS_X: Axis(-100, 100), ABS_Y: Axis(-100, 100)}, JOYSTICK_BUTTONS)
    half = deflection(stick, {ABS_X: 50, ABS_Y: 0}, Shape(dead=0.0, curve=2.0))
    assert half == (0.25, 0.0, 0.0)
    pan, tilt, _zoom = deflection(stick, {ABS_X: 40, ABS_Y: -40}, Shape(dead=0.1))
    assert pan == tilt > 0
    assert deflection(stick, {ABS_X: 0, ABS_Y: -100}, Shape(swapped=True)) == (0.0, -1.0, 0.0)
    assert deflection(stick, {ABS_X: 100, ABS_Y: 100}, Shape())[0] <= 1.0


def test_a_degenerate_axis_is_still() -> None:
    stick = Opened(-1, "s", {ABS_X: Axis(5, 5), ABS_Y: Axis(0, 0)}, JOYSTICK_BUTTONS)
    assert deflection(stick, {ABS_X: 5, ABS_Y: 0}, Shape()) == (0.0, 0.0, 0.0)


def test_buttons_read_from_the_setting() -> None:
    assert buttons_from("1=ptz.stop, 2 = ptz.home,x=1,3,99=a,,0=b,4=") == {1: "ptz.stop", 2: "ptz.home"}
