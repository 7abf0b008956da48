"""A recorded file played like a camera: from the key picture before the moment, at its own pace, to its end."""

from __future__ import annotations

import os
import threading
import time

import pytest

from app.model.camera import Camera
from app.video.replay import SCHEME, ReplaySource, covering, following, replayed
from app.video.segment import PART, SegmentFile, name_of
from tests.recording.conftest import FPS, GROUP

NOW = int(time.time()) * 1_000_000 - 60_000_000


class Listener:
    """Also the record: what the source tells."""

    def __init__(self):
        self.units, self.opens, self.played, self.over = [], [], [], threading.Event()

    def opened(self, *what):
        self.opens.append(what)

    def packet(self, *_size, **_what):
        assert self.opens

    def unit(self, unit):
        self.units.append(unit)

    def failed(self, cause, _detail, retry_in):
        assert (cause, retry_in) == ("no-recording", -1.0)
        self.over.set()


def written(folder, units, t0=NOW, *, close=True):
    path = folder / name_of(t0, "aaaa001", 1)
    made = units()
    file = SegmentFile(path, "h264", 64, 64, made[0])
    for unit in made:
        file.write(unit)
    if close:
        file.close()
    return path, file


def play(folder, at):
    heard = Listener()
    source = ReplaySource("x", replayed(Camera("cam", 1, "a"), str(folder), at).streams[0].url, heard, heard,
                          heard.played.append)
    source.start()
    return source, heard


def test_it_begins_at_the_key_picture_and_keeps_its_pace(tmp_path, units):
    written(tmp_path, units)
    began = time.monotonic()
    source, heard = play(tmp_path, NOW + 6_500_000)
    assert heard.over.wait(15.0)
    took = time.monotonic() - began
    source.close()

    assert ("h264", 64, 64) in heard.opens
    assert len(heard.units) == 2 * FPS              # from the key picture at 6 s to the end at 8 s
    assert heard.units[0].key
    assert heard.units[0].data.startswith(b"\x00\x00\x00\x01")
    assert took > 1.2                               # 1.5 s lie after the moment
    assert heard.played
    assert heard.played[0] == pytest.approx(NOW + 6_500_000, abs=150_000)


def test_a_file_that_is_being_written_plays_as_far_as_it_is_whole(tmp_path, units):
    path, file = written(tmp_path, units, close=False)
    source, heard = play(tmp_path, NOW + 7_900_000)
    deadline = time.monotonic() + 5.0
    while len(heard.units) < GROUP:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    assert path.with_name(path.name + PART).exists()
    source.close()
    file.close()


def test_the_file_of_a_moment_and_the_one_after(tmp_path, units):
    first, _one = written(tmp_path, units, NOW)
    second, _two = written(tmp_path, units, NOW + 20_000_000)

    assert covering(tmp_path, NOW + 5_000_000) == first
    assert covering(tmp_path, NOW - 5_000_000) == first
    assert following(tmp_path, first) == second
    assert following(tmp_path, second) is None
    assert covering(tmp_path / "none", NOW) is None


def test_its_address_holds_no_secret_and_two_replays_are_told_apart():
    one, other = (replayed(Camera("cam", 1, "a"), os.sep, NOW, serial) for serial in (1, 2))
    assert one.id != other.id
    assert one.streams[0].url.startswith(SCHEME)
    assert not one.credentials.username
