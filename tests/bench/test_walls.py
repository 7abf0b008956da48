"""CPU, pictures, delay and memory of 16 and of 64 panes, against mpv and against ffmpeg, in one run.

    make bench ARGS="-k sixteen"

The machine is rarely quiet: rounds alternate between the viewers, and medians of rounds are compared as ratios.
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import json
import os
import statistics
from collections.abc import Callable
from typing import Any

import pytest

from tests.bench import stage
from tests.bench.baseline import cost
from tests.bench.measure import measure

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

ROUNDS = int(os.environ.get("LAWANG_BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("LAWANG_BENCH_SECONDS", "12"))
# From the last pane's first picture to the window that is measured, for every viewer: a wall runs for days, and Lawang
# replaces each player once in its first 15 s (Casting._settle). What the start costs is told as cpu_start_s.
SETTLE_S = float(os.environ.get("LAWANG_BENCH_SETTLE", "20"))


def _own(streams: stage.Streams, side: int) -> Callable[[], dict[str, Any]]:
    path = stage.registry(streams)
    command = stage.wall_command(streams, path, side)
    return lambda: measure(command, tiles=side * side, width=stage.SCREEN[0], height=stage.SCREEN[1], seconds=SECONDS,
                           settle=SETTLE_S, state=streams.state, name="lawang")


def _rival(streams: stage.Streams, script: str) -> Callable[[], dict[str, Any]]:
    command = stage.rival_command(script, streams, 300)
    return lambda: measure(command, tiles=streams.count, width=stage.SCREEN[0], height=stage.SCREEN[1],
                           seconds=SECONDS, settle=SETTLE_S, state=streams.state, name=script.partition(".")[0])


def _baseline(streams: stage.Streams, side: int, *, scale: bool = True) -> Callable[[], dict[str, Any]]:
    pane = f"{stage.SCREEN[0] // side}x{stage.SCREEN[1] // side}"
    return lambda: {"name": "ffmpeg decode + scale" if scale else "ffmpeg decode", "cpu_percent": cost(
        streams.pattern, streams.count, pane, seconds=SECONDS, settle=5.0, scale=scale)}


def _alternate(works: list[Callable[[], dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Each round starts with another viewer, so that no one always has the quiet moment."""
    results: dict[str, list[dict[str, Any]]] = {}
    for turn in range(ROUNDS):
        shift = turn % len(works)
        for work in (*works[shift:], *works[:shift]):
            with stage.neighbours() as machine:
                figures = work()
            figures |= {"load": stage.load(), "machine_busy_percent": machine["busy_percent"]}
            results.setdefault(figures["name"], []).append(figures)
            print(json.dumps(figures), flush=True)
    return results


def _medians(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    first = rounds[0]
    return {key: statistics.median(turn[key] for turn in rounds if key in turn) for key, value in first.items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)}


def test_sixteen_panes_cost_less_than_mpv() -> None:
    with stage.streams(16) as streams:
        results = _alternate([_own(streams, 4), _rival(streams, "mpv_windows.sh"), _baseline(streams, 4)])
    own, mpv, base = (_medians(results[name]) for name in ("lawang", "mpv_windows", "ffmpeg decode + scale"))
    to_mpv, to_base = own["cpu_percent"] / mpv["cpu_percent"], own["cpu_percent"] / base["cpu_percent"]
    stage.keep("sixteen", {"command": 'make bench ARGS="-k sixteen"', "rounds": results, "lawang": own, "mpv": mpv,
                           "baseline": base, "to_mpv": round(to_mpv, 3), "to_baseline": round(to_base, 3)})
    print(f"16 panes: Lawang {own['cpu_percent']} %, mpv {mpv['cpu_percent']} %, ffmpeg {base['cpu_percent']} % of a "
          f"core: {to_mpv:.2f} x mpv, {to_base:.2f} x ffmpeg; pictures/s min {own['fps_min']}; delay "
          f"{own['latency_ms_p50']}/{own['latency_ms_p95']} ms; {own['rss_mib']} MiB rss, {own['pss_mib']} MiB pss")
    assert own["tiles"] == 16
    assert own["fps_min"] >= 14.5
    assert to_mpv < 1.0
    assert to_base <= 1.35
    assert own["latency_ms_p50"] <= 200
    assert own["latency_ms_p95"] <= 300


def test_sixty_four_panes_stay_at_full_rate() -> None:
    with stage.streams(64) as streams:
        results = _alternate([_own(streams, 8), _baseline(streams, 8)])
    own, base = _medians(results["lawang"]), _medians(results["ffmpeg decode + scale"])
    to_base = own["cpu_percent"] / base["cpu_percent"]
    stage.keep("sixty_four", {"command": 'make bench ARGS="-k sixty_four"', "rounds": results, "lawang": own,
                              "baseline": base, "to_baseline": round(to_base, 3)})
    print(f"64 panes: Lawang {own['cpu_percent']} % (desktop {own['main_cpu_percent']} %), ffmpeg "
          f"{base['cpu_percent']} % of a core: {to_base:.2f} x; pictures/s min {own['fps_min']}, median "
          f"{own['fps_median']}; {own['rss_mib']} MiB rss, {own['pss_mib']} MiB pss; all panes after "
          f"{own['all_tiles_s']} s")
    assert own["tiles"] == 64
    assert own["fps_min"] >= 14.5
    assert to_base <= 1.25
    assert own["main_cpu_percent"] <= 8.0
    assert own["pss_mib"] <= 800        # rss counts shared libraries and shared pictures once per process
    assert own["all_tiles_s"] <= 6.0
