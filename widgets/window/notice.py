"""A quiet line for what was refused and why, or what was done; it goes away by itself and never takes the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme import Theme, font, icon_pixmap
from widgets.theme.icons import DONE
from widgets.theme.tokens import colour

SHOWN_MS = 4000          # one sentence read twice
_PLATES_PX = 24
_WRAPPED = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap


class Notice(QWidget):
    """``tell`` shows one line, or two where one has no room, for four seconds; a newer one replaces it."""

    def __init__(self, theme: Theme, over_picture: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._over_picture = theme, over_picture
        self._text, self._done = "", False
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

    def holds(self, text: str) -> bool:
        """Whether the whole sentence can be read where it stands now."""
        return self._fits(text, self._box(), QFontMetrics(font(self._size)))

    def stand_in(self, parent: QWidget) -> None:
        """Lie over that part of the window from now on."""
        if parent is not self.parentWidget():
            self.setParent(parent)              # hides it as well

    def tell(self, text: str, *, done: bool = False) -> None:
        """``done``: what was asked for has happened, so the sign beside it is a quiet tick and no warning."""
        self._text, self._done = text, done
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

    @property
    def _size(self) -> int:
        return 14 if self._over_picture else 12

    def _box(self) -> QRect:
        """Where the words stand, beside the sign."""
        return self.rect().adjusted(self._left + 24, 0, -8 if self._over_picture else 0, 0)

    @property
    def _left(self) -> int:
        return 12 if self._over_picture else 8          # it stands beside a filled sign in replay

    @staticmethod
    def _fits(text: str, box: QRect, metrics: QFontMetrics) -> bool:
        needed = metrics.boundingRect(box, _WRAPPED, text)
        return needed.height() <= box.height() and needed.width() <= box.width()

    def _stand(self) -> None:
        """Bottom left of what it lies over, above the row of small plates: the kiosk's, the counts."""
        above = self.parentWidget()
        if above is not None:
            metrics = QFontMetrics(font(self._size))
            width = min(metrics.horizontalAdvance(self._text) + 52, above.width() - 16)
            wrapped = metrics.boundingRect(QRect(0, 0, width - 44, above.height()), _WRAPPED, self._text)
            height = max(32, wrapped.height() + 15)
            self.setGeometry(8, above.height() - _PLATES_PX - 8 - height, width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._text:
            return
        tokens = self._theme.tokens
        painter = QPainter(self)
        words, sign = tokens.text, tokens.quiet if self._done else tokens.amber
        if self._over_picture:
            painter.fillRect(self.rect(), colour(tokens.plate))
            words, sign = tokens.plate_words, tokens.plate_quiet if self._done else tokens.plate_amber
        painter.drawPixmap(self._left, (self.height() - 16) // 2,
                           icon_pixmap(DONE if self._done else "info", 16, sign, self.devicePixelRatioF()))
        painter.setFont(font(self._size))
        painter.setPen(colour(words))
        box, metrics = self._box(), QFontMetrics(painter.font())
        if self._fits(self._text, box, metrics):
            painter.drawText(box, _WRAPPED, self._text)         # two lines stand where one would be cut
        else:
            short = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, short)
