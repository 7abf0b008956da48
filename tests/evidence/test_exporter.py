"""Hand-outs one after the other: killed in the middle they go on, cancelled they leave nothing, closed they wait."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from app.evidence import exporter as exporting
from app.evidence.checking import check
from app.evidence.exporter import JOBS, Exporter, Job, Standing, State
from app.evidence.identity import Identity
from app.model.clip import ClipRequest
from app.model.errors import OperatorError

ROOT = Path(__file__).resolve().parents[2]
LONG_S = 60.0
# Stops for good once the clips of the first camera lie there, as a slow disk might; then it is killed.
VICTIM = """
import sys, threading
from pathlib import Path
import msgspec
from app.evidence import exporter, identity, package

seen = []
def stands(standing):
    if len(list(Path(sys.argv[1]).glob("*.part/.work/camera-*.json"))) == 1:
        print("half", flush=True)
        threading.Event().wait()
job = msgspec.json.decode(Path(sys.argv[3]).read_bytes(), type=exporter.Job, dec_hook=exporter._decoded)
exporter.TELL_S = 0.0
one = exporter.Exporter(Path(sys.argv[1]), lambda _: identity.load(Path(sys.argv[2])))
one.stands.connect(stands)
one.add(job)
threading.Event().wait()
"""


class Heard:
    """The standings of an exporter, and a way to wait for one."""

    def __init__(self, exporter: Exporter) -> None:
        self._changed = threading.Condition()
        self.standings: list[Standing] = []
        exporter.stands.connect(self._hear)

    def _hear(self, standing: Standing) -> None:
        with self._changed:
            self.standings.append(standing)
            self._changed.notify_all()

    def until(self, state: State, count: int = 1) -> Standing:
        def there() -> list[Standing]:
            return [one for one in self.standings if one.state is state]
        with self._changed:
            assert self._changed.wait_for(lambda: len(there()) >= count, LONG_S), self.standings
            return there()[-1]


@pytest.fixture
def make(station: Identity, tmp_path: Path) -> Iterator[Callable[[], tuple[Exporter, Heard]]]:
    made: list[Exporter] = []

    def one() -> tuple[Exporter, Heard]:
        exporter = Exporter(tmp_path / "out", lambda _name: station)
        made.append(exporter)
        return exporter, Heard(exporter)
    yield one
    for exporter in made:
        exporter.close()


class Held:
    """An identity that a hand-out waits for until ``go_on`` is set."""

    def __init__(self, station: Identity) -> None:
        self._station = station
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, _name: str) -> Identity:
        self.begun.set()
        self.go_on.wait(LONG_S)
        return self._station


def test_a_job_survives_as_a_file(request_of: ClipRequest) -> None:
    job = Job("j1", request_of, "id", False)
    assert msgspec.json.decode(msgspec.json.encode(job, enc_hook=str), type=Job, dec_hook=exporting._decoded) == job


def test_killed_in_the_middle_it_goes_on(request_of: ClipRequest, station: Identity, tmp_path: Path,
                                         tmp_path_factory: pytest.TempPathFactory,
                                         make: Callable[[], tuple[Exporter, Heard]]) -> None:
    keys = next(p.parent for p in tmp_path_factory.getbasetemp().glob("station*/station.crt"))
    job = tmp_path / "job.json"
    job.write_bytes(msgspec.json.encode(Job("j1", request_of), enc_hook=str))
    with subprocess.Popen([sys.executable, "-c", VICTIM, str(tmp_path / "out"), str(keys), str(job)], cwd=ROOT,
                          stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None and victim.stdout.readline() == "half\n"
        victim.send_signal(signal.SIGKILL)
    whole, = (tmp_path / "out").glob("*.part/0001-*.mp4")
    before = (whole.stat().st_ino, whole.stat().st_mtime_ns)
    exporter, heard = make()
    assert [one.id for one in exporter.resume()] == ["j1"]
    package = heard.until(State.DONE).package
    assert package is not None and check(package.folder).good and package.zip is not None and check(package.zip).good
    kept = (package.folder / whole.name).stat()
    assert (kept.st_ino, kept.st_mtime_ns) == before
    assert list((tmp_path / "out" / JOBS).iterdir()) == [] and not list((tmp_path / "out").glob("*.part"))
    assert make()[0].resume() == ()


def test_one_after_the_other_and_each_may_be_cancelled(request_of: ClipRequest, tmp_path: Path,
                                                       station: Identity) -> None:
    held = Held(station)
    exporter = Exporter(tmp_path / "out", held)
    heard = Heard(exporter)
    exporter.add(Job("first", request_of))
    assert held.begun.wait(LONG_S)
    exporter.add(Job("second", replace(request_of, case="Dua"), with_zip=False))
    exporter.cancel("first")
    held.go_on.set()
    assert heard.until(State.CANCELLED).job.id == "first"
    done = heard.until(State.DONE)
    assert done.job.id == "second" and done.package is not None and done.package.zip is None
    exporter.close()
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted([JOBS, done.package.folder.name])


def test_closed_it_waits_for_the_next_start(request_of: ClipRequest,
                                            make: Callable[[], tuple[Exporter, Heard]]) -> None:
    exporter, heard = make()
    begun = threading.Event()
    exporter.stands.connect(lambda standing: begun.set() if standing.state is State.RUNNING else None)
    closing = threading.Thread(target=lambda: (begun.wait(LONG_S), exporter.close()))
    closing.start()
    exporter.stands.connect(lambda standing: closing.join(0.5) if standing.state is State.RUNNING else None)
    exporter.add(Job("j1", request_of))
    closing.join(LONG_S)
    assert [one.state for one in heard.standings if one.state is State.DONE] == []
    again, heard = make()
    assert len(again.resume()) == 1 and heard.until(State.DONE).job.id == "j1"


def test_two_programs_do_not_take_each_others(request_of: ClipRequest, station: Identity, tmp_path: Path,
                                              make: Callable[[], tuple[Exporter, Heard]]) -> None:
    held = Held(station)
    first = Exporter(tmp_path / "out", held)
    heard = Heard(first)
    first.add(Job("j1", request_of))
    assert held.begun.wait(LONG_S)
    second, _ = make()
    assert second.resume() == ()
    held.go_on.set()
    assert heard.until(State.DONE).job.id == "j1"
    first.close()


def test_what_fails_is_told_and_does_not_come_back(request_of: ClipRequest, tmp_path: Path,
                                                   make: Callable[[], tuple[Exporter, Heard]]) -> None:
    (tmp_path / "out").write_bytes(b"no folder")
    exporter, heard = make()
    exporter.add(Job("j1", request_of))
    assert "cannot be written" in heard.until(State.FAILED).why
    with pytest.raises(OperatorError, match="Too many"):
        for number in range(50):
            exporter.add(Job(f"more-{number}", replace(request_of, t1=0)))


def test_a_damaged_note_stops_nothing(tmp_path: Path, make: Callable[[], tuple[Exporter, Heard]]) -> None:
    (tmp_path / "out" / JOBS).mkdir(parents=True)
    for content in (b"{", b'{"id":"x"}', b"[" * 100_000):
        (tmp_path / "out" / JOBS / f"{len(content)}.json").write_bytes(content)
    assert make()[0].resume() == ()


def test_a_stamp_that_breaks_what_makes_zips_does_not_end_the_thread(
        request_of: ClipRequest, station: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would leave every later hand-out waiting."""
    broken = threading.Event()

    def breaks(*_what: object) -> bool:
        broken.set()
        raise ValueError("ZIP does not support timestamps before 1980")
    monkeypatch.setattr("app.evidence.package.stamp_later", breaks)
    (tmp_path / "out" / exporting.STAMPS).mkdir(parents=True)
    (tmp_path / "out" / exporting.STAMPS / "case").touch()
    (tmp_path / "out" / "case").mkdir()
    exporter = Exporter(tmp_path / "out", lambda _name: station, lambda: "http://127.0.0.1:9/tsa")
    heard = Heard(exporter)
    try:
        exporter.resume()
        assert broken.wait(LONG_S)
        exporter.add(Job("j1", request_of, "id", False))
        assert heard.until(State.DONE).job.id == "j1"
    finally:
        exporter.close()
