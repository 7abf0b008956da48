"""Packets into access units: whole, at once, marked when parts are missing, whatever a camera makes of the standard."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.errors import CameraError
from app.video.rtsp.rtp import STRANGERS, Assembler
from tests.fakes.clips import clip
from tests.video.rtsp.packets import TYPE, annexb, framed, nals, received, rtp, stream

# NAL units by hand. A first slice begins with a one bit behind its header, a later one does not.
SPS, PPS, AUD = b"\x67\x42\x00\x1e", b"\x68\xce", b"\x09\xf0"
IDR, IDR_MORE = b"\x65\x88key", b"\x65\x40more"
P, P_MORE = b"\x41\x9adelta", b"\x41\x40more"
RECOVERY = b"\x06\x05\x01\x00\x06\x01\xc4\x80"      # a user-data message, then a recovery point
TIMING = b"\x06\x01\x01\x00\x80"


def packets(*rows):
    """rows: (payload, stamp, marker) with sequence numbers one after the other."""
    return b"".join(framed(rtp(payload, number, stamp, marker=marker))
                    for number, (payload, stamp, marker) in enumerate(rows))


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("pieces", [1 << 16, 333])
def test_a_real_stream_arrives_as_it_was(codec, pieces):
    units = clip(codec).units
    data = b"".join(framed(one) + framed(b"report" * 5, 1) for one in stream(codec, [unit for unit, _ in units]))
    found = received(codec, data, pieces=pieces)
    assert [nals(one.data) for one in found] == [nals(unit) for unit, _ in units]
    assert [one.key for one in found] == [key for _, key in units]
    assert {b.stamp - a.stamp for a, b in itertools.pairwise(found)} == {6000}, "wrapped without a jump"
    assert not any(one.broken for one in found)


def test_a_unit_is_there_with_its_last_packet():
    assembler = Assembler("h264", TYPE, 0)
    buffer = bytearray(packets((IDR, 0, False), (IDR_MORE, 0, True)) + bytes(64))
    assembler.frames(buffer, memoryview(buffer), 0, len(buffer) - 65)
    assert not assembler.ready
    assembler.frames(buffer, memoryview(buffer), 4 + 12 + len(IDR), len(buffer) - 64)
    assert [one.data for one in assembler.ready] == [annexb(IDR, IDR_MORE)]


def test_without_markers_the_next_time_stamp_ends_a_picture():
    data = packets((SPS, 0, False), (IDR, 0, False), (P, 1, False), (P_MORE, 1, False), (P, 2, False))
    assert [(one.data, one.key) for one in received("h264", data)] == \
        [(annexb(SPS, IDR), True), (annexb(P, P_MORE), False)]


def test_markers_on_parameter_sets_part_nothing():
    """Many cameras set the marker on each of SPS, PPS and picture, or stamp the sets with the picture before."""
    data = packets((SPS, 0, True), (PPS, 0, True), (IDR, 0, True), (SPS, 0, False), (PPS, 0, True), (IDR, 9, True))
    assert [one.data for one in received("h264", data)] == [annexb(SPS, PPS, IDR)] * 2


def test_markers_in_the_middle_of_pictures_are_found_out():
    rows = [row for stamp in range(0, 40, 10) for row in ((P, stamp, True), (P_MORE, stamp, True))]
    found = received("h264", packets(*rows))
    assert [one.data for one in found] == [annexb(P), annexb(P_MORE), annexb(P, P_MORE), annexb(P, P_MORE)]
    assert found[1].broken, "the first one was cut"


@pytest.mark.parametrize(("units", "key"), [((RECOVERY, P), True), ((TIMING, P), False), ((b"\x06\xff\xff", P), False)])
def test_a_recovery_point_is_as_good_as_an_idr(units, key):
    rows = [(unit, 0, unit is units[-1]) for unit in units]
    assert [one.key for one in received("h264", packets(*rows))] == [key]


def test_a_gap_marks_all_up_to_the_next_key_picture():
    units = [unit for unit, _ in clip("h264").units]
    all_packets = stream("h264", units, size=200)
    del all_packets[len(stream("h264", units[:3], size=200)) + 1]
    found = received("h264", b"".join(map(framed, all_packets)))
    assert len(found) == len(units), "a damaged picture is still handed on"
    assert [one.broken for one in found] == [3 <= index < 15 for index in range(len(units))]


def test_a_lost_beginning_leaves_no_headless_fragment():
    big = b"\x65\x88" + bytes(range(1, 200)) * 5
    data = stream("h264", [annexb(big), annexb(P)], size=300)
    found = received("h264", b"".join(map(framed, [data[0], *data[2:]])))
    assert big[:100] in found[0].data and found[0].broken
    found = received("h264", b"".join(map(framed, data[1:])))
    assert [one.data for one in found] == [annexb(P)]


def test_noise_in_place_of_slices_is_not_handed_on():
    """The demo city's garbage: headers stand, slices are noise; now and then a decoder made a picture of it."""
    dice = random.Random(3)
    good = [unit for unit, _ in clip("h264").units]
    noise = [annexb(b"\x65" if number % 15 == 0 else b"\x41") + bytes(dice.choices(range(4, 255), k=400))
             for number in range(300)]
    found = received("h264", b"".join(map(framed, stream("h264", good[:15] + noise + good[:15]))))
    assert len(found) < 40
    assert [nals(one.data) for one in found[:15] + found[-15:]] == [nals(one) for one in good[:15] * 2]
    assert not found[-1].broken


def test_contributors_extension_and_padding_are_taken_off():
    rich = bytes((0x80 | 0x20 | 0x10 | 2, TYPE | 128)) + bytes(2) + bytes(4) + b"SRCE" + b"CSR1CSR2" + \
        b"\xbe\xde\x00\x01EXT!" + IDR + b"\x00\x00\x03"
    assert [one.data for one in received("h264", framed(rich))] == [annexb(IDR)]


def test_pictures_out_of_order_are_left_to_libav():
    """B pictures: RTP tells when to show, not when to decode."""
    order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11, 15, 13, 14, 18, 16, 17, 21, 19, 20]
    with pytest.raises(CameraError, match="unsupported"):
        received("h264", packets(*((P, 6000 * place, True) for place in order)))


def test_a_camera_that_restarts_its_clock_stays():
    rows = [(P, stamp, True) for start in (900_000_000, 0, 900_000) for stamp in range(start, start + 60_000, 6000)]
    assert len(received("h264", packets(*rows))) == 30


@pytest.mark.parametrize("kind", [25, 26, 27, 29])
def test_interleaved_modes_are_left_to_libav(kind):
    with pytest.raises(CameraError, match="unsupported"):
        received("h264", packets((bytes((kind,)) + bytes(20), 0, True)))


def test_a_description_with_the_wrong_payload_type_is_found_out():
    strange = framed(rtp(P, 0, 0, kind=97))
    assert received("h264", strange * STRANGERS + packets((P, 0, True))) != []
    with pytest.raises(CameraError, match="unsupported"):
        received("h264", strange * (STRANGERS + 1))


def test_an_endless_picture_is_cut_off(monkeypatch):
    monkeypatch.setattr("app.video.rtsp.rtp.UNIT_BYTES", 5000)
    with pytest.raises(CameraError, match="garbage"):
        received("h264", packets(*((P, 0, False) for _ in range(2000))))
    with pytest.raises(CameraError, match="garbage"):
        received("h264", packets((b"\x7c\x85" + bytes(20), 0, False), *((b"\x7c\x05" + bytes(900), 0, False)
                                                                        for _ in range(20))))


@given(st.sampled_from(["h264", "hevc"]), st.lists(st.tuples(st.binary(max_size=60), st.booleans()), max_size=40))
def test_any_payload_is_taken_or_refused(codec, parts):
    data = b"".join(framed(rtp(payload, number, number // 3 * 3000, marker=marker))
                    for number, (payload, marker) in enumerate(parts))
    try:
        found = received(codec, data)
    except CameraError as error:
        assert error.cause == "unsupported"
    else:
        assert sum(len(one.data) for one in found) <= 4 * len(data)


@given(st.sampled_from(["h264", "hevc"]), st.lists(st.binary(max_size=80), max_size=30))
def test_any_frame_is_taken_or_refused(codec, frames):
    try:
        received(codec, b"".join(map(framed, frames)), pieces=50)
    except CameraError as error:
        assert error.cause in ("unsupported", "garbage")
