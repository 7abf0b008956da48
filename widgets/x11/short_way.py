"""Pictures put on a window straight from the memory that a decoder worker wrote them into.

By Qt's way a picture is copied into the window's backing store and from there to the X server; here the server takes
it from where it lies. Qt's backing store then holds an older picture: whoever uses this has to have Qt paint before
any of that reaches the screen (:class:`Exposures`).

Runs on: GUI thread. Nothing waits: while the server has not said that it took the memory and of what depth the window
is, :meth:`ShortWay.put` says False and Qt paints.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QWindow

from app.video.engine import Picture
from widgets.x11.xcb import Connection

# A part of a picture: x, y, width, height within it, and where that goes, in device pixels from the wall's corner.
Piece = tuple[int, int, int, int, int, int]

_Z_PIXMAP = 2               # XCB_IMAGE_FORMAT_Z_PIXMAP: pixel after pixel
_DEPTHS = (24, 32)          # B G R x in 32 bits: what RGB32 is on these machines


@dataclass(slots=True)
class _Segment:
    """Memory that the server was shown. ``memory`` keeps the mapping, so that no other gets its address."""

    number: int
    request: int
    memory: Any
    taken: bool | None = None       # None: not answered yet


class ShortWay:
    """The short way to one native window at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._window = self._context = self._depth = self._asked = 0
        self._segments: dict[int, _Segment] = {}

    def aim(self, window: int) -> bool:
        """What follows goes to that native window (0: there is none); False while it cannot."""
        if not window:
            return False
        if window != self._window:
            self._leave()
            self._window, self._context = window, self._connection.graphics_context(window)
            self._asked = self._connection.ask_depth(window)
        elif self._asked and not self._answered():
            return False
        return self._depth in _DEPTHS

    def put(self, picture: Picture, pieces: Sequence[Piece], left: int, top: int) -> bool:
        """Put these parts of a picture; False when it is not memory that the server takes."""
        base = picture.address - picture.offset
        segment = self._segments.get(base)
        if segment is None or not segment.taken:
            if segment is None:
                self._attach(base, picture)
            return False
        put, number = self._connection.put, segment.number
        across, height, offset = picture.stride >> 2, picture.height, picture.offset
        window, context, depth = self._window, self._context, self._depth
        for x, y, wide, high, to_x, to_y in pieces:
            put(window, context, across, height, x, y, wide, high, left + to_x, top + to_y, depth, _Z_PIXMAP, 0, number,
                offset)
        return True

    def flush(self) -> None:
        """Send what was put."""
        self._connection.flush()

    def forget(self) -> None:
        """Let go of all memory: that of a worker that is gone is free then."""
        for segment in self._segments.values():
            if segment.taken is None:
                self._connection.discard(segment.request)
            if segment.taken is not False:
                self._connection.detach(segment.number)
        self._segments.clear()

    def close(self) -> None:
        """Leave nothing at the server."""
        self.forget()
        self._leave()

    def _attach(self, base: int, picture: Picture) -> None:
        try:
            descriptor = picture.share() if picture.share is not None else None
        except OSError:                 # its worker is gone
            descriptor = None
        if descriptor is None:
            self._segments[base] = _Segment(0, 0, picture.memory, taken=False)
            return
        number, request = self._connection.attach(descriptor)
        self._segments[base] = _Segment(number, request, picture.memory)
        if self._asked:
            self._connection.discard(self._asked)
        # Its answer comes after what the server had to say about the memory.
        self._asked = self._connection.ask_depth(self._window)

    def _answered(self) -> bool:
        depth = self._connection.depth(self._asked)
        if depth is None:
            return False
        self._asked, self._depth = 0, depth
        for segment in self._segments.values():
            if segment.taken is None:
                segment.taken = not self._connection.refused(segment.request)
        return True

    def _leave(self) -> None:
        if self._asked:
            self._connection.discard(self._asked)
        if self._context:
            self._connection.free_graphics_context(self._context)
        self._window = self._context = self._depth = self._asked = 0


class Exposures(QObject):
    """Has a widget painted anew whenever the screen is about to get a part of a window's backing store again.

    Qt sends what it painted last, however long ago, when a window comes out from under another. Told of the exposure
    before Qt acts on it, the widget is dirty, and Qt paints what is dirty first.
    """

    _EVENTS = (QEvent.Type.Expose, QEvent.Type.Paint)

    def __init__(self, repaint: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._repaint = repaint
        self._window: QWindow | None = None

    def watch(self, window: QWindow | None) -> None:
        """From now on this window's."""
        if window is not self._window:
            if self._window is not None:
                self._window.removeEventFilter(self)
            self._window = window
            if window is not None:
                window.installEventFilter(self)

    def eventFilter(self, _window: QObject, event: QEvent) -> bool:
        if event.type() in self._EVENTS:
            self._repaint()
        return False
