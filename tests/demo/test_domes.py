"""Domes turn as a lens would, and tell the truth about where they look."""

from __future__ import annotations

import numpy as np
import pytest

from app.demo.dome.panorama import Panorama
from app.demo.onvif.head import MOST_ZOOM, TILT_LIMITS, Faults, Head, Look
from tests.fakes.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def head(clock: Clock) -> Head:
    return Head(clock=clock)


def test_pan_is_endless_and_tilt_is_not(head: Head, clock: Clock) -> None:
    head.move((1.0, 1.0), None, 60.0)
    clock.now = 30.0
    look = head.look()
    assert look.pan > 720 and look.tilt == TILT_LIMITS[1]


def test_a_move_ends_with_its_timeout_unless_the_device_ignores_it(head: Head, clock: Clock) -> None:
    head.move((1.0, 0.0), None, 1.0)
    clock.now = 1.5
    assert not head.moving
    head.faults = Faults(ignores_timeout=True)
    head.move((1.0, 0.0), None, 1.0)
    clock.now = 90.0
    assert head.moving


def test_an_axis_that_is_not_named_goes_on(head: Head, clock: Clock) -> None:
    head.move((1.0, 0.0), None, 60.0)
    head.move(None, 1.0, 60.0)
    clock.now = 1.0
    assert head.look().pan > 50 and head.look().zoom > 2
    head.stop(pan_tilt=True, zoom=False)
    pan = head.look().pan
    clock.now = 9.0
    assert head.look().pan == pan and head.look().zoom == MOST_ZOOM


def test_it_travels_the_shorter_way_round(head: Head, clock: Clock) -> None:
    head.go(Look(350.0))
    clock.now = 0.02
    assert head.look().pan < 0
    clock.now = 10.0
    assert head.look().pan == pytest.approx(-10.0)


@pytest.fixture(scope="module")
def panorama() -> Panorama:
    return Panorama(night=False)


def test_the_circle_closes(panorama: Panorama) -> None:
    """Whole turns look alike, and there is no seam where the panorama's edges meet."""
    first, second = (panorama.see(Look(pan), 320, 180)[0] for pan in (0.0, 720.0))
    assert np.array_equal(first, second)
    seam = np.abs(np.diff(panorama.see(Look(0.0, -12.0), 320, 180)[0].astype(int), axis=1)).mean(0)
    assert seam[158:162].max() < 4 * seam.mean() + 8


def test_a_small_turn_shifts_the_picture_to_the_other_side(panorama: Panorama) -> None:
    before = panorama.see(Look(40.0, 0.0), 320, 180)[0][80:100].astype(int)
    after = panorama.see(Look(41.0, 0.0), 320, 180)[0][80:100].astype(int)
    shifts = {s: np.abs(before[:, 40 + s:280 + s] - after[:, 40:280]).mean() for s in range(-10, 11)}
    assert min(shifts, key=lambda s: shifts[s]) in (4, 5, 6)        # 320 px for 60 degrees


def test_zooming_in_shows_a_part_of_the_same(panorama: Panorama) -> None:
    wide = panorama.see(Look(40.0, -5.0, 1.8), 320, 180)[0].astype(float)
    near = panorama.see(Look(40.0, -5.0, 3.6), 320, 180)[0].astype(float)
    middle = wide[45:135, 80:240]
    small = near.reshape(90, 2, 160, 2).mean((1, 3))
    assert np.corrcoef(middle.ravel(), small.ravel())[0, 1] > 0.9


def test_infrared_has_no_colour(panorama: Panorama) -> None:
    _luma, blue, red = panorama.see(Look(), 320, 180, grey=True)
    assert set(blue.ravel()) == set(red.ravel()) == {128}


@pytest.mark.parametrize("look", [Look(40.0, -12.0), Look(-0.2, 15.0, 1.5), Look(359.9, -45.0),
                                  Look(100.0, -10.0, 6.0)], ids=["middle", "seam above", "seam below", "near"])
def test_the_quick_picture_of_a_turning_dome_shows_the_same_at_the_same_place(panorama: Panorama, look: Look) -> None:
    exact = [plane.astype(float) for plane in panorama.see(look, 640, 360)]
    quick = [plane.astype(float) for plane in panorama.see(look, 640, 360, quick=True)]
    shifts = {(dy, dx): np.abs(exact[0][8 + dy:352 + dy, 8 + dx:632 + dx] - quick[0][8:352, 8:632]).mean()
              for dy in (-3, 0, 3) for dx in (-3, 0, 3)}
    assert min(shifts, key=lambda shift: shifts[shift]) == (0, 0)
    assert all(np.abs(a - b).mean() < 6 for a, b in zip(exact, quick, strict=True))


def test_the_quick_circle_closes(panorama: Panorama) -> None:
    first, second = (panorama.see(Look(pan), 320, 180, quick=True)[0] for pan in (0.0, -720.0))
    assert np.array_equal(first, second)
    seam = np.abs(np.diff(panorama.see(Look(0.0, -12.0), 320, 180, quick=True)[0].astype(int), axis=1)).mean(0)
    assert seam[158:162].max() < 4 * seam.mean() + 8


@pytest.mark.parametrize("look", [Look(40.0, -12.0), Look(40.0, -12.0, 1.5), Look(100.0, -10.0, 6.0)],
                         ids=["wide", "closer", "near"])
def test_the_quick_picture_of_half_the_size_shows_the_same(panorama: Panorama, look: Look) -> None:
    exact = panorama.see(look, 640, 360)[0].astype(float).reshape(180, 2, 320, 2).mean((1, 3))
    quick = panorama.see(look, 320, 180, quick=True)[0].astype(float)
    shifts = {(dy, dx): np.abs(exact[8 + dy:172 + dy, 8 + dx:312 + dx] - quick[8:172, 8:312]).mean()
              for dy in (-2, 0, 2) for dx in (-2, 0, 2)}
    assert min(shifts, key=lambda shift: shifts[shift]) == (0, 0) and shifts[0, 0] < 6


@pytest.mark.parametrize("grey", [False, True])
def test_luma_leaves_room_for_noise_that_wraps(panorama: Panorama, grey: bool) -> None:
    for pan in range(0, 360, 45):
        luma = panorama.see(Look(float(pan)), 320, 180, grey=grey)[0]
        assert luma.min() >= 16 and luma.max() <= 235
