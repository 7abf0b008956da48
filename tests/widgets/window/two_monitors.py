"""A program for tests: a console and a wall window on two monitors; tells where its windows are after each change.

Reads lines from stdin: "tell" answers with one JSON line, "end" closes. Run on a display of its own.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSocketNotifier

from app.cli.options import WallOptions
from app.model.wall import Pane, ScreenId, WallState, WindowKind, WindowState
from tests.widgets.window.stage import FakeStation
from widgets.application import Application, make_application

LEFT = ScreenId("LEFT", x=0, y=0, width=1920, height=1080)
RIGHT = ScreenId("RIGHT", x=1920, y=0, width=1920, height=1080)


def state() -> WallState:
    panes = tuple(Pane(f"cam{i:04d}") for i in range(16))
    console = WindowState("w1", WindowKind.CONSOLE, LEFT, (100, 50, 1600, 900), panes=panes)
    return WallState((console, replace(console, id="w2", kind=WindowKind.WALL, screen=RIGHT, fullscreen=True)))


def main() -> None:
    app = make_application()
    station = FakeStation(40, state())
    shown = Application(app, station, WallOptions(Path("unused.db")))
    shown.open()

    def read() -> None:
        line = sys.stdin.readline().strip()
        if line in ("end", ""):
            shown.quit()
        else:
            windows = {key: {"geometry": list(frame.geometry().getRect()), "shown": frame.isVisible(),
                             "parked": frame.parked} for key, frame in shown.windows.frames.items()}
            kept = {w.id: [w.screen.name, list(w.geometry), w.fullscreen] for w in station.wall.state.windows}
            wanted = sum(want.visible for key, want in station.engine.wants.items() if key.startswith("w2/"))
            screens = [screen.name() for screen in app.screens()]
            told = {"windows": windows, "kept": kept, "wanted": wanted, "screens": screens}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(read)
    app.exec()
    shown.close()


if __name__ == "__main__":
    main()
