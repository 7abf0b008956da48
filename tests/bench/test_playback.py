"""How long an operator waits for the past: from Space to the first picture, between two steps of a scrub, for a month.

    make bench ARGS="-k playback"

The engine is asked without a window beside 16 live panes; a picture counts when ``changed()`` tells of it. What is
replayed lies in files that the recorder's own writer made, the newest of them still open.
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from PySide6.QtWidgets import QApplication

from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.playback import Moving
from app.playback.coverage import Coverage, merged
from app.playback.scale import DAY, Scale
from app.registry.coverage import STATEMENTS
from app.registry.recordings import RecordingIndex
from app.runtime.zone import Zone
from app.video.engine import Want
from app.video.replayed import replayed
from app.video.segment import SegmentFile
from app.video.segment_name import name_of
from app.video.supervisor import VideoEngine
from app.video.transport import CLOCK, Unit
from tests.bench import stage
from widgets.playback.track import Row, Track
from widgets.theme import Theme

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

LIVE = 16                   # panes beside
TRIES = 40
SCRUBS = 100
PATIENCE_S = 10.0
S = 1_000_000
LOOK_S = 0.002


@pytest.fixture(scope="module")
def pictures() -> list[tuple[bytes, bool]]:
    """The bench's clip: 60 s of 640×360 at 15 a second, a key picture each 2 s."""
    with av.open(str(stage.clip())) as container:
        return [(bytes(packet), packet.is_keyframe) for packet in container.demux(video=0) if packet.size]


@pytest.fixture
def recorded(tmp_path: Path, pictures: list[tuple[bytes, bool]]) -> Iterator[tuple[Path, int]]:
    """(folder, newest moment): five minutes in files of 60 s, the last one open."""
    newest = time.time_ns() // 1000
    step, file = CLOCK // stage.RATE, None
    for number in range(5):
        t0 = newest - (5 - number) * 60 * S
        units = [Unit(data, key, 0, index * step + 1) for index, (data, key) in enumerate(pictures)]
        file = SegmentFile(tmp_path / name_of(t0, "bench01", number), "h264", stage.WIDTH, stage.HEIGHT, units[0])
        for unit in units:
            file.write(unit)
        if number < 4:
            file.close()
    yield tmp_path, newest
    assert file is not None
    file.close()


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def _until_new(engine: VideoEngine, keys: set[str], began: float) -> float:
    left = set(keys)
    while left:
        assert time.monotonic() - began < PATIENCE_S, f"no picture on {left}"
        left -= set(engine.changed())
        time.sleep(LOOK_S)
    return time.monotonic() - began


def _live(streams: stage.Streams) -> dict[str, Want]:
    return {f"w/{index}": Want(Camera(f"bench-{index}", index + 1, "live", streams=(
        StreamProfile(StreamRole.MAIN, streams.urls[index]),)), 384, 216) for index in range(LIVE)}


def test_space_and_scrub(recorded: tuple[Path, int]) -> None:
    folder, newest = recorded
    chance = random.Random(5)
    camera = Camera("cam", 1, "recorded")
    with stage.streams(LIVE) as streams:
        engine = VideoEngine()
        try:
            live = _live(streams)
            engine.show(live)
            _until_new(engine, set(live), time.monotonic())
            time.sleep(3.0)
            firsts = []
            for turn in range(TRIES):
                past = replayed(camera, str(folder), turn)
                began = time.monotonic()
                engine.show(live | {"w/0": Want(past, 384, 216)})
                engine.steer(past.id, Moving(newest - 10 * S, time.monotonic_ns(), 8))
                while (told := engine.played(past.id)) is None or not told.at:
                    assert time.monotonic() - began < PATIENCE_S
                    list(engine.changed())
                    time.sleep(LOOK_S)
                while engine.picture("w/0") is None:
                    list(engine.changed())
                    time.sleep(LOOK_S)
                firsts.append(time.monotonic() - began)
                engine.show(live)
                time.sleep(chance.uniform(0.3, 0.6))
            steps = {1: _scrub(engine, live, folder, newest, 1, chance), 4: _scrub(engine, live, folder, newest, 4,
                                                                                   chance)}
        finally:
            engine.close()
    figures = {"command": 'make bench ARGS="-k playback"', "beside": LIVE, "tries": TRIES,
               "space_ms_p50": round(1000 * _percentile(firsts, 0.5)),
               "space_ms_p99": round(1000 * _percentile(firsts, 0.99)), "space_ms_max": round(1000 * max(firsts)),
               **{f"scrub_{count}_ms_p{round(share * 100)}": round(1000 * _percentile(values, share))
                  for count, values in steps.items() for share in (0.5, 0.99)}}
    stage.keep("playback", figures)
    print(f"{figures}; load {stage.load()}")
    assert figures["space_ms_p50"] <= 400
    assert figures["scrub_1_ms_p50"] <= 150
    assert figures["scrub_4_ms_p50"] <= 150


def _scrub(engine: VideoEngine, live: dict[str, Want], folder: Path, newest: int, count: int,
           chance: random.Random) -> list[float]:
    """Seconds from asking for a moment anywhere in five minutes until each of ``count`` panes shows that picture."""
    pasts = {f"w/{index}": replayed(Camera(f"cam{index}", index, "recorded"), str(folder), 1000 + count)
             for index in range(count)}
    engine.show(live | {key: Want(past, 768, 432) for key, past in pasts.items()})
    for past in pasts.values():
        engine.steer(past.id, Moving(newest - 10 * S))
    time.sleep(1.5)
    took = []
    for _turn in range(SCRUBS):
        at = newest - chance.randrange(3 * S, 290 * S)
        began = time.monotonic()
        orders = {past.id: engine.steer(past.id, Moving(at)) for past in pasts.values()}
        while any((told := engine.played(key)) is None or told.order < order for key, order in orders.items()):
            assert time.monotonic() - began < PATIENCE_S
            list(engine.changed())
            time.sleep(LOOK_S)
        took.append(time.monotonic() - began)
        for key in orders:
            told = engine.played(key)
            assert told is not None and 0 <= at - told.at <= S // stage.RATE + 2000, "not the picture of that moment"
    return took


def test_a_month_of_64_cameras_opens(tmp_path: Path, qapp: QApplication) -> None:
    index = RecordingIndex(tmp_path)
    now = time.time_ns() // 1000 // (60 * S) * (60 * S)
    rows, minutes, cameras = 64 * 30 * 1440, 30 * 1440, [f"cam{number:02d}" for number in range(64)]
    with index.writing():
        index._db.execute("DROP TRIGGER stretches_added")
        # Each camera misses ten minutes five times a day.
        index._db.execute(
            "WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < ?) INSERT INTO segments "
            "(camera, run, path, t0, t1, first_key, keys, bytes, state, sha256) SELECT printf('cam%02d', n / ?), 'r', "
            "'p' || n, ? + (n % ?) * 60000000, ? + (n % ?) * 60000000 + 59930000, 0, 30, 3000000, 'closed', '' FROM c "
            "WHERE (n % ? + n / ? * 7) % 288 >= 10",
            [rows - 1, minutes, now - 30 * DAY, minutes, now - 30 * DAY, minutes, minutes, minutes])
    began = time.monotonic()
    with index.writing():
        index._db.execute(STATEMENTS[2])            # what an index of before does once
    built = time.monotonic() - began
    with index.writing():
        for camera in cameras:
            for before, after in zip(*_pairs(index, camera, now), strict=True):
                index._db.execute("INSERT INTO gaps (camera, t0, t1, cause) VALUES (?, ?, ?, 'camera_lost')",
                                  [camera, before, after])
    files = index._db.execute("SELECT count(*) FROM segments").fetchone()[0]
    theme = Theme("dark")
    took = []
    for _turn in range(20):
        began = time.monotonic()
        found = index.coverage.many(cameras, now - 30 * DAY, now, 3 * S)
        made = [Row(camera, f"{number:04d}", camera, Coverage(merged(stretches), now - 30 * DAY, now), gaps)
                for number, (camera, (stretches, gaps)) in enumerate(found.items())]
        track = Track(theme, lambda: Zone.WITA)
        track.resize(1392, 24 + 64 * 26)
        track.set_scale(Scale(now - 30 * DAY, 30 * DAY, track.scale.px))
        track.show_rows(made, ())
        track.show_moment(now - DAY, track.marks, now)
        track.grab()
        took.append(time.monotonic() - began)
        track.deleteLater()
    stretches = sum(len(one.coverage.stretches) for one in made)
    index.close()
    figures = {"command": 'make bench ARGS="-k playback"', "files": files, "stretches": stretches,
               "open_ms_p50": round(1000 * _percentile(took, 0.5)), "open_ms_max": round(1000 * max(took)),
               "built_once_s": round(built, 2)}
    stage.keep("timeline", figures)
    print(f"{figures}; load {stage.load()}")
    assert figures["open_ms_p50"] <= 300


def _pairs(index: RecordingIndex, camera: str, now: int) -> tuple[list[int], list[int]]:
    stretches = index.coverage.stretches(camera, now - 30 * DAY, now)
    return [end for _begin, end in stretches[:-1]], [begin for begin, _end in stretches[1:]]
