"""Paints one pane in device pixels: picture, words, strip, frame. Only what the dirty region touches."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtGui import QImage, QPainter, QRegion

from app.video.engine import Engine, PaneKey, Picture
from widgets.theme.tokens import colour
from widgets.wall import compass, middle, strip
from widgets.wall.face import Face
from widgets.wall.look import Look, frames
from widgets.wall.overlays import paint_frame
from widgets.wall.pictures import Wrappers

# What one paint may spend on drawing strips, words and dimmed pictures anew; the rest follows in the next paint.
# When all decoders die at once 64 panes freeze in one moment: 60 to 160 ms of drawing, and a stall is 50 ms.
_DRAWING_SECONDS = 0.012


class FacePainter:
    """Paints with a QPainter whose unit is the device pixel; keeps the wrappers of shared memory.

    Every pane is clipped to its own rectangle first: Qt copies a picture row by row in one go under a rectangular
    clip, but span by span under the many-rectangled region of a tick (20 against 55 µs for 239x134).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.wrappers = Wrappers()
        self.postponed: list[Face] = []             # panes of the last paint that wait for their images
        self._until = 0.0
        self.painted: dict[PaneKey, int] = {}       # new pictures that reached the screen, for --stats-json

    def begin(self) -> None:
        """Another paint."""
        self.postponed = []
        self._until = perf_counter() + _DRAWING_SECONDS

    def paint(self, painter: QPainter, face: Face, region: QRegion, look: Look) -> None:
        """All of the pane but its frames; ``region`` is the dirty part in device pixels."""
        box = face.box
        if box is None:
            return
        painter.setClipRect(box.cell)
        if not _is_complete(face):
            if perf_counter() < self._until:
                self._complete(face, look)
            else:
                self.postponed.append(face)
        if region.intersects(box.picture):
            self._picture(painter, face, region, look)
        if face.has_strip:
            area = face.strip_area
            if face.strip_image is not None and region.intersects(area):
                painter.drawImage(area.topLeft(), face.strip_image)
        elif not look.over:
            painter.fillRect(box.strip, colour(look.tokens.panel))

    def newest(self, face: Face, look: Look) -> Picture | None:
        """The pane's picture if it lies where the last one was painted, with nothing else to draw in its place."""
        if not face.shows_picture:
            return None
        picture = self._engine.picture(face.key)
        return picture if picture is not None and face.takes_whole(picture.width, picture.height, look.fit) else None

    def reached(self, face: Face, picture: Picture) -> None:
        """That picture is on the screen."""
        if picture.serial != face.serial:
            face.serial = picture.serial
            self.painted[face.key] = self.painted.get(face.key, 0) + 1

    def paint_frames(self, painter: QPainter, face: Face, look: Look, selected: bool) -> None:
        """The frames, unclipped: in the console they lie outside the cell."""
        for rect, thickness, ink in frames(face, look, selected):
            paint_frame(painter, rect, thickness, ink)

    def _complete(self, face: Face, look: Look) -> None:
        """Draw the images that are missing: the strip, the words in the middle, the dimmed picture."""
        box, content, area = face.box, face.content, face.strip_area
        assert box is not None
        image = face.strip_image
        if content is not None and not area.isEmpty() and (image is None or image.size() != area.size()):
            on_panel = not look.over
            inks = strip.console_inks(look.tokens) if on_panel else strip.plate_inks(look.tokens)
            number_only = (not on_panel and box.step.small and not content.speaks
                           and look.hovered != face.index)
            face.strip_image = strip.paint_strip(content, area.width(), area.height(), box.step, box.ratio, inks,
                                                 number_only)
        if face.middle.lines and face.middle_image is None:
            face.middle_image = middle.paint_middle(face.middle, box, look.tokens)
        if middle.dims(face.state) and (face.dim is None or face.dim_state is not face.state):
            still = self._still(face)
            if still is not None:
                face.dim, face.dim_state = middle.dimmed(still, face.state), face.state

    def _picture(self, painter: QPainter, face: Face, region: QRegion, look: Look) -> None:
        box = face.box
        assert box is not None
        image: QImage | None = None
        shows = face.shows_picture
        if shows:
            picture = self._engine.picture(face.key)
            if picture is not None:
                image = self.wrappers.image(picture)
                face.fit(picture.width, picture.height, look.fit)
                self.reached(face, picture)
        elif middle.dims(face.state):
            image = face.dim if face.dim_state is face.state else self._still(face)
        if image is None:
            painter.fillRect(box.picture, colour(look.tokens.behind))
        else:
            if not shows:
                face.fit(image.width(), image.height(), look.fit)
            for bar in face.bars:
                if region.intersects(bar):
                    painter.fillRect(bar, colour(look.tokens.behind))
            if face.whole:
                painter.drawImage(face.corner, image)
            else:
                _draw(painter, image, face)
        if face.middle_image is not None:
            painter.drawImage(box.picture.topLeft(), face.middle_image)
        if shows and face.badges.looks is not None:
            self._compass(painter, face, look)

    def _compass(self, painter: QPainter, face: Face, look: Look) -> None:
        """Where a steered camera looks; drawn anew when that changed."""
        box, looks = face.box, face.badges.looks
        assert box is not None and looks is not None
        wanted = (looks, box.picture.getRect(), box.ratio)
        if face.compass[0] != wanted:
            face.compass = (wanted, compass.images(looks, box, look.tokens))
        for place, image in face.compass[1]:
            painter.drawImage(place, image)

    def _still(self, face: Face) -> QImage | None:
        """The last picture, copied when the dimmed state was entered: the memory may be written or gone later."""
        if face.still is None:
            picture = self._engine.picture(face.key)
            if picture is not None:
                face.still = self.wrappers.image(picture).copy()
        return face.still


def _is_complete(face: Face) -> bool:
    if face.strip_image is None and face.has_strip:
        return False
    if face.middle_image is None and face.middle.lines:
        return False
    state = face.report.state
    return not middle.dims(state) or face.dim_state is state


def _draw(painter: QPainter, image: QImage, face: Face) -> None:
    if face.target.size() == face.source.size():
        painter.drawImage(face.target.topLeft(), image, face.source)
    else:
        # Only while sizes differ (a layout change, digital zoom): scaled smoothly, which costs ten times a copy.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(face.target, image, face.source)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
