"""A viewing copy: what is burnt in and blurred, that any player takes it, and that it never passes for the master."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from app.evidence import boxes, files
from app.evidence.checking import check
from app.evidence.findings import Verdict
from app.evidence.identity import Identity
from app.evidence.outcome import Package
from app.evidence.package import Export
from app.evidence.viewing import coarsen, fitted, hide, stamp_on
from app.model.clip import ClipRequest, Zone
from tests.fakes.segments import SECOND

ZONE = Zone(0, 0, 2500, 5000)        # the noise that the fake camera paints top left, and more


@pytest.fixture(scope="module")
def both(request_of: ClipRequest, station: Identity, tmp_path_factory: pytest.TempPathFactory) -> Package:
    cameras = tuple(replace(one, zones=(ZONE,)) for one in request_of.cameras)
    return Export(replace(request_of, cameras=cameras, t1=request_of.t0 + 4 * SECOND, custody=None, viewing=True),
                  station, tmp_path_factory.mktemp("viewing")).run()


def planes(clip: Path, number: int) -> np.ndarray:
    with av.open(str(clip)) as container:
        frame = next(frame for index, frame in enumerate(container.decode(video=0)) if index == number)
        return frame.to_ndarray(format="gray")


def test_it_is_h264_with_every_picture_at_its_time(both: Package) -> None:
    assert both.viewing is not None
    for clip in sorted(both.viewing.glob("*.mp4")):
        ask = ["ffprobe", "-v", "warning", "-of", "json", "-show_entries",
               "stream=codec_name,profile,pix_fmt:packet=pts"]
        master, view = (json.loads(subprocess.run([*ask, str(one)], capture_output=True, check=True, timeout=30).stdout)
                        for one in (both.folder / clip.name, clip))
        assert [(s["codec_name"], s["profile"], s["pix_fmt"]) for s in view["streams"]] == [("h264", "Main", "yuv420p")]
        assert sorted(p["pts"] for p in view["packets"]) == sorted(p["pts"] for p in master["packets"])
        with clip.open("rb") as made, (both.folder / clip.name).open("rb") as given:
            assert boxes.read(made)["start_us"] == boxes.read(given)["start_us"]


def test_the_zone_is_flat_and_the_strip_is_there_and_the_master_is_untouched(both: Package) -> None:
    assert both.viewing is not None
    (name, *_) = sorted(one.name for one in both.viewing.glob("*.mp4"))
    master, view = planes(both.folder / name, 20).astype(int), planes(both.viewing / name, 20).astype(int)
    noise = np.abs(np.diff(master[4:36, 4:36])).mean()
    assert noise > 20 and np.abs(np.diff(view[4:36, 4:36])).mean() < noise / 4
    assert np.abs(master[100:150, 100:300] - view[100:150, 100:300]).mean() < 6      # elsewhere it is the same picture
    strip = view[-20:]
    assert (strip < 40).mean() > 0.5 and (strip > 180).sum() > 100                   # letters on dark
    assert not np.array_equal(planes(both.viewing / name, 21)[-20:], planes(both.viewing / name, 20)[-20:])


def test_it_is_checked_like_a_package_and_says_what_it_is(both: Package) -> None:
    assert both.viewing is not None
    for form in (both.viewing, both.viewing.with_name(both.viewing.name + ".zip")):
        told = check(form)
        assert told.good, told.findings
        notes = {f.key: f.facts for f in told.findings if f.verdict is Verdict.NOTE}
        assert notes["viewing"]["master"] == both.manifest_sha256
    told = json.loads((both.viewing / files.MANIFEST).read_bytes())
    assert told["copying"] == "encoded again for viewing" and told["cameras"][0]["blurred"] == [
        {"left": 0, "top": 0, "width": 2500, "height": 5000}]
    assert not (both.viewing / files.REPORT).exists() and not list(both.viewing.glob("*.jpg"))
    assert "viewing" not in {f.key for f in check(both.folder).findings} and check(both.folder).good
    assert sorted(p.name for p in both.folder.parent.iterdir()) == sorted(
        f"{both.folder.name}{tail}" for tail in ("", "-viewing", ".zip", "-viewing.zip"))


def test_zones_are_covered_to_the_last_pixel() -> None:
    width, height = 64, 48
    given = np.random.default_rng(7).integers(0, 256, width * height * 3 // 2, dtype=np.uint8)
    planes = given.copy()
    hide(planes, width, height, [Zone(2500, 2500, 5000, 5000), Zone(9000, -50, 90_000, 800)])
    stamp_on(planes, width, height, np.zeros((6, width), np.uint8))
    luma, old = planes[:width * height].reshape(height, width), given[:width * height].reshape(height, width)
    assert all(len(np.unique(luma[y:y + 8, x:x + 8])) <= 4 for y in range(12, 36, 8) for x in range(16, 48, 8))
    assert np.array_equal(luma[:10, :50], old[:10, :50]) and not luma[-6:].any()
    assert len(np.unique(luma[:4, 58:])) == 1
    part = np.arange(10, dtype=np.uint8).reshape(2, 5)
    coarsen(part, 3)
    assert part.tolist() == [[3, 3, 3, 6, 6], [3, 3, 3, 6, 6]]
    assert fitted(3841, 2161) == (1920, 1080) and fitted(641, 361) == (640, 360)
