"""The GUI thread while 64 panes play, a decoder worker is killed and the layout is switched.

    make bench ARGS="-k stall"

The figure is the program's own: the longest gap between two beats of its event loop (``gui.stall_ms`` of --stats-json).
Beside it stand the gap without the time that the GUI thread stood in line for a processor, which other programs decide,
and the most processor time that it took between two beats, which is what our own code held. Only the first is judged.
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


def _worst(stats: Path, since: float) -> dict[str, float]:
    """The largest of each figure of the GUI thread since then."""
    told = [line["gui"] for line in map(json.loads, stats.read_text().splitlines()) if line["time"] >= since]
    return {name: max(line[name] for line in told) for name in ("stall_ms", "unqueued_ms", "busy_ms")}


def _stolen_ms() -> float:
    """What the host of a virtual machine has kept from all its processors, since it started."""
    return int(Path("/proc/stat").read_text().partition("\n")[0].split()[8]) * 1000 / os.sysconf("SC_CLK_TCK")


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
                found: dict[str, dict[str, float]] = {}
                for name, act in (
                    ("playing", lambda: None),
                    ("worker killed", lambda: os.kill(next(
                        pid for pid in session(wall.pid)[1] if process_name(pid) == "decoder_worker"), signal.SIGKILL)),
                    ("layout 7x7", lambda: _press(screen, "shift+l")),
                    ("layout 8x8", lambda: _press(screen, "l")),
                    ("one pane alone", lambda: _press(screen, "Return")),
                    ("back", lambda: _press(screen, "Return")),
                ):
                    since, stolen = time.time(), _stolen_ms()
                    act()
                    time.sleep(QUIET_S if name == "playing" else AFTER_S)
                    found[name] = _worst(stats, since) | {"stolen_ms": _stolen_ms() - stolen}
                assert wall.poll() is None
    finally:
        screen.close()
    worst = max(told["stall_ms"] for told in found.values())
    stage.keep("stall", {"command": 'make bench ARGS="-k stall"', "found": found, "worst_ms": worst})
    print("longest gap of the event loop, ms (without its wait for a processor / on one / stolen by the host): "
          + ", ".join(f"{name} {told['stall_ms']:.0f} ({told['unqueued_ms']:.0f} / {told['busy_ms']:.0f} / "
                      f"{told['stolen_ms']:.0f})" for name, told in found.items()) + f"; load {stage.load()}")
    assert worst <= MOST_MS
