"""Every codec on the wire, over TCP and UDP; the seam of the loop; login; what the city tells."""

from __future__ import annotations

from itertools import pairwise

import av
import pytest

from app.demo.city import DemoCity
from tests.demo.conftest import H264, H265, LOGIN, MJPEG
from tests.demo.wire import Wire

pytestmark = pytest.mark.city


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("role", ["main", "sub"])
@pytest.mark.parametrize(("number", "codec"), [(H264, "h264"), (H265, "hevc"), (MJPEG, "mjpeg")])
def test_each_codec_is_served_and_decodes(city: DemoCity, number: int, codec: str, role: str, transport: str) -> None:
    options = {"rtsp_transport": transport, "analyzeduration": "500000"}
    with av.open(city.url(number, role), options=options, timeout=10) as stream:
        stamps, sizes = [], set()
        for packet in stream.demux(video=0):
            stamps.append(packet.pts)
            sizes |= {(frame.width, frame.height) for frame in packet.decode()}
            if len(stamps) == 25:
                break
        assert stream.streams.video[0].codec_context.name == codec
    assert sizes == {city.size(role)}
    assert all(b > a for a, b in pairwise(stamp for stamp in stamps if stamp is not None))


def test_time_goes_on_over_the_seam_of_the_loop(city: DemoCity) -> None:
    """The small clip lasts 4 s: in 5 s every loop has its seam at least once."""
    with Wire(city.url(H264, "sub")) as wire:
        packets = list(wire.play().packets(5.0))
    stamps = [p.stamp for p in packets if p.marker]
    assert len(stamps) >= 60
    steps = [(b - a) % (1 << 32) for a, b in pairwise(stamps)]
    assert all(0 < step < 90_000 // 4 for step in steps)                 # grows, without a gap over 0.25 s
    assert all((b.sequence - a.sequence) % 65536 == 1 for a, b in pairwise(packets))


def test_a_login_is_asked_for(city: DemoCity) -> None:
    number, user, password = LOGIN
    with Wire(city.url(number, "sub")) as wire:
        assert wire.status == 401
        assert "Digest" in wire.challenge
    with Wire(city.url(number, "sub"), (user, "wrong")) as wire:
        assert wire.status == 401
    with Wire(city.url(number, "sub"), (user, password)) as wire:
        assert wire.status == 200
    with Wire(city.url(H264, "sub")) as wire:
        assert wire.status == 200                                       # the others stay open


def test_the_city_tells_cameras_and_clients(city: DemoCity) -> None:
    with Wire(city.url(H264, "sub")) as wire, city.control() as control:
        wire.play()
        state = control.state()
        assert set(state) == {"0101", "0102", "0107", "0410"}
        assert state["0101"]["streams"] == ["main", "sub"]
        assert state["0101"]["clients"] >= 1
        with pytest.raises(ValueError, match="no camera 0999"):
            control.do(999, "freeze")
        with pytest.raises(ValueError, match="unknown: dance"):
            control.do(H264, "dance")
