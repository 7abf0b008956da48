"""What the engine shall show for the panes of one window."""

from __future__ import annotations

from collections.abc import Sequence

from app.model.pane import StreamWish
from app.model.wall import WindowState
from app.video.engine import PaneKey, Want
from widgets.wall.face import Face
from widgets.wall.geometry import Box

_LEAST = 8      # device px: below it there is nothing to look at, and the window is not laid out yet


def of(faces: Sequence[Face], resting: Sequence[Box], state: WindowState, seen: bool) -> dict[PaneKey, Want]:
    """One Want for each pane of the layout that has a known camera.

    While one pane is alone the others keep the size of the layout and go on hidden, so that coming back is
    immediate. Panes beyond the layout's cells are not wanted at all.
    """
    wants: dict[PaneKey, Want] = {}
    for face in faces:
        shown = face.box is not None
        box = face.box or (resting[face.index] if face.index < len(resting) else None)
        if box is None or face.camera is None or not face.pane.camera:
            continue
        width, height = box.picture.width(), box.picture.height()
        if width < _LEAST or height < _LEAST:
            continue
        wish = face.pane.wish
        if state.alone == face.index and wish is StreamWish.AUTO:
            wish = StreamWish.MAIN          # alone means: on its best picture, and at once
        wants[face.key] = Want(face.camera, width, height, state.fit, wish,
                               zoomed=face.pane.view.zoom > 1.0, visible=seen and shown,
                               important=face.index in (state.selected, state.alone))
    return wants
