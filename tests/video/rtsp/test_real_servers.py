"""Beside libav: the same NAL units from the same server, GStreamer's with a login and the tests' own."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.model.errors import CameraError
from app.model.secret import Credentials, Secret
from app.video.source import Target, open_stream
from tests.fakes.clips import clip
from tests.fakes.hostile_rtsp import Fake, HostileRtsp
from tests.video.rtsp.packets import nals

COUNT = 25
LOGIN = Credentials("operator", Secret("rahasia-9zQ/x@:?#%41"))
PAYERS = {"h264": "rtph264pay config-interval=-1 aggregate-mode=zero-latency", "hevc": "rtph265pay config-interval=-1"}
SYSTEM_PYTHON = "/usr/bin/python3"


def _has_gstreamer() -> bool:
    probe = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
    try:
        done = subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, timeout=60, check=False)
    except OSError:
        return False
    return done.returncode == 0


@pytest.fixture(scope="module")
def gstreamer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with /h264 and /hevc behind a digest login."""
    if sys.platform != "linux" or not _has_gstreamer():
        pytest.skip("GStreamer's RTSP server is not installed")
    folder = tmp_path_factory.mktemp("films")
    films = []
    for codec, payer in PAYERS.items():
        path = folder / f"{codec}.units"
        _film(codec, path)
        films.append(f"{codec}={path}={payer}")
    process = subprocess.Popen([SYSTEM_PYTHON, str(Path(__file__).with_name("gstreamer_server.py")), LOGIN.username,
                                LOGIN.password.reveal(), *films], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None
    with process.stdout, process:
        port = int(process.stdout.readline())
        yield f"rtsp://127.0.0.1:{port}"
        process.stdin.close()


def _film(codec: str, path: Path) -> None:
    path.write_bytes(b"".join(len(data).to_bytes(4, "big") + data for data, _ in clip(codec).units))


def received(url: str, credentials: Credentials, *, libav: bool, count: int = COUNT) -> tuple[str, list[Any]]:
    """Codec and the first units."""
    found: list[Any] = []
    opened = open_stream(Target("x", url, credentials), libav=libav)
    with contextlib.closing(opened), contextlib.closing(opened.packets()) as packets:
        for packet in packets:
            found.append(packet)
            if len(found) == count:
                break
        return opened.codec, found


def same(url: str, credentials: Credentials, codec: str) -> None:
    """Ours and libav's: byte for byte the same NAL units, the same key pictures, the same spacing.

    libav throws away what it has read while it looked at the stream; so it begins later in the film than we do.
    """
    names, both = zip(*(received(url, credentials, libav=libav) for libav in (False, True)), strict=True)
    assert names == (codec, codec)
    ours, theirs = both
    assert not any(one.broken for one in ours) and ours[0].key
    ours = ours[[nals(one.data) for one in ours].index(nals(theirs[0].data)) :]
    theirs = theirs[: len(ours)]
    assert len(ours) >= 15
    assert [nals(one.data) for one in ours] == [nals(one.data) for one in theirs]
    assert [one.key for one in ours] == [one.key for one in theirs]
    assert [one.stamp - ours[0].stamp for one in ours] == \
        pytest.approx([one.stamp - theirs[0].stamp for one in theirs], abs=2)


@pytest.mark.city
@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_gstreamer_with_a_digest_login(gstreamer, codec):
    same(f"{gstreamer}/{codec}", LOGIN, codec)


@pytest.mark.city
def test_gstreamer_refuses_a_wrong_password(gstreamer):
    with pytest.raises(CameraError, match="unauthorised"):
        received(f"{gstreamer}/h264", Credentials("operator", Secret("wrong")), libav=False)
    with pytest.raises(CameraError, match="not-found"):
        received(f"{gstreamer}/nothing", LOGIN, libav=False)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_the_tests_own_server(codec):
    with HostileRtsp() as server:
        server.add("a", Fake(clip(codec), login=("operator", "x")))
        same(server.url("a"), Credentials("operator", Secret("x")), codec)


def test_what_we_do_not_speak_goes_to_libav():
    with HostileRtsp() as server:
        server.add("a", Fake(clip("mpeg4")))
        with pytest.raises(CameraError, match="unsupported"):
            received(server.url("a"), Credentials(), libav=False)
        assert received(server.url("a"), Credentials(), libav=True)[0] == "mpeg4"
