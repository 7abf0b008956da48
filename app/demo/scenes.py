"""What moves in each scene and where: lanes and walks in metres, water, lamps and standing cars in plate pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

type Path = tuple[tuple[float, float], ...]
type Box = tuple[int, int, int, int]                    # left, top, right, bottom in plate pixels
type Outline = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """Vehicles on a path at ``z`` metres, ``speed`` m/s, about ``gap`` metres apart; ``kinds`` as in bodies.SHAPES."""

    path: Path
    kinds: tuple[str, ...] = ("car", "suv", "van", "car", "bike")
    speed: float = 7.0
    gap: float = 16.0
    z: float = 0.0


@dataclass(frozen=True, slots=True)
class Walk:
    """People on a path, ``people`` of them."""

    path: Path
    people: int = 2
    z: float = 0.0


@dataclass(frozen=True, slots=True)
class Lamp:
    """A light that changes: ``beat`` blinks per loop (0: it flickers as a failing tube does)."""

    x: int
    y: int
    radius: int
    beat: int = 0
    red: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is known of one plate. ``erase``: standing cars taken off the road; ``repave``: whole carriageways;
    ``front``: what stands before the traffic; ``dashes``: lane marks painted again after repaving."""

    lanes: tuple[Lane, ...] = ()
    walks: tuple[Walk, ...] = ()
    erase: tuple[Box, ...] = ()
    repave: tuple[Outline, ...] = ()
    front: tuple[Outline, ...] = ()
    dashes: tuple[tuple[float, float, float, float], ...] = ()      # x0, y0, x1, y1 in metres
    water: Outline = ()
    lamps: tuple[Lamp, ...] = ()


def _arc(radius: float, first: float, last: float, steps: int = 28) -> Path:
    """Part of a circle about the origin, degrees."""
    turns = (math.radians(first + (last - first) * k / steps) for k in range(steps + 1))
    return tuple((radius * math.cos(t), radius * math.sin(t)) for t in turns)


TRAFFIC = ("car", "suv", "bike", "van", "car", "bike", "suv", "truck")
AWAY = ("car", "bike", "suv", "van", "bike", "car")

SCENES: dict[str, Scene] = {
    "simpang": Scene(
        lanes=(Lane(((-60, 4.4), (70, 4.4)), TRAFFIC, 8.5, 21), Lane(((-60, 1.6), (70, 1.6)), AWAY, 9.5, 24),
               Lane(((80, -4.6), (-60, -4.6)), TRAFFIC, 8.0, 20), Lane(((80, -1.8), (-60, -1.8)), AWAY, 9.0, 26)),
        walks=(Walk(((-12, 9.2), (12, 9.2)), 2), Walk(((-13, 30), (-13, -4)), 2), Walk(((12, 34), (12.5, 12)), 2)),
        erase=((428, 232, 580, 338), (652, 282, 812, 412), (58, 262, 262, 372), (272, 242, 345, 298),
               (538, 210, 590, 268), (598, 184, 694, 240), (828, 160, 940, 248), (618, 222, 652, 270),
               (712, 252, 745, 306), (0, 330, 84, 400)),
        lamps=(Lamp(830, 430, 16, 6, True),)),
    "arteri": Scene(
        lanes=(Lane(((-3.6, -42), (-3.6, 46)), AWAY, 7.3, 14), Lane(((-7.0, -42), (-7.0, 46)), AWAY, 7.3, 15),
               Lane(((-10.4, -42), (-10.4, 46)), ("bike", "van", "bike", "car"), 7.3, 17),
               Lane(((3.6, 46), (3.6, -42)), TRAFFIC, 7.3, 15), Lane(((7.0, 46), (7.0, -42)), AWAY, 7.3, 16),
               Lane(((10.6, 46), (10.6, -42)), ("bus", "bike", "van", "bike"), 7.3, 18)),
        walks=(Walk(((-15.2, -28), (-15.2, 30)), 3), Walk(((15.6, 30), (15.6, -26)), 3)),
        repave=(((20, 540), (462, 540), (452, 262), (318, 262), (232, 372)),
                ((640, 540), (960, 540), (960, 420), (700, 262), (512, 262))),
        front=(((572, 70), (594, 70), (594, 540), (572, 540)),),
        dashes=tuple((x, y, x, y + 3) for x in (-8.7, -5.3, 5.3, 8.8) for y in range(-34, 34, 8))),
    "flyover": Scene(
        lanes=(Lane(((7.2, 60), (7.2, -12)), TRAFFIC, 6.0, 14), Lane(((9.9, 60), (9.9, -12)), AWAY, 6.0, 15),
               Lane(((11.9, 60), (11.9, -12)), ("bike", "bike", "car"), 6.0, 17),
               Lane(((1.4, 75), (1.4, -18)), AWAY, 11.6, 30, 6.5),
               Lane(((-2.2, 75), (-2.2, -18)), TRAFFIC, 11.6, 31, 6.5),
               Lane(((-7.2, -22), (-7.2, 75)), AWAY, 11.6, 28, 6.5)),
        walks=(Walk(((15.6, -4), (15.6, 30)), 2),),
        repave=(((352, 540), (672, 540), (706, 400), (716, 262), (662, 262), (560, 350), (440, 470)),
                ((0, 256), (110, 246), (300, 228), (470, 204), (592, 196), (590, 214), (540, 240), (300, 346),
                 (0, 456))),
        erase=((358, 200, 430, 242), (470, 190, 516, 220)),
        front=(((554, 55), (562, 55), (562, 250), (554, 250)),),
        dashes=tuple((8.5, y, 8.5, y + 3) for y in range(-8, 48, 8))),
    "halte": Scene(
        lanes=(Lane(((-30, 2.1), (60, 2.1)), AWAY, 7.5, 17), Lane(((60, -3.4), (-30, -3.4)), TRAFFIC, 7.5, 16),
               Lane(((60, -0.9), (-30, -0.9)), ("bike", "car", "bike"), 7.5, 22)),
        walks=(Walk(((-2, 8.4), (34, 8.4)), 3), Walk(((30, 10.2), (2, 10.6)), 2)),
        repave=(((196, 540), (204, 412), (330, 372), (480, 324), (620, 268), (760, 226), (862, 204), (960, 204),
                 (960, 360), (890, 540)),),
        erase=((346, 298, 530, 362),),
        dashes=tuple((x, 0.0, x + 4, 0.0) for x in range(-16, 48, 9))),
    "bundaran": Scene(
        lanes=(Lane(_arc(15.4, 115, -75), AWAY, 5.4, 12), Lane(_arc(19.0, 118, -80), AWAY, 6.0, 13),
               Lane(_arc(22.6, 116, -82), ("bike", "car", "bike"), 6.4, 14)),
        walks=(Walk(_arc(29, -40, -78), 2),),
        repave=(((0, 540), (0, 356), (160, 330), (240, 350), (330, 385), (470, 410), (620, 405), (740, 365), (790, 300),
                 (880, 300), (960, 350), (960, 540)),),
        erase=((714, 232, 800, 284), (170, 268, 242, 314)),
        front=(((34, 118), (72, 118), (104, 540), (64, 540)),),
        dashes=tuple((r * math.cos(t), r * math.sin(t), r * math.cos(t + 2.2 / r), r * math.sin(t + 2.2 / r))
                     for r in (17.2, 20.9) for t in (k * 0.3 - 0.9 for k in range(9)))),
    "tol": Scene(
        lanes=(Lane(((2.2, -40), (2.2, -6)), ("car", "suv", "van", "car"), 2.9, 13),
               Lane(((6.2, -44), (6.2, -7)), ("suv", "car", "van"), 3.1, 16),
               Lane(((10.4, -46), (10.4, -8)), ("car", "truck", "suv"), 3.1, 20)),
        erase=((738, 330, 960, 430), (690, 470, 960, 540)),
        repave=(((640, 372), (960, 318), (960, 540), (720, 540), (560, 430)),),
        lamps=(Lamp(275, 248, 12, 4), Lamp(522, 223, 10, 3, True), Lamp(411, 234, 10, 2))),
    "pasar": Scene(
        walks=(Walk(((-0.6, -13), (0.2, 44)), 7), Walk(((1.4, 44), (1.0, -13)), 7), Walk(((2.4, -12), (2.2, 36)), 4),
               Walk(((-1.6, 30), (-1.7, -10)), 3)),
        lanes=(Lane(((0.4, 44), (0.6, -14)), ("bike",), 4.8, 58),),
        lamps=(Lamp(535, 118, 30), Lamp(140, 232, 24), Lamp(790, 215, 20))),
    "losari": Scene(
        walks=(Walk(((-14, 1.6), (44, 1.6)), 4), Walk(((44, -0.6), (-12, -0.6)), 4), Walk(((2, -12), (26, 5)), 3),
               Walk(((30, -4), (0, -8.5)), 3), Walk(((-4, -4.6), (34, -3.2)), 3)),
        lanes=(Lane(((46, -5.6), (-14, -5.2)), ("bike",), 5.0, 60),),
        front=(((110, 112), (142, 112), (142, 222), (110, 222)), ((450, 104), (482, 104), (482, 196), (450, 196))),
        water=((0, 100), (960, 100), (700, 180), (420, 184), (0, 238))),
    "balaikota": Scene(
        walks=(Walk(((3, -14), (7, 24)), 3), Walk(((10, 20), (5, -12)), 3), Walk(((-14, 11.5), (26, 11.5)), 4),
               Walk(((20, 6), (2, -3)), 2)),
        lanes=(Lane(((-30, 15), (46, 15)), ("car", "suv", "bike"), 6.3, 38),)),
    "lorong": Scene(
        walks=(Walk(((-0.5, -1), (-0.4, 34)), 3), Walk(((0.5, 34), (0.4, 0)), 3)),
        lanes=(Lane(((0.1, 40), (0.1, -3)), ("bike",), 3.6, 22),),
        lamps=(Lamp(432, 118, 18), Lamp(560, 300, 30))),
    "sungai": Scene(
        lanes=(Lane(((-30, -4), (-4, 74)), ("boat",), 3.4, 41, -2.6),
               Lane(((2, 84), (-14, -8)), ("boat",), 3.9, 47, -2.6)),
        walks=(Walk(((-38, -4), (-38, 50)), 4),),
        erase=((318, 432, 442, 540), (514, 308, 600, 380)),
        water=((210, 540), (190, 320), (160, 240), (300, 236), (960, 250), (960, 540)),
        lamps=(Lamp(330, 128, 8, 8, True),)),
    "pelabuhan": Scene(
        lanes=(Lane(((60, 6.5), (-50, 6.5)), ("truck", "suv", "truck"), 9.2, 36),
               Lane(((-50, 1.4), (60, 1.4)), ("truck", "car"), 9.2, 55)),
        walks=(Walk(((-32, 5), (4, 3)), 2), Walk(((10, 9), (-24, 9.6)), 2)),
        erase=((628, 466, 660, 522), (735, 350, 762, 388)),
        front=(((702, 0), (716, 0), (712, 486), (700, 486)), ((602, 0), (625, 0), (625, 368), (604, 368)),
               ((812, 90), (819, 90), (819, 320), (812, 320))),
        water=((0, 340), (0, 470), (230, 400), (430, 330), (300, 300)),
        lamps=(Lamp(448, 8, 9, 8, True), Lamp(778, 30, 9, 8, True))),
    "pintuair": Scene(
        walks=(Walk(((-14, -6), (-13, 22)), 2),),
        water=((0, 446), (330, 342), (640, 222), (760, 252), (900, 320), (960, 350), (960, 540), (0, 540)),
        lamps=(Lamp(545, 60, 40),)),
    "parkir": Scene(
        walks=(Walk(((8.4, 9.4), (13.8, 17)), 2), Walk(((16, 12), (6.6, 8.4)), 2), Walk(((-11, 22), (2, 33)), 2)),
        lanes=(Lane(((24, 19), (3, 1)), ("bike",), 2.3, 28),),
        lamps=(Lamp(128, 160, 34), Lamp(680, 142, 26), Lamp(858, 342, 12, 6))),
}
EMPTY = Scene(lanes=(Lane(((-3.0, -20), (-3.0, 60)), AWAY, 7.0, 16), Lane(((3.0, 60), (3.0, -20)), TRAFFIC, 7.0, 16)),
              walks=(Walk(((-9, -10), (-9, 40)), 4),))
