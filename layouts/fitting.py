"""How a picture meets its box: whole with bars, cut to fill, or stretched."""

from __future__ import annotations

from typing import Literal

from layouts.shapes import Rect

type Mode = Literal["fit", "fill", "stretch"]


def fit_picture(picture_w: int, picture_h: int, box: Rect, mode: Mode | str) -> tuple[Rect, Rect]:
    """(target, source): the pixels of the box to paint and the pixels of the picture to take.

    ``fit`` shows the whole picture in its own proportions, centred; ``fill`` covers the box and cuts what is too
    much, evenly on both sides; ``stretch`` ignores proportions. A side never shrinks below 1 px. An empty picture
    or box gives an empty target at the box's corner. Raises ValueError for another mode.
    """
    if mode not in ("fit", "fill", "stretch"):
        raise ValueError(f"a picture meets its pane by fit, fill or stretch, not “{mode}”")
    whole = Rect(0, 0, max(picture_w, 0), max(picture_h, 0))
    if not whole.pixels or not box.pixels:
        return Rect(box.x, box.y, 0, 0), whole
    if mode == "stretch":
        return box, whole
    if mode == "fit":
        width, height = _inside(picture_w, picture_h, box.width, box.height)
        return Rect(box.x + (box.width - width) // 2, box.y + (box.height - height) // 2, width, height), whole
    width, height = _inside(box.width, box.height, picture_w, picture_h)
    return box, Rect((picture_w - width) // 2, (picture_h - height) // 2, width, height)


def _inside(width: int, height: int, most_width: int, most_height: int) -> tuple[int, int]:
    """The largest size of the same proportions within the limits, rounded to whole pixels, at least 1 x 1."""
    if width * most_height >= most_width * height:                                        # the width decides
        return most_width, max(1, min(most_height, (most_width * height * 2 + width) // (2 * width)))
    return max(1, min(most_width, (most_height * width * 2 + height) // (2 * height))), most_height
