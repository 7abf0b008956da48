"""An operator at a desk with two monitors: a console ``w1`` at the left, a wall ``w2`` at the right."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.model.wall import ScreenId
from tests.endtoend.program import LEAST_S, LOOK_S, Line, Program
from tests.endtoend.shots import shot
from tests.fixtures.screen import Display

LEFT = ScreenId("LEFT", x=0, y=0, width=1920, height=1080)
RIGHT = ScreenId("RIGHT", x=1920, y=0, width=1920, height=1080)
ANSWER_S = 20.0             # the program answers in milliseconds; a loaded machine gets time

type Point = tuple[int, int]


@dataclass
class Desk:
    """The program with its two windows. ``name``: what the pictures of this walk begin with."""

    program: Program
    display: Display
    registry: Path
    name: str

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

    # -- the mouse: where things are is asked of the program (tests/endtoend/with_places.py) -------------------------

    def control(self, words: str, many: str = "", **values: object) -> Point:
        """The middle of a button or a field that can be used now, by its English words."""
        return self._place("control", words, many, values)

    def row(self, words: str) -> Point:
        """A row of a list in sight in which these words stand, as they are."""
        return self._place("row", words)

    def entry(self, words: str, **values: object) -> Point:
        """An entry of the menu that is open."""
        return self._place("entry", words, "", values)

    def pane(self, key: str) -> Point:
        """The middle of a pane, such as "w1/0"."""
        return self._place("pane", key)

    def places(self, kind: str, words: str, many: str = "", values: dict[str, Any] | None = None) -> list[list[int]]:
        """Left, top, width, height of each; none while it is not in sight."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(ANSWER_S)
            line.connect(self.program.extra["LAWANG_TEST_PLACES"])
            asked = {"kind": kind, "words": words, "many": many, "values": values or {}}
            line.sendall(json.dumps(asked).encode() + b"\n")
            with line.makefile() as answers:
                found: list[list[int]] = json.loads(answers.readline())
        return found

    def _place(self, kind: str, words: str, many: str = "", values: dict[str, Any] | None = None) -> Point:
        found: list[list[int]] = []

        def there() -> bool:
            found[:] = self.places(kind, words, many, values)
            return bool(found)
        self.until(there, 10, f"the {kind} “{words}” in sight")
        left, top, width, height = found[0]
        return left + width // 2, top + height // 2

    def click(self, at: Point, times: int = 1, button: int = 1) -> None:
        """Buttons as X counts them: 1 left, 3 right, 5 the wheel towards the hand."""
        self.tool("mousemove", *at, "sleep", 0.1, "click", "--repeat", times, "--delay", 60, button)

    def drag(self, start: Point, end: Point) -> None:
        """As a hand does it: down, a little way, far, a moment of rest, up."""
        words: list[object] = ["mousemove", *start, "sleep", 0.1, "mousedown", 1]
        for part in range(1, 13):
            words += ["mousemove", *(a + (b - a) * part // 12 for a, b in zip(start, end, strict=True)), "sleep", 0.04]
        self.tool(*words, "sleep", 0.2, "mouseup", 1)

    def picture(self, name: str) -> Path:
        """Both monitors, to look at."""
        return shot(self.display, f"walk-{self.name}-{name}", (3840, 1080))


def paints(pane: dict[str, Any]) -> bool:
    return pane["state"] in ("live", "late") and pane["painted"] > 3
