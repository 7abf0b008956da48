"""Traffic of a dome: it drives on while the dome stands, where the lens really sees its road, by day and by night."""

from __future__ import annotations

import numpy as np
import pytest

from app.demo.dome.film import dimmed, is_grey
from app.demo.dome.panorama import Panorama
from app.demo.dome.traffic import Traffic
from app.demo.onvif.head import Look
from app.demo.paint import Planes

STREET, PALMS = Look(0.0, -12.0, 1.0), Look(170.0, -12.0, 1.0)


@pytest.fixture(scope="module")
def day() -> Panorama:
    return Panorama(night=False)


def drawn(panorama: Panorama, look: Look, seconds: float, *, grey: bool = False) -> tuple[Planes, Planes]:
    bare = panorama.see(look, 320, 180, grey=grey)
    luma, blue, red = (plane.copy() for plane in bare)
    Traffic(201).draw((luma, blue, red), look, seconds, night=False, grey=grey)
    return bare, (luma, blue, red)


def test_it_drives_on_along_the_street(day: Panorama) -> None:
    bare, now = drawn(day, STREET, 7.0)
    _bare, later = drawn(day, STREET, 7.6)
    changed = now[0] != bare[0]
    assert 0.002 < changed.mean() < 0.3 and not np.array_equal(now[0], later[0])
    assert not changed[:60].any()               # above the horizon nothing drives


def test_nothing_drives_through_the_palms(day: Panorama) -> None:
    bare, now = drawn(day, PALMS, 7.0)
    assert np.array_equal(bare[0][:, 90:230], now[0][:, 90:230])


def test_infrared_has_no_colours(day: Panorama) -> None:
    _bare, now = drawn(day, STREET, 7.0, grey=True)
    assert all(np.abs(plane.astype(int) - 128).max() <= 3 for plane in now[1:])     # lamps are a touch warm


def test_filter_and_lamp_make_it_grey() -> None:
    assert is_grey({}, "Auto", night=True) and not is_grey({}, "Auto", night=False)
    assert is_grey({"IrCutFilter": "AUTO"}, "On", night=False) and not is_grey({}, "Off", night=True)
    assert is_grey({"IrCutFilter": "OFF"}, "Off", night=False) and not is_grey({"IrCutFilter": "ON"}, "On", night=True)


def test_the_iris_dims_only_when_it_is_set_by_hand() -> None:
    luma = np.full((4, 4), 150, np.uint8)
    assert dimmed(luma, {"Exposure": "AUTO", "Iris": "12"}) is luma
    assert 16 < dimmed(luma, {"Exposure": "MANUAL", "Iris": "12"}).max() < 60
