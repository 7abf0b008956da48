"""What a stream claims about itself, read from real and from broken parameter sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.video.annexb import DELIMITER, PictureSize, claimed_size, has_parameter_sets, nal_type, nal_units
from tests.fakes.clips import clip, h264_parameter_set, with_parameter_set


@pytest.mark.parametrize(("codec", "width", "height"), [
    ("h264", 320, 180),                 # 180 is no multiple of 16: cropped
    ("h264", 1920, 1080),               # 1088 cropped to 1080
    ("h264", 640, 360), ("h264", 704, 576), ("h264", 2560, 1440), ("h264", 98, 50),
    ("hevc", 320, 180), ("hevc", 1920, 1080), ("hevc", 704, 576), ("hevc", 98, 50),
])
def test_size_of_real_streams(codec, width, height):
    made = clip(codec, width, height, fps=5, seconds=1)
    assert claimed_size(codec, made.first) == PictureSize(width, height)
    assert has_parameter_sets(codec, made.first)
    assert not has_parameter_sets(codec, made.units[1][0])
    assert claimed_size(codec, made.units[1][0]) is None


def test_size_of_an_interlaced_stream():
    made = clip("h264", 1920, 1080, fps=5, seconds=1, interlaced=True)
    assert claimed_size("h264", made.first) == PictureSize(1920, 1080), "two fields of 544 lines, cropped"


@pytest.mark.parametrize(("width", "height"), [(16384, 16384), (8192, 4320), (16, 16), (1918, 1078)])
def test_a_stream_may_claim_anything(width, height):
    hostile = with_parameter_set(clip().first, h264_parameter_set(width, height))
    assert claimed_size("h264", hostile) == PictureSize(width, height)


def test_units_of_both_start_codes_and_empty_ones():
    data = b"\x00\x00\x00\x01\x67abc\x00\x00\x01\x68d\x00\x00\x01\x00\x00\x01\x65e"
    assert [data[a:b] for a, b in nal_units(data)] == [b"\x67abc", b"\x68d", b"\x65e"]
    assert list(nal_units(b"")) == [] and list(nal_units(b"no start code")) == []


def test_types_and_delimiters():
    assert nal_type("h264", 0x67) == 7
    assert nal_type("hevc", 0x42) == 33
    assert [nal_type(codec, DELIMITER[codec][4]) for codec in ("h264", "hevc")] == [9, 35]


@given(st.binary(max_size=200), st.sampled_from(("h264", "hevc")))
def test_noise_never_raises(data, codec):
    for header in (b"", b"\x00\x00\x01\x67", b"\x00\x00\x01\x42\x01"):
        size = claimed_size(codec, header + data)
        assert size is None or (size.width > 0 and size.height > 0)
        has_parameter_sets(codec, header + data)


@given(st.integers(0, 60), st.integers(0, 255), st.sampled_from(("h264", "hevc")))
def test_damaged_parameter_sets_never_raise(at, value, codec):
    data = bytearray(clip(codec).first)
    data[min(at, len(data) - 1)] = value
    claimed_size(codec, bytes(data))
    claimed_size(codec, bytes(data[:at]))
