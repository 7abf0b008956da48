"""The picture under the pointer of the timeline, above it: 240×135 and a line with its time and camera.

Runs on: GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.runtime.language import gettext as _
from widgets.theme import Theme, Weight, font
from widgets.theme.tokens import colour

WIDTH_PX, HEIGHT_PX, CAPTION_PX = 240, 135, 28      # mock-ups: 240×163


class Preview(QWidget):
    """A child of the window, never in the way of the pointer or the keyboard."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self._image: QImage | None = None
        self._words = ("", "", "")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(WIDTH_PX, HEIGHT_PX + CAPTION_PX)
        self.hide()

    def stand(self, above: QPoint, time: str, zone: str, number: str) -> None:
        """Over a point of the window, the picture is still the one before."""
        self._words = time, zone, number
        left = min(max(above.x() - WIDTH_PX // 2, 0), self._window.width() - WIDTH_PX)
        self.move(left, above.y() - self.height() - 4)
        self.show()
        self.raise_()
        self.update()

    def show_picture(self, image: QImage | None) -> None:
        """None: nothing was recorded then."""
        self._image = image
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(0, 0, WIDTH_PX, HEIGHT_PX, colour(tokens.behind))
        if self._image is None:
            painter.setFont(font(12))
            painter.setPen(colour(tokens.behind_quiet))
            painter.drawText(QRect(0, 0, WIDTH_PX, HEIGHT_PX), Qt.AlignmentFlag.AlignCenter, _("Nothing recorded"))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = self._image.size().scaled(WIDTH_PX, HEIGHT_PX, Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRect((WIDTH_PX - size.width()) // 2, (HEIGHT_PX - size.height()) // 2, size.width(),
                                    size.height()), self._image)
        painter.fillRect(0, HEIGHT_PX, WIDTH_PX, CAPTION_PX, colour(tokens.panel))
        centre = Qt.AlignmentFlag.AlignVCenter
        time, zone, number = self._words
        painter.setFont(font(12, Weight.STRONG))
        painter.setPen(colour(tokens.text))
        painter.drawText(QRect(10, HEIGHT_PX, 80, CAPTION_PX), centre, time)
        painter.setFont(font(12))
        painter.setPen(colour(tokens.quiet))
        painter.drawText(QRect(72, HEIGHT_PX, 60, CAPTION_PX), centre, zone)
        painter.drawText(QRect(0, HEIGHT_PX, WIDTH_PX - 10, CAPTION_PX), centre | Qt.AlignmentFlag.AlignRight, number)
        painter.setPen(colour(tokens.line))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
