"""Vehicles that a dome keeps look as app.demo.bodies paints them, and drive on between two paintings."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from app.demo.bodies import vehicle
from app.demo.dome import sprites
from app.demo.dome.panorama import Panorama
from app.demo.dome.traffic import Traffic
from app.demo.onvif.head import Look
from app.demo.paint import Planes

STREET = Look(0.0, -12.0)


@pytest.fixture(scope="module")
def panoramas() -> dict[bool, Panorama]:
    return {night: Panorama(night) for night in (False, True)}


def copied(planes: Planes) -> Planes:
    return planes[0].copy(), planes[1].copy(), planes[2].copy()


def at_once(self: sprites.Sprites, planes: Planes, view: Any, light: Any, vehicles: Any, patience: float) -> None:
    """What is kept nowhere: every vehicle painted onto the picture itself."""
    for each in vehicles:
        vehicle(planes, view, light, each.kind, each.at, each.heading, each.paint, each.cargo)


@pytest.mark.parametrize("night", [False, True], ids=["day", "infrared"])
@pytest.mark.parametrize("look", [STREET, Look(270.0, -12.0, 2.0), Look(0.0, -8.0, 5.0)], ids=["wide", "side", "near"])
def test_a_kept_vehicle_looks_as_a_painted_one(panoramas: dict[bool, Panorama], look: Look, night: bool,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    bare = panoramas[night].see(look, 640, 360, grey=night)
    kept, painted = copied(bare), copied(bare)
    Traffic(201).draw(kept, look, 7.0, night=night, grey=night)
    monkeypatch.setattr(sprites.Sprites, "show", at_once)
    Traffic(201).draw(painted, look, 7.0, night=night, grey=night)
    touched = painted[0] != bare[0]
    assert touched.mean() > 0.002
    for one, other in zip(kept, painted, strict=True):
        off = np.abs(one.astype(int) - other)
        assert (off > 8).mean() < 0.001         # bytes are cut off after each face, floats are rounded at the end
    off = np.abs(kept[0].astype(int) - painted[0])
    assert off[touched].mean() < 1.5 and off[~touched].max() <= 3


def test_it_drives_on_between_two_paintings(panoramas: dict[bool, Panorama], monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[str] = []

    def count(*about: Any) -> None:
        painted.append(about[3])
        vehicle(*about)

    monkeypatch.setattr(sprites, "vehicle", count)
    traffic, bare = Traffic(201), panoramas[False].see(STREET, 640, 360)
    pictures = []
    for step in range(20):
        planes = copied(bare)
        traffic.draw(planes, STREET, 7.0 + step / 10, night=False, grey=False)
        pictures.append(planes[0])
    assert len(painted) < 3 + 20                        # all at first, then one in a picture at the most
    assert all(not np.array_equal(one, other) for one, other in itertools.pairwise(pictures))
    anew = copied(bare)
    Traffic(201).draw(anew, STREET, 7.0 + 1.9, night=False, grey=False)
    assert np.abs(pictures[-1].astype(int) - anew[0]).mean() < 0.4      # it is where it would be painted now


def test_nothing_stays_of_another_light_or_size(panoramas: dict[bool, Panorama]) -> None:
    traffic = Traffic(201)
    for size, night in (((640, 360), False), ((640, 360), True), ((320, 180), True)):
        bare = panoramas[night].see(STREET, *size, grey=night)
        before, alone = copied(bare), copied(bare)
        traffic.draw(before, STREET, 7.0, night=night, grey=night)
        Traffic(201).draw(alone, STREET, 7.0, night=night, grey=night)
        assert all(np.array_equal(one, other) for one, other in zip(before, alone, strict=True))
