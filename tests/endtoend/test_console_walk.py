"""A first evening at the console: a city's list comes in from Excel, cameras are found, called, kept in a scene, toured
over an area and carried to the second monitor, with the keyboard alone and with the mouse alone."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.demo.city import DemoCity
from app.model.wall import WallState, WindowKind, WindowState
from app.registry.registry import Registry
from tests.endtoend import by_mouse
from tests.endtoend.desk import LEFT, RIGHT, Desk
from tests.endtoend.evening import (
    AREA,
    COUNT,
    FIRST,
    PIER,
    SCENE,
    TOUR,
    all_are_in,
    the_four_stand,
    the_last_pane_is_empty,
    the_scene_is_kept,
    the_tour_is_kept,
    two_pages_turn,
)
from tests.endtoend.program import Program
from tests.fakes.city_of import city_of
from tests.fixtures.screen import Display, _serve

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(150)]


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


@pytest.mark.parametrize(("language", "hand"), [
    ("id", "keyboard"), ("en", "mouse"), pytest.param("en", "keyboard", marks=pytest.mark.soak),
    pytest.param("id", "mouse", marks=pytest.mark.soak)])
def test_a_first_evening(excel: Path, two_monitors: Display, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                         language: str, hand: str) -> None:
    monkeypatch.setenv("LAWANG_HOME", str(tmp_path))
    path = tmp_path / "registry.db"
    with Registry.open(path) as registry:       # an empty register, a console and a wall as they were left
        first = WindowState("w1", WindowKind.CONSOLE, LEFT, (0, 0, 1920, 1080), layout="2x2")
        second = WindowState("w2", WindowKind.WALL, RIGHT, (1920, 0, 1920, 1080), fullscreen=True, layout="2x2")
        registry.save_wall("last", WallState((first, second)))
    words = ["wall", "--registry", str(path), "--language", language]
    extra, entry = {}, "main.py"
    if hand == "mouse":                         # in the home of an operator a file dialog needs no typing
        home = tmp_path / "operator"
        home.mkdir()
        shutil.copy(excel, home)
        extra = {"LAWANG_TEST_PLACES": str(tmp_path / "places"), "HOME": str(home)}
        entry = "tests/endtoend/with_places.py"
    with Program(tmp_path, two_monitors, words, extra=extra, entry=entry) as program:
        desk = Desk(program, two_monitors, path, f"{language}-{hand}")
        console, _wall = desk.window("0,0"), desk.window("1920,0")      # whichever comes last has the keyboard
        desk.tool("windowfocus", "--sync", console)
        desk.until(lambda: desk.focus == console, 10, "the keyboard in the console")
        if hand == "mouse":
            by_mouse.walk(desk, home.name, excel.name)
        else:
            brings_the_list_in(desk, excel, console)
            finds_and_calls(desk)
            keeps_a_scene(desk)
            tours_an_area(desk)
            carries_by_keyboard(desk)
        desk.picture("end")
        assert program.end() == 0
    with Registry.open(path) as registry:
        assert len(registry.list_cameras()) == COUNT
        assert [scene.name for scene in registry.scenes.all()] == [SCENE]


def brings_the_list_in(desk: Desk, excel: Path, console: str) -> None:
    """F3, Ctrl+I, the file's name; Ctrl+Enter writes as soon as the trial has told what it would do."""
    desk.keys("F3", "ctrl+i")
    desk.until(lambda: desk.focus != console, 10, "a window that asks for the file")
    desk.write(str(excel))
    desk.keys("Return")
    desk.until(lambda: desk.focus == console, 10, "the keyboard back in the console")

    def written() -> bool:
        desk.keys("ctrl+Return")                # does nothing while the trial is under way
        return all_are_in(desk)
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
    the_four_stand(desk)
    desk.picture("called")


def keeps_a_scene(desk: Desk) -> None:
    """Ctrl+S, a name, Enter; a pane is emptied, and the scene brings back what was there."""
    desk.keys("ctrl+s")
    desk.write(SCENE)
    desk.keys("Return")
    the_scene_is_kept(desk)
    desk.keys("Delete")
    the_last_pane_is_empty(desk)
    desk.keys("ctrl+1")
    the_four_stand(desk)


def tours_an_area(desk: Desk) -> None:
    """F6, Insert: a tour over the twelve cameras of an area; it turns its page by itself, Shift+T ends it."""
    desk.keys("F6", "Insert")
    desk.write(TOUR)
    desk.keys("Tab", "Tab", "4", *("Tab",) * 6)         # its number is taken as offered; a page stands for 4 s
    desk.write(AREA)
    desk.keys("Return", "ctrl+Return")
    the_tour_is_kept(desk, dwell=4)
    desk.picture("tour-made")
    began = time.monotonic()
    desk.keys("F2", "asterisk", "2", "Return")
    two_pages_turn(desk, began)
    desk.keys("shift+t")
    the_four_stand(desk)


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
