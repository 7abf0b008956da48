"""The first start of the real program: the assistant stands before the wall, by keyboard alone; or not at all."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import pytest

from app.registry.registry import Registry
from tests.endtoend.program import LOOK_S, Program
from tests.fixtures.screen import Display

pytestmark = [pytest.mark.screen, pytest.mark.timeout(90)]


def title(program: Program, wanted: str) -> str:
    """The X id of the window with these words in its title, once it is there."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", wanted], env=program.environment,
                               capture_output=True, text=True, timeout=20).stdout.split()
        if found:
            return found[0]
        program.must_run()
        threading.Event().wait(LOOK_S)
    raise AssertionError(f"no window is called {wanted}: {program.words_said()}")


def press(program: Program, window: str, *keys: str) -> None:
    subprocess.run(["xdotool", "windowfocus", "--sync", window, "key", "--delay", "250", *keys],
                   env=program.environment, check=True, capture_output=True, timeout=20)


def test_four_steps_and_the_demo_city_is_on_the_wall(screen: Display, tmp_path: Path) -> None:
    """Enter, Enter, down to the demo city, Enter, Enter."""
    with Program(tmp_path, screen, ["wall", "--language", "en"]) as program:
        first = title(program, "first start")
        registry = tmp_path / "data" / "camera_registry.db"
        assert not registry.exists(), "nothing is made before someone has answered"
        press(program, first, "Return", "Return", "Down", "Return", "Return")
        title(program, "Lawang · console")
        program.until(lambda line: len(line.panes) == 16, 20, "sixteen panes")
        assert program.end() == 0
    with Registry.open(registry) as opened:
        assert opened.setting("window.language") == "en" and len(opened.list_cameras()) > 16


def test_skipped_by_esc(screen: Display, tmp_path: Path) -> None:
    with Program(tmp_path, screen, ["wall", "--language", "id"]) as program:
        press(program, title(program, "Lawang · "), "Escape")
        program.until(lambda line: len(line.panes) == 16, 20, "the wall")
