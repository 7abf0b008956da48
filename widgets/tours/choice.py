"""The tour in a console's title bar: which one, whether it runs, and the time to its next page."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.runtime.language import gettext as _
from app.tours.runner import Phase
from widgets.common.plain import tip
from widgets.theme import Theme, Weight, font, icon_pixmap
from widgets.theme.tokens import colour
from widgets.window.bar_parts import Choice

_ICON_PX, _GAP_PX, _PAD_PX = 12, 8, 8
_WIDEST_NAME_PX = 176           # "Malam rutin Ujung Pandang"; longer names end in dots, the bar has other things to say


class TourChoice(Choice):
    """``show_tour`` five times a second; repaints only when something that is shown differs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._shown: tuple[str, Phase | None, str] = ("", None, "")
        self._head = ""
        self._tour_theme = theme
        self.retranslate()

    def show_tour(self, name: str, phase: Phase | None, seconds_left: float) -> None:
        """``phase`` None: none is on this window, ``name`` is the one that T would start ("" without any)."""
        left = clock(seconds_left) if phase is not None else ""
        if (name, phase, left) == self._shown:
            return
        wide = (name, phase is None, len(left)) != (self._shown[0], self._shown[1] is None, len(self._shown[2]))
        self._shown = (name, phase, left)
        state = {Phase.RUNNING: _("running"), Phase.TOUCHED: _("waiting"), Phase.PAUSED: _("paused"),
                 None: _("not started")}[phase]
        if wide or self.accessibleDescription() != state:
            self.retranslate()
        self.update()

    def retranslate(self) -> None:
        """Words in the language in force; what is spoken says in words what the sign says."""
        name, phase, _left = self._shown
        state = {Phase.RUNNING: _("running"), Phase.TOUCHED: _("waiting"), Phase.PAUSED: _("paused"),
                 None: _("not started")}[phase]
        self._head = _("Tour")
        self.setAccessibleName(f"{self._head} {name}" if name else self._head)
        self.setAccessibleDescription(state if name else _("There is none yet"))
        self.setToolTip(tip(f"{name}: {state}") if name else "")
        self.setFixedWidth(self.sizeHint().width())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if self.width() else Qt.FocusPolicy.NoFocus)
        self.update()

    def sizeHint(self) -> QSize:
        name, phase, left = self._shown
        if not name and phase is None:
            return QSize(0, 28)             # no tour was made yet: the page of tours is the place to make one
        head = QFontMetrics(font(12)).horizontalAdvance(self._head)
        value = min(QFontMetrics(font(12, Weight.MEDIUM)).horizontalAdvance(name or "–"), _WIDEST_NAME_PX)
        sign = _ICON_PX + _GAP_PX if phase is not None else 0
        time = QFontMetrics(font(12)).horizontalAdvance("0" * len(left)) + _GAP_PX if left else 0
        return QSize(2 * _PAD_PX + head + _GAP_PX + sign + value + time, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._tour_theme.tokens
        name, phase, left = self._shown
        painter = QPainter(self)
        self.paint_ground(painter)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(12))
        painter.setPen(colour(tokens.quiet))
        painter.drawText(QRect(_PAD_PX, 0, 400, 28), centre, self._head)
        x = _PAD_PX + QFontMetrics(painter.font()).horizontalAdvance(self._head) + _GAP_PX
        if phase is not None:
            sign = "play" if phase is Phase.RUNNING else "pause"
            painter.drawPixmap(x, (28 - _ICON_PX) // 2,
                               icon_pixmap(sign, _ICON_PX, tokens.text, self.devicePixelRatioF()))
            x += _ICON_PX + _GAP_PX
        painter.setFont(font(12, Weight.MEDIUM))
        painter.setPen(colour(tokens.text if phase is not None else tokens.quiet))
        text = QFontMetrics(painter.font()).elidedText(name or "–", Qt.TextElideMode.ElideRight, _WIDEST_NAME_PX)
        painter.drawText(QRect(x, 0, _WIDEST_NAME_PX + 8, 28), centre, text)
        x += min(QFontMetrics(painter.font()).horizontalAdvance(text), _WIDEST_NAME_PX) + _GAP_PX
        painter.setFont(font(12))
        painter.setPen(colour(tokens.quiet))
        painter.drawText(QRect(x, 0, 80, 28), centre, left)


def clock(seconds: float) -> str:
    """"00:20"; a started second counts, so that the page turns at 00:00."""
    whole = max(0, math.ceil(seconds - 0.05))
    return f"{whole // 60:02d}:{whole % 60:02d}"
