"""Program streams that another demuxer reads again, each access unit closed by itself."""

from __future__ import annotations

import io
import itertools

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.video.annexb import DELIMITER
from app.video.transport import Unit, stream_for
from tests.fakes.clips import clip
from tests.fakes.streams import pack_clock, pes_units

STEP = 6000         # ticks: 15 pictures a second


def _written(codec, count=20):
    stream, made, parts = stream_for(codec), clip(codec), []
    for index, (data, key) in enumerate(made.units[:count]):
        parts.append(stream.write(Unit(data, key, 0, 0, lead=300), 90_000 + index * STEP))
    stream.close()
    return made, parts


@pytest.mark.parametrize("codec", ["h264", "hevc", "mpeg4"])
def test_a_program_stream_demuxes_and_decodes_again(codec):
    made, parts = _written(codec)
    assert stream_for(codec).demux == "ps"
    units = pes_units(b"".join(data for data, _ in parts))
    assert [unit.dts for unit in units] == [90_000 + index * STEP for index in range(len(parts))]
    assert all(unit.pts - unit.dts == 300 for unit in units)
    assert all(unit.clock == unit.dts for unit in units), "the clock is never ahead of what it stamps"
    assert [unit.key for unit in units] == [key for _, key in made.units[: len(parts)]]
    with av.open(io.BytesIO(b"".join(data for data, _ in parts)), format="mpeg") as container:
        assert container.streams.video[0].codec_context.name == codec
        # Between two delimiters lies a unit without a picture.
        nothing = 2 * len(DELIMITER.get(codec, b""))
        packets = [packet for packet in container.demux(video=0) if packet.size > nothing]
        pictures = [picture for packet in packets for picture in packet.decode()]
    assert len(pictures) == len(parts)
    assert (pictures[0].width, pictures[0].height) == (made.width, made.height)


@pytest.mark.parametrize("codec", ["h264", "hevc", "mpeg4"])
def test_each_access_unit_is_closed_at_once(codec):
    """The length stands in the PES header and a delimiter at the end: nobody has to wait for the next unit."""
    made, parts = _written(codec)
    for (unit, _), (data, counted) in zip(made.units, parts, strict=False):
        (pes,) = pes_units(data)
        assert pes.whole, "the PES length is written and exact"
        assert pes.content.endswith(DELIMITER.get(codec, b"")) and unit in pes.content
        assert counted == len(pes.content), "what libVLC's demuxer will count"


def test_a_unit_larger_than_a_packet_goes_in_pieces_of_which_one_has_the_time():
    data = clip("h264").units[0][0] + bytes(200_000)
    written, counted = stream_for("h264").write(Unit(data, True, 0, 0), 2**33 - 1)
    (pes,) = pes_units(written)
    assert pes.pieces == 4 and pes.whole and data in pes.content and counted == len(pes.content)
    assert pes.dts == pes.pts == pes.clock == 2**33 - 1, "the last moment before time stamps wrap"


def test_the_clock_never_jumps_by_a_second_in_a_pause_of_the_camera():
    """libVLC's demuxer would take that for another recording and lose the pictures after it."""
    stream, data = stream_for("h264"), clip("h264").units[0][0]
    first, _ = stream.write(Unit(data, True, 0, 0), 90_000)
    for pause in (5 * 90_000, 90_000):
        written, _ = stream.write(Unit(data, True, 0, 0), 90_000 + pause)
        clocks = [pack_clock(written[at + 4 : at + 10]) for at in range(len(written) - 14)
                  if written[at : at + 4] == b"\x00\x00\x01\xba"]
        assert clocks[-1] == 90_000 + pause
        if pause == 5 * 90_000:
            assert all(b - a < 90_000 for a, b in itertools.pairwise([90_000, *clocks]))
    assert len(stream.write(Unit(data, True, 0, 0), 90_000 * 3600)[0]) < len(first) + 100, "an hour is one"


def test_pictures_of_jpeg_go_bare_and_are_the_same_pictures():
    made, parts = _written("mjpeg", 3)
    assert stream_for("mjpeg").demux == "mjpeg"
    assert [counted for _, counted in parts] == [len(data) for data, _ in parts]
    for (data, _), (unit, _) in zip(parts, made.units, strict=False):
        assert data.startswith(unit[:2]) and data.endswith(unit[2:])
        before, after = (av.CodecContext.create("mjpeg", "r").decode(av.Packet(one))[0] for one in (unit, data))
        assert np.array_equal(before.to_ndarray(), after.to_ndarray())


@given(st.lists(st.integers(4, 400_000), min_size=1, max_size=12))
def test_no_picture_of_jpeg_waits_for_the_next_one(lengths):
    """As libVLC does it: it looks for the end in what it estimates a picture to be, and waits for all of that."""
    stream, estimate = stream_for("mjpeg"), 15 * 1024
    for length in lengths:
        data, _ = stream.write(Unit(b"\xff\xd8" + bytes(length - 4) + b"\xff\xd9", True, 0, 0), 0)
        while len(data) > estimate:
            estimate += 5120
        assert len(data) == estimate and data.index(b"\xff\xd9") == len(data) - 2
    assert stream.nudge(0) == (data, len(data)) and stream.clock(0) == (b"", 0)
    assert stream.write(Unit(b"no picture", True, 0, 0), 0)[0] == b"no picture"
