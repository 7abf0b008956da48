"""Paints one pane in device pixels: picture, words, strip, frame. Only what the dirty region touches."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QRegion

from app.video.engine import Engine
from widgets.theme.tokens import colour
from widgets.wall import middle, strip
from widgets.wall.face import Face
from widgets.wall.look import Look, frames
from widgets.wall.measures import Style
from widgets.wall.overlays import paint_frame
from widgets.wall.pictures import Wrappers


class FacePainter:
    """Paints with a QPainter whose unit is the device pixel; keeps the wrappers of shared memory.

    Every pane is clipped to its own rectangle first: Qt copies a picture row by row in one go under a rectangular
    clip, but span by span under the many-rectangled region of a tick (20 against 55 µs for 239x134).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.wrappers = Wrappers()

    def paint(self, painter: QPainter, face: Face, region: QRegion, look: Look) -> None:
        """All of the pane but its frames; ``region`` is the dirty part in device pixels."""
        box = face.box
        if box is None:
            return
        painter.setClipRect(box.cell)
        if region.intersects(box.picture):
            self._picture(painter, face, region, look)
        area = face.strip_area
        if not area.isEmpty():
            if region.intersects(area):
                painter.drawImage(area.topLeft(), self._strip(face, area, look))
        elif look.style is Style.CONSOLE:
            painter.fillRect(box.strip, colour(look.tokens.panel))

    def paint_frames(self, painter: QPainter, face: Face, look: Look, selected: bool) -> None:
        """The frames, unclipped: in the console they lie outside the cell."""
        for rect, thickness, ink in frames(face, look, selected):
            paint_frame(painter, rect, thickness, ink)

    def _strip(self, face: Face, area: QRect, look: Look) -> QImage:
        image, box = face.strip_image, face.box
        if image is None or image.size() != area.size():
            assert box is not None and face.content is not None
            on_panel = look.style is Style.CONSOLE
            inks = strip.console_inks(look.tokens) if on_panel else strip.plate_inks(look.tokens)
            number_only = not on_panel and box.step.small and not face.content.speaks
            image = strip.paint_strip(face.content, area.width(), area.height(), box.step, box.ratio, inks,
                                      number_only)
            face.strip_image = image
        return image

    def _picture(self, painter: QPainter, face: Face, region: QRegion, look: Look) -> None:
        box = face.box
        assert box is not None
        image: QImage | None = None
        if face.shows_picture:
            picture = self._engine.picture(face.key)
            if picture is not None:
                image = self.wrappers.image(picture)
                if picture.serial != face.serial:
                    face.serial = picture.serial
                    face.painted += 1
        elif middle.dims(face.state):
            image = self._dimmed(face)
        if image is None:
            painter.fillRect(box.picture, colour(look.tokens.behind))
        else:
            face.fit(image.width(), image.height(), look.fit)
            for bar in face.bars:
                if region.intersects(bar):
                    painter.fillRect(bar, colour(look.tokens.behind))
            _draw(painter, image, face)
        if face.middle.lines:
            if face.middle_image is None:
                face.middle_image = middle.paint_middle(face.middle, box, look.tokens)
            painter.drawImage(box.picture.topLeft(), face.middle_image)

    def _dimmed(self, face: Face) -> QImage | None:
        """The last picture, copied when the state was entered, dimmed once for each state."""
        if face.still is None:
            picture = self._engine.picture(face.key)
            if picture is None:
                return None
            face.still = self.wrappers.image(picture).copy()
        if face.dim is None or face.dim_state is not face.state:
            face.dim = middle.dimmed(face.still, face.state)
            face.dim_state = face.state
        return face.dim


def _draw(painter: QPainter, image: QImage, face: Face) -> None:
    if face.whole:
        painter.drawImage(face.target.topLeft(), image)
    elif face.target.size() == face.source.size():
        painter.drawImage(face.target.topLeft(), image, face.source)
    else:
        # Only while sizes differ (a layout change, digital zoom): scaled smoothly, which costs ten times a copy.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(face.target, image, face.source)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
