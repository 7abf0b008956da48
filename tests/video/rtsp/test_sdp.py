"""Descriptions as cameras write them, and the addresses that they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.errors import CameraError
from app.video.rtsp.sdp import joined, video

HIKVISION = """v=0
o=- 1693900000 1693900000 IN IP4 10.0.0.5
s=Media Presentation
c=IN IP4 0.0.0.0
t=0 0
a=control:rtsp://10.0.0.5/Streaming/Channels/101/
m=video 0 RTP/AVP 96
b=AS:5000
a=recvonly
a=control:rtsp://10.0.0.5/Streaming/Channels/101/trackID=1
a=rtpmap:96 H264/90000
a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z00AKpY1QPAET8s3AQEBAg==,aO44gA==
a=Media_header:MEDIAINFO=494D4B48;
m=audio 0 RTP/AVP 8
a=control:rtsp://10.0.0.5/Streaming/Channels/101/trackID=2
"""
H265 = """v=0
m=audio 0 RTP/AVP 0
a=control:trackID=9
m=video 0 RTP/AVP 98
a=control:trackID=0
a=rtpmap:98 H265/90000
a=fmtp:98 profile-id=1;sprop-sps=QgEB;sprop-pps=RAHA;sprop-vps=QAEM
a=control:later
"""


def test_hikvision():
    media = video(HIKVISION.replace("\n", "\r\n"))
    assert (media.codec, media.payload_type) == ("h264", 96)
    assert media.control == "rtsp://10.0.0.5/Streaming/Channels/101/trackID=1"
    assert media.aggregate == "rtsp://10.0.0.5/Streaming/Channels/101/"
    assert media.parameter_sets.startswith(b"\0\0\0\1\x67")
    assert media.parameter_sets.endswith(b"\0\0\0\1\x68\xee\x38\x80")


def test_h265_behind_sound_with_its_sets_in_order():
    media = video(H265)
    assert (media.codec, media.payload_type, media.control, media.aggregate) == ("hevc", 98, "trackID=0", "")
    assert media.parameter_sets == b"\0\0\0\1\x40\1\x0c" b"\0\0\0\1\x42\1\1" b"\0\0\0\1\x44\1\xc0"


@pytest.mark.parametrize(("change", "cause"), [
    (("m=video", "m=application"), "no-video"), (("H264", "JPEG"), "unsupported"), (("/90000", "/1000"), "unsupported"),
    (("packetization-mode=1", "packetization-mode=2"), "unsupported"), (("RTP/AVP 96", "RTP/SAVP 96"), "unsupported"),
    ((HIKVISION, "<html>404</html>"), "garbage"), ((HIKVISION, ""), "garbage")])
def test_what_cannot_be_received_here(change, cause):
    with pytest.raises(CameraError) as caught:
        video(HIKVISION.replace(*change))
    assert caught.value.cause == cause


def test_broken_parameter_sets_do_no_harm():
    assert video(HIKVISION.replace("Z00AKpY1QPAET8s3AQEBAg==", "*")).parameter_sets == b"\0\0\0\1\x68\xee\x38\x80"


@pytest.mark.parametrize(("base", "control", "means"), [
    ("rtsp://h/cam/", "stream=0", "rtsp://h/cam/stream=0"),
    ("rtsp://h/cam", "trackID=1", "rtsp://h/cam/trackID=1"),
    ("rtsp://h/cam/realmonitor?channel=1&subtype=0/", "trackID=0",
     "rtsp://h/cam/realmonitor?channel=1&subtype=0/trackID=0"),
    ("rtsp://h/cam/", "/track1", "rtsp://h/cam/track1"), ("rtsp://h/cam/", "*", "rtsp://h/cam/"),
    ("rtsp://h/cam", "", "rtsp://h/cam"), ("rtsp://h/cam/", "RTSP://10.0.0.5/x", "RTSP://10.0.0.5/x")])
def test_control_addresses(base, control, means):
    assert joined(base, control) == means


@given(st.text(st.sampled_from(list("vma=:video 96 RTP/AVP\r\n;,fmtprtpmapH264")), max_size=300)
       | st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    try:
        video("v=0\nm=video 0 RTP/AVP 96\n" + text)
    except CameraError as error:
        assert error.cause in ("unsupported", "no-video", "garbage")
