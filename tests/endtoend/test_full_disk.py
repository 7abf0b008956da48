"""The disk for logs is full, and so is the one for the figures: the wall goes on, and says once what is missing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from app.demo.city import DemoCity
from tests.endtoend.conftest import MakeRegistry
from tests.endtoend.program import Program, unsteady
from tests.fixtures.screen import Display

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(90)]


def test_the_wall_goes_on_without_a_log(city: DemoCity, make_registry: MakeRegistry, screen: Display,
                                        tmp_path: Path) -> None:
    registry = make_registry(tmp_path, range(1, 3))
    logs = tmp_path / "state" / "log"
    logs.mkdir(parents=True, exist_ok=True)
    for path in logs.glob("desktop*.log"):
        path.unlink()
    (logs / "desktop.log").symlink_to("/dev/full")      # every write: no space left on device
    words = ["wall", "--registry", str(registry), "--cameras", "1-2", "--layout", "1x2", "--window", "900x500+0+0",
             "--language", "en", "--log", "all"]
    number = city.cameras[0].number
    with Program(tmp_path, screen, words) as program, city.control() as control:
        program.until(lambda line: line.live(range(2)), 30, "a live wall")
        at = time.monotonic()
        try:
            control.do(number, "drop")                  # something to write about
            program.until(lambda line: line.pane(0)["state"] == "lost", 10, "the loss", at)
        finally:
            control.do(number, "back")
        returned = time.monotonic()
        program.until(lambda line: line.live(range(2)), 10, "the return", returned)
        assert not unsteady(program.lines(at), ["w1/1"])
        assert program.end() == 0
    assert program.words_said().count("cannot be written") == 1, program.words_said()
    assert "Traceback" not in program.words_said() and "Logging error" not in program.words_said()


def test_the_wall_goes_on_without_its_figures(make_registry: MakeRegistry, screen: Display, tmp_path: Path) -> None:
    """The eye of these tests is blind here: an orderly end and its words are what can be seen."""
    registry = make_registry(tmp_path, range(1, 2))
    program = Program(tmp_path, screen, ["wall", "--registry", str(registry), "--cameras", "1", "--layout", "1x1",
                                         "--window", "600x400+0+0", "--language", "en"])
    program.stats.symlink_to("/dev/full")
    with program:
        until = time.monotonic() + 20
        while "cannot be written" not in program.words_said():
            program.must_run()
            assert time.monotonic() < until, program.words_said()
        program.window()
        assert program.end() == 0
    assert "Traceback" not in program.words_said()
