"""What recording costs beside a wall, whether anything is missing of it, and how soon a bookmark is committed.

    make bench ARGS="-k recording"

64 streams of 640×360 at 15 pictures a second are recorded, 16 of them are shown. The cost of one recorded stream is
what all processes of the program take more than for the 16 panes alone, 48 more pulls included, by 64.
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import itertools
import json
import os
import statistics
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from app.recording.rules import Mode, Rule, Scope, to_text
from app.registry.recordings import RecordingIndex
from app.registry.registry import Registry
from tests.bench import stage
from tests.bench.fingers import Fingers
from tests.bench.measure import Screen, measure, viewer, wait_for_tiles

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

ROUNDS = int(os.environ.get("LAWANG_BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("LAWANG_BENCH_SECONDS", "12"))
SETTLE_S = 8.0                  # 64 streams are opened, sixteen at a time
PRESSES = 40
ALLOWED_US = 400_000            # between two files: six pictures; a real gap is a group of pictures, 2 s


def _with_rules(path: Path, *rules: Rule, on: bool) -> None:
    with Registry.open(path) as registry:
        registry.set_setting("recording.rules", to_text(rules))
        registry.set_setting("recording.on", on)


def _place(streams: stage.Streams) -> Path:
    return next(streams.folder.rglob("index.db")).parent


def _figures(streams: stage.Streams, path: Path, name: str) -> dict[str, Any]:
    told = streams.folder / "stats.jsonl"
    told.unlink(missing_ok=True)
    with stage.neighbours() as machine:
        found = measure(stage.wall_command(streams, path, 4, "--stats-json", str(told)), tiles=16,
                        width=stage.SCREEN[0], height=stage.SCREEN[1], seconds=SECONDS, settle=SETTLE_S,
                        state=streams.state, name=name)
    last = json.loads(told.read_text().splitlines()[-1])
    found["left_out"] = sum(pane["dropped"] for pane in last["panes"].values())
    found |= {"load": stage.load(), "machine_busy_percent": machine["busy_percent"]}
    print(json.dumps(found), flush=True)
    return found


def _missing(place: Path, began: int, ended: int) -> tuple[int, float, list[str]]:
    """(cameras covered, seconds of the longest pause between two files, what is missing)."""
    index = RecordingIndex(place, read_only=True)
    wrong, longest, cameras = [], 0, index.cameras()
    try:
        for camera in cameras:
            segments = index.segments(camera, began, ended)
            if not segments or segments[0].t0 > began or segments[-1].t1 < ended:
                wrong.append(f"{camera}: not covered")
            for one, following in itertools.pairwise(segments):
                longest = max(longest, following.t0 - one.t1)
            wrong += [f"{camera}: {gap.cause}" for gap in index.gaps(camera, began, ended)]
    finally:
        index.close()
    if longest > ALLOWED_US:
        wrong.append(f"a pause of {longest / 1e6:.2f} s")
    return len(cameras), longest / 1e6, wrong


def test_recording_sixty_four_beside_sixteen() -> None:
    alone, beside, pauses = [], [], []
    with stage.streams(64) as streams:
        path = stage.registry(streams)
        for _turn in range(ROUNDS):
            _with_rules(path, on=False)
            alone.append(_figures(streams, path, "16 shown"))
            _with_rules(path, Rule(Scope.ALL, "", Mode.ALWAYS, 1), on=True)
            beside.append(_figures(streams, path, "16 shown, 64 recorded"))
            ended = (time.time() - 6.0) * 1e6               # an end in order takes some seconds
            cameras, pause, wrong = _missing(_place(streams), int(ended - SECONDS * 1e6 * 0.8), int(ended))
            pauses.append(pause)
            assert (cameras, wrong) == (64, [])
    more = [(b["cpu_percent"] - a["cpu_percent"]) / 64 for a, b in zip(alone, beside, strict=True)]
    worker = [(b["cpu_by_name_percent"]["ingest_worker"] - a["cpu_by_name_percent"]["ingest_worker"]) / 64
              for a, b in zip(alone, beside, strict=True)]
    stage.keep("recording", {"command": 'make bench ARGS="-k recording_sixty_four"', "alone": alone, "beside": beside,
                             "percent_per_stream": round(statistics.median(more), 3),
                             "worker_percent_per_stream": round(statistics.median(worker), 3),
                             "longest_pause_s": max(pauses)})
    print(f"64 recorded beside 16 shown: {statistics.median(more):.3f} % of a core per stream in all processes, "
          f"{statistics.median(worker):.3f} % in the workers; pictures/s min {min(b['fps_min'] for b in beside)} "
          f"(alone {min(a['fps_min'] for a in alone)}), left out {sum(b['left_out'] for b in beside)} "
          f"(alone {sum(a['left_out'] for a in alone)}); longest pause between two files {max(pauses):.2f} s")
    assert statistics.median(more) <= 0.4
    # On a machine that others fill, 16 panes alone do not come to 15 pictures a second either.
    assert statistics.median(b["fps_min"] for b in beside) >= min(
        14.5, statistics.median(a["fps_min"] for a in alone) - 0.5)
    assert statistics.median(b["left_out"] for b in beside) <= statistics.median(a["left_out"] for a in alone)


def test_recording_holds_a_bookmark_at_once() -> None:
    took: list[float] = []
    with stage.streams(16) as streams:
        path = stage.registry(streams)
        screen = Screen(*stage.SCREEN)
        try:
            with viewer(stage.wall_command(streams, path, 4, bare=False), screen) as process:
                assert "all_tiles_s" in wait_for_tiles(screen, process, 16, 45.0)
                threading.Event().wait(5.0)
                index, registry = RecordingIndex(_place(streams), read_only=True), Registry(path, read_only=True)
                hand = Fingers(screen.name)
                try:
                    for press in range(1, PRESSES + 1):
                        began = hand.press("b", True)
                        hand.press("b", False)
                        while len(index.holders()) < press or len(registry.bookmarks.all()) < press:
                            assert time.monotonic() - began < 10.0, f"bookmark {press} never came"
                            threading.Event().wait(0.001)
                        took.append(1000 * (time.monotonic() - began))
                        threading.Event().wait(0.15)
                finally:
                    hand.close()
                    index.close()
                    registry.close()
        finally:
            screen.close()
    took.sort()
    middle, most = statistics.median(took), took[int(len(took) * 0.95)]
    stage.keep("recording_bookmark", {"command": 'make bench ARGS="-k recording_holds"', "milliseconds": took,
                                      "p50": middle, "p95": most})
    print(f"B to row and hold committed: {middle:.1f} ms, 95 % within {most:.1f} ms, worst {took[-1]:.1f} ms")
    assert most <= 50.0
