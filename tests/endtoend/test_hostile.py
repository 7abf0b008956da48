"""Cameras that answer with nonsense hang on the same wall as good ones: they are named, and nobody else notices."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.endtoend.conftest import HEAD, MakeRegistry
from tests.endtoend.program import Program, run_command, unsteady
from tests.fakes.hostile_rtsp import Fake, HostileRtsp
from tests.fixtures.screen import Display

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(120)]

# How the camera answers -> the cause that is told.
MODES = {
    "garbage": "garbage", "endless-sdp": "garbage", "endless-header": "garbage", "redirect": "server",
    "no-setup": "timeout", "huge": "too-big", "no-video": "no-video",
}
HONEST = 2
NAMED_S = 10.0              # an opening may take 6 s before it is given up
MOST_BYTES = 1_500_000_000  # of the whole program; an endless answer would grow by this in seconds


def test_hostile_cameras_are_named_and_others_play_on(
        make_registry: MakeRegistry, rows: Callable[[int], str], screen: Display, tmp_path: Path) -> None:
    with HostileRtsp() as server:
        for mode in MODES:
            server.add(mode, Fake(mode=mode))
        registry = make_registry(tmp_path, range(1, HONEST + 1))
        table = tmp_path / "hostile.csv"
        table.write_text(HEAD + "".join(f"{number},{mode},{server.url(mode)},,,,\n" for number, mode
                                        in enumerate(MODES, HONEST + 1)), "utf-8")
        run_command(tmp_path, "cameras", "import", str(table), "--registry", str(registry))
        count = HONEST + len(MODES)
        words = ["wall", "--registry", str(registry), "--cameras", f"1-{count}", "--layout", "3x3", "--window",
                 "1280x720+0+0", "--language", "en"]
        with Program(tmp_path, screen, words) as program:
            good = range(HONEST)
            program.until(lambda line: line.live(good), 30, "the honest cameras")
            began = time.monotonic()
            program.until(lambda line: all(line.pane(i)["state"] == "lost" for i in range(HONEST, count)), NAMED_S,
                          "a word about each hostile camera")
            told: dict[str, set[str]] = {mode: set() for mode in MODES}
            program.until(lambda line: line.at > began + 8.0, 10, "the time", began)
            for line in program.lines(program.started):
                for index, mode in enumerate(MODES, HONEST):
                    told[mode] |= {line.pane(index)["cause"]} - {"", None}
                    assert line.pane(index)["state"] not in ("live", "late"), (mode, line.pane(index))
            assert told == {mode: {cause} for mode, cause in MODES.items()}
            after = program.lines(began)
            assert len(after) >= 6 and not unsteady(after, [f"w1/{index}" for index in good])
            assert all(told["restarts"] == 0 for told in after[-1].processes.values()), after[-1].processes
            everyone = [psutil.Process(program.process.pid),
                        *psutil.Process(program.process.pid).children(recursive=True)]
            assert sum(process.memory_info().rss for process in everyone) < MOST_BYTES
            assert program.end() == 0
