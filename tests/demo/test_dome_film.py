"""What a watched dome sends: pictures that any decoder takes, whose parameter sets stay while it turns and stands."""

from __future__ import annotations

import contextlib
import re
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from app.demo.cameras import choose
from app.demo.dome.film import HEAD
from app.demo.domes import Domes
from app.ptz import soap
from app.ptz.motion import PT, Velocity

pytestmark = pytest.mark.city
DOME = 201
SETS = (7, 8)               # NAL units of H.264: sequence and picture parameter set
SLICE = (1, 5)


class Reader:
    """Units of one stream, decoded as they come."""

    def __init__(self, path: str) -> None:
        self._film = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._film.settimeout(60)
        self._film.connect(path)
        self._units = self._film.makefile("rb")
        self._decoder = av.CodecContext.create("h264", "r")
        assert isinstance(self._decoder, av.VideoCodecContext)
        self._decoder.options = {"flags": "low_delay", "err_detect": "explode"}
        self._decoder.thread_count = 1
        self.sets: set[bytes] = set()

    def picture(self) -> tuple[bool, npt.NDArray[np.int16]]:
        """The next one: whether it is a key picture, and a coarse look at it without the clock."""
        size, key = HEAD.unpack(self._units.read(HEAD.size))
        data = self._units.read(size)
        parts = [part for part in re.split(b"\0\0\0?\1", data) if part]
        self.sets |= {part.rstrip(b"\0") for part in parts if part[0] & 31 in SETS}
        assert key == any(part[0] & 31 == SLICE[1] for part in parts)
        frames = self._decoder.decode(av.Packet(data))  # type: ignore[attr-defined]
        assert len(frames) == 1
        return key, frames[0].to_ndarray(format="gray")[:300:6, ::6].astype(np.int16)

    def close(self) -> None:
        self._units.close()
        self._film.close()


@pytest.fixture
def domes(tmp_path: Path) -> Iterator[Domes]:
    folder = tmp_path / "films"
    folder.mkdir()
    process = Domes(choose([DOME]), 41002, folder)
    yield process
    process.close()


def ask(domes: Domes, body: str) -> None:
    request = urllib.request.Request(domes.services[DOME].replace("device_service", "ptz_service"),
                                     soap.envelope(body), {"Content-Type": "application/soap+xml"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


@pytest.mark.parametrize("role", ["sub", "main"])
def test_turning_and_standing_are_one_stream(domes: Domes, role: str) -> None:
    with contextlib.closing(Reader(domes.films[DOME][role])) as reader:
        key, first = reader.picture()
        assert key
        still = max(float(np.abs(reader.picture()[1] - first).mean()) for _n in range(4))
        ask(domes, soap.continuous_move("main", Velocity(pan=0.3, tilt=0.1), frozenset((PT,)), 30.0))
        for _n in range(60):                            # it begins to turn with a key picture
            key, now = reader.picture()
            moved = float(np.abs(now - first).mean())
            if key and moved > 3 * still + 1:
                break
        assert key and moved > 3 * still + 1
        keys = [reader.picture()[0] for _n in range(8)]
        assert sum(keys) <= 1                           # not each of them
        ask(domes, soap.stop("main"))
        for _n in range(60):                            # and stands
            key, now = reader.picture()
            if key:
                break
        assert float(np.abs(reader.picture()[1] - now).mean()) < 2 * still + 1
        assert len(reader.sets) == len(SETS)            # a recording is not cut, and its first ones fit all of it
