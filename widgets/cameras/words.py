"""Words laid out once and painted often: a list of 30 rows shows a hundred of them with each letter typed.

Runs on: GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF, QPainter, QStaticText, QTransform

from widgets.theme.tokens import colour

_MOST = 2048                # texts kept, about 1 kB each; districts and numbers come again with every list


class Words:
    """Texts of one font. Qt lays a text out each time that it is drawn; one that comes a second time is kept laid out,
    for the rows of a list stay while letters are typed. Laying out for keeping costs more than drawing once."""

    def __init__(self, face: QFont) -> None:
        self._face = face
        self._metrics = QFontMetrics(face)
        # Not rounded, as a laid out text has it: at 150 % and more the row would move when it is painted again.
        self._height, self._ascent = self._metrics.height(), QFontMetricsF(face).ascent()
        self._widths: dict[str, int] = {}
        self._laid: dict[tuple[str, int], QStaticText | str] = {}      # the text itself after its first time

    def put(self, painter: QPainter, text: str, shade: str, left: int, box: QRect, right: int) -> int:
        """The text from ``left`` on, in the middle of the box's height, cut to end before ``right``; gives its end."""
        width, room = self._width(text), max(right - left, 0)
        wide = min(width, room)
        laid = self._laid.get((text, wide))
        if not isinstance(laid, QStaticText):
            laid = self._keep(text, wide, laid, cut=width > room)
        painter.setFont(self._face)
        painter.setPen(colour(shade))
        top = box.y() + (box.height() - self._height) // 2
        if isinstance(laid, str):
            painter.drawText(QPointF(left, top + self._ascent), laid)
        else:
            painter.drawStaticText(left, top, laid)
        return left + wide

    def put_left_of(self, painter: QPainter, text: str, shade: str, right: int, box: QRect) -> int:
        """The whole text, ending at ``right``; gives where it begins."""
        left = right - self._width(text)
        self.put(painter, text, shade, left, box, right)
        return left

    def _width(self, text: str) -> int:
        # All digits are equally wide in our font: a number is measured by its length.
        like = "0" * len(text) if text.isdigit() else text
        width = self._widths.get(like)
        if width is None:
            if len(self._widths) >= _MOST:
                self._widths.clear()
            width = self._widths[like] = self._metrics.horizontalAdvance(like)
        return width

    def _keep(self, text: str, width: int, before: str | None, *, cut: bool) -> QStaticText | str:
        if before is None:
            if len(self._laid) >= _MOST:
                self._laid.clear()
            shown = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width) if cut else text
            self._laid[text, width] = shown
            return shown
        laid = self._laid[text, width] = QStaticText(before)
        laid.setTextFormat(Qt.TextFormat.PlainText)
        laid.prepare(QTransform(), self._face)
        return laid
