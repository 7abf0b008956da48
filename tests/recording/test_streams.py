"""Streams that misbehave while recorded: no key pictures, stamps that jump, repeat and run back, other sizes."""

from __future__ import annotations

import itertools
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from app.model.clip import GapCause
from app.video import messages
from app.video.hub import Hub
from app.video.segment import probe
from app.video.stamps import Stamper
from app.video.taping import Deck, Tape
from app.video.transport import CLOCK, Unit
from tests.recording.conftest import FPS, GROUP, STEP
from tests.recording.test_taping import Room


def test_thirty_seconds_without_a_key_picture_still_end_files_and_lose_nothing(tmp_path, film):
    """Intra refresh: one key picture at the beginning, then none for 45 s."""
    room = Room(tmp_path, seconds=10)
    begin = time.monotonic_ns()
    deltas = itertools.cycle([data for data, key in film if not key])
    count = 45 * FPS
    units = [Unit(film[0][0] if index == 0 else next(deltas), index == 0, begin + index * 1_000_000_000 // FPS,
                  index * STEP + 1) for index in range(count)]
    room.write(units)
    ended = room.end()

    assert len(ended) == 2                          # three times its length, then it ends anyway
    assert sum(_packets(one.path) for one in ended) == count
    assert ended[1].t0 - ended[0].t1 < 200_000
    assert [one.first_key is not None for one in ended] == [True, False]
    assert not room.of(messages.Missing)


def test_a_killed_file_without_key_pictures_keeps_all_but_seconds(tmp_path, film):
    from app.video.segment import SegmentFile
    from app.video.segment_name import PART
    begin = time.monotonic_ns()
    deltas = itertools.cycle([data for data, key in film if not key])
    units = [Unit(film[0][0] if index == 0 else next(deltas), index == 0, begin, index * STEP + 1)
             for index in range(30 * FPS)]
    file = SegmentFile(tmp_path / "a.mp4", "h264", 64, 64, units[0])
    for unit in units:
        file.write(unit)
    found = probe(tmp_path / f"a.mp4{PART}")
    file.abandon()
    assert 24.0 < found.media / 1e6 <= 30.0


@pytest.mark.parametrize("pattern", ["jump on", "jump back", "repeat", "backward", "wrap", "none"])
def test_stamps_that_jump_repeat_or_run_back_leave_a_file_as_long_as_it_took(tmp_path, film, pattern):
    stamper, begin = Stamper(), time.monotonic_ns()
    units = []
    for index in range(6 * FPS):
        even = index * STEP
        camera = {"jump on": even + (86_400 * CLOCK if index >= 40 else 0),
                  "jump back": 1 << 40 if index < 40 else even, "repeat": even - even % (15 * STEP),
                  "backward": (1 << 40) - even, "wrap": (even + (1 << 33) - 40 * STEP) % (1 << 33),
                  "none": None}[pattern]
        arrived = begin + index * 1_000_000_000 // FPS
        data, key = film[index]
        units.append(Unit(data, key, arrived, stamper.stamp(camera, arrived)))
    room = Room(tmp_path, seconds=1_000_000)
    room.write(units)
    ended = room.end()

    assert sum(_packets(one.path) for one in ended) == 6 * FPS
    assert (ended[-1].t1 - ended[0].t0) / 1e6 == pytest.approx(6.0, abs=1.2)
    for one in ended:
        with av.open(one.path) as container:
            stamps = [packet.dts for packet in container.demux(video=0) if packet.dts is not None]
        assert all(later > earlier for earlier, later in itertools.pairwise(stamps))
        with av.open(one.path) as container:
            assert sum(1 for _ in container.decode(video=0)) == len(stamps)


def test_another_size_begins_another_file_at_its_key_picture(tmp_path, film):
    """Also when nobody has told the tape: the parameter sets tell."""
    large = _encoded(3 * FPS, 96)
    begin = time.monotonic_ns()
    pictures = [*film[:3 * GROUP], *large]
    units = [Unit(data, key, begin + index * 1_000_000_000 // FPS, index * STEP + 1)
             for index, (data, key) in enumerate(pictures)]
    room = Room(tmp_path, seconds=1_000_000)
    room.write(units)
    ended = room.end()

    assert [_widths(one.path) for one in ended] == [{64}, {96}]
    assert [_packets(one.path) for one in ended] == [3 * GROUP, 3 * FPS]
    assert ended[1].t0 - ended[0].t1 < 200_000      # nothing between them is left out


def test_another_codec_is_another_tape_and_nothing_is_lost_between(tmp_path, film):
    """As the worker does it: the old tape ends, the new one starts with the first key picture of the new codec."""
    hevc = _encoded(2 * FPS, 96, "libx265")
    told: list[object] = []
    deck, hub = Deck(told.append), Hub()
    order = messages.Record("cam/sub", "cam", str(tmp_path), 1_000_000)
    begin = time.monotonic_ns()

    def unit(index: int, data: bytes, key: bool) -> Unit:
        return Unit(data, key, begin + index * 1_000_000_000 // FPS, index * STEP + 1)
    first = Tape(order, "h264", (64, 64), deck)
    deck.start(first)
    hub.start(first)
    for index, (data, key) in enumerate(film[:2 * GROUP]):
        hub.accept(unit(index, data, key))
    hub.detach(first)
    deck.stop(first)
    second = Tape(order, "hevc", (96, 64), deck)
    deck.start(second)
    hub.start(second, with_group=False)
    for index, (data, key) in enumerate(hevc, 2 * GROUP):
        hub.accept(unit(index, data, key))
    deck.stop(second)
    deck.close(10.0)
    ended = [one for one in told if isinstance(one, messages.Taped)]
    assert [_packets(one.path) for one in ended] == [2 * GROUP, 2 * FPS]
    assert [_codec(one.path) for one in ended] == ["h264", "hevc"]


def test_a_camera_that_pauses_leaves_a_gap_with_its_cause(tmp_path, film):
    room = Room(tmp_path, seconds=1_000_000)
    begin = time.monotonic_ns() - 60_000_000_000
    units = [Unit(data, key, begin + index * 1_000_000_000 // FPS + (20_000_000_000 if index >= 2 * GROUP else 0),
                  index * STEP + 1) for index, (data, key) in enumerate(film[:4 * GROUP])]
    room.write(units)
    ended = room.end()
    gaps = [one for one in room.of(messages.Missing) if one.cause == GapCause.CAMERA_LOST.value]
    assert len(ended) == 2
    assert len(gaps) == 1
    assert (gaps[0].t1 - gaps[0].t0) / 1e6 == pytest.approx(20.0, abs=0.5)


def _packets(path: str) -> int:
    with av.open(path) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def _widths(path: str) -> set[int]:
    with av.open(path) as container:
        return {frame.width for frame in container.decode(video=0)}


def _codec(path: str) -> str:
    assert Path(path).exists()
    with av.open(path) as container:
        return str(container.streams.video[0].codec_context.name)


def _encoded(pictures: int, width: int, encoder: str = "libx264") -> list[tuple[bytes, bool]]:
    codec = av.CodecContext.create(encoder, "w")
    codec.width, codec.height, codec.pix_fmt = width, 64, "yuv420p"
    codec.time_base, codec.framerate = Fraction(1, FPS), Fraction(FPS, 1)
    codec.gop_size, codec.max_b_frames = GROUP, 0
    own = {"x264-params": "scenecut=0:repeat-headers=1"} if encoder == "libx264" else {
        "x265-params": "log-level=none:repeat-headers=1:bframes=0:scenecut=0:pools=none:frame-threads=1"}
    codec.options = {"preset": "ultrafast", "tune": "zerolatency", **own}
    found = []
    for number in range(pictures):
        frame = av.VideoFrame.from_ndarray(np.full((64, width, 3), number * 5 % 255, np.uint8), format="rgb24")
        frame.pts = number
        found += [(bytes(packet), packet.is_keyframe) for packet in codec.encode(frame)]
    return found + [(bytes(packet), packet.is_keyframe) for packet in codec.encode(None)]
