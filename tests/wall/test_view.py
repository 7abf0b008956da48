"""Digital zoom stays within the picture and keeps the point under the pointer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.wall import WHOLE, View
from app.wall.view import MOST_ZOOM, clamped, crop, pan, zoom_about
from layouts import Rect

unit = st.floats(0, 1)
views = st.builds(lambda x, y, z: clamped(View(x, y, z)), unit, unit, st.floats(1, 8))


def inside(view: View) -> bool:
    half = 0.5 / view.zoom - 1e-9
    return half <= view.centre_x <= 1 - half and half <= view.centre_y <= 1 - half and 1 <= view.zoom <= MOST_ZOOM


@given(views, unit, unit, st.floats(0.1, 10))
def test_zoom_stays_in_the_picture(view: View, x: float, y: float, factor: float) -> None:
    assert inside(zoom_about(view, x, y, factor))


@given(views, unit, unit, st.floats(1, 8))
def test_zooming_in_keeps_the_point_under_the_pointer(view: View, x: float, y: float, factor: float) -> None:
    after = zoom_about(view, x, y, factor)
    if after == WHOLE:
        return
    assert view.centre_x + (x - 0.5) / view.zoom == pytest.approx(after.centre_x + (x - 0.5) / after.zoom, abs=1e-3)
    assert view.centre_y + (y - 0.5) / view.zoom == pytest.approx(after.centre_y + (y - 0.5) / after.zoom, abs=1e-3)


@given(views, st.floats(-20, 20), st.floats(-20, 20))
def test_panning_stops_at_the_edge(view: View, dx: float, dy: float) -> None:
    after = pan(view, dx, dy)
    assert inside(after) and (after.zoom == view.zoom or after == WHOLE)


def test_in_and_out_again_is_whole() -> None:
    assert zoom_about(zoom_about(WHOLE, 0.2, 0.9, 3), 0.7, 0.1, 1 / 3) == WHOLE
    assert zoom_about(WHOLE, 0.5, 0.5, 100).zoom == MOST_ZOOM
    assert zoom_about(WHOLE, 0, 0, 2) == View(0.25, 0.25, 2)
    assert pan(View(0.25, 0.25, 2), 0.5, 0) == View(0.5, 0.25, 2)


@given(views, st.integers(1, 8000), st.integers(1, 8000), st.integers(0, 50))
def test_a_crop_lies_in_its_source(view: View, width: int, height: int, offset: int) -> None:
    source = Rect(offset, offset, width, height)
    part = crop(view, source)
    assert part.overlap(source) == part and part.pixels
    assert abs(part.width - width / view.zoom) <= 1 and abs(part.height - height / view.zoom) <= 1


def test_the_whole_view_crops_nothing() -> None:
    assert crop(WHOLE, Rect(3, 4, 640, 360)) == Rect(3, 4, 640, 360)
    assert crop(View(0.75, 0.75, 2), Rect(0, 0, 640, 360)) == Rect(320, 180, 320, 180)
