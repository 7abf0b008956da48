"""How long handing out takes: ten minutes of one camera, an hour of four, folder and ZIP, and the same checked again.

    make bench ARGS="-k test_export"

The segments are copies of one real minute of 640x360 at 15 pictures a second with rewritten times, filled to 1 Mbit/s;
what is read, copied, hashed and signed has the size and number of packets that a recording of that length has.
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import os
import resource
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.evidence import identity
from app.evidence.checking import check
from app.evidence.package import Export
from app.model.clip import CameraRecording, ClipRequest
from tests.bench import stage
from tests.fakes import clips, segments
from tests.fakes.segments import SECOND, T, recording

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

MINUTE = 60 * SECOND
MBIT = 1.0                  # the demo city's main streams have 0.8; at 2 the disk decides: 7.3 GB are written
CASES = {"10_min_1_camera": (10, 1, 3.0), "60_min_4_cameras": (60, 4, 30.0)}       # issue 5


def stretch(folder: Path, one: CameraRecording, number: int, minutes: int) -> CameraRecording:
    """``minutes`` of copies of the first segment, end to end, of a camera of that number."""
    segment, found = one.segments[0], []
    camera = replace(one.camera, id=f"cam-{number}", number=number)
    for minute in range(minutes + 1):
        path = folder / f"{number}-{minute:03d}.mp4"
        shutil.copyfile(segment.path, path)
        at = T + minute * MINUTE
        found.append(replace(segment, path=path, camera=camera.id, t0=at, t1=at + MINUTE, first_key=at))
    return CameraRecording(camera, tuple(found))


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory) -> CameraRecording:
    """One minute as a recorder leaves it."""
    folder = tmp_path_factory.mktemp("minute")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "clip", lambda *args, **given: filled(clips.clip(*args, **given)))
        made = segments.segment(folder, "minute", T, seconds=60, width=640, height=360)
    return replace(recording(folder, 1, count=1), segments=(made,))


def filled(clip: clips.Clip) -> clips.Clip:
    """With filler units (H.264 7.3.2.7) behind each picture: the painted camera alone has 0.3 Mbit/s."""
    size = int(MBIT * 1e6 / 8 / clip.fps)
    return replace(clip, units=tuple(
        (unit + b"\0\0\0\1\x0c" + b"\xff" * max(0, size - len(unit)) + b"\x80", key) for unit, key in clip.units))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Path]:
    """A folder that is emptied: the larger case takes 6 GB."""
    yield tmp_path
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("name", CASES)
def test_export(minute: CameraRecording, room: Path, name: str) -> None:
    minutes, count, bound = CASES[name]
    cameras = tuple(stretch(room, minute, number + 1, minutes) for number in range(count))
    station = identity.load_or_make("Bench", room / "station")
    os.sync()                           # what was just made shall not be written out while we measure
    asked = ClipRequest("Bench", cameras, T + SECOND // 2, T + minutes * MINUTE + SECOND // 2, operator="bench")
    stages: dict[str, float] = {}

    def progress(stage_name: str, _done: int, _total: int) -> None:
        stages.setdefault(stage_name, time.perf_counter())
    cpu, began = time.process_time(), time.perf_counter()
    made = Export(asked, station, room / "out", progress=progress).run()
    took, busy = time.perf_counter() - began, time.process_time() - cpu
    assert made.zip is not None
    size = sum(path.stat().st_size for path in made.folder.glob("*.mp4"))
    cpu, again = time.process_time(), time.perf_counter()
    assert check(made.folder).good
    record: dict[str, Any] = {
        "command": 'make bench ARGS="-k test_export"', "case": name, "clip_mb": round(size / 1e6),
        "mbit": round(size * 8 / (minutes * 60 * count) / 1e6, 2), "export_s": round(took, 2),
        "export_cpu_s": round(busy, 2), "folder_s": round(stages.get("zip", began) - began, 2),
        "check_s": round(time.perf_counter() - again, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), "bound_s": bound}
    print(f"\n{record}")
    stage.keep(f"export_{name}", record)
    assert took <= bound
