"""Sound in the conversation with a camera: asked for only where it is wanted, and never at the price of pictures."""

from __future__ import annotations

import contextlib
import threading
from types import SimpleNamespace

import pytest

from app.model.secret import Credentials
from app.video.reader import Reader
from app.video.rtsp.client import RtspStream, SoundRefused
from app.video.source import REFUSED, Source, Target
from tests.recording.test_sound import headed, rtp
from tests.video.rtsp.test_client import LOGIN, PICTURES, SDP, UNITS, Server, good, say, served

_SOUND = (b"m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000/1\r\na=control:trackID=1\r\n"
          b"a=fmtp:97 mode=AAC-hbr;config=1408;sizelength=13;indexlength=3;indexdeltalength=3\r\n")
_TONE = b"".join(b"$\2" + len(one).to_bytes(2) + one for one in (
    rtp(number, number * 1024, headed(b"tone %d" % number)) for number in range(5)))


def sounding(server: Server, method: str, request: str) -> bytes:
    """A camera without a flaw, which sends sound too."""
    if method == "DESCRIBE":
        return say(request, body=SDP + _SOUND)
    if method == "SETUP" and "trackID=1" in request:
        return say(request, "Transport: RTP/AVP/TCP;unicast;interleaved=2-3", "Session: 7;timeout=60")
    return say(request) + _TONE + PICTURES if method == "PLAY" else good(server, method, request)


def received(server: Server, *, listen: bool) -> RtspStream:
    """Until the last picture."""
    with contextlib.closing(RtspStream(server.url, LOGIN, open_s=5, silent_s=5, listen=listen)) as stream:
        for count, _picture in enumerate(stream.packets(), 1):
            if count == len(UNITS) - 1:
                break
        return stream


def test_sound_comes_beside_the_pictures_where_it_is_wanted() -> None:
    with served(sounding) as server:
        stream = received(server, listen=True)
        assert server.methods()[:4] == ["DESCRIBE", "SETUP", "SETUP", "PLAY"]
        assert stream.hears and [(one.data, one.stamp) for one in stream.heard] == [
            (b"tone %d" % number, number * 1024) for number in range(5)]


def test_a_camera_is_not_asked_for_sound_that_nobody_wants() -> None:
    with served(sounding) as server:
        stream = received(server, listen=False)
        assert server.methods()[:3] == ["DESCRIBE", "SETUP", "PLAY"]
        assert not stream.hears and stream.heard == []


@pytest.mark.parametrize("answer", ["461 Unsupported Transport", "454 Session Not Found", "500 Oops", "one channel"])
def test_a_camera_that_refuses_its_sound_shows_its_pictures(answer: str) -> None:
    def script(server: Server, method: str, request: str) -> bytes:
        if method == "SETUP" and "trackID=1" in request:
            return say(request, "Transport: RTP/AVP/TCP;interleaved=0-1") if answer == "one channel" else \
                say(request, status=answer)
        return sounding(server, method, request)
    with served(script) as server:
        stream = received(server, listen=True)
        assert not stream.hears and stream.heard == [] and stream.sound is not None


def test_a_camera_that_breaks_off_over_its_sound_is_asked_for_pictures_alone() -> None:
    def script(server: Server, method: str, request: str) -> bytes:
        return b"" if method == "SETUP" and "trackID=1" in request else sounding(server, method, request)
    told: list[object] = []
    seen = threading.Event()
    listener = SimpleNamespace(
        opening=lambda: None, hears=lambda *what: told.append(what), opened=lambda *_what: None,
        unit=lambda _unit: seen.set(),
        failed=lambda *what: told.append(what), let_in=lambda: None)
    record = SimpleNamespace(opened=lambda _at: None, packet=lambda *_what, **_more: None)
    with served(script) as server:
        with pytest.raises(SoundRefused):
            RtspStream(server.url, LOGIN, open_s=5, silent_s=5, listen=True)
        one = Source(Target("a", server.url, Credentials(), "tcp", sound=True), record, listener,    # type: ignore[arg-type]
                     Reader())
        one.start()
        try:
            assert seen.wait(60)
            assert told[0] == (None, REFUSED)
        finally:
            one.close()
    one._thread.join(20)            # its server is gone: nothing comes any more
    assert one.finished
