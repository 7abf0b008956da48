"""The shapes of what moves: cars, vans, buses, lorries, motorbikes, boats as boxes in metres, and people.

Low boxes with tapered cabins, as the plates' own standing vehicles are built, so that both look alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from app.demo.paint import Colour, Planes, darken, glow, polygon, yuv
from app.demo.view import View

type Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Light:
    """The light of one picture: ``ambient`` and ``sun`` shares of a colour's brightness; lamps lit or not.

    ``sun_from`` points to the sun (unit vector); ``grey`` is infrared, where nothing has a colour.
    """

    ambient: float
    sun: float
    sun_from: tuple[float, float, float]
    lamps: float                # 0 by day .. 1 at night
    grey: bool

    def shade(self, rgb: tuple[float, float, float], normal: Floats) -> Colour:
        """The colour of a face as this light shows it."""
        facing = max(0.0, sum(float(n) * s for n, s in zip(normal, self.sun_from, strict=True)))
        return self.shown(rgb, self.ambient * (0.72 + 0.28 * float(normal[2])) + self.sun * facing)

    def shown(self, rgb: tuple[float, float, float], level: float) -> Colour:
        """The colour at this share of its brightness."""
        r, g, b = (min(255.0, c * level) for c in rgb)
        y, u, v = yuv(r, g, b)
        return (y, 128.0, 128.0) if self.grey else (y, u, v)


@dataclass(frozen=True, slots=True)
class Block:
    """A box from x0 to x1 along, ``half`` wide to each side, z0 to z1; the top drawn in at front, back and sides."""

    x0: float
    x1: float
    half: float
    z0: float
    z1: float
    front: float = 0.0
    back: float = 0.0
    side: float = 0.0
    paint: str = "body"
    glass: tuple[float, float] | None = None    # from, to as shares of the height: a band of windows
    panes: int = 2


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of vehicle."""

    length: float
    width: float
    blocks: tuple[Block, ...]
    wheels: tuple[float, ...] = ()      # positions along
    wheel: float = 0.31                 # radius
    lamp_z: float = 0.7
    rider: bool = False


def _car(length: float, hood: float, tail: float, height: float, floor: float = 0.28) -> Shape:
    belt = height * 0.60
    return Shape(length, 1.7, (
        Block(-length / 2, length / 2, 0.85, floor, belt, 0.05, 0.05, 0.03),
        Block(-length / 2 + tail, length / 2 - hood, 0.80, belt, height, 0.62, 0.38 if tail > 0.1 else 0.14, 0.14,
              glass=(0.14, 0.86))), (-length * 0.31, length * 0.31))


SHAPES = {
    "car": _car(4.3, 1.15, 0.55, 1.46),
    "suv": _car(4.5, 1.05, 0.05, 1.72, 0.34),
    "van": Shape(4.0, 1.6, (Block(-2.0, 2.0, 0.80, 0.3, 1.0, 0.0, 0.0, 0.0),
                            Block(-1.98, 1.75, 0.79, 1.0, 1.85, 0.5, 0.08, 0.08, glass=(0.12, 0.78), panes=3)),
                 (-1.25, 1.25)),
    "bus": Shape(10.5, 2.5, (Block(-5.25, 5.25, 1.25, 0.4, 1.35, paint="stripe"),
                             Block(-5.25, 5.25, 1.25, 1.35, 3.1, 0.12, 0.04, 0.04, glass=(0.06, 0.72), panes=7)),
                 (-3.3, 3.4), 0.48, 0.8),
    "truck": Shape(7.4, 2.3, (Block(-3.7, 3.7, 0.9, 0.5, 0.95, paint="dark"),
                              Block(-3.7, 1.7, 1.15, 0.95, 3.1, paint="cargo"),
                              Block(1.9, 3.7, 1.1, 0.6, 2.4, 0.35, 0.0, 0.06, glass=(0.5, 0.9), panes=1)),
                   (-2.4, 2.7), 0.46, 0.8),
    "bike": Shape(1.9, 0.2, (Block(-0.85, 0.55, 0.10, 0.36, 0.62, 0.1, 0.1, 0.0, paint="dark"),
                             Block(-0.75, 0.1, 0.13, 0.62, 0.78, 0.05, 0.2, 0.03, paint="dark"),
                             Block(0.35, 0.62, 0.12, 0.45, 1.0, 0.18, 0.02, 0.04),
                             Block(0.38, 0.46, 0.32, 0.98, 1.04, paint="dark")), (-0.62, 0.62), 0.29, 0.85, True),
    "boat": Shape(8.0, 2.4, (Block(-4.0, 4.0, 1.2, -0.1, 0.75, -0.9, 0.0, -0.15, paint="hull"),
                             Block(-2.6, 1.6, 1.0, 0.75, 2.0, glass=(0.25, 0.8), panes=4, paint="cargo"),
                             Block(-3.0, 2.1, 1.25, 2.0, 2.15, paint="roof")), lamp_z=1.6),
}
FIXED = {"dark": (38.0, 38.0, 42.0), "stripe": (38.0, 74.0, 150.0), "hull": (120.0, 74.0, 44.0),
         "glass": (34.0, 40.0, 48.0), "tyre": (26.0, 26.0, 28.0), "roof": (216.0, 132.0, 40.0),
         "hub": (128.0, 128.0, 130.0)}
CARGO = ((212.0, 208.0, 198.0), (178.0, 74.0, 58.0), (70.0, 120.0, 92.0), (190.0, 184.0, 170.0))
PAINTS = ((224.0, 224.0, 220.0), (168.0, 172.0, 176.0), (58.0, 60.0, 64.0), (168.0, 40.0, 34.0), (40.0, 84.0, 146.0),
          (206.0, 204.0, 196.0), (90.0, 96.0, 100.0), (196.0, 160.0, 44.0), (40.0, 42.0, 46.0), (66.0, 108.0, 82.0))
OCTAGON = np.array([[math.cos(k * math.pi / 4), 1.15 * math.sin(k * math.pi / 4)] for k in range(8)], np.float32)
ANGKOT = ((44.0, 96.0, 172.0), (40.0, 130.0, 160.0), (206.0, 60.0, 44.0))
SHIRTS = ((196.0, 60.0, 52.0), (54.0, 92.0, 160.0), (222.0, 214.0, 200.0), (214.0, 168.0, 48.0), (70.0, 130.0, 92.0),
          (120.0, 74.0, 130.0), (48.0, 50.0, 60.0), (196.0, 120.0, 150.0))


@dataclass(frozen=True, slots=True)
class Face:
    """A flat convex part of a vehicle: its corners in the mesh, its paint and from how many pixels/metre it is seen."""

    corners: slice
    paint: str
    from_pixels: float


@dataclass(frozen=True, slots=True)
class Mesh:
    """A shape ready to be turned and projected in one go: corners (n, 3), per face normal (f, 3) and a corner of it."""

    corners: Floats
    faces: tuple[Face, ...]
    normals: Floats
    anchors: Floats


def _ring(b: Block, top: bool) -> Floats:
    """Front-left, front-right, back-right, back-left of a block's floor or roof (left is +y)."""
    f, k, s, z = (b.front, b.back, b.side, b.z1) if top else (0.0, 0.0, 0.0, b.z0)
    h = b.half - s
    return np.array([[b.x1 - f, h, z], [b.x1 - f, -h, z], [b.x0 + k, -h, z], [b.x0 + k, h, z]], np.float32)


def _wheel(x: float, y: float, radius: float) -> Floats:
    turns = np.linspace(0, 2 * math.pi, 9)[:-1]
    return np.stack([x + radius * np.cos(turns), np.full(8, y), radius + radius * np.sin(turns)], -1).astype(np.float32)


def _panes(quad: Floats, block: Block, long_side: bool) -> list[Floats]:
    """Windows on one side of a block, divided by pillars."""
    assert block.glass is not None
    low, high = block.glass
    count, gap, found = (block.panes, 0.05, []) if long_side else (1, 0.07, [])
    for k in range(count):
        a, b = gap + k * (1 - gap) / count, (k + 1) * (1 - gap) / count
        feet = [quad[0] + (quad[1] - quad[0]) * t for t in (a, b)]
        heads = [quad[3] + (quad[2] - quad[3]) * t for t in (a, b)]
        found.append(np.stack([feet[0] + (heads[0] - feet[0]) * low, feet[1] + (heads[1] - feet[1]) * low,
                               feet[1] + (heads[1] - feet[1]) * high, feet[0] + (heads[0] - feet[0]) * high]))
    return found


@cache
def mesh(kind: str) -> Mesh:
    """All faces of one kind of vehicle in painting order: from below upwards, each window after its wall."""
    shape = SHAPES[kind]
    rings: list[tuple[Floats, str, float, Floats]] = []
    for block in shape.blocks:
        low, high = _ring(block, False), _ring(block, True)
        for k in range(4):
            nxt = (k + 1) % 4
            quad = np.stack([low[k], low[nxt], high[nxt], high[k]])
            normal = -np.cross(quad[1] - quad[0], quad[3] - quad[0])
            normal = (normal / np.linalg.norm(normal)).astype(np.float32)
            rings.append((quad, block.paint, 0.0, normal))
            if block.glass is not None:
                rings.extend((pane, "glass", 5.0, normal) for pane in _panes(quad, block, k in (1, 3)))
        rings.append((high, block.paint, 0.0, np.array([0, 0, 1], np.float32)))
        if block is shape.blocks[0]:
            for side in (-1.0, 1.0):
                out = np.array([0, side, 0], np.float32)
                for x in shape.wheels:
                    rings.append((_wheel(x, side * (shape.width / 2 + 0.02), shape.wheel), "tyre", 7.0, out))
                    rings.append((_wheel(x, side * (shape.width / 2 + 0.03), shape.wheel * 0.5), "hub", 16.0, out))
    faces, at = [], 0
    for ring, paint, pixels, _normal in rings:
        faces.append(Face(slice(at, at + len(ring)), paint, pixels))
        at += len(ring)
    return Mesh(np.concatenate([r[0] for r in rings]).astype(np.float32), tuple(faces),
                np.stack([r[3] for r in rings]), np.stack([r[0][0] for r in rings]).astype(np.float32))


def vehicle(planes: Planes, view: View, light: Light, kind: str, at: Floats, heading: float,
            paint: tuple[float, float, float], cargo: int, opacity: float = 1.0) -> None:
    """Draw one vehicle at ``at`` (metres, wheels on the ground) with its shadow and lamps."""
    shape = SHAPES[kind]
    centre, depth = view.project(at[None])
    x, y = float(centre[0, 0]), float(centre[0, 1])
    pixels = view.focal * view.scale / max(0.1, float(depth[0]))          # per metre
    reach = shape.length * pixels
    if float(depth[0]) < 1.5 or not (-reach < x < view.width + reach and -reach < y < view.height + reach):
        return
    along = np.array([math.cos(heading), math.sin(heading), 0], np.float32)
    turn = np.array([along, [-along[1], along[0], 0], [0, 0, 1]], np.float32)
    eye = turn @ (view.position - at)

    def put(local: Floats) -> Floats:
        return view.project(local @ turn + at)[0]

    half, w = shape.length / 2 * 1.03, shape.width / 2 * 1.03
    if kind != "boat":
        floor = np.array([[half, w, 0], [half, -w, 0], [-half, -w, 0], [-half, w, 0]], np.float32)
        darken(planes, put(floor), 0.55 * opacity)
        if light.sun > 0.15:
            slip = np.array([-light.sun_from[0], -light.sun_from[1], 0], np.float32) * np.float32(1.1)
            darken(planes, view.project(floor @ turn + at + slip)[0], 0.42 * opacity)
    body = mesh(kind)
    corners = put(body.corners)
    seen = ((eye - body.anchors) * body.normals).sum(-1) > 0
    facing = np.maximum(body.normals @ (turn @ np.array(light.sun_from, np.float32)), 0)
    levels = light.ambient * (0.72 + 0.28 * body.normals[:, 2]) + light.sun * facing
    colours = {**FIXED, "body": paint, "cargo": CARGO[cargo % len(CARGO)]}
    for k, face in enumerate(body.faces):
        if not seen[k] or pixels < face.from_pixels:
            continue
        colour = light.shown(colours[face.paint], float(levels[k]))
        if face.paint == "glass":
            colour = (colour[0] + 10 * light.sun + 4, colour[1], colour[2])      # a little sky in it
        polygon(planes, corners[face.corners], colour, opacity)
    if shape.rider:
        top = put(np.array([[-0.2, 0, 0.72], [-0.1, 0, 1.28], [-0.05, 0, 1.47], [0.2, 0, 0.5], [0.38, 0, 1.02]],
                           np.float32))
        person_parts(planes, top, pixels, light, SHIRTS[cargo % len(SHIRTS)], opacity)
    lamps(planes, view, light, shape, put, eye, pixels, opacity, at, along)


def lamps(planes: Planes, view: View, light: Light, shape: Shape, put: Callable[[Floats], Floats], eye: Floats,
          pixels: float, opacity: float, at: Floats, along: Floats) -> None:
    """Head and tail lamps, their halo, and the pool of light on the road before a vehicle at night."""
    half, w = shape.length / 2, shape.width / 2 - 0.22
    spots = np.array([[half, w, shape.lamp_z], [half, -w, shape.lamp_z], [-half, w, shape.lamp_z],
                      [-half, -w, shape.lamp_z]], np.float32)
    at_pixels = put(spots)
    ahead = eye[0] > half
    size = max(0.8, 0.13 * pixels)
    for k in ((0, 1) if ahead else (2, 3)):
        x, y = float(at_pixels[k, 0]), float(at_pixels[k, 1])
        lit = light.lamps * opacity
        box = np.array([[x - size, y - size * 0.6], [x + size, y - size * 0.6], [x + size, y + size * 0.6],
                        [x - size, y + size * 0.6]], np.float32)
        if ahead:
            polygon(planes, box, (190 + 44 * light.lamps, 126, 128), 0.95 * opacity)
            if lit:
                glow(planes, x, y, (size * 3.2, size * 2.6), 105 * lit)
        else:
            red = (66 + 70 * light.lamps, 106.0, 206.0) if not light.grey else (120.0, 128.0, 128.0)
            polygon(planes, box, red, 0.95 * opacity)
            if lit:
                glow(planes, x, y, (size * 2.6, size * 2.2), 38 * lit, (0, 0) if light.grey else (-16 * lit, 58 * lit))
    if light.lamps > 0.2 and shape.lamp_z < 1.5:
        pool, depth = view.project(np.stack([at + along * np.float32(half + d) for d in (1.0, 6.0, 3.0)]))
        if float(depth.min()) < 2.5:
            return
        spread = (min(4 * pixels, max(abs(float(pool[1, 0] - pool[0, 0])) * 0.5, 1.1 * pixels)),
                  min(2 * pixels, max(abs(float(pool[1, 1] - pool[0, 1])) * 0.5, 0.5 * pixels)))
        glow(planes, float(pool[2, 0]), float(pool[2, 1]), spread, 34 * light.lamps * opacity)


def person_parts(planes: Planes, spine: Floats, pixels: float, light: Light, shirt: tuple[float, float, float],
                 opacity: float) -> None:
    """A rider; ``spine`` in pixels: seat, shoulder, head, foot, hand."""
    up = np.array([0, 0, 1], np.float32)
    (sx, sy), (tx, ty), (hx, hy), (fx, fy), (gx, gy) = spine
    wide, thick = 0.20 * pixels, max(0.6, 0.07 * pixels)
    legs = [[sx - wide, sy], [sx + wide, sy], [fx + thick * 1.6, fy], [fx - thick * 1.6, fy]]
    polygon(planes, np.array(legs, np.float32), light.shade((50, 52, 66), up), opacity)
    torso = [[sx - wide, sy], [sx + wide, sy], [tx + wide * 0.95, ty], [tx - wide * 0.95, ty]]
    polygon(planes, np.array(torso, np.float32), light.shade(shirt, up), opacity)
    arm = [[tx - thick, ty + thick], [tx + thick, ty + thick], [gx + thick, gy], [gx - thick, gy]]
    polygon(planes, np.array(arm, np.float32), light.shade(shirt, np.array([0, 0, -0.6], np.float32)), opacity)
    head(planes, float(hx), float(hy), 0.145 * pixels, light.shade((shirt[2], shirt[0], shirt[1]), up), opacity)


def head(planes: Planes, x: float, y: float, radius: float, colour: Colour, opacity: float) -> None:
    """An octagon."""
    polygon(planes, OCTAGON * np.float32(radius) + np.array([x, y], np.float32), colour, opacity)


def walker(planes: Planes, view: View, light: Light, at: Floats, stride: float, seed: int,
           opacity: float = 1.0) -> None:
    """A person on foot at ``at``; ``stride`` is the phase of the step in radians."""
    height = 1.55 + 0.03 * (seed % 7)
    joints = np.array([[0, 0, 0], [0, 0, height * 0.48], [0, 0, height * 0.82], [0, 0, height * 0.92]], np.float32) + at
    spine, depth = view.project(joints)
    if float(depth[0]) < 1.2 or not -60 < spine[0, 0] < view.width + 60:
        return
    pixels = view.focal * view.scale / float(depth[0])
    up = np.array([0.3, 0.2, 0.75], np.float32)
    shirt = SHIRTS[seed % len(SHIRTS)]
    dress = seed % 5 == 2
    legs = light.shade((shirt[0] * 0.7, shirt[1] * 0.7, shirt[2] * 0.7) if dress else (52, 54, 70), up)
    top = light.shade(shirt, up)
    skin = light.shade((150, 106, 78), up)
    (fx, fy), (hx, hy), (sx, sy), (nx, ny) = (tuple(map(float, p)) for p in spine)
    if light.sun > 0.15:
        shade = view.project(np.array([[0, 0, 0], [0.25, 0, 0], [-light.sun_from[0] * 1.8, -light.sun_from[1] * 1.8, 0],
                                       [-0.2, 0.1, 0]], np.float32) + at)[0]
        darken(planes, shade, 0.4 * opacity)
    else:
        glow(planes, fx, fy, (0.3 * pixels, 0.1 * pixels), -14 * opacity)
    swing = math.sin(stride) * 0.19 * pixels
    thick = max(0.7, 0.075 * pixels)
    for side in (-1, 1):
        foot = fx + side * swing
        lift = max(0.0, side * math.cos(stride)) * 0.05 * pixels
        limb = [[hx - thick, hy], [hx + thick, hy], [foot + thick * 0.8, fy - lift], [foot - thick * 0.8, fy - lift]]
        polygon(planes, np.array(limb, np.float32), legs, opacity)
        if pixels < 15:
            continue                                            # too far away for arms
        hand_x, hand_y = sx - side * swing * 0.8 + side * 0.2 * pixels, sy + 0.55 * (hy - sy) + 0.2 * (fy - hy)
        arm = [[sx + side * 0.14 * pixels - thick * 0.6, sy], [sx + side * 0.14 * pixels + thick * 0.6, sy],
               [hand_x + thick * 0.5, hand_y], [hand_x - thick * 0.5, hand_y]]
        polygon(planes, np.array(arm, np.float32), top, opacity)
    wide = 0.19 * pixels
    hem = hy + (fy - hy) * (0.72 if dress else 0.06)
    torso = [[sx - wide * 0.9, sy], [sx + wide * 0.9, sy], [hx + wide * (1.25 if dress else 0.8), hem],
             [hx - wide * (1.25 if dress else 0.8), hem]]
    polygon(planes, np.array(torso, np.float32), top, opacity)
    head(planes, nx, ny, 0.115 * pixels, top if dress else light.shade((44, 36, 32), up), opacity)
    if pixels < 12:
        return
    head(planes, nx, ny + 0.03 * pixels, 0.08 * pixels, skin, opacity * 0.85)
