"""What a worker writes: whole files at key pictures, readable when cut off, and nothing slowed by a disk."""

from __future__ import annotations

import itertools
import shutil
import threading
import time

import av
import pytest

from app.model.clip import GapCause
from app.video import messages, taping
from app.video.segment import SegmentFile, probe
from app.video.segment_name import PART, time_of
from app.video.taping import Deck, Tape
from app.video.transport import Unit
from tests.recording.conftest import FPS, GROUP, files


class Room:
    """A deck with one tape, and what it told."""

    def __init__(self, folder, seconds=2, wall=None):
        self.told = []
        self.deck = Deck(self.told.append, wall or (lambda: time.time_ns() // 1000))
        self.tape = Tape(messages.Record("cam/sub", "cam", str(folder), seconds), "h264", (64, 64), self.deck)
        self.deck.start(self.tape)

    def write(self, units):
        for unit in units:
            self.tape.offer(unit)

    def end(self):
        self.deck.stop(self.tape)
        self.deck.close(10.0)
        return self.of(messages.Taped)

    def of(self, kind):
        return [one for one in self.told if isinstance(one, kind)]


def test_files_are_cut_at_key_pictures_and_leave_nothing_out(tmp_path, units):
    room = Room(tmp_path)
    made = units()
    room.write(made)
    ended = room.end()

    assert len(ended) >= 3
    assert sum(probe(_path(one)).media for one in ended) == pytest.approx(len(made) / FPS * 1e6, abs=1e5)
    for one, following in itertools.pairwise(ended):
        assert one.t1 == pytest.approx(following.t0, abs=80_000)
    for one in ended:
        found = probe(_path(one))
        assert found.first_key == 0
        assert (found.bytes, found.sha256) == (one.bytes, one.sha256)
        with av.open(one.path) as container:
            assert sum(1 for _ in container.decode(video=0)) == round(found.media * FPS / 1e6)
    assert not [name for name in files(tmp_path) if name.endswith(PART)]


def test_the_row_comes_before_the_file_and_names_its_moment(tmp_path, units):
    room = Room(tmp_path, seconds=60)
    room.write(units())
    ended = room.end()
    begun = room.of(messages.Taping)

    assert [one.path for one in begun] == [one.path for one in ended]
    assert room.told.index(begun[0]) < room.told.index(ended[0])
    assert time_of(_path(begun[0])) == pytest.approx(begun[0].t0, abs=1000)


def test_a_copy_of_an_open_file_plays_up_to_its_last_whole_group(tmp_path, units):
    made = units()
    file = SegmentFile(tmp_path / "a.mp4", "h264", 64, 64, made[0])
    for unit in made[:5 * GROUP + 7]:
        file.write(unit)
    shutil.copy(tmp_path / f"a.mp4{PART}", tmp_path / "cut.mp4")
    file.close()

    assert probe(tmp_path / "cut.mp4").keys == 5
    assert probe(tmp_path / "a.mp4").keys == 6


@pytest.mark.parametrize("step_s", [3600, -3600, 86_400, -86_400])
def test_a_clock_that_is_set_begins_another_run(tmp_path, units, step_s):
    shift = [0]
    room = Room(tmp_path, seconds=1_000_000, wall=lambda: time.time_ns() // 1000 + shift[0])
    made = units()
    room.write(made[:4 * GROUP])
    _until(lambda: room.tape.file is not None and room.tape.file.packets >= 4 * GROUP)
    shift[0] = step_s * 1_000_000
    room.write(made[4 * GROUP:])
    ended = room.end()

    runs = {one.run for one in room.of(messages.Taping)}
    assert len(runs) == 2
    assert (ended[-1].t0 - ended[0].t0) / 1e6 == pytest.approx(step_s + 4, abs=1.5)
    assert len({one.path for one in ended}) == len(ended)


def test_a_disk_that_does_not_follow_costs_whole_groups_and_is_told(tmp_path, units, monkeypatch):
    monkeypatch.setattr(taping, "QUEUE_UNITS", 40)
    monkeypatch.setattr(taping, "SILENT_S", 0.5)
    slow, entered = threading.Event(), threading.Event()
    really = SegmentFile.write

    def write(self, unit):
        entered.set()
        slow.wait(30.0)
        really(self, unit)
    monkeypatch.setattr(SegmentFile, "write", write)
    room = Room(tmp_path, seconds=1_000_000)
    made = units()
    room.write(made[:1])
    assert entered.wait(20.0)
    began = time.monotonic()
    room.write(made[1:6 * GROUP])
    assert time.monotonic() - began < 10.0          # the live path did not wait: a write takes 30 s now
    slow.set()
    _until(lambda: not room.deck._queue)
    room.write(made[6 * GROUP:])
    ended = room.end()

    assert room.tape.dropped
    assert room.of(messages.Missing)[0].cause == GapCause.DISK_SLOW.value
    assert all(probe(_path(one)).first_key == 0 for one in ended)


def test_of_a_group_that_found_no_room_nothing_more_is_queued():
    class Full(Deck):
        def put(self, tape, unit):
            queued.append(unit)
            return len(queued) != 3

    queued, told = [], []
    deck = Full(told.append)
    tape = Tape(messages.Record("cam/sub", "cam", "x", 60), "h264", (64, 64), deck)
    made = [Unit(b"", number % 5 == 0, number, number) for number in range(12)]
    for unit in made:
        tape.offer(unit)
    assert queued == [*made[:3], *made[5:]], "the third was refused: the rest of its group is of no use"
    assert tape.dropped == 1

    deck._tapes.append(tape)
    deck.look()                                     # told while the thread that writes still sleeps in the disk
    deck.look()
    assert [(one.camera, one.cause, one.dropped) for one in told] == [("cam", GapCause.DISK_SLOW.value, 1)]


def test_a_place_without_its_mark_gets_no_file(tmp_path, units):
    room = Room(tmp_path / "cam")
    room.tape.order = messages.Record("cam/sub", "cam", str(tmp_path / "cam"), 2, 4, str(tmp_path / "mark"), "the-mark")
    room.write(units(GROUP))
    _until(lambda: room.of(messages.Missing))
    room.end()
    assert {one.cause for one in room.of(messages.Missing)} == {GapCause.DISK_GONE.value}
    assert not room.of(messages.Taping)
    assert not list(tmp_path.iterdir())


def test_a_disk_that_refuses_is_told_and_tried_again(tmp_path, units, monkeypatch):
    monkeypatch.setattr(taping, "REST_S", 0.0)
    broken = [True]
    really = SegmentFile.write

    def write(self, unit):
        if broken[0]:
            raise OSError(28, "No space left on device")
        really(self, unit)
    monkeypatch.setattr(SegmentFile, "write", write)
    room = Room(tmp_path)
    made = units()
    room.write(made[:3])
    _until(lambda: room.of(messages.Missing))
    broken[0] = False
    room.write(made[GROUP:])

    ended = room.end()
    assert {one.cause for one in room.of(messages.Missing)} >= {GapCause.DISK_FULL.value}
    assert ended


def _path(one):
    from pathlib import Path
    return Path(one.path)


def _until(condition, limit_s=30.0):
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
