"""Two walls on one registry, and a wall that comes back as it was left: after an orderly end, and after kill -9."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tests.endtoend.conftest import HEAD, MakeRegistry
from tests.endtoend.program import Program, run_command, unsteady
from tests.fixtures.screen import Display

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(120)]

NOTICED_S = 15.0            # a change of the file by another program is seen within 2 s; a loaded machine gets time
LINE_S = 1.2
CAMERAS = 5
NEW = 77                    # a call-up number that is not there yet


@pytest.fixture
def two_walls(make_registry: MakeRegistry, screen: Display, tmp_path: Path) -> Iterator[tuple[Program, Program]]:
    registry = make_registry(tmp_path, range(1, 5))
    with ExitStack() as both:
        first, second = (both.enter_context(Program(tmp_path, screen, [
            "wall", "--registry", str(registry), "--cameras", "1-4", "--layout", "2x2", "--window", f"900x700+{x}+0",
            "--language", "en"], name=f"wall-{x}")) for x in (0, 950))
        for wall in (first, second):
            wall.until(lambda line: line.live(range(4)), 30, "a live wall")
        yield first, second


def list_of_names(screen: Display, x: int) -> bytes:
    """The camera list of the window at x: nothing moves in it while all cameras are live."""
    return subprocess.run(["import", "-window", "root", "-crop", f"170x230+{x + 40}+120", "+repage", "gray:-"],
                          env=screen.environment, check=True, capture_output=True, timeout=30).stdout


def test_what_another_program_imports_shows_on_both(
        two_walls: tuple[Program, Program], rows: Callable[[int], str], screen: Display, tmp_path: Path) -> None:
    before = [list_of_names(screen, x) for x in (0, 950)]
    assert before == [list_of_names(screen, x) for x in (0, 950)], "the list moves by itself: it can show nothing"
    table = tmp_path / "more.csv"
    renamed = rows(1).split(",")
    renamed[1] = '"Gerbang Baru"'
    table.write_text(HEAD + ",".join(renamed) + rows(5).replace("5,", f"{NEW},", 1), "utf-8")
    began = time.monotonic()
    said = run_command(tmp_path, "cameras", "import", str(table), "--registry", str(two_walls[0].words[2]))
    assert "Added: 1, changed: 1" in said
    imported = time.monotonic()
    while not all(old != new for old, new in zip(before, [list_of_names(screen, x) for x in (0, 950)], strict=True)):
        assert time.monotonic() < imported + NOTICED_S + 1.0, "a list still shows the old name"
    for wall in two_walls:
        call_up(wall)
    for wall in two_walls:
        assert not unsteady(wall.lines(began), [f"w1/{index}" for index in range(1, 4)])


def call_up(wall: Program) -> None:
    """The new camera by its number, into the selected pane."""
    before = wall.lines()[-1].pane(0)["camera"]
    wall.keys(*str(NEW), "Return")
    called = time.monotonic()
    wall.until(lambda line: line.live([0]) and line.pane(0)["camera"] != before, 4 + LINE_S, "the new camera", called)


# -- the wall comes back -------------------------------------------------------------------------------------------


def saved(registry: Path) -> dict[str, Any]:
    """What the file holds, read as another program reads it."""
    with closing(sqlite3.connect(f"file:{registry}?mode=ro", uri=True)) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%wall%'"):
            for row in db.execute(f"SELECT * FROM {table}"):
                for value in row:
                    if isinstance(value, str) and value.startswith("{") and "windows" in value:
                        found: dict[str, Any] = json.loads(value)
                        return found
    return {}


@pytest.mark.parametrize("ending", ["ended", "killed"])
def test_the_wall_comes_back_as_it_was(ending: str, make_registry: MakeRegistry, screen: Display,
                                       tmp_path: Path) -> None:
    registry = make_registry(tmp_path, range(1, CAMERAS + 1))
    wall = Program(tmp_path, screen, ["wall", "--registry", str(registry), "--language", "en"])
    with wall:
        wall.until(lambda line: line.live(range(CAMERAS)), 30, "a live wall")
        wall.keys("Tab", "Tab", "5", "Return", "l", "Tab", "Return")    # camera 5 in pane 3, another layout, 4 alone
        at = time.monotonic()
        wall.until(lambda line: set(line.states()) == {3} and line.live([3]), 10, "one pane alone", at)
        until = time.monotonic() + 20.0
        while saved(registry).get("windows", [{}])[0].get("alone") != 3:
            assert time.monotonic() < until, saved(registry)
        kept = saved(registry)
        before = wall.lines()[-1].pane(3)["camera"]
        if ending == "killed":
            wall.kill()
        else:
            assert wall.end() == 0
    assert saved(registry) == kept
    with wall:
        back = wall.until(lambda line: line.live([3]), 20, "the same pane alone")
        assert set(back.states()) == {3} and back.pane(3)["camera"] == before
        window = saved(registry)["windows"][0]
        assert (window["layout"], window["selected"], window["alone"]) == (
            kept["windows"][0]["layout"], 3, 3)
        assert [pane["camera"] for pane in window["panes"]] == [p["camera"] for p in kept["windows"][0]["panes"]]
        wall.keys("Escape")
        at = time.monotonic()
        wall.until(lambda line: line.live(range(CAMERAS)), 10, "all panes again", at)
