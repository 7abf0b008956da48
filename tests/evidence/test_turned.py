"""A camera that hangs upside down or on its side: its clips stay as it sent them, and everybody sees them upright."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.evidence import files, zones
from app.evidence.boxes import Facts, append, tail, top
from app.evidence.checking import check
from app.evidence.identity import Identity
from app.evidence.outcome import Package
from app.evidence.package import Export
from app.evidence.viewing import upright
from app.model.camera import ROTATIONS
from app.model.clip import CameraRecording, ClipRequest, Zone
from app.model.turning import sides, turned
from tests.evidence.test_laying import recorded
from tests.fakes.segments import SECOND

ZONE = Zone(0, 0, 2500, 5000)        # the noise that the fake camera paints top left, and more
TURNS = [rotation for rotation in ROTATIONS if rotation]
units = st.integers(0, zones.WHOLE)
kept = st.builds(zones.between, units, units, units, units)


@pytest.fixture(scope="module", params=TURNS)
def made(request: pytest.FixtureRequest, request_of: ClipRequest, station: Identity,
         tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Package]]:
    """One camera, shown turned, with its viewing copy."""
    first = request_of.cameras[0]
    camera = replace(first, camera=replace(first.camera, rotation=request.param), zones=(ZONE,))
    yield request.param, Export(replace(request_of, cameras=(camera,), t1=request_of.t0 + 2 * SECOND, custody=None,
                                        viewing=True), station, tmp_path_factory.mktemp("turned"), with_zip=False).run()


def grey(clip: Path) -> np.ndarray:
    """Its 20th picture as it is coded, whatever the matrix says."""
    with av.open(str(clip)) as container:
        frame = next(frame for index, frame in enumerate(container.decode(video=0)) if index == 20)
        return frame.to_ndarray(format="gray").astype(int)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Mean difference, without edges, noise and strip."""
    assert one.shape == other.shape
    height, width = one.shape
    middle = np.s_[height // 3:height * 3 // 4, width // 3:width * 3 // 4]
    return float(np.abs(one[middle] - other[middle]).mean())


def test_the_clip_is_as_the_camera_sent_it_and_says_how_it_is_shown(made: tuple[int, Package],
                                                                    request_of: ClipRequest) -> None:
    rotation, package = made
    told = json.loads((package.folder / files.MANIFEST).read_bytes())
    assert [one["identity"]["rotation"] for one in told["cameras"]] == [rotation]
    assert told["cameras"][0]["parts"][0]["width"] == 320
    assert check(package.folder).good
    clip = next(package.folder.glob("*.mp4"))
    with av.open(str(clip)) as given, av.open(str(request_of.cameras[0].segments[0].path)) as sent:
        recorded = {bytes(packet) for packet in sent.demux(video=0) if packet.size}
        assert {bytes(packet) for packet in given.demux(video=0) if packet.size} <= recorded, "no byte was encoded anew"


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg here")
def test_a_foreign_player_shows_it_upright(made: tuple[int, Package]) -> None:
    rotation, package = made
    clip = next(package.folder.glob("*.mp4"))
    width, height = sides(320, 180, rotation)
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(clip), "-vf", "select=eq(n\\,20)", "-frames:v", "1", "-f",
                          "rawvideo", "-pix_fmt", "gray", "-"], capture_output=True, check=True, timeout=60).stdout
    shown = np.frombuffer(raw, np.uint8).reshape(height, width).astype(int)
    assert apart(shown, turned(grey(clip), rotation)) < 3


def test_the_still_is_upright(made: tuple[int, Package]) -> None:
    rotation, package = made
    told = json.loads((package.folder / files.MANIFEST).read_bytes())["cameras"][0]
    at = round((told["still"]["at_us"] - told["start_us"]) * 15 / SECOND)
    with av.open(str(next(package.folder.glob("*.mp4")))) as container:
        frame = next(frame for index, frame in enumerate(container.decode(video=0)) if index == at)
        own = frame.to_ndarray(format="gray").astype(int)
    still: Any = Image.open(io.BytesIO((package.folder / told["still"]["file"]).read_bytes())).convert("L")
    assert apart(np.asarray(still).astype(int), turned(own, rotation)) < 12


def test_the_viewing_copy_is_upright_and_hides_what_its_zone_hid(made: tuple[int, Package]) -> None:
    rotation, package = made
    assert package.viewing is not None and check(package.viewing).good
    view = next(package.viewing.glob("*.mp4"))
    own = grey(package.folder / view.name)
    with av.open(str(view)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.width, stream.codec_context.height) == sides(320, 180, rotation)
        assert all(frame.rotation == 0 for frame in container.decode(video=0)), "it is not turned twice"
    shown = grey(view)
    assert (shown[-20:] < 40).mean() > 0.5, "the strip is at the foot of what is shown"
    back = turned(shown, 360 - rotation)
    assert apart(back, own) < 6
    # Within the zone, and away from the strip whichever side that is now.
    noise = np.abs(np.diff(own[21:31, 21:31])).mean()
    assert noise > 20 and np.abs(np.diff(back[21:31, 21:31])).mean() < noise / 4
    told = json.loads((package.viewing / files.MANIFEST).read_bytes())["cameras"][0]
    assert (told["turned"], told["blurred"]) == (rotation, [{"left": 0, "top": 0, "width": 2500, "height": 5000}])


@given(st.lists(kept, max_size=4), st.sampled_from(ROTATIONS), st.sampled_from(ROTATIONS))
def test_turns_of_zones_add_up_and_go_back(own: list[Zone], first: int, second: int) -> None:
    once = zones.turned(own, first)
    assert zones.turned(once, second) == zones.turned(own, (first + second) % 360)
    assert zones.turned(once, 360 - first) == tuple(own)


@given(kept, st.sampled_from(ROTATIONS))
def test_zones_turn_with_the_picture(own: Zone, rotation: int) -> None:
    """On a picture of 100 by 100 in which the zone's inside is marked."""
    def marked(zone: Zone) -> np.ndarray:
        picture = np.zeros((100, 100), bool)
        place = np.arange(50, zones.WHOLE, 100)
        across = (place >= zone.left) & (place < zone.left + zone.width)
        down = (place >= zone.top) & (place < zone.top + zone.height)
        picture |= down[:, None] & across[None, :]
        return picture
    [shown] = zones.turned([own], rotation)
    difference = marked(shown) ^ turned(marked(own), rotation)
    assert not difference.any() or own.left % 100 == 50 or own.top % 100 == 50 \
        or (own.left + own.width) % 100 == 50 or (own.top + own.height) % 100 == 50


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_each_plane_is_turned(rotation: int) -> None:
    planes = np.random.default_rng(3).integers(0, 256, (6 * 3 // 2, 8), np.uint8)
    shown = upright(planes, rotation)
    width, height = sides(8, 6, rotation)
    assert shown.shape == (height * 3 // 2, width) and shown.flags.c_contiguous
    flat = shown.reshape(-1)
    assert np.array_equal(flat[:48].reshape(height, width), turned(planes[:6], rotation))
    own = planes.reshape(-1)[48:].reshape(2, 3, 4)
    assert np.array_equal(flat[48:].reshape(2, height // 2, width // 2), [turned(part, rotation) for part in own])


def test_sound_is_not_turned(station: Identity, request_of: ClipRequest, tmp_path: Path) -> None:
    segment = recorded(tmp_path, "h264", 0, sound=True, ended=True)
    who = replace(request_of.cameras[0].camera, rotation=180, latitude="", longitude="")
    package = Export(replace(request_of, cameras=(CameraRecording(who, (segment,)),), t0=segment.t0,
                             t1=segment.t0 + 2 * SECOND, custody=None), station, tmp_path / "out", with_zip=False).run()
    clip = next(package.folder.glob("*.mp4"))
    with clip.open("rb") as file:
        [index] = [box for box in top(file) if box.kind == b"moov"]
        file.seek(index.offset + index.head)
        content = file.read(index.size - index.head)
    heads = [part[4:] for part in content.split(b"tkhd")[1:]]        # behind the kind: version and flags first
    found = [struct.unpack_from(">9i", part, 36) for part in heads]
    one, scale = 1 << 16, 1 << 30
    assert found == [(-one, 0, 0, 0, -one, 0, 320 * one, 180 * one, scale), (one, 0, 0, 0, one, 0, 0, 0, scale)]


def test_an_index_that_is_not_last_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(tail(b"", Facts("", "", 0, 0, "")))
    with path.open("rb") as file:
        assert [box.kind for box in top(file)] == [b"moov", b"meta"]
    with pytest.raises(ValueError, match="moov is not the last"):
        append(path, Facts("", "", 0, 0, "", rotation=90))
