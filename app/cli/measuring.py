"""``doctor --measure``: what this machine decodes, by letting the real workers show a short clip of each codec."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import psutil

from app.budget.ceiling import Ceiling, from_cost, save
from app.model.camera import Camera, StreamProfile, StreamRole
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.procstats import cost_of
from app.video.engine import Want
from app.video.sample import ENCODERS, moving_clip
from app.video.supervisor import VideoEngine

# The sub stream of a city camera: small pictures cost most for each pixel, so a wall of large ones has room to spare.
WIDTH, HEIGHT, RATE, SECONDS = 640, 360, 15, 16
PLAYERS = 8                     # 28 megapixels a second: a sixth of a core for H.264, enough to tell from nothing
PANE = (480, 270)
WATCHED_S = 4.0
START_S = 8.0                   # the clip is over by then: a machine that shows nothing has no figure
WORKER = "app.video.decoder_worker"


def wall_runs() -> bool:
    """Whether somebody decodes here now: its work would be counted against ours, and ours would disturb it."""
    return any(WORKER in (process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))


def measure() -> Ceiling | None:
    """Measure every codec and keep the figures; None when not one could be measured. Takes some ten seconds each."""
    found = {codec: figure for codec in ENCODERS if (figure := _measured(codec)) is not None}
    if not found:
        return None
    ceiling = Ceiling(found)
    save(ceiling)
    return ceiling


def sentences(ceiling: Ceiling) -> list[str]:
    """The figures in words."""
    names = {"h264": "H.264", "hevc": "H.265"}
    return [_("{codec}: {megapixels:.0f} megapixels a second, {panes:.0f} panes of 640×360 at 15 pictures a second")
            .format(codec=names[codec], megapixels=figure, panes=figure / (640 * 360 * 15 / 1e6))
            for codec, figure in ceiling.megapixels.items()]


def _measured(codec: str) -> float | None:
    with tempfile.TemporaryDirectory(prefix="lawang-measure-", dir=paths.ensure(paths.cache_dir())) as folder:
        path = Path(folder, f"{codec}.ts")
        try:
            path.write_bytes(moving_clip(codec, WIDTH, HEIGHT, RATE, SECONDS))
        except (OSError, ValueError):           # libav's own errors are of these kinds: no encoder in this build
            return None
        return _watched(path)


def _watched(path: Path) -> float | None:
    cameras = [Camera(f"measure-{index}", index + 1, "", streams=(StreamProfile(StreamRole.MAIN, f"file://{path}"),))
               for index in range(PLAYERS)]
    engine = VideoEngine()
    try:
        engine.show({f"w/{index}": Want(camera, *PANE) for index, camera in enumerate(cameras)})
        shown: dict[str, int] = {}
        until = time.monotonic() + START_S
        while len(shown) < PLAYERS:
            if time.monotonic() > until:
                return None
            _look(engine, shown)
        _look(engine, shown, seconds=1.0)       # the group of pictures at the start is decoded in a rush
        before, pictures, began = _seconds(engine), sum(shown.values()), time.monotonic()
        _look(engine, shown, seconds=WATCHED_S)
        spent = _seconds(engine) - before
        pictures = sum(shown.values()) - pictures
        if pictures < 0.5 * PLAYERS * RATE * (time.monotonic() - began) or spent <= 0:
            return None                         # something else has the machine: the figure would be wrong
        return from_cost(spent, pictures * WIDTH * HEIGHT / 1e6, os.cpu_count() or 1)
    finally:
        engine.close()


def _look(engine: VideoEngine, shown: dict[str, int], seconds: float = 0.02) -> None:
    until = time.monotonic() + seconds
    while True:
        for key in engine.changed():
            picture = engine.picture(key)
            if picture is not None:
                shown[key] = picture.serial
        if time.monotonic() >= until:
            return
        time.sleep(0.01)


def _seconds(engine: VideoEngine) -> float:
    """Processor seconds of the workers until now."""
    pids = [one["pid"] for name, one in engine.stats().items() if name != "desktop" and one.get("pid")]
    return sum(cost.cpu_seconds for cost in map(cost_of, pids) if cost is not None)
