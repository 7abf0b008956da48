"""The story of an incident in the real program: watch, mark, look again, hand out four cameras, and be believed.

What came of it is checked by `main.py verify` and, where there is one, by a real Chromium; one byte later by both.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.demo.city import DemoCity
from app.model.wall import Pane, ScreenId, WallState, WindowKind, WindowState
from app.registry.recordings import INDEX
from app.registry.registry import Registry
from tests.endtoend.conftest import MakeRegistry
from tests.endtoend.program import LOOK_S, ROOT, Program
from tests.endtoend.shots import shot
from tests.evidence.test_browser import OUTPUT, given, plays
from tests.fakes.chromium import Browser, chromium
from tests.fixtures.screen import Display

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(170)]

SIZE = (1920, 1080)
FOUR = range(1, 5)
BACK, SPAN = 8, 4           # seconds: Space goes back so far, so long is the span that is marked
LONG_S = 60.0               # a loaded machine of 2 cores


def until(holds: Callable[[], Any], what: str, program: Program, display: Display, seconds: float = LONG_S) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        program.must_run()
        assert time.monotonic() < deadline, f"{what}: not in {seconds:.0f} s; {shot(display, 'incident-failed', SIZE)}"
        threading.Event().wait(LOOK_S)
    return found


def asked(path: Path, sql: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as db:
        return db.execute(sql, values).fetchall()


def verify(home: Path, package: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "main.py", "verify", str(package), "--language", "en"], cwd=ROOT,
                          capture_output=True, text=True, timeout=60, env=os.environ | {"LAWANG_HOME": str(home)})


def test_an_incident(city: DemoCity, make_registry: MakeRegistry, screen: Display, tmp_path: Path,
                     monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_registry(tmp_path, FOUR)
    monkeypatch.setenv("LAWANG_HOME", str(tmp_path))
    with Registry.open(path) as registry:
        cameras = [camera.id for camera in registry.list_cameras()]
        place = ScreenId("SCREEN", x=0, y=0, width=SIZE[0], height=SIZE[1])
        registry.save_wall("last", WallState((WindowState(
            "w1", WindowKind.CONSOLE, place, (0, 0, *SIZE), layout="2x2",
            panes=tuple(Pane(camera) for camera in cameras)),)))
        for key, value in (("recording.seconds", 10), ("replay.seconds", BACK)):
            registry.set_setting(key, value)
    with Program(tmp_path, screen, ["wall", "--registry", str(path), "--language", "en"]) as program:
        folder = watches_marks_and_exports(program, screen, path, cameras)
        assert program.end() == 0
    is_believed(tmp_path, folder, cameras)


def watches_marks_and_exports(program: Program, screen: Display, path: Path, cameras: list[str]) -> Path:
    home = program.home
    program.until(lambda line: line.live(range(4)), LONG_S, "four live pictures")
    index = home / "data" / "recordings" / INDEX
    until(lambda: len(asked(index, "SELECT DISTINCT camera FROM segments")) == len(cameras), "recordings of four",
          program, screen)
    began = time.time()
    until(lambda: time.time() > began + BACK + 2, "as much as Space goes back", program, screen)
    program.keys("b")
    until(lambda: asked(path, "SELECT id FROM bookmarks"), "the bookmark", program, screen)
    program.keys("space")
    until(lambda: any(json.loads(line)["act"] == "playback" for line, in asked(path, "SELECT line FROM custody")),
          "the line of the replay", program, screen)
    program.keys("c", "i")              # the same moment on all four; the span begins
    began = time.time()
    until(lambda: time.time() > began + SPAN, "the span", program, screen)
    program.keys("o")
    shot(screen, "incident-replay", SIZE)
    program.keys("ctrl+e")
    subprocess.run(["xdotool", "type", "--delay", "20", "Banjir Pasar Terong"], env=program.environment, check=True)
    shot(screen, "incident-form", SIZE)
    program.keys("Return")

    def made() -> Path | None:
        return next((one for one in home.rglob("exports/banjir-*") if one.is_dir() and one.suffix != ".part"), None)
    folder = until(made, "the package", program, screen)
    until(lambda: any(json.loads(line)["act"] == "exported" for line, in asked(path, "SELECT line FROM custody")),
          "the line of the package", program, screen)
    shot(screen, "incident-exported", SIZE)
    return Path(folder)


def is_believed(home: Path, folder: Path, cameras: list[str]) -> None:
    """Green by the command line, folder and ZIP; one byte later red, by the name of the clip."""
    told = json.loads((folder / "manifest.json").read_bytes())
    assert [camera["identity"]["id"] for camera in told["cameras"]] == cameras
    assert all(camera["parts"] and camera["start_us"] <= told["requested"]["in_us"] for camera in told["cameras"])
    for package in (folder, folder.with_name(folder.name + ".zip")):
        done = verify(home, package)
        assert done.returncode == 0 and "Everything in this package" in done.stdout, done.stdout + done.stderr
        assert "chain of custody holds" in done.stdout
    clip = sorted(folder.glob("*.mp4"))[2]
    harmed = Path(shutil.copytree(folder, folder.parent / "harmed"))
    content = bytearray(clip.read_bytes())
    content[len(content) // 2] ^= 1
    (harmed / clip.name).write_bytes(content)
    done = verify(home, harmed)
    assert done.returncode == 1 and f"BAD  Changed: {clip.name}." in done.stdout
    if chromium():
        in_chromium(folder, harmed, clip.name, sum(
            part["codec"] == "h264" for camera in told["cameras"] for part in camera["parts"]))


def in_chromium(folder: Path, harmed: Path, clip: str, playable: int) -> None:
    """``playable``: clips in H.264; the city's H.265 is for players that know it."""
    with Browser() as browser:
        browser.open(folder / "verify.html")
        verdict, findings = given(browser, folder)
        assert verdict == "good" and {kind for kind, _ in findings} == {"good", "note"}, findings
        plays(browser, playable)
        browser.picture(OUTPUT / "incident-verify.png")
        verdict, findings = given(browser, harmed)
        assert verdict == "bad" and [text for kind, text in findings if kind == "bad"] == [f"Changed: {clip}."]
        browser.picture(OUTPUT / "incident-red.png")
        assert browser.complaints == []
