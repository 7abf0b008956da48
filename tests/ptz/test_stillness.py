"""A camera that stands under traffic and noise stands; one that pans, tilts or zooms moves. The pictures are made here:
a street round the whole circle, seen through a lens, with cars on it and a sensor's noise."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from app.ptz.stillness import LOOKS_S, WIDTH, Watching, _part, _spectra, shifts_between, thumb

HIGH, WIDE = 180, 320
PER_DEGREE = 4.5                # pixels of the street per degree: 320 pixels are 71 degrees

type Image = npt.NDArray[np.float64]


@cache
def street(seed: int) -> Image:
    """Houses with windows, a road and a sky, 360 degrees round; (rows, columns) luma."""
    rng = np.random.default_rng(seed)
    wide, high = int(360 * PER_DEGREE), 350
    made = np.full((high, wide), 150.0)
    made[high // 2 + 30:] = 85
    for _house in range(90):
        left, width, tall = rng.integers(wide), rng.integers(20, 70), rng.integers(30, 150)
        columns = np.arange(left, left + width) % wide
        made[high // 2 + 30 - tall:high // 2 + 30, columns] = rng.uniform(60, 210)
        for row in range(high // 2 + 35 - tall, high // 2 + 20, 11):
            for column in range(3, width - 5, 9):
                lit = columns[column:column + 4]
                made[row:row + 6, lit] = rng.uniform(20, 240)
    for _patch in range(400):
        row, column = rng.integers(high // 2 + 30, high - 7), rng.integers(wide - 15)
        made[row:row + rng.integers(1, 5), column:column + rng.integers(2, 15)] = rng.uniform(60, 180)
    return made


def seen(world: Image, pan: float, tilt: float = 0.0, zoom: float = 1.0) -> Image:
    """What a lens that looks there shows, bilinear."""
    rows = (np.arange(HIGH) - HIGH / 2) / zoom + world.shape[0] / 2 + 20 - tilt * PER_DEGREE
    columns = ((np.arange(WIDE) - WIDE / 2) / zoom + pan * PER_DEGREE) % world.shape[1]
    top, left = np.clip(rows.astype(int), 0, world.shape[0] - 2), columns.astype(int)
    y, x = (rows - top)[:, None], (columns - left)[None, :]
    right = (left + 1) % world.shape[1]
    above = world[top][:, left] * (1 - x) + world[top][:, right] * x
    below = world[top + 1][:, left] * (1 - x) + world[top + 1][:, right] * x
    return np.asarray(above * (1 - y) + below * y)


def cars(picture: Image, seconds: float, rng_seed: int, many: int = 14) -> Image:
    """Cars both ways along the road, and one that is close and large."""
    rng = np.random.default_rng(rng_seed)
    for _car in range(many):
        row, speed = rng.integers(HIGH // 2 + 15, HIGH - 20), rng.choice((-1, 1)) * rng.uniform(30, 130)
        at = int(rng.uniform(0, WIDE) + speed * seconds) % WIDE
        length, tall, shade = rng.integers(15, 45), rng.integers(7, 17), rng.uniform(20, 240)
        picture[row:row + tall, at:at + length] = shade
        picture[row + 2:row + tall // 2, at + 3:at + length - 3] = 255 - shade
    return picture


def camera(picture: Image, seconds: float, noise: float, seed: int) -> npt.NDArray[np.uint8]:
    """As it comes out of the decoder, with the camera's own clock in a corner."""
    rng = np.random.default_rng(seed * 1000 + round(seconds * 100))
    picture = picture + rng.normal(0, noise, picture.shape)
    picture[-12:-4, 4:100] = np.where(np.arange(96) // 4 % 2, 230, 20)
    return np.repeat(np.clip(picture, 16, 235).astype(np.uint8)[:, :, None], 4, 2)


def watch(seed: int, pan: float = 0.0, tilt: float = 0.0, zoom: float = 0.0, *, noise: float = 3.0,
          traffic: bool = True, dark: float = 1.0) -> bool | None:
    """The verdict on a camera that turns so many degrees a second, or zooms in by that factor of e a second."""
    world, looks = street(seed), Watching()
    for seconds in LOOKS_S:
        picture = seen(world, 40.0 * seed + pan * seconds, tilt * seconds, 1.5 * math.exp(zoom * seconds))
        if traffic:
            picture = cars(picture, seconds, seed)
        small = thumb(camera(picture * dark, seconds, noise, seed))
        assert small is not None and small.shape[1] == WIDTH
        looks.add(seconds, small)
    return looks.moves


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("noise", [1.0, 14.0])
def test_a_camera_that_stands_over_traffic_stands(seed: int, noise: float) -> None:
    assert not watch(seed, noise=noise)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("pan", "tilt"), [(2.0, 0.0), (-7.0, 0.0), (25.0, 0.0), (0.0, 4.0), (-6.0, -3.0), (60.0, 0.0)])
def test_a_camera_that_turns_over_traffic_moves(seed: int, pan: float, tilt: float) -> None:
    assert watch(seed, pan, tilt) is True


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("zoom", [0.15, -0.15, 0.5])
def test_a_camera_that_zooms_moves(seed: int, zoom: float) -> None:
    assert watch(seed, zoom=zoom) is True


@pytest.mark.parametrize("seed", range(3))
def test_a_picture_without_anything_to_hold_on_to_is_not_called_moving(seed: int) -> None:
    assert watch(seed, pan=5.0, dark=0.02, noise=4.0) is not True
    assert watch(seed, dark=0.02, noise=4.0) is not True


def test_a_bus_close_by_is_no_camera_that_turns() -> None:
    world, looks = street(1), Watching()
    for seconds in LOOKS_S:
        picture = seen(world, 10.0)
        at = round(seconds * 350)
        bus = np.random.default_rng(5).uniform(30, 220, (30, 40)).repeat(5, 0).repeat(5, 1)
        picture[30:, max(at - 200, 0):at] = bus[:, max(200 - at, 0):][:HIGH - 30, :at - max(at - 200, 0)]
        small = thumb(camera(picture, seconds, 3.0, 1))
        assert small is not None
        looks.add(seconds, small)
    assert looks.moves is not True


def test_a_wind_that_shakes_the_pole_is_no_turning() -> None:
    world, looks = street(2), Watching()
    for seconds, sway in zip(LOOKS_S, (0.0, 0.5, -0.4, 0.3, -0.1, 0.4), strict=True):
        small = thumb(camera(seen(world, 80.0 + sway), seconds, 3.0, 2))
        assert small is not None
        looks.add(seconds, small)
    assert looks.moves is not True


def test_too_little_to_tell() -> None:
    looks, grey = Watching(), np.zeros((90, WIDTH), np.float32)
    assert looks.moves is None
    for seconds in (0.0, 0.5, 0.5, 1.0):
        looks.add(seconds, grey)
    assert looks.moves is None and len(looks) == 3
    looks.add(2.0, np.zeros((60, WIDTH), np.float32))
    assert looks.moves is None and len(looks) == 1
    assert thumb(np.zeros((90, 100, 4), np.uint8)) is None


def test_a_shift_is_found_to_parts_of_a_pixel() -> None:
    world = street(3)
    before, after = (thumb(camera(seen(world, 20.0 + by), 0.0, 0.0, 1)) for by in (0.0, 1.5))
    assert before is not None and after is not None
    part = _part(before.shape)
    shifts, sure = shifts_between(_spectra(before), _spectra(after), part)
    assert sure.all()
    assert shifts[4] == pytest.approx((-1.5 * PER_DEGREE / 2, 0.0), abs=0.4)
