"""Makes both clips of one camera: the still picture, and over it traffic, people, water, lamps, rain and noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from app.demo.cameras import ClipSize, DemoCamera, clip_name
from app.demo.clip import ClipWriter
from app.demo.crowd import Crowd
from app.demo.paint import Plane, Planes, glow, polygon, yuv
from app.demo.plate import load, look, outline_mask
from app.demo.scenes import EMPTY, SCENES, Scene
from app.demo.view import PLATE, View, view_of

GOPS = (15, 30)                 # pictures between key pictures; cameras differ, all divide the loop
NOISE_EDGE = 48                 # pixels: the noise tile is this much larger and moves about


def _cropped(picture: npt.NDArray[np.floating[Any]], camera: DemoCamera, width: int, height: int) -> list[Plane]:
    """Cut, mirror, scale and convert a plate to the planes of the camera's picture."""
    left, top, share = camera.crop
    x0, y0 = round(left * PLATE[0]) & ~1, round(top * PLATE[1]) & ~1
    w, h = round(share * PLATE[0]) & ~1, round(share * PLATE[1]) & ~1
    part = look(picture[y0:y0 + h, x0:x0 + w], camera)
    if camera.mirror:
        part = part[:, ::-1]
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(part.astype(np.uint8)), format="rgb24")
    return _planes(frame.reformat(width, height, "yuv420p", interpolation="BICUBIC"))


def _planes(frame: av.VideoFrame) -> list[Plane]:
    return [np.frombuffer(p, np.uint8).reshape(p.height, p.line_size)[:, :p.width].copy() for p in frame.planes]


class Street:
    """The moving picture of one camera; ``pictures`` yields it frame by frame, the last flowing into the first."""

    def __init__(self, camera: DemoCamera, size: ClipSize) -> None:
        self.camera, self.size = camera, size
        self.width, self.height = size.main
        self.rng = np.random.default_rng(camera.number)
        self.scene: Scene = SCENES.get(camera.scene, EMPTY)
        picture, self.light = load(camera, self.scene)
        self.base = _cropped(picture, camera, self.width, self.height)
        self.base[0] = np.clip(self.base[0], 30, 228)       # room for noise without wrapping round
        self.view: View | None = view_of(camera, self.width, self.height)
        self.crowd = Crowd(camera, self.scene, self.view, self.light, size.frames / size.fps) if self.view else None
        if self.view is not None:
            self._dashes(self.view)
        self.front = self._front()
        self.water = self._water()
        sigma = 3.6 if camera.infrared else 1.3 + 1.7 * self.light.lamps
        self.noise = self._noise(sigma)
        self.drops = self.rng.random((150, 4)).astype(np.float32)

    def _noise(self, sigma: float) -> Plane:
        shape = self.height + NOISE_EDGE, self.width + NOISE_EDGE
        grain = self.rng.normal(0, sigma, shape)
        return np.asarray(np.clip(np.round(grain), -12, 12).astype(np.int8).view(np.uint8))

    def _dashes(self, view: View) -> None:
        """Lane marks, painted again where the road was cleared."""
        level = self.light.ambient + self.light.sun * 0.7
        paint = yuv(*(min(225.0, 300 * level) for _ in range(3)))
        planes: Planes = (self.base[0], self.base[1], self.base[2])
        for x0, y0, x1, y1 in self.scene.dashes:
            length = math.hypot(x1 - x0, y1 - y0)
            aside = np.array([-(y1 - y0) / length * 0.07, (x1 - x0) / length * 0.07, 0], np.float32)
            a, b = np.array([x0, y0, 0], np.float32), np.array([x1, y1, 0], np.float32)
            points, depth = view.project(np.stack([a - aside, b - aside, b + aside, a + aside]))
            if float(depth.min()) > 2:
                polygon(planes, points, paint, 0.8)

    def _mask(self, outline: tuple[tuple[int, int], ...]) -> npt.NDArray[np.bool_]:
        """A plate outline as a mask of the picture."""
        assert outline
        left, top, share = self.camera.crop
        k = self.width / (PLATE[0] * share)
        points = [(round((x - left * PLATE[0]) * k), round((y - top * PLATE[1]) * k)) for x, y in outline]
        if self.camera.mirror:
            points = [(self.width - x, y) for x, y in points]
        return outline_mask(tuple(points), (self.height, self.width)) > 0.5

    def _front(self) -> list[tuple[slice, slice, npt.NDArray[np.bool_]]]:
        """What stands before the traffic, as small masks to put back after painting."""
        found = []
        for outline in self.scene.front:
            mask = self._mask(outline)
            rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
            if len(rows) and len(columns):
                box = slice(int(rows[0]) & ~1, int(rows[-1]) + 2), slice(int(columns[0]) & ~1, int(columns[-1]) + 2)
                found.append((*box, mask[box]))
        return found

    def _water(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.floating[Any]]] | None:
        """Rows and columns of the water, and its distance measure: waves are longer towards the camera."""
        if not self.scene.water:
            return None
        mask = self._mask(self.scene.water)
        for outline in self.scene.front:
            mask &= ~self._mask(outline)                # a post in the water does not sway
        rows, columns = np.nonzero(mask)
        if len(rows) == 0:
            return None
        return rows, columns, (rows.astype(np.float32) / self.height)

    def _waves(self, planes: Planes, turn: float) -> None:
        """The water's pixels taken from a little beside, along waves that come round with the loop."""
        assert self.water is not None
        rows, columns, near = self.water
        scale = np.float32(self.height / 720)
        y, x = rows.astype(np.float32) / scale, columns.astype(np.float32) / scale
        length = 5 + 22 * near
        swing = np.sin((y * 9 + x * 0.9) / length + turn * 9) + 0.7 * np.sin((x * 2.3 - y * 5) / length - turn * 7)
        shift = (swing * (0.8 + 4.2 * near) * scale).astype(np.int32)
        lift = (np.sin(y * 6 / length - turn * 11 + x / length) * (0.4 + 1.2 * near) * scale).astype(np.int32)
        source = self.base[0][np.clip(rows + lift, 0, self.height - 1), np.clip(columns + shift, 0, self.width - 1)]
        glint = swing * (0.01 + 0.05 * near) * (source.astype(np.float32) - 16)      # dark water stays dark
        planes[0][rows, columns] = np.clip(source + glint, 20, 228).astype(np.uint8)

    def _rain(self, planes: Planes, turn: float) -> None:
        """Streaks near the lens, the same after one loop."""
        for x, phase, speed, size in self.drops:
            fall = (phase + turn / (2 * math.pi) * (14 + int(speed * 8))) % 1.0
            px, py = x * self.width - fall * 30, fall * (self.height + 60) - 30
            high = (14 + 26 * size) * self.height / 720
            lean = high * 0.18
            streak = [[px, py], [px + 1.2, py], [px + 1.2 + lean, py - high], [px + lean, py - high]]
            polygon(planes, np.array(streak, np.float32), (175, 128, 128), 0.16 + 0.14 * size)

    def _lamps(self, planes: Planes, turn: float) -> None:
        view, light = self.view, self.light
        for lamp in self.scene.lamps:
            spot = np.array([[lamp.x, lamp.y]], np.float32)
            (x, y) = view.from_plate(spot)[0] if view is not None else spot[0]
            if lamp.beat:
                on = 1.0 if math.sin(turn * lamp.beat) > 0 else 0.0
            else:                   # a failing tube: three frequencies that all come round with the loop
                on = 0.25 * (math.sin(turn * 23) + math.sin(turn * 37 + 1) + (math.sin(turn * 5) > 0.8) * 2)
            radius = lamp.radius * (view.scale if view is not None else 1.0)
            strength = (46 if lamp.beat else 16 * (0.2 + light.lamps)) * on
            tint = (-14 * on, 46 * on) if lamp.red and not light.grey else (0.0, 0.0)
            glow(planes, float(x), float(y), (radius, radius), strength, tint)

    def pictures(self) -> Iterator[Planes]:
        """Every picture of the loop at main size, without noise; the planes are reused."""
        still: Planes = (self.base[0], self.base[1], self.base[2])
        for n in range(self.size.frames):
            turn = 2 * math.pi * n / self.size.frames
            planes: Planes = (still[0].copy(), still[1].copy(), still[2].copy())
            if self.water is not None:
                self._waves(planes, turn)
            if self.crowd is not None:
                self.crowd.paint(planes, n / self.size.frames)
            for rows, columns, mask in self.front:
                np.copyto(planes[0][rows, columns], still[0][rows, columns], where=mask)
                small = slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)
                half = mask[::2, ::2]
                for k in (1, 2):
                    part = planes[k][small]
                    np.copyto(part, still[k][small], where=half[:part.shape[0], :part.shape[1]])
            self._lamps(planes, turn)
            if self.camera.rain:
                self._rain(planes, turn)
            yield planes

    def grain(self, luma: Plane) -> Plane:
        """Sensor noise added to a brightness plane that stays within 30..228."""
        dy, dx = self.rng.integers(0, NOISE_EDGE, 2)
        height, width = luma.shape
        return np.clip(luma, 20, 235) + self.noise[dy:dy + height, dx:dx + width]


def _half(plane: Plane) -> Plane:
    total = plane[0::2, 0::2].astype(np.uint16) + plane[1::2, 0::2] + plane[0::2, 1::2] + plane[1::2, 1::2]
    return (total >> 2).astype(np.uint8)


def make_clips(camera: DemoCamera, size: ClipSize, folder: Path, ready: Callable[[str, Path], None]) -> None:
    """Render once, encode main and sub; ``ready(role, index)`` as each is published. Raises OSError, FFmpegError."""
    street, name = Street(camera, size), clip_name(camera, size)
    gop = GOPS[camera.number % len(GOPS)]
    main = ClipWriter(folder, f"{name}-main", camera.codec, size.main, size.fps, gop, size.main_kilobits)
    sub = ClipWriter(folder, f"{name}-sub", camera.codec, size.sub, size.fps, gop, size.sub_kilobits)
    try:
        for luma, blue, red in street.pictures():
            sub.add((street.grain(_half(luma)), _half(blue), _half(red)))
            main.add((street.grain(luma), blue, red))
        ready("sub", sub.finish())
        ready("main", main.finish())
    except BaseException:
        sub.abandon()
        main.abandon()
        raise
