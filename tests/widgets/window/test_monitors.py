"""A monitor is unplugged and comes back: its wall window waits out of sight and returns to exactly the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.screen import _serve

pytestmark = pytest.mark.screen
ROOT = Path(__file__).resolve().parents[3]
MOST_ASKED = 100            # of 0.1 s each: a loaded machine settles well within


@dataclass
class Program:
    process: subprocess.Popen[str]
    environment: dict[str, str]

    def xrandr(self, *words: str) -> None:
        subprocess.run(["xrandr", *words], env=self.environment, check=True, capture_output=True, timeout=20)

    def plug(self, name: str, x: int, output: str) -> None:
        self.xrandr("--setmonitor", name, f"1920/510x1080/290+{x}+0", output)

    def unplug(self, name: str) -> None:
        self.xrandr("--delmonitor", name)

    def tell(self) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("tell\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for _time in range(MOST_ASKED):
            told = self.tell()
            if condition(told):
                return told
            threading.Event().wait(0.1)
        raise AssertionError(f"it never came true; the last answer was {told}")


@pytest.fixture
def program(request: pytest.FixtureRequest) -> Iterator[Program]:
    """The two-monitor program on an X server of 3840x1080 with two monitors.

    The parameter names the one that stays: the server's only output lies in it, else the server makes up a monitor.
    """
    server = _serve(3840, 1080)
    display = next(server)
    environment = display.environment | {"PYTHONPATH": os.pathsep.join([str(ROOT)])}
    shown = Program(None, environment)  # type: ignore[arg-type]  # monitors first, the program below
    shown.plug("LEFT", 0, "screen" if request.param == "LEFT" else "none")
    shown.plug("RIGHT", 1920, "screen" if request.param == "RIGHT" else "none")
    shown.process = subprocess.Popen([sys.executable, "-m", "tests.widgets.window.two_monitors"], cwd=ROOT,
                                     env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield shown
    assert shown.process.stdin and shown.process.stdout
    if shown.process.poll() is None:
        shown.process.stdin.write("end\n")
        shown.process.stdin.flush()
    code = shown.process.wait(20)
    shown.process.stdin.close()
    shown.process.stdout.close()
    next(server, None)
    assert code == 0


@pytest.mark.parametrize("program", ["LEFT"], indirect=True)
def test_a_wall_window_waits_for_its_monitor(program: Program) -> None:
    before = program.until(lambda t: t["windows"]["w2"]["shown"] and t["wanted"] == 16)
    assert before["windows"]["w2"]["geometry"] == [1920, 0, 1920, 1080]
    program.unplug("RIGHT")
    away = program.until(lambda t: t["windows"]["w2"]["parked"])
    assert away["wanted"] == 0 and not away["windows"]["w2"]["shown"]
    assert away["kept"] == before["kept"]
    assert away["windows"]["w1"] == before["windows"]["w1"]
    program.plug("RIGHT", 1920, "none")
    again = program.until(lambda t: t["windows"]["w2"]["shown"] and t["wanted"] == 16)
    assert again == before


@pytest.mark.parametrize("program", ["RIGHT"], indirect=True)
def test_the_console_stays_reachable(program: Program) -> None:
    """The console's own monitor goes: it stands on the other one, and its place is kept for the return."""
    before = program.until(lambda t: t["windows"]["w2"]["shown"] and t["wanted"] == 16)
    program.unplug("LEFT")
    away = program.until(lambda t: t["windows"]["w1"]["geometry"][0] >= 1920)
    assert away["windows"]["w1"]["shown"] and away["kept"] == before["kept"]
    program.plug("LEFT", 0, "none")
    again = program.until(lambda t: t["windows"]["w1"]["geometry"] == before["windows"]["w1"]["geometry"])
    assert again["kept"] == before["kept"]


@pytest.mark.parametrize("program", ["LEFT"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_in_order(program: Program, number: signal.Signals) -> None:
    """While the loop sleeps: nothing but the signal wakes it."""
    program.until(lambda t: t["windows"]["w2"]["shown"])
    program.process.send_signal(number)
    assert program.process.wait(20) == 0
