"""Digital zoom as arithmetic on View: about a point, and dragged. Points are 0..1 of what is shown."""

from __future__ import annotations

from app.model.wall import WHOLE, View

STEP = 1.25             # one notch of a wheel: three notches double
MOST = 16.0             # a 1080p picture shown 16 times has 120 pixels across: beyond it nothing is to be seen


def zoomed(view: View, notches: float, at_x: float, at_y: float) -> View:
    """Zoom by wheel notches so that the point under the pointer stays where it is."""
    zoom = min(max(view.zoom * STEP ** notches, 1.0), MOST)
    if zoom < 1.01:
        return WHOLE
    point_x = view.centre_x + (at_x - 0.5) / view.zoom
    point_y = view.centre_y + (at_y - 0.5) / view.zoom
    return clamped(View(point_x - (at_x - 0.5) / zoom, point_y - (at_y - 0.5) / zoom, zoom))


def panned(view: View, by_x: float, by_y: float) -> View:
    """The picture follows the pointer: moved by parts of the shown picture."""
    return clamped(View(view.centre_x - by_x / view.zoom, view.centre_y - by_y / view.zoom, view.zoom))


def clamped(view: View) -> View:
    """Never beyond the picture's edge."""
    half = 0.5 / view.zoom
    return View(min(max(view.centre_x, half), 1 - half), min(max(view.centre_y, half), 1 - half), view.zoom)
