"""Held keys become velocities."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.model.camera import ROTATIONS
from app.model.turning import turned as picture_turned
from app.ptz.motion import STILL, Held, Velocity, axes, velocity

WAYS = st.frozensets(st.sampled_from(["left", "right", "up", "down", "in", "out"]))
STICK = st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 3)
HELD = st.builds(Held, WAYS, st.booleans(), st.booleans(), st.integers(-3, 12), STICK)


def test_nothing_held_is_standing_still() -> None:
    assert velocity(Held()) == STILL and not velocity(Held(fast=True)).moving


def test_opposite_keys_cancel() -> None:
    assert velocity(Held(frozenset({"left", "right", "up"}))).pan == 0


def test_shift_is_fastest_and_ctrl_slower() -> None:
    right = frozenset({"right"})
    slow, usual, fast = (velocity(Held(right, slow=s, fast=f)).pan for s, f in ((True, False), (False, False),
                                                                               (False, True)))
    assert 0 < slow < usual < fast == 1.0


def test_a_diagonal_is_no_faster_than_straight_on() -> None:
    straight = velocity(Held(frozenset({"right"}))).pan
    slant = velocity(Held(frozenset({"right", "up"})))
    assert slant.pan == slant.tilt
    assert abs(math.hypot(slant.pan, slant.tilt) - straight) < 0.02


def test_axes_turn_with_the_picture() -> None:
    right = Held(frozenset({"right"}), fast=True)
    assert [velocity(right, turn) for turn in (0, 90, 180, 270)] == [
        Velocity(1.0, 0.0), Velocity(0.0, 1.0), Velocity(-1.0, 0.0), Velocity(0.0, -1.0)]


ROTATION, SHARE = st.sampled_from(ROTATIONS), st.floats(-1, 1)


@given(SHARE, SHARE, ROTATION, ROTATION)
def test_turns_of_the_axes_add_up(right: float, up: float, first: int, second: int) -> None:
    assert axes(*axes(right, up, first), second) == axes(right, up, (first + second) % 360)
    assert axes(*axes(right, up, first), (360 - first) % 360) == (right, up), "four quarters change nothing"
    assert axes(right, up, 180) == (-right, -up)
    assert math.hypot(*axes(right, up, first)) == math.hypot(right, up)


@given(HELD, ROTATION)
def test_only_the_direction_turns(held: Held, rotation: int) -> None:
    upright, turned = velocity(held), velocity(held, rotation)
    assert (turned.pan, turned.tilt) == axes(upright.pan, upright.tilt, rotation) and turned.zoom == upright.zoom


@given(ROTATION, st.integers(0, 8), st.integers(0, 8))
def test_the_axes_turn_as_the_pictures_do(rotation: int, row: int, column: int) -> None:
    """Moving to where something is shown is moving to where the camera sees it."""
    sent = np.zeros((9, 9))
    sent[row, column] = 1
    shown_row, shown_column = (int(place[0]) for place in picture_turned(sent, rotation).nonzero())
    assert axes(shown_column - 4, 4 - shown_row, rotation) == (column - 4, 4 - row)


@given(HELD, st.sampled_from([0, 90, 180, 270]))
def test_a_velocity_is_always_within_the_unit_circle(held: Held, rotation: int) -> None:
    moves = velocity(held, rotation)
    assert math.hypot(moves.pan, moves.tilt) <= 1.01 and -1 <= moves.zoom <= 1
    if not held.ways and held.stick == (0.0, 0.0, 0.0):
        assert moves == STILL
