"""Each fault does what it says to a client that is already connected, within a second, and ends with "back"."""

from __future__ import annotations

from collections.abc import Generator
from itertools import islice, pairwise

import av
import pytest

from app.demo.city import DemoCity
from app.demo.control import Control
from tests.demo.conftest import H264
from tests.demo.wire import Rtp, Wire

pytestmark = pytest.mark.city


@pytest.fixture
def control(city: DemoCity) -> Generator[Control]:
    with city.control() as one:
        yield one
        one.do(H264, "back")


def after(packets: list[Rtp], seconds: float) -> list[Rtp]:
    """What came later than ``seconds`` after the first packet."""
    return [p for p in packets if p.at > packets[0].at + seconds]


def comes(wire: Wire, count: int) -> bool:
    """Whether so many pictures come, however busy the machine is."""
    ends = (packet for packet in wire.packets(20.0) if packet.marker)
    return len(list(islice(ends, count))) == count


def pictures(city: DemoCity, count: int) -> list[bytes]:
    """Brightness planes of the next decoded pictures of the sub stream."""
    found: list[bytes] = []
    with av.open(city.url(H264, "sub"), options={"rtsp_transport": "tcp"}, timeout=10) as stream:
        for frame in stream.decode(video=0):
            found.append(bytes(frame.planes[0]))
            if len(found) == count:
                break
    return found


def test_freeze_sends_the_same_picture(city: DemoCity, control: Control) -> None:
    assert len(set(pictures(city, 12))) == 12                  # well: noise makes every picture another
    control.do(H264, "freeze")
    assert len(set(pictures(city, 12))) == 1


def test_freeze_keeps_packets_coming(city: DemoCity, control: Control) -> None:
    with Wire(city.url(H264, "sub")) as wire:
        list(wire.play().packets(0.5))
        control.do(H264, "freeze")
        assert comes(wire, 25)


def test_silent_keeps_the_connection(city: DemoCity, control: Control) -> None:
    with Wire(city.url(H264, "sub")) as wire:
        wire.play()
        assert comes(wire, 1)
        control.do(H264, "silent")
        list(wire.packets(0.5))
        assert not list(wire.packets(1.5))
        control.do(H264, "back")
        assert comes(wire, 15)


def test_a_silent_camera_answers_new_clients_without_a_picture(city: DemoCity, control: Control) -> None:
    control.do(H264, "silent")
    with Wire(city.url(H264, "sub")) as wire:
        assert wire.status == 200
        assert all(p.payload[0] & 31 in (6, 7, 8, 9, 24) for p in wire.play().packets(1.5))     # no slice among them


def test_drop_hangs_up_and_stays_away(city: DemoCity, control: Control) -> None:
    with Wire(city.url(H264, "sub")) as wire:
        list(wire.play().packets(0.5))
        control.do(H264, "drop")
        with pytest.raises(ConnectionError):
            list(wire.packets(20.0))
    with pytest.raises(ConnectionError):
        Wire(city.url(H264, "sub"))
    control.do(H264, "back")
    with Wire(city.url(H264, "sub")) as wire:
        wire.play()
        assert comes(wire, 1)


def test_refuse_says_401(city: DemoCity, control: Control) -> None:
    with Wire(city.url(H264, "sub")) as wire:
        list(wire.play().packets(0.5))
        control.do(H264, "refuse")
        with pytest.raises(ConnectionError):
            list(wire.packets(20.0))
    with Wire(city.url(H264, "sub")) as wire:
        assert wire.status == 401


def test_stutter_comes_in_bursts(city: DemoCity, control: Control) -> None:
    with Wire(city.url(H264, "sub")) as wire:
        list(wire.play().packets(0.5))
        control.do(H264, "stutter")
        packets = [p for p in wire.packets(7.0) if p.marker]
    pauses = [b.at - a.at for a, b in pairwise(packets)]
    assert max(pauses) >= 0.9
    assert max(pauses) <= 6                                     # three seconds, and a busy machine
    assert len(packets) >= 50                                   # late, not lost


def test_lose_takes_packets_away(city: DemoCity, control: Control) -> None:
    with Wire(city.url(H264, "main")) as wire:
        list(wire.play().packets(1.5))
        control.do(H264, "lose")
        packets, lost = [], 0
        for packet in wire.packets(30.0):                       # one of twenty, by chance: five take a few seconds
            lost += (packet.sequence - packets[-1].sequence) % 65536 - 1 if packets else 0
            packets.append(packet)
            if lost >= 5:
                break
    assert lost >= 5 and lost / (lost + len(packets)) < 0.3


def test_garbage_is_not_a_picture(city: DemoCity, control: Control) -> None:
    with Wire(city.url(H264, "sub")) as wire:
        before = [p.payload for p in wire.play().packets(4.5)]
        control.do(H264, "garbage")
        list(wire.packets(0.3))
        spoiled = [p.payload for p in wire.packets(1.0)]
    slices = {p for p in before if p[0] & 31 in (1, 5, 28)}
    assert spoiled
    assert not slices & {p for p in spoiled if p[0] & 31 in (1, 5, 28)}     # after a whole loop none is known


def test_resize_changes_the_size_in_mid_stream(city: DemoCity, control: Control) -> None:
    sizes: list[tuple[int, int]] = []
    with av.open(city.url(H264, "sub"), options={"rtsp_transport": "tcp"}, timeout=10) as stream:
        for n, frame in enumerate(stream.decode(video=0)):
            sizes.append((frame.width, frame.height))
            if n == 5:
                control.do(H264, "resize")
            if sizes[-1] == city.size("main") or n > 90:
                break
    assert sizes[0] == city.size("sub")
    assert sizes[-1] == city.size("main")


def test_slow_gives_a_third(city: DemoCity, control: Control) -> None:
    with Wire(city.url(H264, "sub")) as wire:
        list(wire.play().packets(0.5))
        control.do(H264, "slow")
        list(wire.packets(0.4))
        assert 12 <= sum(p.marker for p in wire.packets(4.0)) <= 32      # 20 of 60
