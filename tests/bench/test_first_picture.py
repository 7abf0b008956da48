"""How long an operator waits for the first picture: on a stream already pulled, on a cold one, on 64 cold ones.

    make bench ARGS="-k first"

The engine is asked without a window; a picture counts when ``changed()`` tells of it, which the wall looks at 30 to 60
times a second, so the eye sees it at most one screen tick later. Other clients keep every stream running, so that a
cold pane comes into the middle of a group of pictures, as it does with a real camera.
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import contextlib
import json
import random
import subprocess
import time
from collections.abc import Iterator, Mapping

import pytest

from app.model.camera import Camera, StreamProfile, StreamRole
from app.video.engine import PaneKey, Want
from app.video.supervisor import VideoEngine
from tests.bench import stage

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

TRIES = 64
COLD_TRIES = 16
RUNNING = 4                 # panes that play beside the one that is asked for
PATIENCE_S = 15.0
LOOK_S = 0.002              # between two looks at the shared memory


def _camera(streams: stage.Streams, index: int) -> Camera:
    return Camera(f"bench-{index}", index + 1, f"Bench {index + 1}",
                  streams=(StreamProfile(StreamRole.MAIN, streams.urls[index]),))


def _want(streams: stage.Streams, index: int, width: int = 480, height: int = 270) -> Want:
    return Want(_camera(streams, index), width, height)


@contextlib.contextmanager
def _other_clients(streams: stage.Streams) -> Iterator[None]:
    """One GStreamer process that pulls every stream and throws the packets away."""
    words: list[str] = []
    for url in streams.urls:
        words += ["rtspsrc", f"location={url}", "protocols=tcp", "latency=0", "!", "fakesink", "sync=false"]
    process = subprocess.Popen(["gst-launch-1.0", "-q", *words], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60.0
        while len(_mounts(streams)) < streams.count and time.monotonic() < until:
            time.sleep(0.1)
        assert len(_mounts(streams)) == streams.count, "the bench's own clients do not come to the streams"
        yield
    finally:
        process.kill()
        process.wait()


def _mounts(streams: stage.Streams) -> Mapping[str, object]:
    with contextlib.suppress(OSError, ValueError):
        found: Mapping[str, object] = json.loads(streams.state.read_text())["mounts"]
        return found
    return {}


@contextlib.contextmanager
def _engine() -> Iterator[VideoEngine]:
    engine = VideoEngine()
    try:
        yield engine
    finally:
        engine.close()


def _first_pictures(engine: VideoEngine, wants: Mapping[PaneKey, Want], asked: set[PaneKey]) -> dict[PaneKey, float]:
    """Seconds from asking to the first picture of each asked pane."""
    began = time.monotonic()
    engine.show(wants)
    came: dict[PaneKey, float] = {}
    while len(came) < len(asked) and time.monotonic() - began < PATIENCE_S:
        for key in engine.changed():
            if key in asked:
                came.setdefault(key, time.monotonic() - began)
        time.sleep(LOOK_S)
    assert len(came) == len(asked), f"no picture on {sorted(asked - came.keys())} within {PATIENCE_S} s"
    return came


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def test_first_picture_on_a_running_stream() -> None:
    chance = random.Random(3)
    with stage.streams(RUNNING) as streams, _engine() as engine:
        base = {f"w/{index}": _want(streams, index) for index in range(RUNNING)}
        _first_pictures(engine, base, set(base))
        second, resized = [], []
        for turn in range(TRIES):
            time.sleep(chance.uniform(0.1, 0.4))           # anywhere in the group of pictures
            key = f"w/more{turn}"
            second.append(_first_pictures(engine, base | {key: _want(streams, turn % RUNNING)}, {key})[key])
            engine.show(base)
        time.sleep(1.0)
        for turn in range(TRIES):                           # a change of layout: the same pane in another size
            time.sleep(chance.uniform(0.1, 0.4))
            key = f"w/{turn % RUNNING}"
            size = (640, 360) if (turn // RUNNING) % 2 else (320, 180)
            base |= {key: _want(streams, turn % RUNNING, *size)}
            resized.append(_resized(engine, base, key, size))
    figures = {"command": 'make bench ARGS="-k first_picture"', "tries": TRIES}
    for name, values in (("second_pane", second), ("new_size", resized)):
        figures |= {f"{name}_ms_p50": round(1000 * _percentile(values, 0.5)),       # type: ignore[dict-item]
                    f"{name}_ms_p99": round(1000 * _percentile(values, 0.99)),
                    f"{name}_ms_max": round(1000 * max(values))}
    stage.keep("first_picture", figures)
    print(f"first picture on a running stream ({TRIES} tries): another pane {figures['second_pane_ms_p50']} ms median, "
          f"{figures['second_pane_ms_p99']} ms p99; a new size {figures['new_size_ms_p50']} / "
          f"{figures['new_size_ms_p99']} ms; load {stage.load()}")
    assert float(figures["second_pane_ms_p50"]) <= 120
    assert float(figures["second_pane_ms_p99"]) <= 250
    assert float(figures["new_size_ms_p50"]) <= 120
    assert float(figures["new_size_ms_p99"]) <= 250


def _resized(engine: VideoEngine, wants: Mapping[PaneKey, Want], key: PaneKey, size: tuple[int, int]) -> float:
    """Seconds until the pane's picture has its new size."""
    began = time.monotonic()
    engine.show(wants)
    while time.monotonic() - began < PATIENCE_S:
        for changed in engine.changed():
            picture = engine.picture(changed) if changed == key else None
            if picture is not None and (picture.width, picture.height) == size:
                return time.monotonic() - began
        time.sleep(LOOK_S)
    raise AssertionError(f"{key} does not change to {size}")


def test_first_picture_on_a_cold_stream() -> None:
    with stage.streams(COLD_TRIES + 1) as streams, _other_clients(streams), _engine() as engine:
        wants = {"w/0": _want(streams, 0)}
        _first_pictures(engine, wants, set(wants))
        waits = []
        for index in range(1, COLD_TRIES + 1):
            wants |= {f"w/{index}": _want(streams, index)}
            waits.append(_first_pictures(engine, wants, {f"w/{index}"})[f"w/{index}"])
            time.sleep(0.3)
    bound = stage.KEY_INTERVAL_S + 0.5
    stage.keep("cold_picture", {"command": 'make bench ARGS="-k cold_stream"', "tries": COLD_TRIES, "bound_s": bound,
                                "median_s": round(_percentile(waits, 0.5), 3), "max_s": round(max(waits), 3)})
    print(f"first picture on a cold stream ({COLD_TRIES} tries): {_percentile(waits, 0.5):.2f} s median, "
          f"{max(waits):.2f} s longest (bound {bound} s); load {stage.load()}")
    assert max(waits) <= bound


def test_first_pictures_of_64_cold_panes() -> None:
    with stage.streams(64) as streams, _other_clients(streams):
        began = time.monotonic()
        with _engine() as engine:
            wants = {f"w/{index}": _want(streams, index, 240, 135) for index in range(64)}
            came = _first_pictures(engine, wants, set(wants))
            ready = time.monotonic() - began
    waits = sorted(came.values())
    stage.keep("cold_64", {"command": 'make bench ARGS="-k 64_cold"', "first_s": round(waits[0], 2),
                           "median_s": round(waits[32], 2), "all_s": round(ready, 2)})
    print(f"64 cold panes: first {waits[0]:.2f} s, median {waits[32]:.2f} s, all {ready:.2f} s; load {stage.load()}")
    assert ready <= 6.0
