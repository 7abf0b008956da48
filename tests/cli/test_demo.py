"""The demo city from the command line: it serves, takes orders from a second terminal, and ends with its process."""

from __future__ import annotations

import select
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.cli import demo, front
from app.cli.options import WallOptions
from app.demo.cameras import choose
from app.demo.city import Progress
from app.recording_room import place_of
from app.registry.registry import Registry
from app.registry.starter import ensure_user_registry
from app.runtime import paths
from app.runtime.clock import SYSTEM

ROOT = Path(__file__).resolve().parents[2]


def tell(label: str, fault: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "main.py", "demo", "control", label, fault, "--language", "en"], cwd=ROOT,
                          capture_output=True, text=True, timeout=60)


@pytest.mark.city
def test_the_city_serves_obeys_and_ends() -> None:
    city = subprocess.Popen([sys.executable, "main.py", "demo", "--no-wall", "--cameras", "1"], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert city.stdout is not None
    try:
        assert select.select([city.stdout], [], [], 60)[0], "the city did not start"
        label, main, sub = city.stdout.readline().strip().split("\t")
        assert main.startswith("rtsp://127.0.0.1:") and main.endswith(f"/{label}/main") and sub.endswith("/sub")
        until = SYSTEM.monotonic() + 120        # the clip is made first: seconds on a quiet machine
        while (told := tell(label, "freeze")).returncode and SYSTEM.monotonic() < until:
            assert "clip" in told.stderr
        assert told.returncode == 0, told.stderr
        assert "freeze: 1" in told.stdout
        children = psutil.Process(city.pid).children(recursive=True)
        assert children
        city.send_signal(signal.SIGTERM)
        assert city.wait(20) == 0
        assert psutil.wait_procs(children, timeout=20)[1] == []
    finally:
        if city.poll() is None:
            city.kill()
            city.wait()
        city.stdout.close()


def test_unknown_cameras_of_the_city_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    def never(_options: WallOptions) -> int:
        raise AssertionError("no wall opens without cameras")
    assert front.main(["demo", "--cameras", "9999"], never) == front.WRONG_WORDS
    assert "9999" in capsys.readouterr().err


@pytest.mark.city
def test_the_wall_gets_the_demo_registry_and_port(lawang_home: Path) -> None:
    seen: list[WallOptions] = []

    def look(options: WallOptions) -> int:
        seen.append(options)
        return 7
    first = choose([1])[0].number
    assert front.main(["demo", "--cameras", "1", "--layout", "1x1"], look) == 7
    options = seen[0]
    assert options.cameras == (first,) and options.demo_port > 0 and options.layout == "1x1"
    assert options.registry.is_file() and options.registry.is_relative_to(lawang_home)


def test_the_demo_never_keeps_house_among_an_operators_recordings(lawang_home: Path) -> None:
    """Its registry knows none of his cameras: what is older than its few days would go."""
    own, made = (ensure_user_registry(paths.data_dir() / name) for name in ("registry.db", "demo_registry.db"))
    demo.record_apart(made)
    places = []
    for path in (own, made):
        with Registry.open(path) as registry:
            places.append(place_of(registry.settings.all()))
    assert places[0] != places[1] and places[1].is_relative_to(lawang_home)
    with Registry.open(made) as registry:
        registry.set_setting("recording.folder", str(lawang_home / "chosen"))
    demo.record_apart(made)
    with Registry.open(made) as registry:
        assert place_of(registry.settings.all()) == lawang_home / "chosen"


def test_the_progress_bar_tells_problems_and_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    bar = demo.ProgressBar()
    one, two = choose([1, 2])
    bar.show(Progress(1, 2, one, cached=False))
    bar.show(Progress(1, 2, two, cached=False, problem="no plate"))
    bar.show(Progress(2, 2, two, cached=False))
    said = capsys.readouterr().err
    assert two.label in said and "no plate" in said and "2" in said.splitlines()[-1]


def test_nothing_is_said_when_all_clips_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    bar = demo.ProgressBar()
    bar.show(Progress(1, 1, choose([1])[0], cached=True))
    assert capsys.readouterr().err == ""


