"""A plate that stands on a window as long as something is wrong with recording; it takes neither keyboard nor clicks.

Runs on: GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.theme import Theme, font, icon_pixmap
from widgets.theme.icons import TROUBLE
from widgets.theme.tokens import colour

_SIZE = 14                  # as a notice over pictures has it
_SIGN_PX = 16
_EDGE_PX, _PAD_PX, _GAP_PX = 8, 12, 8
_ABOVE_PX = 48              # of the notice, which comes and goes at the bottom left
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class TroublePlate(QWidget):
    """``say`` a sentence, "" takes the plate away."""

    def __init__(self, theme: Theme, above: QWidget) -> None:
        super().__init__(above)
        self._theme, self._above = theme, above
        self.text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        above.installEventFilter(self)

    def say(self, text: str) -> None:
        """Stand there with these words."""
        self.text = text
        self.setAccessibleName(text)
        self._stand()
        self.setVisible(bool(text))
        if text:
            self.raise_()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.text:
            self._stand()
        return super().eventFilter(watched, event)

    def _stand(self) -> None:
        beside = _SIGN_PX + _GAP_PX + 2 * _PAD_PX
        most = max(120, self._above.width() - 2 * _EDGE_PX - beside)
        words = QFontMetrics(font(_SIZE)).boundingRect(QRect(0, 0, most, 1000), _WRAP, self.text)
        height = max(32, words.height() + _PAD_PX)
        # Broken lines may need a little more than they say; what fits in one line is as wide as its words.
        self.setGeometry(_EDGE_PX, self._above.height() - _ABOVE_PX - height, min(most, words.width() + 2) + beside,
                         height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(tokens.plate))
        painter.fillRect(QRect(0, 0, 4, self.height()), colour(tokens.plate_red))
        painter.drawPixmap(_PAD_PX, (self.height() - _SIGN_PX) // 2,
                           icon_pixmap(TROUBLE, _SIGN_PX, tokens.plate_red_words, self.devicePixelRatioF()))
        painter.setFont(font(_SIZE))
        painter.setPen(colour(tokens.plate_words))
        painter.drawText(self.rect().adjusted(_PAD_PX + _SIGN_PX + _GAP_PX, 0, -_PAD_PX, 0), _WRAP, self.text)
