"""What hangs at the pointer while a camera or a scene is dragged: its words on a small plate."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics, QPainter, QPixmap

from widgets.theme.fonts import Weight, font
from widgets.theme.tokens import Tokens, colour

_HEIGHT_PX = 24


def drag_label(text: str, tokens: Tokens, ratio: float) -> QPixmap:
    """The plate for a screen of ``ratio`` device pixels."""
    face = font(12, Weight.MEDIUM)
    width = QFontMetrics(face).horizontalAdvance(text) + 16
    pixmap = QPixmap(round(width * ratio), round(_HEIGHT_PX * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(colour(tokens.raised))
    painter = QPainter(pixmap)
    painter.setFont(face)
    painter.setPen(colour(tokens.text))
    painter.drawText(8, 16, text)
    painter.setPen(colour(tokens.accent))
    painter.drawRect(0, 0, width - 1, _HEIGHT_PX - 1)
    painter.end()
    return pixmap
