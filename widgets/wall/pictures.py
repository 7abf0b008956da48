"""Shared memory seen as QImage: one wrapper per buffer, never a copy on the way to the screen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from app.video.engine import Picture

# A decoder rotates three buffers per pane; 64 panes and two sizes during a change of layout stay below this.
_MOST_WRAPPERS = 1024


class Wrappers:
    """QImages that lie over picture buffers, kept by address and shape so that a tick makes no objects."""

    def __init__(self) -> None:
        self._images: dict[tuple[int, int, int, int], tuple[QImage, npt.NDArray[np.uint8]]] = {}

    def image(self, picture: Picture) -> QImage:
        """The picture as a QImage that borrows its memory; valid as long as the Picture is."""
        key = (picture.address, picture.width, picture.height, picture.stride)
        found = self._images.get(key)
        if found is not None:
            return found[0]
        if len(self._images) >= _MOST_WRAPPERS:
            self._images.clear()
        image = wrap(picture)
        # The memory is kept beside the image: it must not be unmapped under Qt's hands.
        self._images[key] = (image, picture.memory)
        return image

    def forget(self) -> None:
        """Let go of every buffer: while a wrapper lives, the memory of a worker that is gone stays mapped."""
        self._images.clear()


def wrap(picture: Picture) -> QImage:
    """A QImage (RGB32, opaque) over the picture's memory."""
    last = picture.offset + picture.stride * (picture.height - 1) + picture.width * 4
    rows = picture.memory[picture.offset : last].view()
    rows.flags.writeable = False        # Qt must not be able to paint into shared memory
    return QImage(rows.data, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32)
