"""The quiet word that a window is locked: beside the title, or as a small plate on walls.

Runs on: GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.runtime.language import gettext as _
from widgets.theme import Theme, font, icon_pixmap
from widgets.theme.tokens import colour

_HEIGHT_PX = 24
_PAD_PX = 8


class KioskPlate(QWidget):
    """A lock and the word. ``over_picture``: at the lower left of its parent, dark in both themes."""

    def __init__(self, theme: Theme, parent: QWidget, over_picture: bool) -> None:
        super().__init__(parent)
        self._theme, self._over_picture = theme, over_picture
        self._key = "F9"
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if over_picture:
            parent.installEventFilter(self)
        self.hide()
        self.retranslate()

    def retranslate(self, key: str = "") -> None:
        """``key``: what unlocks, as it stands on its cap."""
        self._key = key or self._key
        self.setAccessibleName(_("Locked by kiosk, {key} unlocks").format(key=self._key))
        self.setFixedSize(self.sizeHint())
        self._stand()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(font(12)).horizontalAdvance(self._words()) + 3 * _PAD_PX + 12, _HEIGHT_PX)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._stand()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        ink = tokens.plate_quiet if self._over_picture else tokens.quiet
        if self._over_picture:
            painter.fillRect(self.rect(), colour(tokens.plate))
        painter.drawPixmap(_PAD_PX, 6, icon_pixmap("lock-simple", 12, ink, self.devicePixelRatioF()))
        painter.setFont(font(12))
        painter.setPen(colour(ink))
        painter.drawText(self.rect().adjusted(2 * _PAD_PX + 12, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._words())

    def _words(self) -> str:
        return _("Kiosk · {key}").format(key=self._key)

    def _stand(self) -> None:
        above = self.parentWidget()
        if self._over_picture and above is not None:
            self.move(0, above.height() - self.height())
