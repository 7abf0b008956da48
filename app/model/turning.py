"""Pictures turned by quarters for whoever looks at them: their sides, their size in a pane, their pixels. Pure.

``rotation`` is one of app.model.camera.ROTATIONS: degrees clockwise from the picture that the camera sends to the one
that is shown. What is recorded and handed out stays as the camera sent it.
"""

from __future__ import annotations

from typing import Any


def sides(width: int, height: int, rotation: int) -> tuple[int, int]:
    """Width and height after turning; the same back."""
    return (height, width) if rotation % 180 else (width, height)


def turned(pixels: Any, rotation: int) -> Any:
    """An array of rows and columns as a turned view of the same memory; further axes (colours) stay."""
    if rotation == 90:
        return pixels.swapaxes(0, 1)[:, ::-1]
    if rotation == 180:
        return pixels[::-1, ::-1]
    return pixels.swapaxes(0, 1)[::-1] if rotation == 270 else pixels
