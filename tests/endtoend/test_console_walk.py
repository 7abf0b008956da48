"""A first evening at the console: a city's list comes in from Excel, cameras are found, called, kept in a scene, toured
over an area and carried to the second monitor, by keyboard alone and then with the mouse."""

from __future__ import annotations

import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from app.demo.city import DemoCity
from app.model.scene import StopKind
from app.model.wall import ScreenId, WallState, WindowKind, WindowState
from app.registry.registry import Registry
from tests.endtoend.program import LEAST_S, LOOK_S, Line, Program
from tests.endtoend.shots import shot
from tests.fakes.city_of import city_of
from tests.fixtures.screen import Display, _serve

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(150)]

LEFT = ScreenId("LEFT", x=0, y=0, width=1920, height=1080)
RIGHT = ScreenId("RIGHT", x=1920, y=0, width=1920, height=1080)
COUNT = 6000
FIRST = 9901                # beyond the highest number of city_of(6000); the twelve that the test's city serves
PIER = "Dermaga Kayu Bangkoa"       # the name that is looked for by half; city_of has no such words
AREA = "Kampung Uji"        # where the twelve stand
FIELD, FIRST_HIT = (120, 64), (120, 132)    # the console's search field, and the best hit below it
PANES = {"w1/1": (1390, 270), "w2/0": (2400, 270), "w2/3": (3360, 810)}         # their middles


@dataclass
class Desk:
    """The program with two windows on two monitors: the console ``w1``, a wall ``w2``."""

    program: Program
    display: Display
    registry: Path
    language: str

    def ask(self, sql: str, *values: object) -> list[Any]:
        """What the registry's file says at this moment, read beside the program."""
        with closing(sqlite3.connect(f"file:{self.registry}?mode=ro", uri=True, timeout=5)) as db:
            return db.execute(sql, values).fetchall()

    def camera(self, number: int) -> str:
        return str(self.ask("SELECT id FROM cameras WHERE number = ?", number)[0][0])

    def until(self, holds: Callable[[], object], seconds: float, what: str) -> None:
        end = time.monotonic() + max(2 * seconds, LEAST_S)
        while not holds():
            self.program.must_run()
            assert time.monotonic() < end, f"{what} did not come true in {seconds:.0f} s; {self.picture('failed')}"
            threading.Event().wait(LOOK_S)

    def shows(self, panes: dict[str, int], seconds: float = 15.0) -> None:
        """Each of these panes ("w1/0") shows the camera of that number, live and painting."""
        ids = {pane: self.camera(number) for pane, number in panes.items()}

        def all_there(line: Line) -> bool:
            return all(pane in line.panes and line.panes[pane]["camera"] == camera and paints(line.panes[pane])
                       for pane, camera in ids.items())
        try:
            self.program.until(all_there, seconds, f"live pictures {panes}", time.monotonic() - 1.0)
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.picture('failed')}") from None

    def window(self, place: str) -> str:
        """The X id of the program's window at that place, such as "0,0"; there is no window manager to ask."""
        found: list[str] = []

        def there() -> bool:
            ids = self.tool("search", "--onlyvisible", "--pid", str(self.program.process.pid)).split()
            found[:] = [one for one in ids if f"Position: {place} " in self.tool("getwindowgeometry", one)]
            return bool(found)
        self.until(there, 20, f"a window at {place}")
        return found[-1]

    def tool(self, *words: object) -> str:
        return subprocess.run(["xdotool", *map(str, words)], env=self.program.environment, capture_output=True,
                              text=True, timeout=30).stdout

    @property
    def focus(self) -> str:
        """The X id of the window with the keyboard."""
        return self.tool("getwindowfocus").strip()

    def keys(self, *keys: str) -> None:
        self.tool("key", "--clearmodifiers", "--delay", "60", *keys)

    def write(self, text: str) -> None:
        self.tool("type", "--delay", "25", text)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """As a hand does it: down, a little way, far, a moment of rest, up."""
        words: list[object] = ["mousemove", *start, "sleep", 0.1, "mousedown", 1]
        for part in range(1, 13):
            words += ["mousemove", *(a + (b - a) * part // 12 for a, b in zip(start, end, strict=True)), "sleep", 0.04]
        self.tool(*words, "sleep", 0.2, "mouseup", 1)

    def click(self, at: tuple[int, int], times: int = 1) -> None:
        self.tool("mousemove", *at, "sleep", 0.1, "click", "--repeat", times, "--delay", 60, 1)

    def picture(self, name: str) -> Path:
        """Both monitors, to look at."""
        return shot(self.display, f"walk-{self.language}-{name}", (3840, 1080))


def paints(pane: dict[str, Any]) -> bool:
    return pane["state"] in ("live", "late") and pane["painted"] > 3


@pytest.fixture
def two_monitors() -> Iterator[Display]:
    for display in _serve(3840, 1080):
        for name, place, source in (("LEFT", 0, "screen"), ("RIGHT", 1920, "none")):
            subprocess.run(["xrandr", "--setmonitor", name, f"1920/510x1080/290+{place}+0", source],
                           env=display.environment, check=True, capture_output=True, timeout=20)
        yield display


@pytest.fixture(scope="module")
def excel(city: DemoCity, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """6,000 cameras as a city keeps them: a title, an empty row, heads in Indonesian; the last twelve answer."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Titik")
    sheet.append(["DAFTAR KAMERA KOTA, NOVEMBER 2026"])
    sheet.append([])
    sheet.append(["No", "Nama", "Kota", "Kecamatan", "Kelurahan", "Lorong", "RTSP", "Sub", "Lintang", "Bujur"])
    made = city_of(COUNT - len(city.cameras), passwords=False).cameras
    for camera in made:
        area = (*camera.area, "", "", "", "")[:4]
        assert camera.place is not None and camera.number < FIRST
        sheet.append([camera.number, camera.name, *area, *(s.url for s in camera.streams), camera.place.latitude,
                      camera.place.longitude])
    for place, camera in enumerate(city.cameras):
        name = PIER if place == 0 else f"Titik Uji {place + 1}"
        sheet.append([FIRST + place, name, "Makassar", "Ujung Pandang", AREA, "", city.url(camera.number),
                      city.url(camera.number, "sub"), -5.14, 119.4])
    path = tmp_path_factory.mktemp("lists") / "daftar.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("language", ["id", pytest.param("en", marks=pytest.mark.soak)])
def test_a_first_evening(excel: Path, two_monitors: Display, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                         language: str) -> None:
    monkeypatch.setenv("LAWANG_HOME", str(tmp_path))
    path = tmp_path / "registry.db"
    with Registry.open(path) as registry:       # an empty register, a console and a wall as they were left
        first = WindowState("w1", WindowKind.CONSOLE, LEFT, (0, 0, 1920, 1080), layout="2x2")
        second = WindowState("w2", WindowKind.WALL, RIGHT, (1920, 0, 1920, 1080), fullscreen=True, layout="2x2")
        registry.save_wall("last", WallState((first, second)))
    words = ["wall", "--registry", str(path), "--language", language]
    with Program(tmp_path, two_monitors, words) as program:
        desk = Desk(program, two_monitors, path, language)
        console = desk.window("0,0")
        desk.tool("windowfocus", "--sync", console)
        brings_the_list_in(desk, excel, console)
        finds_and_calls(desk)
        keeps_a_scene(desk)
        tours_an_area(desk)
        carries_by_keyboard(desk)
        carries_by_mouse(desk)
        desk.picture("end")
        assert program.end() == 0
    with Registry.open(path) as registry:
        assert len(registry.list_cameras()) == COUNT
        assert [scene.name for scene in registry.scenes.all()] == ["Malam"]


def brings_the_list_in(desk: Desk, excel: Path, console: str) -> None:
    """F3, Ctrl+I, the file's name; Ctrl+Enter writes as soon as the trial has told what it would do."""
    desk.keys("F3", "ctrl+i")
    desk.until(lambda: desk.focus != console, 10, "a window that asks for the file")
    desk.write(str(excel))
    desk.keys("Return")
    desk.until(lambda: desk.focus == console, 10, "the keyboard back in the console")

    def written() -> bool:
        desk.keys("ctrl+Return")                # does nothing while the trial is under way
        return desk.ask("SELECT count(*) FROM cameras") == [(COUNT,)]
    desk.until(written, 30, "6,000 cameras in the register")
    desk.picture("imported")
    desk.keys("Escape", "F2")


def finds_and_calls(desk: Desk) -> None:
    """One by half its name, three by number, each into a pane of its own."""
    desk.keys("slash")
    desk.write(PIER[13:18].lower())
    desk.keys("Return")
    desk.shows({"w1/0": FIRST})
    for number in (FIRST + 1, FIRST + 2, FIRST + 3):
        desk.keys("Tab", *str(number), "Return")
    desk.shows({f"w1/{pane}": FIRST + pane for pane in range(4)})
    desk.picture("called")


def keeps_a_scene(desk: Desk) -> None:
    """Ctrl+S, a name, Enter; a pane is emptied, and the scene brings back what was there."""
    desk.keys("ctrl+s")
    desk.write("Malam")
    desk.keys("Return")
    desk.until(lambda: desk.ask("SELECT name, number FROM scenes") == [("Malam", 1)], 5, "the scene in the register")
    desk.keys("Delete")
    desk.program.until(lambda line: "w1/3" not in line.panes or not line.panes["w1/3"]["camera"], 5, "an empty pane",
                       time.monotonic())
    desk.keys("ctrl+1")
    desk.shows({f"w1/{pane}": FIRST + pane for pane in range(4)})


def tours_an_area(desk: Desk) -> None:
    """F6, Insert: a tour over the twelve cameras of an area; it turns its page by itself, Shift+T ends it."""
    desk.keys("F6", "Insert")
    desk.write("Putaran")
    desk.keys("Tab", "Tab", "4", *("Tab",) * 5)         # its number is taken as offered; a page stands for 4 s
    desk.write(AREA)
    desk.keys("Return", "ctrl+Return")
    desk.until(lambda: desk.ask("SELECT name, number FROM tours") == [("Putaran", 2)], 5, "the tour in the register")
    with Registry.open(desk.registry) as registry:
        tour, = registry.tours.all()
    assert [stop.kind for stop in tour.stops] == [StopKind.AREA] and tour.stops[0].ref.endswith(AREA), tour.stops
    assert tour.dwell == 4
    desk.picture("tour-made")
    there = {camera for camera, in desk.ask("SELECT id FROM cameras WHERE number >= ?", FIRST)}
    began = time.monotonic()
    desk.keys("F2", "asterisk", "2", "Return")
    seen: set[str] = set()

    def turned(line: Line) -> bool:
        panes = [pane for key, pane in line.panes.items() if key.startswith("w1/")]
        if len(panes) == 4 and all(map(paints, panes)):
            seen.update(pane["camera"] for pane in panes)
        return len(seen) == 8
    desk.program.until(turned, 30, "two pages of the tour", began)
    desk.picture("touring")
    assert seen <= there
    desk.keys("shift+t")
    desk.shows({f"w1/{pane}": FIRST + pane for pane in range(4)})


def carries_by_keyboard(desk: Desk) -> None:
    """The camera that was found, through the wall in small, onto the pane of the second monitor beside the selected."""
    desk.keys("slash")
    desk.write("uji 6")
    desk.keys("Return")                         # waits for the answer to what was typed
    desk.until(lambda: desk.program.lines()[-1].pane(3).get("camera") == desk.camera(FIRST + 5), 10, "the camera found")
    desk.keys("slash", "Down", "m", "Right", "Return")
    desk.shows({"w2/2": FIRST + 5})
    desk.keys("Escape", "ctrl+1")
    desk.shows({"w1/3": FIRST + 3, "w2/2": FIRST + 5})


def carries_by_mouse(desk: Desk) -> None:
    """A hit is dragged from the list onto the second monitor, a pane after it, and one pane is shown alone and back."""
    desk.click(FIELD, 3)
    desk.write("uji 8")

    def dropped() -> bool:
        desk.drag(FIRST_HIT, PANES["w2/0"])
        return any(line.panes.get("w2/0", {}).get("camera") == desk.camera(FIRST + 7)
                   for line in desk.program.lines(time.monotonic() - 2.5))
    desk.until(dropped, 15, "the camera on the second monitor")
    desk.shows({"w2/0": FIRST + 7, "w2/2": FIRST + 5})
    desk.drag(PANES["w1/1"], PANES["w2/3"])
    desk.shows({"w2/3": FIRST + 1, "w2/0": FIRST + 7})
    desk.picture("carried")
    for shown in (["w2/3"], ["w2/0", "w2/2", "w2/3"]):
        desk.click(PANES["w2/3"], 2)
        desk.program.until(lambda line, shown=shown: shown == [  # type: ignore[misc]
            key for key, pane in line.panes.items() if key.startswith("w2/") and pane["camera"]], 5, f"{shown}",
            time.monotonic())
