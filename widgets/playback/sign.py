"""The title bar's word that the selected pane shows the past, and which moment.

Runs on: GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from app.runtime.language import gettext as _
from widgets.theme import Theme, Weight, font
from widgets.theme.icons import REPLAY, paint_icon
from widgets.theme.tokens import colour
from widgets.window.bar_parts import Sign

_HEIGHT_PX, _PADDING_PX, _ICON_PX = 28, 8, 16


class PastSign(Sign):
    """Filled with the accent, like the tags of the panes; ``show_moment("")`` hides it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._moment = theme, ""
        self._folded = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)     # the bar is dragged through it
        theme.changed.connect(self.update)
        self.hide()

    def show_moment(self, text: str) -> bool:
        """"Sun 22 Nov 21:01:12 WITA"; whether its size has changed."""
        before = self._moment
        if text == before:
            return False
        self._moment = text
        self.setAccessibleName(f"{_('REPLAY')} {text}" if text else "")
        self.setVisible(bool(text))
        if text:
            self.setFixedSize(self.sizeHint())
        self.update()
        return len(text) != len(before)

    @property
    def full_px(self) -> int:
        """How wide it is when it says everything."""
        return self._wide(self._said(False))

    def fold(self, folded: bool) -> None:
        """In a narrow bar the icon and the time alone; the panes say the rest."""
        if folded is not self._folded:
            self._folded = folded
            self.setFixedSize(self.sizeHint())
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._wide(self._said(self._folded)), _HEIGHT_PX)

    def _said(self, folded: bool) -> str:
        if folded:
            return next((word for word in self._moment.split() if ":" in word), self._moment)     # "21:01:12"
        return f"{_('REPLAY')}  {self._moment}"

    @staticmethod
    def _wide(text: str) -> int:
        return 3 * _PADDING_PX + _ICON_PX + QFontMetrics(font(12, Weight.STRONG)).horizontalAdvance(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(tokens.accent))
        painter.drawRoundedRect(self.rect(), 4, 4)
        paint_icon(painter, REPLAY, QRect(_PADDING_PX, 6, _ICON_PX, _ICON_PX).toRectF(), tokens.on_fill, _ICON_PX)
        painter.setPen(colour(tokens.on_fill))
        painter.setFont(font(12, Weight.STRONG))
        painter.drawText(self.rect().adjusted(_PADDING_PX + _ICON_PX + 8, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter,
                         self._said(self._folded))
        painter.end()
