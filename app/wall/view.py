"""Digital zoom: which part of its picture a pane shows. Pure."""

from __future__ import annotations

from app.model.wall import WHOLE, View
from layouts import Rect

MOST_ZOOM = 8.0                # a 1280-line picture shows 160 lines then: beyond it one looks at the codec's blocks
_NEARLY_WHOLE = 1.001          # below this a zoom is rounding, not a wish


def clamped(view: View) -> View:
    """Zoom within 1..8 and the shown part inside the picture; WHOLE when nothing is left of the zoom."""
    zoom = min(max(view.zoom, 1.0), MOST_ZOOM)
    if zoom < _NEARLY_WHOLE:
        return WHOLE
    half = 0.5 / zoom
    return View(min(max(view.centre_x, half), 1 - half), min(max(view.centre_y, half), 1 - half), zoom)


def zoom_about(view: View, x: float, y: float, factor: float) -> View:
    """Zoom by ``factor``; what lies at (x, y), 0..1 of the shown part, stays where it is, as far as the edges allow."""
    zoom = min(max(view.zoom * factor, 1.0), MOST_ZOOM)
    shift = 1 / view.zoom - 1 / zoom
    return clamped(View(view.centre_x + (x - 0.5) * shift, view.centre_y + (y - 0.5) * shift, zoom))


def pan(view: View, dx: float, dy: float) -> View:
    """Move the shown part right and down by (dx, dy) of its own width and height, up to the picture's edge."""
    return clamped(View(view.centre_x + dx / view.zoom, view.centre_y + dy / view.zoom, view.zoom))


def crop(view: View, source: Rect) -> Rect:
    """The pixels of ``source`` (what the pane shows without zoom) that the view leaves; at least 1 x 1."""
    width = max(1, min(source.width, round(source.width / view.zoom)))
    height = max(1, min(source.height, round(source.height / view.zoom)))
    x = source.x + round(view.centre_x * source.width - width / 2)
    y = source.y + round(view.centre_y * source.height - height / 2)
    return Rect(min(max(x, source.x), source.x + source.width - width),
                min(max(y, source.y), source.y + source.height - height), width, height)
