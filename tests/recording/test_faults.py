"""Disks that are full, slow, gone, write-protected or the wrong one, really: what is lost is told, nothing else breaks.

Mounts need root; where there is none, tests/recording/test_taping.py shows the same with a disk that is played.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest

from app.model.clip import GapCause, SegmentState
from app.recording import keeper
from app.recording.keeper import Keeper
from app.recording.place import MARKER, Place
from app.registry.recordings import RecordingIndex
from app.video import messages, taping
from app.video.keeping import news_of
from app.video.segment import probe
from app.video.segment_name import time_of
from app.video.taping import Deck, Tape
from app.video.transport import Unit
from tests.recording.conftest import FPS, GROUP, STEP
from tests.video.conftest import patience

FILLER = b"\x00\x00\x00\x01\x0c" + b"\xff" * 20_000 + b"\x80"       # H.264 filler data: makes a picture 20 kB
FREEZE_S = float(os.environ.get("LAWANG_FREEZE_S", "3.5"))


def mounted(*words: str) -> bool:
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0


def unmount(path: Path) -> None:
    subprocess.run(["umount", "-l", str(path)], capture_output=True, check=False)


@pytest.fixture
def disk(tmp_path):
    """make(megabytes) -> a file system of its own."""
    made = []

    def make(megabytes: int) -> Path:
        path = tmp_path / f"disk{len(made)}"
        path.mkdir()
        if not mounted("-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(path)):
            pytest.skip("only root may mount")
        made.append(path)
        return path
    yield make
    for path in made:
        unmount(path)


class Station:
    """A keeper and a worker's deck at one place, joined as the program joins them."""

    def __init__(self, place: Path, floor: int = 0) -> None:
        self.place = place
        self.said: list[str] = []
        self.told: list[object] = []
        self.keeper = Keeper(place, RecordingIndex, probe, time_of)
        self.keeper.floor, self.keeper.keep_of = floor, lambda _camera, _kept: 1 << 60
        self.keeper.trouble.connect(self.said.append)
        self.deck = Deck(self._tell)
        self.tapes: list[Tape] = []
        self.keeper.start()
        self.until(lambda: self.keeper.ready)

    def _tell(self, message) -> None:
        self.told.append(message)
        self.keeper.heard(news_of(message))

    def tape(self, camera: str, rank: int = 4) -> Tape:
        order = messages.Record(f"{camera}/sub", camera, str(self.place / camera), 1_000, rank,
                                str(self.place / MARKER), self.keeper.place_id)
        tape = Tape(order, "h264", (64, 64), self.deck)
        self.tapes.append(tape)
        self.deck.start(tape)
        return tape

    def of(self, kind, camera: str = "") -> list:
        return [one for one in tuple(self.told) if isinstance(one, kind) and camera in ("", one.camera)]

    def ask(self, work):
        answers, there = [], threading.Event()
        assert self.keeper.submit(work, lambda answer: (answers.append(answer), there.set()))
        assert there.wait(30.0)
        return answers[0]

    def until(self, condition, limit_s: float = 15.0) -> None:
        deadline = time.monotonic() + patience(limit_s)
        while not condition():
            assert time.monotonic() < deadline, (self.said, self.told[-3:])
            threading.Event().wait(0.01)

    def end(self) -> None:
        for tape in self.tapes:
            self.deck.stop(tape)
        self.deck.close(10.0)
        self.keeper.close()


@pytest.fixture
def station(monkeypatch):
    monkeypatch.setattr(keeper, "LOOK_S", 0.1)
    monkeypatch.setattr(keeper, "RETAIN_S", 0.2)
    monkeypatch.setattr(keeper, "HURRY_S", 0.1)
    made = []

    def make(place: Path, floor: int = 0) -> Station:
        made.append(Station(place, floor))
        return made[-1]
    yield make
    for one in made:
        one.end()


class Film:
    """Units as if a camera sent them now; ``heavy`` ones are 20 kB each."""

    def __init__(self, film, *, heavy: bool = False) -> None:
        self._film = [(data + FILLER if heavy else data, key) for data, key in film]
        self._at = 0
        self._begin = time.monotonic_ns()

    def next(self, count: int) -> list[Unit]:
        units = []
        for _ in range(count):
            data, key = self._film[self._at % len(self._film)]
            units.append(Unit(data, key, self._begin + self._at * 1_000_000_000 // FPS, self._at * STEP + 1))
            self._at += 1
        return units


def test_a_full_disk_gives_up_what_matters_least_and_goes_on_when_there_is_room(disk, station, film, monkeypatch):
    monkeypatch.setattr(taping, "REST_S", 0.05)
    room = station(disk(12), 1 << 20)               # what has to stay free tells that there is no room
    ballast = room.place / "somebody-elses.bin"
    low, high = room.tape("low", 0), room.tape("high", 3)
    heavy = Film(film, heavy=True)
    for unit in heavy.next(2 * GROUP):
        high.offer(unit)
    room.until(lambda: high.file is not None and high.file.packets >= 2 * GROUP)
    with ballast.open("wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))              # somebody else fills the disk to its last byte
    for unit in heavy.next(4 * GROUP):
        low.offer(unit)
        high.offer(unit)
    room.until(lambda: any(one.cause == GapCause.DISK_FULL.value for one in room.of(messages.Missing)))
    room.until(lambda: "disk is full" in " ".join(room.said))
    room.until(lambda: room.keeper.least > 0)
    assert "The last minutes of cameras on the wall are not recorded" in " ".join(room.said)

    ballast.unlink()
    assert room.ask(lambda index: len(index.open_rows())) >= 0      # the index lives
    for _try in range(200):
        for unit in heavy.next(GROUP):
            high.offer(unit)
        with contextlib.suppress(AssertionError):
            room.until(lambda: high.file is not None and high.file.packets > GROUP, 0.3)
            break
    room.deck.stop(high)
    room.until(lambda: room.of(messages.Taped, "high"))
    kept = room.of(messages.Taped, "high")[-1]
    assert probe(Path(kept.path)).sha256 == kept.sha256
    room.until(lambda: any(one.state is SegmentState.CLOSED for one in room.ask(
        lambda index: index.segments("high", 0, 1 << 62))))
    assert GapCause.DISK_FULL in {gap.cause for gap in room.ask(lambda index: index.gaps("high", 0, 1 << 62))}
    room.until(lambda: room.keeper.least == 0)      # what was given up is taken up again
    assert room.keeper.said == ""


@pytest.mark.parametrize("seconds", [FREEZE_S, pytest.param(10.0, marks=pytest.mark.soak)])
def test_a_disk_that_takes_seconds_for_each_write_holds_up_nobody(tmp_path, station, film, seconds):
    """A file system that is frozen by the kernel: whoever writes sleeps in the system call."""
    image, path = tmp_path / "image", tmp_path / "slow"
    path.mkdir()
    with image.open("wb") as file:
        file.truncate(64 << 20)
    tools = all(shutil.which(tool) for tool in ("mkfs.ext4", "fsfreeze"))
    if not tools or subprocess.run(["mkfs.ext4", "-q", str(image)], capture_output=True, check=False).returncode or \
            not mounted("-o", "loop", str(image), str(path)):
        pytest.skip("only root may mount")
    thaw = threading.Timer(seconds, lambda: subprocess.run(["fsfreeze", "-u", str(path)], check=False))
    room = None
    try:
        room = station(path)
        tape = room.tape("cam")
        pictures = Film(film)
        for unit in pictures.next(GROUP):
            tape.offer(unit)
        room.until(lambda: tape.file is not None and tape.file.packets >= GROUP)
        subprocess.run(["fsfreeze", "-f", str(path)], check=True)
        began = time.monotonic()
        thaw.start()
        held = threading.Event()
        assert room.keeper.hold("mark", ("cam",), 0, 1 << 60, lambda _answer: held.set())
        longest = 0.0
        while time.monotonic() - began < seconds:
            for unit in pictures.next(1):
                before = time.monotonic()
                tape.offer(unit._replace(arrived_ns=time.monotonic_ns()))
                longest = max(longest, time.monotonic() - before)
                if time.monotonic() - began < seconds / 2:
                    assert not held.is_set()        # nobody says "held" before it is
            threading.Event().wait(1 / FPS)
        assert longest < 1.0                        # the live path only queues
        assert held.wait(patience(20.0))
        room.deck.stop(tape)
        room.until(lambda: tape not in room.deck._tapes and room.of(messages.Taped))
        assert not room.of(messages.Missing)        # the queue held all of it
        assert not tape.dropped
        [whole] = room.of(messages.Taped)
        assert probe(Path(whole.path)).media == pytest.approx(pictures._at / FPS * 1e6, abs=1e5)
    finally:
        subprocess.run(["fsfreeze", "-u", str(path)], capture_output=True, check=False)
        thaw.cancel()
        if room is not None:
            room.end()
        unmount(path)


def test_a_disk_that_goes_is_not_written_over_and_recording_goes_on_when_it_is_back(disk, tmp_path, station, film,
                                                                                     monkeypatch):
    monkeypatch.setattr(taping, "REST_S", 0.05)
    real, place = disk(16), tmp_path / "place"
    place.mkdir()
    assert mounted("--bind", str(real), str(place))
    try:
        room = station(place)
        tape = room.tape("cam")
        pictures = Film(film)
        for unit in pictures.next(GROUP):
            tape.offer(unit)
        room.until(lambda: tape.file is not None and tape.file.packets >= GROUP)
        unmount(place)
        sets = b"changed"
        tape.sets = sets                            # the next key picture begins another file
        for unit in pictures.next(2 * GROUP):
            tape.offer(unit)
        room.until(lambda: any(one.cause == GapCause.DISK_GONE.value for one in room.of(messages.Missing)))
        room.until(lambda: not room.keeper.ready)
        assert "its mark is missing" in " ".join(room.said)
        told = len(room.of(messages.Missing))
        for _try in range(100):                     # the worker tries again, with no file of before in its hand
            for unit in pictures.next(GROUP):
                tape.offer(unit)
            with contextlib.suppress(AssertionError):
                room.until(lambda: len(room.of(messages.Missing)) > told, 0.1)
                break
        assert len(room.of(messages.Missing)) > told
        assert not list(place.iterdir())            # nothing was written where the disk should be

        assert mounted("--bind", str(real), str(place))
        room.until(lambda: room.keeper.ready)
        for _try in range(100):
            for unit in pictures.next(GROUP):
                tape.offer(unit)
            with contextlib.suppress(AssertionError):
                room.until(lambda: tape.file is not None and tape.file.packets >= GROUP, 0.3)
                break
        room.deck.stop(tape)
        room.until(lambda: room.of(messages.Taped))
        room.until(lambda: any(one.state is SegmentState.CLOSED for one in room.ask(
            lambda index: index.segments("cam", 0, 1 << 62))))
    finally:
        unmount(place)


def test_a_disk_that_is_write_protected_is_told_and_taken_when_it_is_not(disk):
    path = disk(4)
    place = Place(path)
    assert place.wrong() == ""
    place.let_go()
    assert mounted("-o", "remount,ro", str(path))
    again = Place(path, place.id)
    assert "cannot be written (Read-only file system)" in again.wrong()
    assert mounted("-o", "remount,rw", str(path))
    assert again.wrong() == ""
    again.let_go()


def test_a_disk_that_turns_read_only_in_use_is_told(tmp_path, monkeypatch):
    """As a kernel does on errors of the disk: the lock is held already, so that nothing is opened for writing."""
    place = Place(tmp_path / "a")
    assert place.wrong() == ""
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
        assert "cannot be written (read-only)" in place.wrong()
    assert place.wrong() == ""
    place.let_go()


def test_another_disk_at_the_same_place_is_neither_written_nor_marked_anew(tmp_path):
    mine = Place(tmp_path / "a")
    assert mine.wrong() == ""
    mine.let_go()
    other = Place(tmp_path / "b")
    assert other.wrong() == ""
    other.let_go()
    before = (tmp_path / "b" / MARKER).read_bytes()
    (tmp_path / "a").rename(tmp_path / "away")
    (tmp_path / "b").rename(tmp_path / "a")
    again = Place(tmp_path / "a", mine.id)
    assert "another recording place" in again.wrong()
    assert (tmp_path / "a" / MARKER).read_bytes() == before
    order = messages.Record("s", "cam", str(tmp_path / "a" / "cam"), 60, 4, str(tmp_path / "a" / MARKER), mine.id)
    assert not taping.same_place(order)
    assert taping.same_place(messages.Record("s", "cam", "x", 60, 4, order.mark, other.id))
