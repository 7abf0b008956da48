"""A package of what was recorded with sound: the master has it, the viewing copy only where it was asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from app.evidence import files
from app.evidence.checking import check
from app.evidence.identity import Identity
from app.evidence.package import Export
from app.model.clip import CameraRecording, ClipRequest
from tests.evidence.test_laying import recorded
from tests.fakes.segments import SECOND, T
from tests.recording.test_sound import RATE, tracks


def of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / files.MANIFEST).read_bytes())["cameras"][0]


@pytest.mark.parametrize("asked", [False, True])
def test_the_master_has_the_sound_and_says_so_the_viewing_copy_where_asked(
        request_of: ClipRequest, station: Identity, tmp_path: Path, asked: bool) -> None:
    made_of = "PCMA" if asked else ""
    there = tuple(recorded(tmp_path, "h264", number, sound=True, ended=True, made_of=made_of) for number in range(2))
    camera = CameraRecording(request_of.cameras[0].camera, tuple(replace(
        one, camera=request_of.cameras[0].camera.id) for one in there))
    made = Export(replace(request_of, cameras=(camera,), t0=T + 3 * SECOND, t1=T + 8 * SECOND, custody=None,
                          viewing=True, viewing_sound=asked), station, tmp_path / "out", with_zip=False).run()
    assert made.viewing is not None and check(made.folder).good and check(made.viewing).good
    told, viewed = of(made.folder), of(made.viewing)
    (part,) = told["parts"]
    assert told["sound"] == "as recorded, not encoded again"
    assert (part["sound"]["codec"], part["sound"]["samples_a_second"]) == ("aac", RATE)
    assert part["sound"]["made_of"] == (made_of or None)
    assert part["sound"]["frames"] == pytest.approx((part["end_us"] - part["start_us"]) / 1e6 * RATE / 1024, abs=3)
    assert viewed["sound"] == (told["sound"] if asked else "left out")
    video, audio = tracks(made.folder / part["file"])
    assert abs(float(video["duration"]) - float(audio["duration"])) < 0.2
    seen = tracks(made.viewing / part["file"])
    assert [one["codec_type"] for one in seen] == (["video", "audio"] if asked else ["video"])
    if asked:
        with av.open(str(made.viewing / part["file"])) as copy:
            assert copy.streams.audio[0].metadata["handler_name"] == "AAC made of PCMA"
        assert abs(float(seen[1]["duration"]) - float(audio["duration"])) < 0.1
