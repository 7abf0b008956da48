"""Paints one pane in device pixels: picture, words, strip, frame. Only what the dirty region touches."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter, QRegion

from app.model.pane import Fit, PaneState
from app.video.engine import Engine
from widgets.theme.tokens import Tokens, colour
from widgets.wall import middle, strip
from widgets.wall.face import Face
from widgets.wall.measures import FRAME, Strips, Style
from widgets.wall.overlays import paint_frame
from widgets.wall.pictures import Wrappers


@dataclass(slots=True)
class Look:
    """What all panes of one window share."""

    style: Style
    strips: Strips
    tokens: Tokens
    fit: Fit
    ratio: float

    @property
    def frame(self) -> int:
        """Frames are 2 px at every scale that has whole pixels for them."""
        return max(1, round(FRAME * self.ratio))


def frame_rects(face: Face, look: Look, selected: bool) -> list[tuple[QRect, str]]:
    """The frames of a pane from outside inwards: (rectangle, colour). In the console they lie in the gaps."""
    if face.box is None or look.style is Style.BARE:
        return []
    dark = look.style is Style.WALL
    tokens, frame = look.tokens, look.frame
    inks = []
    replay = face.badges.replay
    if replay or selected:
        inks.append("#5aa2ff" if dark else tokens.accent)
    if face.state is PaneState.FROZEN:
        inks.append(tokens.plate_red if dark else tokens.red)
    out = 0 if dark else frame
    frames = [(face.box.cell.adjusted(-shift, -shift, shift, shift), ink)
              for shift, ink in ((out - n * frame, ink) for n, ink in enumerate(inks))]
    if replay and selected:
        shift = out - len(inks) * frame
        frames.append((face.box.cell.adjusted(-shift, -shift, shift, shift), tokens.plate_words))
    return frames


def strip_rect(face: Face, look: Look) -> QRect:
    """Where the strip of this pane is painted now; empty when it has none."""
    box, content = face.box, face.content
    if box is None or look.style is Style.BARE or not face.pane.camera or content is None:
        return QRect()
    if look.style is Style.CONSOLE:
        return box.strip
    if look.strips is Strips.NEVER or (look.strips is Strips.WRONG and not content.speaks):
        return QRect()
    if box.step.small and not content.speaks:
        width = strip.plate_width(content, box.step, box.ratio)
        return QRect(box.strip.x(), box.strip.y(), min(width, box.strip.width()), box.strip.height())
    return box.strip


class FacePainter:
    """Paints panes with a QPainter whose unit is the device pixel; keeps the wrappers of shared memory."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.wrappers = Wrappers()

    def paint(self, painter: QPainter, face: Face, region: QRegion | None, look: Look, selected: bool) -> None:
        """``region`` is the dirty part in device pixels, None when all of the pane is to be painted."""
        box = face.box
        if box is None:
            return
        if region is None or region.intersects(box.picture):
            self._picture(painter, face, region, look)
        area = strip_rect(face, look)
        if look.style is Style.CONSOLE and area.isEmpty():
            painter.fillRect(box.strip, colour(look.tokens.panel))
        elif not area.isEmpty() and (region is None or region.intersects(area)):
            painter.drawImage(area.topLeft(), self._strip(face, area, look))
        for rect, ink in frame_rects(face, look, selected):
            thickness = 1 if ink == look.tokens.plate_words else look.frame
            paint_frame(painter, rect, thickness, ink)

    def _strip(self, face: Face, area: QRect, look: Look) -> QImage:
        image, box = face.strip_image, face.box
        assert box is not None and face.content is not None
        if image is None or image.size() != area.size():
            inks = strip.console_inks if look.style is Style.CONSOLE else strip.plate_inks
            image = strip.paint_strip(face.content, area.width(), area.height(), box.step, box.ratio,
                                      inks(look.tokens))
            face.strip_image = image
        return image

    def _picture(self, painter: QPainter, face: Face, region: QRegion | None, look: Look) -> None:
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
                if region is None or region.intersects(bar):
                    painter.fillRect(bar, colour(look.tokens.behind))
            _draw(painter, image, face.target, face.source)
        if face.middle is not middle.NOTHING and face.middle.lines:
            middle.paint_middle(painter, face.middle, box, look.tokens)

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


def _draw(painter: QPainter, image: QImage, target: QRect, source: QRect) -> None:
    if target.size() == source.size():
        if source.size() == image.size():
            painter.drawImage(target.topLeft(), image)
        else:
            painter.drawImage(QPoint(target.topLeft()), image, source)
        return
    # Only while sizes differ (a layout change, digital zoom): scaled smoothly, which costs ten times a copy.
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    painter.drawImage(target, image, source)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
