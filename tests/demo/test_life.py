"""The city's processes: cached clips are used again, stop ends all, a killed parent leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from app.demo.city import DemoCity, Progress
from app.demo.control import command, running
from tests.demo.wire import Wire

pytestmark = pytest.mark.city


def gone(pids: list[int], seconds: float) -> bool:
    """Whether all these processes end in time."""
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=seconds)
    return not alive


def test_clips_are_made_once(clips: Path) -> None:
    heard: list[Progress] = []
    with DemoCity().start(clips, [101], small=True) as first:
        assert first.wait_ready(60)
    made = {p: p.stat().st_mtime_ns for p in clips.glob("0101-*")}
    assert len(made) == 4                                       # two clips, two indices
    with DemoCity().start(clips, [101], on_progress=heard.append, small=True) as second:
        assert second.wait_ready(0)                             # at once: no encoder runs
        assert len(second.pids) == 1
    assert [(p.done, p.total, p.cached) for p in heard] == [(1, 1, True)]
    assert {p: p.stat().st_mtime_ns for p in clips.glob("0101-*")} == made


def test_clips_of_an_older_program_go_after_a_week(clips: Path) -> None:
    stale, young = clips / "0101-000000000000-main.h264", clips / "0101-111111111111-main.h264"
    for path in (stale, young):
        path.write_bytes(b"x")
    os.utime(stale, (0, 0))
    with DemoCity().start(clips, [101], small=True) as city:
        assert not stale.exists()
        assert young.exists()
        assert city.wait_ready(60)


def test_a_camera_whose_clip_is_still_made_says_not_now(tmp_path: Path) -> None:
    with DemoCity().start(tmp_path, [101], small=True) as city, city.control() as control:
        control.send(do="expect", camera="0102")                # one that nobody makes: no race with an encoder
        with Wire(city.url(102)) as wire:
            assert wire.status == 503
        control.send(do="give-up", camera="0102")
        with Wire(city.url(102)) as wire:
            assert wire.status == 404
        assert city.wait_ready(60)
        with Wire(city.url(101)) as wire:
            assert wire.status == 200                           # what was expected has come


def test_a_city_expects_the_cameras_that_it_makes(tmp_path: Path) -> None:
    with DemoCity().start(tmp_path, [101, 102], encoders=1) as city, Wire(city.url(102)) as wire:
        assert wire.status == 503


def test_stop_ends_everything_even_in_the_middle(tmp_path: Path) -> None:
    city = DemoCity().start(tmp_path, "1-4")
    pids = list(city.pids)
    began = time.monotonic()
    city.stop()
    assert time.monotonic() - began < 10
    assert gone(pids, 5)
    assert not list(tmp_path.glob("*.part"))
    assert not running(tmp_path)


def test_control_finds_the_running_city(clips: Path) -> None:
    with DemoCity().start(clips, [101], small=True) as city:
        assert city.wait_ready(60)
        assert command("0101", "refuse", clips) == 1
        with Wire(city.url(101)) as wire:
            assert wire.status == 401
        with pytest.raises(ValueError, match="dance"):
            command("0101", "dance", clips)
    with pytest.raises(ConnectionError):
        command("0101", "back", clips)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_parent_leaves_no_process(tmp_path: Path, how: signal.Signals) -> None:
    program = ("import json, sys, time\nfrom pathlib import Path\nfrom app.demo.city import DemoCity\n"
               "city = DemoCity().start(Path(sys.argv[1]), '1-4')\n"
               "while len(city.pids) < 2: time.sleep(0.01)\n"
               "print(json.dumps(city.pids), flush=True)\ntime.sleep(60)\n")
    parent = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True,
                              cwd=Path(__file__).resolve().parents[2])
    assert parent.stdout is not None
    with parent.stdout:
        pids = json.loads(parent.stdout.readline())
    assert all(psutil.pid_exists(pid) for pid in pids)
    os.kill(parent.pid, how)
    parent.wait(20)
    assert gone(pids, 20)
