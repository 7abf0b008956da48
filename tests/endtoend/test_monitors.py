"""A monitor is unplugged and plugged in again while both of them show real cameras."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.model.wall import Pane, ScreenId, WallState, WindowKind, WindowState
from app.registry.registry import Registry
from tests.endtoend.conftest import MakeRegistry
from tests.endtoend.program import Line, Program, unsteady
from tests.endtoend.shots import pixels, shot
from tests.fixtures.screen import Display, _serve

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(120)]

LEFT = ScreenId("LEFT", x=0, y=0, width=1920, height=1080)
RIGHT = ScreenId("RIGHT", x=1920, y=0, width=1920, height=1080)


@pytest.fixture
def two_monitors() -> Iterator[Display]:
    for display in _serve(3840, 1080):
        xrandr(display, "--setmonitor", "LEFT", "1920/510x1080/290+0+0", "screen")
        plug_right(display)
        yield display


def xrandr(display: Display, *words: str) -> None:
    subprocess.run(["xrandr", *words], env=display.environment, check=True, capture_output=True, timeout=20)


def plug_right(display: Display) -> None:
    xrandr(display, "--setmonitor", "RIGHT", "1920/510x1080/290+1920+0", "none")


def paints(line: Line, window: str) -> bool:
    panes = [pane for key, pane in line.panes.items() if key.startswith(f"{window}/")]
    return bool(panes) and all(pane["state"] == "live" and pane["painted"] > 3 for pane in panes)


def test_a_wall_returns_to_its_monitor_and_the_other_plays_on(
        make_registry: MakeRegistry, two_monitors: Display, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_registry(tmp_path, range(1, 9))
    monkeypatch.setenv("LAWANG_HOME", str(tmp_path))
    with Registry.open(path) as registry:
        ids = [camera.id for camera in registry.list_cameras()]
        console = WindowState("w1", WindowKind.CONSOLE, LEFT, (100, 50, 1600, 900), layout="2x2",
                              panes=tuple(map(Pane, ids[:4])))
        wall = WindowState("w2", WindowKind.WALL, RIGHT, (1920, 0, 1920, 1080), fullscreen=True, layout="2x2",
                           panes=tuple(map(Pane, ids[4:])))
        registry.save_wall("last", WallState((console, wall)))
    with Program(tmp_path, two_monitors, ["wall", "--registry", str(path), "--language", "en"]) as program:
        program.until(lambda line: paints(line, "w1") and paints(line, "w2"), 30, "both windows")
        began = time.monotonic()
        assert right_half(two_monitors, "monitor-before") > 20
        xrandr(two_monitors, "--delmonitor", "RIGHT")
        away = time.monotonic()
        program.until(lambda line: not any(pane["painted"] for key, pane in line.panes.items()
                                           if key.startswith("w2/")), 6, "a wall that waits", away + 1.0)
        assert right_half(two_monitors, "monitor-away") < 5, "something is still shown on the monitor that went"
        plug_right(two_monitors)
        back = time.monotonic()
        program.until(lambda line: paints(line, "w2"), 5 + 1.2, "the wall on its monitor", back + 1.0)
        assert right_half(two_monitors, "monitor-back") > 20
        assert not unsteady(program.lines(began), [f"w1/{index}" for index in range(4)]), "the other window noticed"
        assert program.end() == 0


def right_half(display: Display, name: str) -> float:
    """How lively the right monitor is: the spread of its pixels."""
    return float(pixels(shot(display, name, (1920, 1080), (1920, 0))).std())
