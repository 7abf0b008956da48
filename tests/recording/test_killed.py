"""Everything killed at random moments while eight cameras are recorded: what was committed is there, what was written
plays to within one group of pictures of the moment, and the index mends itself at the next start."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import av
import psutil
import pytest

from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.clip import SegmentState
from app.recording.rules import Mode, Rule, Scope, to_text
from app.registry.recordings import RecordingIndex
from app.registry.registry import Registry
from app.runtime import paths
from tests.fakes.clips import clip
from tests.fakes.hostile_rtsp import Fake, HostileRtsp
from tests.video.conftest import patience

ROOT = Path(__file__).resolve().parents[2]
CAMERAS = 8
GROUP_S = 1.0                   # of the fake cameras' pictures
QUEUE_S = 0.5                   # the worker's thread looks every 0.2 s; the rest is the way here
ROUNDS = 3
MANY = int(os.environ.get("LAWANG_KILLS", "200"))
START_S = 30.0
STARTED_S = 3.0                 # a longer run has rounds with and without bookmarks by chance


class Recording:
    """``main.py record`` and a program that marks bookmarks, in one process group."""

    def __init__(self, home: Path, registry: Path, place: Path) -> None:
        environment = os.environ | {"LAWANG_HOME": str(home), "PYTHONPATH": str(ROOT)}
        self.said: list[str] = []
        self.marks: list[str] = []
        self.times: list[float] = []
        self.recorder = subprocess.Popen(
            [sys.executable, "main.py", "record", "--registry", str(registry), "--every", "1", "--language", "en"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0)
        self._readers = [threading.Thread(target=self._read, args=(self.recorder, self.said.append), daemon=True)]
        self._readers[0].start()
        self.marker: subprocess.Popen[str] | None = None
        self._marking = ([sys.executable, "-m", "tests.recording.marking", str(registry), str(place)], environment)

    def mark(self) -> None:
        """From now on bookmarks are made."""
        words, environment = self._marking
        self.marker = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, text=True, process_group=self.recorder.pid)
        self._readers.append(threading.Thread(target=self._read, args=(self.marker, self._marked), daemon=True))
        self._readers[-1].start()

    def _marked(self, line: str) -> None:
        word, _, took = line.strip().partition(" ")
        if took and word.startswith("mark-"):
            self.marks.append(word)
            self.times.append(float(took))

    @staticmethod
    def _read(process: subprocess.Popen[str], take: object) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            take(line)                              # type: ignore[operator]

    def until(self, condition, what: str, limit_s: float = START_S) -> None:
        deadline = time.monotonic() + patience(limit_s)
        while not condition():
            assert time.monotonic() < deadline, (what, self.said)
            assert self.recorder.poll() is None, (what, self.said)
            threading.Event().wait(0.02)

    def recording(self) -> None:
        """Wait until it says that all cameras are recorded; the index was mended before the first file was begun."""
        self.until(lambda: any(f"{CAMERAS} of {CAMERAS} cameras" in line for line in self.said), "recording")

    def kill(self) -> float:
        """SIGKILL to every process at once; the moment."""
        family = psutil.Process(self.recorder.pid).children(recursive=True)
        at = time.time()
        os.killpg(self.recorder.pid, signal.SIGKILL)
        self._wait()
        deadline = time.monotonic() + patience(10.0)
        while any(_lives(one) for one in family):
            assert time.monotonic() < deadline, family
            threading.Event().wait(0.01)
        return at

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *_what: object) -> None:
        if self.recorder.poll() is None:
            self.kill()

    def end(self) -> int:
        """SIGTERM, as a service manager ends it."""
        if self.marker is not None:
            self.marker.kill()
        self.recorder.send_signal(signal.SIGTERM)
        self._wait()
        return self.recorder.returncode

    def _wait(self) -> None:
        for process in (self.recorder, self.marker):
            if process is not None:
                process.wait(patience(15.0))
        for reader in self._readers:
            reader.join(5.0)
        for process in (self.recorder, self.marker):
            if process is not None and process.stdout is not None:
                process.stdout.close()


def _lives(process: psutil.Process) -> bool:
    """One that nobody has waited for yet is dead too."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def city(lawang_home):
    """(registry, place) with eight cameras that send, all of them recorded always."""
    with HostileRtsp() as server:
        pictures = clip(group_s=GROUP_S)
        for number in range(1, CAMERAS + 1):
            server.add(f"cam{number}", Fake(pictures))
        path = paths.registry_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        with Registry.open(path) as registry:
            registry.cameras.save([Camera("", number, f"Camera {number}", streams=(
                StreamProfile(StreamRole.MAIN, server.url(f"cam{number}")),)) for number in range(1, CAMERAS + 1)])
            registry.set_setting("recording.rules", to_text((Rule(Scope.ALL, "", Mode.ALWAYS, 30),)))
            registry.set_setting("recording.seconds", 10)       # files end within a round too
        yield path, paths.data_dir() / "recordings"


def rounds(city, count: int, chance: random.Random, longest_s: float = 6.0) -> None:
    registry, place = city
    home = Path(os.environ["LAWANG_HOME"])
    marks: set[str] = set()
    times: list[float] = []
    lost: list[float] = []
    looked: set[Path] = set()
    for number in range(count):
        with Recording(home, registry, place) as running:
            running.recording()
            running.mark()
            if longest_s < STARTED_S:
                running.until(lambda: running.marks, "a bookmark")
            began = time.time()
            threading.Event().wait(chance.uniform(0.0, longest_s))
            at = running.kill()
        marks.update(running.marks)
        times += running.times
        lost += mended(place, began, at, looked)
        with Registry.open(registry) as opened:
            kept = {one.id for one in opened.bookmarks.all(100_000)}
        index = RecordingIndex(place)
        held = index.holders()
        index.close()
        assert marks <= kept, f"round {number}: bookmarks that were committed are gone"
        assert marks <= held, f"round {number}: bookmarks hold nothing"
        if count > ROUNDS and number % 10 == 9:
            told(f"{number + 1} rounds, {len(marks)} bookmarks, at most {max(lost):.2f} s lost, "
                 f"load {os.getloadavg()[0]:.1f}")
    with Recording(home, registry, place) as running:
        running.recording()
        second = subprocess.run([sys.executable, "main.py", "record", "--registry", str(registry), "--language", "en"],
                                cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=60, check=False)
        assert second.returncode == 3, second       # one program records to a place
        assert f"The recorder without windows (process {running.recorder.pid}) records" in second.stderr
        assert running.end() == 0, running.said
    index = RecordingIndex(place)
    assert not index.open_rows()
    assert not list(place.rglob("*.part"))
    states = [one.state for camera in index.cameras() for one in index.segments(camera, 0, 1 << 62)]
    index.close()
    told(f"\n{count} rounds, {len(states)} files, {states.count(SegmentState.RECOVERED)} of them mended, "
          f"{len(marks)} bookmarks; at most {max(lost):.2f} s lost, "
          f"mean {sum(lost) / len(lost):.2f} s; a bookmark took {max(times, default=0) * 1000:.0f} ms at most")


def told(line: str) -> None:
    """With ``-s`` the figures of a long run are seen, while it runs too."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def mended(place: Path, began: float, at: float, looked: set[Path]) -> list[float]:
    """Open what was killed as the next start does; seconds lost per camera. Every new file plays to its end."""
    from app.recording.repair import Repair
    from app.video.segment import probe
    from app.video.segment_name import time_of
    index = RecordingIndex(place)
    Repair(place, probe, time_of).whole(index)
    assert not index.open_rows()
    lost = []
    for camera in index.cameras():
        segments = index.segments(camera, int((began - 60) * 1e6), int((at + 60) * 1e6))
        # A file whose first group of pictures was not whole yet holds nothing: it was begun a moment ago, then.
        empty = [one.t0 for one in index._segments("camera = ? AND state = 'missing'", (camera,)) if one.t0 < at * 1e6]
        lost.append(at - max([one.t1 for one in segments] + empty) / 1e6)
        assert lost[-1] <= GROUP_S + patience(QUEUE_S), f"{lost[-1]:.2f} s before the kill are gone"
        for one in segments:
            if one.path in looked:
                continue
            looked.add(one.path)
            with av.open(os.fspath(one.path)) as container:
                held = sum(1 for packet in container.demux(video=0) if packet.size)
            with av.open(os.fspath(one.path)) as container:
                ends = [frame.time for frame in container.decode(video=0)]
            assert len(ends) == held, one               # everything in it can be decoded
            assert ends[-1] - ends[0] == pytest.approx((one.t1 - one.t0) / 1e6, abs=2 / 15), one
            # No group is missing. Exactly 15 a second it is not on a full machine: a first picture that was read late
            # moves the others nearer to it, and the fake cameras send late.
            assert len(ends) >= 0.75 * (one.t1 - one.t0) * 15 / 1e6 - 2, one
    index.close()
    return lost


@pytest.mark.timeout(120)
def test_three_kills_cost_a_group_of_pictures_each(city):
    rounds(city, ROUNDS, random.Random(7), 1.5)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_many_kills_cost_a_group_of_pictures_each(city):
    rounds(city, MANY, random.Random(int(os.environ.get("LAWANG_KILL_SEED", "11"))))
