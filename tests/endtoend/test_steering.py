"""A dome is steered with the keyboard in the real program, and stands still whatever happens to it."""

from __future__ import annotations

import base64
import itertools
import json
import math
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.demo.city import DemoCity
from app.model.scene import Stop, StopKind, Tour
from app.model.secret import Credentials
from app.ptz import soap
from app.ptz.connection import Connection
from app.registry.registry import Registry
from app.stick.kernel import ABS_RZ, ABS_X, EV_ABS, EV_SYN, EVENT, SYN_REPORT
from tests.endtoend.conftest import OUTPUT
from tests.endtoend.program import LEAST_S, Program, run_command
from tests.fixtures.screen import Display

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(120)]

FIRST, SECOND = 201, 305


class Dome:
    """What the camera itself says, asked over SOAP as any other client would."""

    def __init__(self, service: str) -> None:
        self._connection = Connection(service.replace("device_service", "ptz_service"), Credentials())

    def close(self) -> None:
        self._connection.close()

    def look(self) -> tuple[float, float, float]:
        """Pan in degrees -180..180, tilt in degrees, zoom 0..1."""
        root = soap.checked(*self._connection.post(soap.envelope(
            "<p:GetStatus><p:ProfileToken>main</p:ProfileToken></p:GetStatus>")))
        assert root is not None
        found = {e.tag.rpartition("}")[2]: e for e in root.iter() if e.get("x")}
        return (float(found["PanTilt"].get("x")), float(found["PanTilt"].get("y")), float(found["Zoom"].get("x")))

    def moves(self) -> bool:
        before = self.look()
        threading.Event().wait(0.15)
        return math.dist(before, self.look()) > 0.01


def until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + max(2 * seconds, LEAST_S)
    while not holds():
        assert time.monotonic() < end, f"{what} did not come true in {seconds:.0f} s"
        threading.Event().wait(0.03)


@pytest.fixture(scope="module")
def turning() -> Iterator[DemoCity]:
    """A city of two domes: nothing is encoded beforehand."""
    with DemoCity().start(OUTPUT / "clips", [FIRST, SECOND]) as city:
        assert city.wait_ready(20) and city.domes is not None
        yield city


@pytest.fixture(scope="module")
def registry(turning: DemoCity, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both domes with their ONVIF addresses, as the demo's wall amends its own."""
    home = tmp_path_factory.mktemp("steering")
    table = home / "cameras.csv"
    assert turning.domes is not None
    table.write_text("number,name,main_url,sub_url,service\n" + "".join(
        ",".join((str(c.number), c.name, turning.url(c.number), turning.url(c.number, "sub"),
                  turning.domes.services[c.number])) + "\n" for c in turning.cameras), "utf-8")
    path = home / "registry.db"
    run_command(home, "cameras", "import", str(table), "--registry", str(path))
    return path


@pytest.fixture(scope="module")
def program(registry: Path, screen: Display, turning: DemoCity) -> Iterator[Program]:
    words = ("wall", "--registry", str(registry), "--layout", "1x2", "--cameras", f"{FIRST},{SECOND}", "--window",
             "1280x720+0+0")
    (registry.parent / "input").mkdir()
    extra = {"LAWANG_TEST_STICKS": str(registry.parent / "input")}
    with Program(registry.parent, screen, words, extra=extra, entry="tests/endtoend/with_stick.py") as one:
        one.until(lambda line: line.live((0, 1)), 30, "both domes live")
        until(lambda: bool(one.workers("ptz")), 20, "the guardian")
        yield one


@pytest.fixture
def dome(turning: DemoCity) -> Iterator[Dome]:
    """The first dome."""
    assert turning.domes is not None
    one = Dome(turning.domes.services[FIRST])
    yield one
    one.close()


def hold(program: Program, key: str, down: bool) -> None:
    words = ["xdotool", "windowfocus", "--sync", program.window()] if down else ["xdotool"]
    subprocess.run([*words, "keydown" if down else "keyup", key], env=program.environment, check=True, timeout=20)


def test_arrows_turn_it_and_letting_go_stops_it(program: Program, dome: Dome) -> None:
    before = dome.look()
    hold(program, "Right", True)
    until(lambda: dome.look()[0] - before[0] > 15, 8, "turning right")
    hold(program, "Right", False)
    until(lambda: not dome.moves(), 3, "standing")
    hold(program, "plus", True)
    until(lambda: dome.look()[2] > before[2] + 0.05, 8, "zooming in")
    hold(program, "plus", False)
    until(lambda: not dome.moves(), 3, "standing")
    program.keys("Home")
    until(lambda: math.dist(dome.look(), before) < 1 and not dome.moves(), 8, "home")


def test_the_full_circle_and_round_again(program: Program, dome: Dome) -> None:
    """Pan assumes no limit: every eighth of the circle is passed, and the first ones again."""
    passed: list[int] = []
    hold(program, "shift", True)
    hold(program, "Left", True)
    try:
        def round_again() -> bool:
            eighth = int(dome.look()[0] % 360 // 45)
            if not passed or passed[-1] != eighth:
                passed.append(eighth)
            return len(passed) > 10
        until(round_again, 25, "more than a full circle")
    finally:
        hold(program, "Left", False)
        hold(program, "shift", False)
    until(lambda: not dome.moves(), 3, "standing")
    assert all((b - a) % 8 == 7 for a, b in itertools.pairwise(passed)), passed


def test_presets_are_stored_and_called(program: Program, dome: Dome) -> None:
    program.keys("Alt+1")
    until(lambda: not dome.moves(), 6, "standing at the first preset")
    hold(program, "Down", True)
    until(dome.moves, 5, "tilting")
    hold(program, "Down", False)
    until(lambda: not dome.moves(), 3, "standing")
    here = dome.look()
    program.keys("Alt+Shift+7")
    program.keys("Alt+2")
    until(lambda: math.dist(dome.look(), here) > 20, 6, "going to the second preset")
    until(lambda: not dome.moves(), 6, "standing")
    program.keys("Alt+7")
    until(lambda: math.dist(dome.look(), here) < 1, 6, "back where it was stored")


def test_a_stored_preset_keeps_its_picture(program: Program, registry: Path) -> None:
    def kept() -> bool:
        with closing(sqlite3.connect(f"file:{registry}?mode=ro", uri=True)) as looking:
            row = looking.execute("SELECT json FROM device_facts WHERE fact = 'ptz.picture.8'").fetchone()
        return row is not None and base64.b64decode(json.loads(row[0])["jpeg"])[:3] == b"\xff\xd8\xff"
    program.keys("Alt+Shift+8")
    until(kept, 8, "the picture in the registry")


def running(registry: Path) -> bool:
    """Whether the registry knows of a patrol that runs."""
    with closing(sqlite3.connect(f"file:{registry}?mode=ro", uri=True)) as looking:
        return bool(looking.execute("SELECT 1 FROM device_facts WHERE fact = 'ptz.patrol.running'").fetchall())


def test_a_patrol_is_taken_over_by_a_hand_and_ended(program: Program, dome: Dome, registry: Path) -> None:
    program.keys("Alt+3")
    until(lambda: not dome.moves(), 6, "standing at the third preset")
    there = dome.look()
    program.keys("y")
    until(lambda: math.dist(dome.look(), there) > 20, 6, "going to the first preset")
    until(lambda: running(registry), 10, "written down")
    hold(program, "Up", True)
    until(dome.moves, 8, "a hand takes it")
    hold(program, "Up", False)
    until(lambda: not dome.moves(), 6, "standing")
    program.keys("y")
    until(lambda: not running(registry), 10, "ended")


def test_a_stick_that_is_pulled_out_while_deflected_leaves_it_standing(program: Program, dome: Dome) -> None:
    """Plugged in while the program runs, pushed to the right and twisted, and its descriptor ends."""
    device = Path(program.extra["LAWANG_TEST_STICKS"]) / "event4"
    os.mkfifo(device)
    wire = os.open(device, os.O_WRONLY)                 # waits until the program has opened it
    subprocess.run(["xdotool", "windowfocus", "--sync", program.window()], env=program.environment, check=True,
                   timeout=20)
    before = dome.look()
    os.write(wire, b"".join(EVENT.pack(0, 0, *event) for event in (
        (EV_ABS, ABS_X, 700), (EV_ABS, ABS_RZ, 255), (EV_SYN, SYN_REPORT, 0))))
    until(lambda: (dome.look()[0] - before[0]) % 360 > 1 and dome.look()[2] > before[2], 10, "turning and zooming")
    os.close(wire)
    device.unlink()
    until(lambda: not dome.moves(), 6, "standing")
    program.keys("Home")
    until(lambda: not dome.moves(), 8, "home")


def test_a_camera_that_somebody_else_holds_is_taken_over_with_a_reason(program: Program, dome: Dome, registry: Path
                                                                       ) -> None:
    with Registry.open(registry) as other:
        camera = next(camera.id for camera in other.list_cameras() if camera.number == FIRST)
    word = Path(program.extra["LAWANG_TEST_STICKS"]) / "holder"
    word.with_name("draft").write_text(camera)
    word.with_name("draft").rename(word)
    until(lambda: not word.exists(), 10, "held by somebody else")
    hold(program, "Right", True)
    assert not any(dome.moves() for _look in range(4)), "a camera that somebody else holds was moved"
    hold(program, "Right", False)
    program.keys("shift+h", "k", "e", "j", "a", "r", "Return")
    until(lambda: any("taken over from Rina A." in file.read_text("utf-8") and "kejar" in file.read_text("utf-8")
                      for file in program.home.rglob("*.log*")), 10, "the line in the log")
    hold(program, "Right", True)
    until(dome.moves, 8, "turning")
    hold(program, "Right", False)
    until(lambda: not dome.moves(), 6, "standing")
    program.keys("Home")
    until(lambda: not dome.moves(), 8, "home")


@pytest.mark.soak
def test_a_patrol_goes_round_and_rests_under_a_hand(program: Program, dome: Dome) -> None:
    program.keys("Alt+3")
    until(lambda: not dome.moves(), 6, "standing at the third preset")
    there = dome.look()
    program.keys("y")
    until(lambda: math.dist(dome.look(), there) > 20 and not dome.moves(), 6, "going to the first preset")
    first = dome.look()
    until(lambda: math.dist(dome.look(), first) > 20, 14, "going on after its dwell")
    hold(program, "Up", True)
    until(dome.moves, 5, "a hand takes it")
    hold(program, "Up", False)
    until(lambda: not dome.moves(), 4, "standing")
    here = dome.look()
    end = time.monotonic() + 12                 # longer than a dwell: the patrol rests
    while time.monotonic() < end:
        assert math.dist(dome.look(), here) < 1
        threading.Event().wait(0.3)
    program.keys("y")


def test_a_tour_sends_a_camera_from_preset_to_preset(program: Program, registry: Path, turning: DemoCity) -> None:
    assert turning.domes is not None
    with Registry.open(registry) as other:
        camera = next(camera.id for camera in other.list_cameras() if camera.number == SECOND)
        other.tours.save(Tour("", 8, "Simpang", tuple(Stop(StopKind.PRESET, f"{camera}/{token}") for token in "23"),
                              dwell=2.0))
    with closing(Dome(turning.domes.services[SECOND])) as second:
        seen: list[int] = []                    # to the nearest right angle: so far apart lie the presets of a dome

        def gone_round() -> bool:
            here = round(second.look()[0] / 90) % 4
            if here not in seen and not second.moves():
                seen.append(here)
            return {0, 3} <= set(seen)
        def begun() -> bool:                    # the program reads what another one wrote within a second
            program.keys("asterisk", "8", "Return")
            return any(second.moves() for _look in range(12))
        until(begun, 20, "the way to the first preset")
        until(gone_round, 40, "both presets, one after the other")
        program.keys("shift+t")
    program.until(lambda line: line.live((0, 1)), 20, "what stood there before the tour", time.monotonic())


def test_another_pane_lets_it_go(program: Program, dome: Dome) -> None:
    hold(program, "Right", True)
    until(dome.moves, 8, "turning")
    subprocess.run(["xdotool", "key", "Tab"], env=program.environment, check=True, timeout=20)
    until(lambda: not dome.moves(), 3, "standing")
    hold(program, "Right", False)
    program.keys("shift+Tab")


def test_a_killed_guardian_is_replaced_and_stops_what_moved(program: Program, dome: Dome) -> None:
    hold(program, "Right", True)
    until(dome.moves, 8, "turning")
    for pid in program.workers("ptz").values():
        os.kill(pid, signal.SIGKILL)
    hold(program, "Right", False)
    until(lambda: not dome.moves(), 6, "standing")
    until(lambda: bool(program.workers("ptz")), 10, "a new guardian")


def test_a_killed_program_leaves_it_standing(program: Program, dome: Dome) -> None:
    hold(program, "Left", True)
    until(dome.moves, 8, "turning")
    program.kill()
    killed = time.monotonic()
    until(lambda: not dome.moves(), 3, "standing")
    assert time.monotonic() - killed < 5.0      # tests/bench measures it
    hold_nothing = subprocess.run(["xdotool", "keyup", "Left"], env=program.environment, timeout=20)
    assert hold_nothing.returncode == 0


@pytest.mark.soak
def test_a_patrol_outlives_a_killed_program(program: Program, dome: Dome, screen: Display, registry: Path) -> None:
    again = Program(registry.parent, screen, program.words, extra=program.extra, entry=program.entry)
    with again as one:
        one.until(lambda line: line.live((0, 1)), 30, "both domes live")
        until(lambda: bool(one.workers("ptz")), 20, "the guardian")
        one.keys("y")
        until(lambda: running(registry), 10, "written down")
        one.kill()
    until(lambda: not dome.moves(), 6, "standing")
    here = dome.look()
    with again as one:
        one.until(lambda line: line.live((0, 1)), 30, "both domes live")
        until(lambda: math.dist(dome.look(), here) > 20, 30, "the patrol goes on")
        one.keys("y")
        until(lambda: not running(registry), 10, "ended")
