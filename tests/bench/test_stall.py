"""The GUI thread while 64 panes play, a decoder worker is killed and the layout is switched.

    make bench ARGS="-k stall"

The figure is the program's own: the longest gap between two beats of its event loop (``gui.stall_ms`` of --stats-json).
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.bench import stage
from tests.bench.measure import Screen, process_name, session, viewer, wait_for_tiles

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

QUIET_S = 10.0
AFTER_S = 8.0
MOST_MS = 50.0


def _stalls(stats: Path, since: float) -> list[float]:
    lines = [json.loads(line) for line in stats.read_text().splitlines()]
    return [line["gui"]["stall_ms"] for line in lines if line["time"] >= since]


def _press(screen: Screen, key: str) -> None:
    subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "lawang", "windowfocus", "--sync", "key", key],
                   env=os.environ | {"DISPLAY": screen.name}, check=True, timeout=20,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_the_screen_never_stalls() -> None:
    screen = Screen(*stage.SCREEN)
    try:
        with stage.streams(64) as streams:
            path, stats = stage.registry(streams), streams.folder / "stats.jsonl"
            command = stage.wall_command(streams, path, 8, "--stats-json", str(stats))
            with viewer(command, screen) as wall:
                wait_for_tiles(screen, wall, 64, 45.0)
                time.sleep(3.0)
                found: dict[str, float] = {}
                for name, act in (
                    ("playing", lambda: None),
                    ("worker killed", lambda: os.kill(next(
                        pid for pid in session(wall.pid)[1] if process_name(pid) == "decoder_worker"), signal.SIGKILL)),
                    ("layout 7x7", lambda: _press(screen, "shift+l")),
                    ("layout 8x8", lambda: _press(screen, "l")),
                    ("one pane alone", lambda: _press(screen, "Return")),
                    ("back", lambda: _press(screen, "Return")),
                ):
                    since = time.time()
                    act()
                    time.sleep(QUIET_S if name == "playing" else AFTER_S)
                    found[name] = max(_stalls(stats, since))
                assert wall.poll() is None
    finally:
        screen.close()
    worst = max(found.values())
    stage.keep("stall", {"command": 'make bench ARGS="-k stall"', "stall_ms": found, "worst_ms": worst})
    print("longest gap of the event loop, ms: " + ", ".join(f"{name} {ms:.0f}" for name, ms in found.items())
          + f"; load {stage.load()}")
    assert worst <= MOST_MS
