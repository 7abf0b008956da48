"""Recorded pictures found by their time: each exactly, in both directions, over files and gaps, while it is written."""

from __future__ import annotations

import os
import time
from types import SimpleNamespace

import av.error
import pytest

from app.model.camera import Camera
from app.video import replay
from app.video.replay import Reel, covering, following, preceding
from app.video.replayed import SCHEME, recorded_by, replayed
from app.video.segment import SegmentFile
from app.video.segment_name import PART, name_of
from tests.recording.conftest import FPS

HOUR = 3_600_000_000
NOW = int(time.time()) * 1_000_000 - 10 * HOUR         # the film's pictures have gone long ago
STEP_US = 1_000_000 // FPS


def written(folder, units, t0=NOW, *, close=True, number=1, count=None):
    path = folder / name_of(t0, "aaaa001", number)
    made = units(count) if count else units()
    file = SegmentFile(path, "h264", 64, 64, made[0])
    for unit in made:
        file.write(unit)
    if close:
        file.close()
    return path, file


@pytest.fixture
def reel(tmp_path):
    made = Reel(tmp_path)
    yield made
    made.close()


def grey(frame):
    """Pictures of the film differ by their grey: number * 3 % 255."""
    return int(frame.picture.to_ndarray(format="gray")[32, 32])


def number(frame):
    return round((frame.at - NOW) * FPS / 1e6)


def test_every_picture_is_found_exactly_and_is_that_one(tmp_path, units, reel):
    written(tmp_path, units)
    moments = [(index * 37) % 119 for index in range(30)]          # here and there, forward and back
    for wanted in moments:
        frame = reel.at(NOW + wanted * STEP_US + STEP_US // 2)
        assert number(frame) == wanted
    one, other = (grey(reel.at(NOW + n * STEP_US + STEP_US // 2)) for n in (10, 40))
    assert other - one == pytest.approx(90, abs=4)                 # 30 pictures of 3 grey levels


def test_one_by_one_forward_and_back_over_two_files(tmp_path, units, reel):
    written(tmp_path, units)
    written(tmp_path, units, NOW + 8_000_000, number=2)
    frame = reel.at(NOW + 7_500_000)
    there = [number(frame)]
    for _step in range(20):
        frame = reel.after(frame.at)
        there.append(number(frame))
    assert there == list(range(there[0], there[0] + 21))
    back = [there[-1]]
    for _step in range(20):
        frame = reel.before(frame.at)
        back.append(number(frame))
    assert back == there[::-1]


def test_going_on_keeps_little_and_going_back_a_group(tmp_path, units, reel, monkeypatch):
    written(tmp_path, units)
    one = 64 * 64 * 3 // 2
    monkeypatch.setattr(replay, "FORWARD_BYTES", 4 * one)
    monkeypatch.setattr(replay, "KEPT_BYTES", 15 * one)
    for picture in range(10, 60):
        assert number(reel.at(NOW + picture * STEP_US + STEP_US // 2)) == picture
        assert len(reel._frames) <= 4
    for picture in range(58, 40, -1):
        assert number(reel.at(NOW + picture * STEP_US + STEP_US // 2)) == picture
        assert len(reel._frames) <= 15
    assert number(reel.before(reel.at(NOW + 41 * STEP_US + STEP_US // 2).at)) == 40


def test_a_gap_has_no_picture_but_steps_go_over_it(tmp_path, units, reel):
    written(tmp_path, units)
    written(tmp_path, units, NOW + 2 * HOUR, number=2)
    assert reel.at(NOW - 60_000_000) is None
    assert reel.at(NOW + 30_000_000) is None
    assert reel.at(NOW + 3 * HOUR) is None
    last = reel.at(NOW + 8_500_000)                                # its last picture still stands
    assert number(last) == 119
    over = reel.after(last.at)
    assert over.at == pytest.approx(NOW + 2 * HOUR, abs=1000)
    assert number(reel.before(over.at)) == 119
    first = reel.at(NOW)
    assert reel.before(first.at) is None


def test_key_pictures_alone_when_that_is_enough(tmp_path, units, reel):
    written(tmp_path, units)
    assert [number(reel.at(NOW + second * 1_000_000 + 700_000, keys_only=True)) for second in (1, 5, 2)] == [15, 75, 30]
    assert number(reel.at(NOW + 5_700_000)) == 85


def test_what_is_being_written_plays_and_grows(tmp_path, units, reel):
    path, file = written(tmp_path, lambda count=None: units(60), close=False)
    frame = reel.at(NOW + 2_500_000)
    assert number(frame) == 37
    assert path.with_name(path.name + PART).exists()
    for unit in units()[60:]:
        file.write(unit)
    file.close()
    assert number(reel.at(NOW + 6_500_000)) == 97


def test_a_damaged_file_is_a_gap_and_no_fall(tmp_path, units, reel):
    path, _file = written(tmp_path, units)
    path.write_bytes(path.read_bytes()[:300])
    assert reel.at(NOW + 2_000_000) is None
    assert reel.after(NOW + 2_000_000) is None


def test_the_file_of_a_moment_and_its_neighbours(tmp_path, units):
    first, _one = written(tmp_path, units, NOW)
    second, _two = written(tmp_path, units, NOW + 20_000_000)

    assert covering(tmp_path, NOW + 5_000_000) == first
    assert covering(tmp_path, NOW - 5_000_000) == first
    assert following(tmp_path, first) == second
    assert following(tmp_path, second) is None
    assert preceding(tmp_path, NOW + 30 * HOUR) == second
    assert covering(tmp_path / "none", NOW) is None


def test_its_address_holds_no_secret_and_two_replays_are_told_apart():
    one, other = (replayed(Camera("cam", 1, "a"), os.sep, serial) for serial in (1, 2))
    assert one.id != other.id
    assert one.streams[0].url.startswith(SCHEME)
    assert not one.credentials.username
    assert os.fspath(recorded_by(one).folder) == os.sep
    assert recorded_by(Camera("cam", 1, "a")) is None


def test_a_disk_that_goes_away_is_a_gap_and_no_fall(tmp_path, units, reel):
    written(tmp_path, units)
    assert number(reel.at(NOW + 2_000_000)) == 30

    def gone(*_what, **_more):
        raise av.error.InvalidDataError(-1094995529, "Input/output error")
    reel._file._container = SimpleNamespace(seek=gone, close=reel._file._container.close)
    assert reel.at(NOW + 6_000_000) is None
    assert reel.at(NOW + 6_000_000, keys_only=True) is None
