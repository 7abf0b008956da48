"""Makes both clips of one camera: the same scene in main and sub size, rendered once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

from app.demo.cameras import ClipSize, DemoCamera, clip_name, folder as resources
from app.demo.clip import ClipWriter


def make_clips(camera: DemoCamera, size: ClipSize, folder: Path, ready: Callable[[str, Path], None]) -> None:
    plate = resources() / "plates" / f"{camera.scene}-night.jpg"
    if not plate.exists():
        plate = resources() / "plates" / f"{camera.scene}-ir.jpg"
    with av.open(str(plate)) as box:
        first = next(box.decode(video=0))
    rng = np.random.default_rng(camera.number)
    name = clip_name(camera, size)
    writers, planes, noises = [], [], []
    for role, wh, rate in (("sub", size.sub, size.sub_kilobits), ("main", size.main, size.main_kilobits)):
        f = first.reformat(*wh, "yuv420p")
        p = [np.frombuffer(x, np.uint8).reshape(x.height, x.line_size)[:, :x.width].copy() for x in f.planes]
        p[0] = np.clip(p[0], 20, 235)
        planes.append(p)
        noises.append(rng.normal(0, 3, (wh[1] + 40, wh[0] + 40)).clip(-12, 12).round().astype(np.int8).view(np.uint8))
        writers.append((role, ClipWriter(folder, f"{name}-{role}", camera.codec, wh, size.fps, 20, rate)))
    for n in range(size.frames):
        for (role, w), p, noise in zip(writers, planes, noises):
            dx, dy = rng.integers(0, 40, 2)
            width, height = w.size
            y = p[0] + noise[dy:dy + height, dx:dx + width]
            x = int((n / size.frames * 1.2 - .1) * width)
            y[int(height * .7):int(height * .76), max(0, x):max(0, x + width // 16)] = 180
            w.add((y, p[1], p[2]))
    for role, w in writers:
        ready(role, w.finish())
