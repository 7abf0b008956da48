"""One camera's still picture: its plates cleared of standing traffic, graded to its hour, cropped, mirrored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from app.demo.bodies import Light
from app.demo.cameras import DemoCamera, folder
from app.demo.scenes import Scene
from app.demo.view import PLATE

type Floats = npt.NDArray[np.floating[Any]]


def _read(path: Path) -> Floats | None:
    """RGB 0..255 of shape (540, 960, 3), or None when there is no such plate."""
    try:
        with av.open(str(path)) as box:
            frame = next(box.decode(video=0))
    except (OSError, StopIteration):
        return None
    assert isinstance(frame, av.VideoFrame)
    return frame.to_ndarray(format="rgb24", width=PLATE[0], height=PLATE[1]).astype(np.float32)


def _shrink(a: Floats) -> Floats:
    return np.asarray(a[0::2, 0::2] + a[1::2, 0::2] + a[0::2, 1::2] + a[1::2, 1::2], np.float32)


def _smooth(a: Floats) -> Floats:
    a = np.pad(a, ((1, 1), (1, 1), (0, 0)), mode="edge")
    a = (a[:-2] + 2 * a[1:-1] + a[2:]) / 4
    return np.asarray((a[:, :-2] + 2 * a[:, 1:-1] + a[:, 2:]) / 4, np.float32)


def _spread(picture: Floats, known: Floats) -> Floats:
    """Fill unknown pixels from known ones, near ones first: a pyramid of weighted means, then back down."""
    height, width = picture.shape[:2]
    tall, wide = -height % 64, -width % 64
    levels = [np.pad(np.dstack([picture * known[..., None], known]), ((0, tall), (0, wide), (0, 0)))]
    for _ in range(6):
        levels.append(_shrink(levels[-1]))
    for _ in range(8):                                  # cells with nothing known take from their neighbours
        levels[-1] = np.where(levels[-1][..., 3:] > 0.5, levels[-1], _smooth(levels[-1]))
    full = levels[-1][..., :3] / np.maximum(levels[-1][..., 3:], 1e-6)
    for level in reversed(levels[:-1]):
        up = full.repeat(2, 0).repeat(2, 1)
        up = _smooth(_smooth(up))
        weight = np.minimum(level[..., 3:], 1)
        full = up * (1 - weight) + weight * level[..., :3] / np.maximum(level[..., 3:], 1e-6)
    return np.asarray(full[:height, :width], np.float32)


def outline_mask(outline: tuple[tuple[int, int], ...], shape: tuple[int, int]) -> Floats:
    """1 inside any polygon (even-odd), 0 outside, at the size of a plate."""
    rows = np.arange(shape[0], dtype=np.float32)[:, None] + 0.5
    columns = np.arange(shape[1], dtype=np.float32)[None, :] + 0.5
    inside = np.zeros(shape, bool)
    for (x0, y0), (x1, y1) in zip(outline, (*outline[1:], outline[0]), strict=True):
        if y0 != y1:
            crosses = (rows > min(y0, y1)) & (rows <= max(y0, y1))
            inside ^= crosses & (columns < x0 + (rows - y0) * (x1 - x0) / (y1 - y0))
    return inside.astype(np.float32)


def _soften(mask: Floats, passes: int = 3) -> Floats:
    for _ in range(passes):
        mask = (mask + np.roll(mask, 2, 0) + np.roll(mask, -2, 0) + np.roll(mask, 2, 1) + np.roll(mask, -2, 1)) / 5
    return mask


def _bare(picture: Floats, zone: npt.NDArray[np.bool_], tolerance: float, reach: int = 2) -> npt.NDArray[np.bool_]:
    """Where the picture shows bare road: areas at least ``reach`` steps wide of the colour that most of a zone has."""
    colour = np.percentile(picture[zone], 50, axis=0).astype(np.float32)
    like = np.abs(picture - colour).max(-1) < max(8.0, float(colour.mean()) * tolerance)
    return np.asarray(_soften(like.astype(np.float32), reach) > 0.93)


def clear_road(picture: Floats, scene: Scene, rng: np.random.Generator) -> Floats:
    """Take standing vehicles off: what is not bare road is filled from the bare road around it."""
    shape = picture.shape[0], picture.shape[1]
    gone = np.zeros(shape, np.float32)
    known = np.ones(shape, np.float32)
    luma = np.asarray(picture.mean(-1), np.float32)
    standing = np.zeros(shape, np.float32)
    for front in scene.front:
        standing = np.maximum(standing, outline_mask(front, shape))
    for outline in scene.repave:
        mask = outline_mask(outline, shape) * (1 - standing)
        near = (mask > 0.5) & (np.arange(shape[0])[:, None] > 380)
        zone = near if near.sum() > 4000 else mask > 0.5
        like = _bare(picture, zone, 0.22)
        rim = (_soften(mask, 4) > 0.05) & (mask < 0.5)      # kerbs and cars beyond the edge must not bleed in
        known = np.where(mask > 0.5, like, np.where(rim, 0, known)).astype(np.float32)
        gone = np.maximum(gone, mask)
    for left, top, right, bottom in scene.erase:
        box, around = np.zeros(shape, bool), np.zeros(shape, bool)
        box[top:bottom, left:right] = True
        around[max(0, top - 26):bottom + 26, max(0, left - 40):right + 40] = True
        ring = around & ~box
        inside = _bare(picture, ring, 0.12, 9) & box       # a grey car is no road: only wide areas count
        # by night the lamps' pools on the road are road as well; by day what is darker is a car's shadow
        tolerance = 0.13 if float(np.median(luma[ring])) > 45 else 0.26
        ring_known = np.where(ring, _bare(picture, ring, tolerance) & (known > 0), known)
        known = np.where(box, inside, ring_known).astype(np.float32)
        gone = np.maximum(gone, (box & ~inside).astype(np.float32))
    if not gone.any():
        return picture
    gone = np.maximum(gone, (_soften(gone, 2) > 0.15).astype(np.float32)) * (1 - standing)
    filled = _spread(picture, known * (1 - standing))
    grain = rng.normal(0, 1, shape).astype(np.float32)
    grain = (grain + np.roll(grain, 1, 1)) * 1.3
    filled += (grain * np.clip(luma.mean() / 60, 0.3, 1.4))[..., None]
    share = _soften(gone, 5)[..., None]
    return np.asarray(np.clip(picture * (1 - share) + filled * share, 0, 255), np.float32)


def _drawn(infrared: bool) -> tuple[Floats, Floats]:
    """A street drawn by code, day and night, where a plate is missing."""
    height, width = PLATE[1], PLATE[0]
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    sky = np.array([120, 160, 205], np.float32) * (1 - rows) + np.array([226, 214, 190], np.float32) * rows
    day = np.broadcast_to(sky, (height, width, 3)).copy()
    rng = np.random.default_rng(7)
    for k in range(26):
        x, tall, wide = k * 38, int(rng.integers(60, 170)), 34
        shade = rng.uniform(120, 200)
        day[225 - tall:240, x:x + wide] = shade * np.array([1, 0.96, 0.9], np.float32)
        day[225 - tall + 10:232:18, x + 5:x + wide - 5] = shade * 0.45
    day[236:] = np.array([96, 96, 98], np.float32) + (rows[236:] - 0.4) * -30
    day[236:] += rng.normal(0, 3, (height - 236, width, 1)).astype(np.float32)
    night = day * (0.14 if not infrared else 0.35)
    for k in range(5):
        night[60 + k:232:18, 8:400:38] = night[64 + k:232:18, 20::38] = (230, 210, 150)     # lit windows
    return day, night.astype(np.float32)


def light_of(camera: DemoCamera) -> Light:
    """Day to 17:36, dusk, night from about 18:42; infrared cameras see by their own lamp."""
    if camera.infrared:
        return Light(0.62, 0.0, (0, 0, 1), 0.85, True)
    dark = float(np.clip((camera.hour - 17.6) / 1.1, 0, 1))
    dark = dark * dark * (3 - 2 * dark)
    return Light(0.50 - 0.24 * dark, 0.5 * (1 - dark) ** 2, (-0.62, -0.42, 0.66), dark, False)


def load(camera: DemoCamera, scene: Scene) -> tuple[Floats, Light]:
    """The plate of a camera at its hour, before the crop: RGB 0..255, (540, 960, 3), and the light on it."""
    plates, rng = folder() / "plates", np.random.default_rng(camera.number)
    light = light_of(camera)
    drawn_day, drawn_night = _drawn(camera.infrared) if not any(plates.glob(f"{camera.scene}-*.jpg")) else (None, None)
    dark = _read(plates / f"{camera.scene}-night.jpg")
    infra = _read(plates / f"{camera.scene}-ir.jpg")
    day = _read(plates / f"{camera.scene}-day.jpg")
    if camera.infrared:
        best = next((p for p in (infra, dark, drawn_night, day) if p is not None), None)
        best = best if best is not None else _drawn(True)[1]
        grey = clear_road(best, scene, rng).mean(-1, keepdims=True)
        if infra is None:                                # an infrared camera lifts what a colour one leaves dark
            grey = 255 * (grey / 255) ** 0.62
        return np.asarray(np.repeat(grey, 3, -1), np.float32), light
    day = day if day is not None else (drawn_day if drawn_day is not None else dark)
    if dark is None and infra is not None:               # no night plate: the infrared one in the colour of night
        dark = infra.mean(-1, keepdims=True) * np.array([0.82, 0.86, 1.0], np.float32)
    dark = dark if dark is not None else drawn_night
    if day is None:
        day = infra if infra is not None else _drawn(False)[0]
    lamps = light.lamps
    sunny = clear_road(day, scene, rng) if lamps < 0.985 else None
    nightly = clear_road(dark, scene, rng) if dark is not None and lamps > 0.015 else None
    if sunny is None and nightly is not None:
        return nightly, light
    assert sunny is not None
    if lamps <= 0.015:
        return sunny, light
    # dusk: the day sinks into blue while the lamps come through
    sinking, blue = np.array([0.80, 0.86, 1.08], np.float32), np.array([0.10, 0.12, 0.2], np.float32)
    picture = sunny * (sinking * (1 - lamps) ** 1.2 + blue * lamps)
    if nightly is None:                                  # no night plate: a moonlit day
        return np.asarray(picture, np.float32), light
    return np.asarray(np.maximum(picture * (1 - 0.75 * lamps), 0) + nightly * lamps ** 0.8, np.float32), light


def look(picture: Floats, camera: DemoCamera) -> Floats:
    """What makes this camera's picture its own: white balance, contrast, saturation, lens shade, infrared lamp."""
    rng = np.random.default_rng(camera.number * 31)
    height, width = picture.shape[:2]
    x = (np.arange(width, dtype=np.float32) / width - 0.5)[None, :]
    y = (np.arange(height, dtype=np.float32) / height - 0.5)[:, None]
    lens = 1 - (0.35 + 0.5 * rng.random()) * (x * x + y * y)
    if camera.infrared:
        lens = np.clip(1.25 - (1.9 + rng.random()) * ((x - rng.uniform(-0.12, 0.12)) ** 2 + (y - 0.06) ** 2), 0.12, 1.2)
        out = 255 * np.clip(picture / 255, 0, 1) ** rng.uniform(0.72, 0.9) * rng.uniform(1.0, 1.25)
        return np.asarray(np.clip(out * lens[..., None], 0, 250), np.float32)
    grey = picture.mean(-1, keepdims=True)
    out = grey + (picture - grey) * rng.uniform(0.82, 1.18)
    out *= np.array([rng.uniform(0.94, 1.06), 1.0, rng.uniform(0.93, 1.07)], np.float32)
    gamma = rng.uniform(0.80, 0.92) if camera.hour > 18.2 else rng.uniform(0.94, 1.08)
    lifted = 255 * np.clip(out / 255, 0, 1) ** gamma
    return np.asarray(np.clip(lifted * lens[..., None], 0, 252), np.float32)
