"""Workers that die, hang and come back; engines that close, and engines that are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from app.model.pane import PaneState
from app.video import casting, hosts, pulling
from app.video.folder import sweep
from app.video.supervisor import VideoEngine
from tests.fakes.hostile_rtsp import Fake
from tests.video.conftest import START_S, Watch, camera, patience, want

BACK_S = 3.0                # 2 s for a worker, and one interval between key pictures
CALM_S = 1.5                # longest pause of panes that have nothing to do with it
LIVE = PaneState.LIVE


@pytest.fixture
def two(server, watch, monkeypatch):
    """Two panes that share nothing: each has an ingest and a decoder worker of its own."""
    monkeypatch.setattr(pulling, "STREAMS_PER_INGEST", 1)
    monkeypatch.setattr(casting, "PANES_PER_DECODER", 1)
    monkeypatch.setattr(casting, "CALM_S", 60.0)        # no player settles meanwhile: it might move to the other worker
    for name in ("a", "b"):
        server.add(name)
    watch.engine.show({f"w/{name}": want(camera(name, server.url(name))) for name in ("a", "b")})
    watch.live("w/a", "w/b")
    for kind in ("ingest", "decoder"):
        assert watch.worker_of("w/a", kind) != watch.worker_of("w/b", kind), "the test's own arrangement"
    return watch


def _gone(pids, seconds=3.0):
    """Wait until none of them lives (zombies do not count); the seconds that it took."""
    began = time.monotonic()
    while alive := [pid for pid in pids if _alive(pid)]:
        assert time.monotonic() - began < patience(seconds), f"still there: {alive}"
        time.sleep(0.02)
    return time.monotonic() - began


def _alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("kinds", [("ingest",), ("decoder",), ("ingest", "decoder")], ids="-".join)
def test_a_killed_worker_costs_its_own_panes_a_moment_only(two, kinds):
    watch, before, since = two, two.count("w/a"), time.monotonic()
    for kind in kinds:
        watch.kill(watch.worker_of("w/a", kind))

    def shows_again():
        assert watch.engine.picture("w/a") is not None, "the last picture stays"
        assert watch.state("w/a") is not PaneState.LOST, "the camera is not to blame"
        return any(at > since + 0.15 for at, _ in watch.seen["w/a"][before:])
    watch.until(shows_again, BACK_S, "pictures of the affected pane")
    watch.live("w/a", seconds=3)
    watch.until(lambda: watch.count("w/a") > before + 15, 4, "and they go on")
    assert watch.gap("w/b", since) < patience(CALM_S), "the other pane never stopped"
    assert watch.restarts() == len(kinds)
    serials = [serial for _, serial in watch.seen["w/a"]]
    assert serials == sorted(serials), "serials never go back"


def test_all_workers_killed_at_once(two):
    watch, since = two, time.monotonic()
    for name in watch.hosts():
        watch.kill(name)
    marks = {key: watch.count(key) for key in ("w/a", "w/b")}
    watch.until(lambda: all(watch.count(key) > marks[key] + 10 for key in marks), BACK_S + 2, "both panes again")
    assert watch.restarts() == 4
    assert time.monotonic() - since < patience(BACK_S + 2.5)


@pytest.mark.parametrize("kind", ["ingest", "decoder"])
def test_a_hung_worker_is_replaced(two, kind):
    watch, since = two, time.monotonic()
    name = watch.worker_of("w/a", kind)
    old = watch.kill(name, signal.SIGSTOP)
    watch.until(lambda: watch.pid(name) not in (0, old), hosts.SILENT_S + 2.5, "a new process")
    mark = watch.count("w/a")
    watch.until(lambda: watch.count("w/a") > mark + 10, BACK_S + 1, "pictures")
    assert watch.gap("w/b", since) < patience(CALM_S)
    assert not _alive(old)


def _kill_again_and_again(watch, name, until, seconds):
    """Kill a worker whenever it is up, three times, looking until a condition holds; how often it was killed."""
    killed = set()

    def step():
        pid = watch.pid(name)
        if pid not in killed and len(killed) < 3 and watch.hosts()[name].up and _alive(pid):
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
        return len(killed) == 3 and until()
    watch.until(step, seconds)


@pytest.mark.parametrize("kind", ["ingest", "decoder"])
def test_a_worker_that_dies_again_and_again_is_backed_off_and_the_pane_says_so(server, watch, kind):
    server.add("a")
    watch.engine.show({"w/a": want(camera("a", server.url("a")))})
    watch.live("w/a")
    name = watch.worker_of("w/a", kind)
    _kill_again_and_again(watch, name, lambda: (watch.state("w/a"), watch.report("w/a").cause)
                          == (PaneState.FROZEN, "worker"), 8)
    assert watch.engine.picture("w/a") is not None
    assert watch.restarts() == 3 and not watch.hosts()[name].up
    mark = watch.count("w/a")
    watch.until(lambda: watch.count("w/a") > mark + 5 and watch.state("w/a") is LIVE, 7, "it comes back by itself")


def test_while_one_worker_is_backed_off_another_takes_its_panes(two):
    watch, since, name = two, time.monotonic(), two.worker_of("w/a", "decoder")
    _kill_again_and_again(watch, name, lambda: not watch.hosts()[name].up, 6)
    mark = watch.count("w/a")
    watch.until(lambda: watch.count("w/a") > mark + 10, BACK_S)
    assert watch.worker_of("w/a", "decoder") == watch.worker_of("w/b", "decoder")
    assert watch.gap("w/b", since) < patience(CALM_S)


def test_sizes_in_a_hurry_wait_for_a_worker_that_takes_its_time(server, watch, caplog, monkeypatch):
    """Each change of size is a player more to take down: a busy worker must not be run full of them."""
    monkeypatch.setattr(hosts, "SILENT_S", 60.0)        # a loaded machine takes its time with eighty sizes
    server.add("a")
    one = camera("a", server.url("a"))
    watch.engine.show({"w/a": want(one)})
    watch.live("w/a")
    (name,) = watch.hosts("decoder")
    watch.kill(name, signal.SIGSTOP)
    try:
        for step in range(80):
            watch.engine.show({"w/a": want(one, 320 + 16 * step, 180 + 9 * step)})
            threading.Event().wait(0.012)
    finally:
        watch.kill(name, signal.SIGCONT)
    since = watch.count("w/a")
    watch.until(lambda: watch.count("w/a") > since + 5, BACK_S + START_S, "pictures at the last size")
    assert "no room" not in caplog.text and not watch.restarts()


@pytest.mark.parametrize("hung", [False, True], ids=["well", "hung"])
def test_closing_leaves_nothing(server, hung):
    server.add("a")
    engine = VideoEngine()
    try:
        watch = Watch(engine)
        engine.show({"w/0": want(camera("a", server.url("a")))})
        watch.live("w/0")
        pids, folder = watch.pids(), engine._folder
        assert folder.is_dir() and len(pids) == 2
        if hung:
            for name in watch.hosts():
                watch.kill(name, signal.SIGSTOP)
    finally:
        began = time.monotonic()
        engine.close()
        took = time.monotonic() - began
    assert took < patience(4.5 if hung else 1.5)
    assert not any(_alive(pid) for pid in pids)
    assert not folder.exists()
    assert not engine._thread.is_alive()
    engine.close()


def test_closing_while_cameras_do_not_answer(server):
    for mode in ("no-setup", "redirect", "endless-sdp"):
        server.add(mode, Fake(mode=mode))
    engine = VideoEngine()
    try:
        watch = Watch(engine)
        engine.show({f"w/{name}": want(camera(name, server.url(name))) for name in server.cameras})
        watch.until(lambda: all(fake.describes for fake in server.cameras.values()), START_S, "all are being opened")
        pids = watch.pids()
    finally:
        began = time.monotonic()
        engine.close()
    assert time.monotonic() - began < patience(2.5)
    assert not any(_alive(pid) for pid in pids)


PROGRAM = """
import sys, time
from app.model.camera import Camera, StreamProfile, StreamRole
from app.video.engine import Want
from app.video.supervisor import VideoEngine
engine = VideoEngine()
cameras = [Camera(str(n), n, str(n), streams=(StreamProfile(StreamRole.MAIN, url),))
           for n, url in enumerate(sys.argv[1:], 1)]
engine.show({f"w/{one.id}": Want(one, 320, 180) for one in cameras})
told = False
while True:
    news = list(engine.changed())
    if not told and news:
        print(*(host.pid for host in (*engine._pulling.hosts, *engine._casting.hosts)), flush=True)
        told = True
    time.sleep(0.02)
"""


@pytest.mark.parametrize("everything", [False, True], ids=["desktop", "everything"])
def test_a_killed_desktop_leaves_nothing(server, tmp_path, monkeypatch, everything):
    server.add("a")
    server.add("stuck", Fake(mode="no-setup"))
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    environment = os.environ | {"XDG_RUNTIME_DIR": str(runtime), "PYTHONPATH": str(Path.cwd())}
    desktop = subprocess.Popen([sys.executable, "-c", PROGRAM, server.url("a"), server.url("stuck")],
                               stdout=subprocess.PIPE, text=True, env=environment)
    pids: list[int] = []
    try:
        assert desktop.stdout is not None
        pids = [int(word) for word in desktop.stdout.readline().split()]
        assert len(pids) == 2 and all(_alive(pid) for pid in pids)
        (folder,) = runtime.iterdir()
        os.mkfifo(folder / "feed-99")           # as one that was made a moment before the end
        if everything:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
        desktop.kill()
        desktop.wait(20)
        _gone(pids)
    finally:
        desktop.kill()
        desktop.wait(20)
        desktop.stdout.close()
        for pid in pids:
            if _alive(pid):
                os.kill(pid, signal.SIGKILL)
    if everything:                              # nobody was left to tidy up: the next start does
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
        VideoEngine().close()
    assert list(runtime.iterdir()) == []


def test_sweeping_touches_only_what_dead_engines_left(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(20)
    kept = [tmp_path / name for name in (f"lawang-{os.getpid()}-abcdefgh", f"lawang-{dead.pid}-work", "lawang-notes",
                                         f"lawang-{dead.pid}-withfile")]
    swept = [tmp_path / f"lawang-{dead.pid}-{name}" for name in ("abcdefgh", "abcdefg_")]
    for folder in (*kept, *swept):
        folder.mkdir()
    os.mkfifo(swept[0] / "feed-1")
    Path(kept[-1] / "notes.txt").write_text("not ours", "utf-8")
    (tmp_path / f"lawang-{dead.pid}-linklink").symlink_to(kept[0])
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*kept, tmp_path / f"lawang-{dead.pid}-linklink"])
    assert kept[0].is_dir()
