"""A quiet line for what was refused and why; it goes away by itself and never takes the keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme import Theme, font, icon_pixmap
from widgets.theme.tokens import colour

SHOWN_MS = 4000          # one sentence read twice
_PLATES_PX = 24


class Notice(QWidget):
    """``tell`` shows one line, or two where one has no room, for four seconds; a newer one replaces it."""

    def __init__(self, theme: Theme, over_picture: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._over_picture = theme, over_picture
        self._text = ""
        self._last = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._last.timeout.connect(self.clear)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(24)
        if over_picture:
            self.hide()

    @property
    def text(self) -> str:
        return self._text

    def tell(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self._last.start()
        if self._over_picture:
            self._stand()
            self.show()
            self.raise_()
        self.update()

    def clear(self) -> None:
        self._text = ""
        self._last.stop()
        if self._over_picture:
            self.hide()
        self.update()

    def _stand(self) -> None:
        """Bottom left of the window, above the row of small plates: the kiosk's, the counts."""
        above = self.parentWidget()
        if above is not None:
            width = min(QFontMetrics(font(14)).horizontalAdvance(self._text) + 52, above.width() - 16)
            self.setGeometry(8, above.height() - _PLATES_PX - 40, width, 32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._text:
            return
        tokens = self._theme.tokens
        painter = QPainter(self)
        words, sign, size = tokens.text, tokens.amber, 12
        if self._over_picture:
            painter.fillRect(self.rect(), colour(tokens.plate))
            words, sign, size = tokens.plate_words, tokens.plate_amber, 14
        left = 12 if self._over_picture else 8          # it stands beside a filled sign in replay
        painter.drawPixmap(left, (self.height() - 16) // 2,
                           icon_pixmap("info", 16, sign, self.devicePixelRatioF()))
        painter.setFont(font(size))
        painter.setPen(colour(words))
        box = self.rect().adjusted(left + 24, 0, -8 if self._over_picture else 0, 0)
        metrics = QFontMetrics(painter.font())
        wrapped = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        if not self._over_picture and metrics.boundingRect(box, wrapped, self._text).height() <= box.height():
            painter.drawText(box, wrapped, self._text)          # two lines stand in the bar where one would be cut
        else:
            short = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, short)
