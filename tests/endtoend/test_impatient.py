"""An operator who presses everything at once, a window edge dragged to and fro, and a network that goes away."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from app.demo.city import DemoCity
from tests.endtoend.conftest import CAMERAS, MakeRegistry
from tests.endtoend.program import Line, Program
from tests.fixtures.screen import Display

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(120)]

SETTLED_S = 6.0             # usual


@pytest.fixture(scope="module")
def wall(city: DemoCity, make_registry: MakeRegistry, screen: Display,
         tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    home = tmp_path_factory.mktemp("impatient")
    registry = make_registry(home, range(1, CAMERAS + 1))
    with Program(home, screen, ["wall", "--registry", str(registry), "--cameras", f"1-{CAMERAS}", "--layout", "4x4",
                                "--window", "1280x720+0+0", "--language", "en", "--log", "video"]) as program:
        yield program


def settled(wall: Program, at: float) -> Line:
    """All cameras play, and no worker was lost on the way."""
    line = wall.until(lambda line: line.live(range(CAMERAS)), SETTLED_S + 1.2, "a wall that settled", at)
    assert all(process["restarts"] == 0 for process in line.processes.values()), line.processes
    assert "no room" not in wall.words_said() and "does not keep up" not in wall.words_said(), wall.words_said()
    return line


def test_keys_in_a_hurry(wall: Program) -> None:
    before = wall.until(lambda line: line.live(range(CAMERAS)), 30, "a live wall")
    wall.keys(*["l"] * 12, *["Return", "Tab", "Escape"] * 6, *["shift+l"] * 12)
    at = time.monotonic()
    after = settled(wall, at + 1.0)
    # The selected camera takes the big pane of some layouts: places change, nothing is lost or doubled.
    assert sorted(pane["camera"] for pane in after.panes.values()) == sorted(
        pane["camera"] for pane in before.panes.values())


def test_a_window_edge_dragged_to_and_fro(wall: Program) -> None:
    wall.until(lambda line: line.live(range(CAMERAS)), 30, "a live wall")
    window = wall.window()
    for step in (*range(40), *range(40, -1, -1)):
        subprocess.run(["xdotool", "windowsize", window, str(1280 + 12 * step), str(720 + 7 * step)],
                       env=wall.environment, check=True, timeout=20)
    settled(wall, time.monotonic() + 1.0)


@pytest.mark.parametrize("seconds", [5.0, pytest.param(20.0, marks=pytest.mark.soak)])
def test_the_network_goes_and_comes_back(wall: Program, city: DemoCity, seconds: float) -> None:
    wall.until(lambda line: line.live(range(CAMERAS)), 30, "a live wall", time.monotonic())
    server = city.pids[-1]
    at = time.monotonic()
    os.kill(server, signal.SIGSTOP)
    try:
        wall.until(lambda line: {pane["state"] for pane in line.panes.values()} <= {"frozen", "lost"}, 5.2,
                          "a word on each pane", at)
        gone = wall.until(lambda line: line.at > at + seconds + 1.2, seconds + 5, "the time", at)
    finally:
        os.kill(server, signal.SIGCONT)
    assert all(pane["painted"] == 0 and pane["state"] in ("frozen", "lost") for pane in gone.panes.values()), gone
    settled(wall, time.monotonic())
