"""Zones drawn by hand: whatever the hand does they lie within the picture and can be seen."""

from __future__ import annotations

from app.evidence.zones import between, grown, moved
from app.model.clip import Zone


def test_zones_that_are_drawn_stay_within_the_picture():
    assert between(5000, 6000, 2000, 1000) == Zone(2000, 1000, 3000, 5000)
    assert between(-50, 0, 20_000, 20_000) == Zone(0, 0, 10_000, 10_000)
    assert between(9999, 9999, 9999, 9999) == Zone(9900, 9900, 100, 100)        # never too small to be seen
    assert moved(Zone(100, 100, 500, 500), -200, 99_999) == Zone(0, 9500, 500, 500)
    assert grown(Zone(9000, 100, 500, 500), 800, -9000) == Zone(9000, 100, 1000, 100)
