"""Hours of work: 16 panes, the layout switched every 20 s; memory, threads, descriptors and delay must stay.

    make soak                          one hour
    LAWANG_SOAK_MINUTES=12 make soak   shorter
"""

# ruff: noqa: T201 - the figures are told as they come, an hour is long
from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.bench import stage
from tests.bench.measure import (
    Screen,
    delays,
    memory_of,
    own_memory,
    process_name,
    session,
    threads_and_descriptors,
    viewer,
    wait_for_tiles,
)

pytestmark = pytest.mark.soak

MINUTES = float(os.environ.get("LAWANG_SOAK_MINUTES", "60"))
SWITCH_S = 20.0
WARM_MINUTES = 10.0                 # libVLC's pools, Qt's caches and Python's arenas have found their size by then
MOST_GROWTH = 1.02                  # of the memory after warming up
# From 4x4 down to nine big panes and back: sizes, numbers of panes and their places all change.
KEYS = ("shift+l", "shift+l", "shift+l", "l", "l", "l")
PANES = 16
WATCH_S = 12.0                      # of each look at the delay on the screen


def _look(leader: int) -> dict[str, Any]:
    _, pids = session(leader)
    memory = {pid: memory_of(pid) for pid in pids}
    counts = {pid: threads_and_descriptors(pid) for pid in pids}
    by_name: dict[str, list[int]] = {}
    for pid in pids:
        by_name.setdefault(process_name(pid), []).append(memory[pid][1] // 1024)
    return {"own_mib": round(sum(own_memory(pid) for pid in pids) / 1024, 1),
            "pss_mib": round(sum(pss for _, pss in memory.values()) / 1024, 1),
            "rss_mib": round(sum(rss for rss, _ in memory.values()) / 1024, 1), "processes": len(pids),
            "threads": sum(threads for threads, _ in counts.values()),
            "descriptors": sum(handles for _, handles in counts.values()), "pss_by_name_mib": by_name}


def _press(screen: Screen, key: str) -> None:
    subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "lawang", "windowfocus", "--sync", "key", key],
                   env=os.environ | {"DISPLAY": screen.name}, check=True, timeout=10,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _told_delay(stats: Path) -> float:
    """Median of what the program itself says of its delay in its last lines, seconds."""
    lines = stats.read_text().splitlines()[-5:]
    found = [pane["delay"] for line in lines for pane in json.loads(line)["panes"].values() if pane["state"] == "live"]
    return statistics.median(found) if found else 0.0


@pytest.mark.timeout(0)
def test_an_hour_changes_nothing() -> None:
    with stage.streams(PANES) as streams:
        path, stats = stage.registry(streams), streams.folder / "stats.jsonl"
        command = stage.wall_command(streams, path, 4, "--stats-json", str(stats))
        screen = Screen(*stage.SCREEN)
        looks: list[dict[str, Any]] = []
        glass: list[dict[str, Any]] = []
        try:
            with viewer(command, screen, stage.ROOT / "build" / "soak.log" if Path("build").is_dir() else None) as wall:
                times = wait_for_tiles(screen, wall, PANES, 45.0)
                assert times.get("all_tiles_s"), "the wall does not show its 16 panes"
                began = time.monotonic()
                presses = 0
                while (now := time.monotonic() - began) < MINUTES * 60:
                    at_home = presses % len(KEYS) == 0
                    if at_home:                     # the layout of the start: its looks can be compared
                        time.sleep(3.0)
                        seen = screen.watch(screen.tiles(), WATCH_S - 3.0)
                        late = sorted(delays(seen, streams.state))
                        look = _look(wall.pid) | {"minute": round(now / 60, 2), "told_delay_s": _told_delay(stats),
                                                  "load": stage.load()}
                        looks.append(look)
                        glass.append({"minute": look["minute"], "p50_ms": round(1000 * late[len(late) // 2]),
                                      "p95_ms": round(1000 * late[len(late) * 95 // 100])})
                        print(json.dumps(look | glass[-1]), flush=True)
                    time.sleep(max(0.0, (presses + 1) * SWITCH_S - (time.monotonic() - began)))
                    assert wall.poll() is None, "the wall ended"
                    _press(screen, KEYS[presses % len(KEYS)])
                    presses += 1
        finally:
            screen.close()
            with contextlib.suppress(OSError):
                worst = max(float(json.loads(line)["gui"]["stall_ms"]) for line in stats.read_text().splitlines()[10:])
    warm = [look for look in looks if look["minute"] >= min(WARM_MINUTES, MINUTES / 2)]
    # Single looks swing by 5 %: what a new layout's players have taken for their start goes back some seconds later.
    third = max(1, len(warm) // 3)
    before, after = (statistics.median(look["own_mib"] for look in part) for part in (warm[:third], warm[-third:]))
    growth = after / before
    figures = {"command": f"LAWANG_SOAK_MINUTES={MINUTES:g} make soak", "minutes": MINUTES, "switches": presses,
               "growth": round(growth, 4), "own_mib": [before, after], "worst_stall_ms": worst, "looks": looks,
               "glass": glass}
    stage.keep("soak", figures)
    print(f"soak {MINUTES:g} min, {presses} switches: {before} -> {after} MiB "
          f"({100 * (growth - 1):+.1f} %), threads {warm[0]['threads']} -> {warm[-1]['threads']}, descriptors "
          f"{warm[0]['descriptors']} -> {warm[-1]['descriptors']}, delay {glass[0]['p50_ms']} -> {glass[-1]['p50_ms']} "
          f"ms, worst stall {worst:.0f} ms")
    assert growth <= MOST_GROWTH
    assert warm[-1]["threads"] <= warm[0]["threads"] + 2        # a pull that is just being closed
    assert warm[-1]["descriptors"] <= warm[0]["descriptors"] + 4
    third = max(1, len(glass) // 3)             # single looks follow the machine's load
    early, late_on = (statistics.median(look["p50_ms"] for look in part) for part in (glass[:third], glass[-third:]))
    assert late_on <= early + 30
