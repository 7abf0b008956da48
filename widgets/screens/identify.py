"""Big numbers on every monitor for a few seconds: which window is which, and how each of its panes is called up.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QRect, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import QWidget

from app.model.wall import WallState
from app.runtime.language import gettext as _
from widgets.theme import Theme, Weight, font
from widgets.theme.tokens import colour

SHOWN_MS = 5000             # long enough to walk along a row of monitors with the eyes


class Numbered(Protocol):
    """What is asked of a wall: its number large, the numbers of its panes small; None takes them away."""

    def identify(self, number: int | None) -> None: ...


class Identify(QObject):
    """``views``: the walls that can be seen, by window id; ``screens``: the monitors."""

    def __init__(self, wall: Callable[[], WallState], views: Callable[[], Mapping[str, Numbered]],
                 screens: Callable[[], Sequence[QScreen]], theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wall, self._views, self._screens, self._theme = wall, views, screens, theme
        self.signs: list[Sign] = []
        self._shown = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._shown.timeout.connect(self.hide)

    def show(self) -> None:
        """From now for five seconds; asked again, it begins anew."""
        self.hide()
        views = self._views()
        taken: list[QRect] = []
        for number, window in enumerate(self._wall().windows, 1):
            view = views.get(window.id)
            if view is not None:
                view.identify(number)
                if isinstance(view, QWidget) and view.isVisible():
                    taken.append(view.window().geometry())
        for place, screen in enumerate(self._screens(), 1):
            if not any(screen.geometry().intersects(area) for area in taken):
                sign = Sign(place, screen, self._theme)
                sign.show()
                self.signs.append(sign)
        self._shown.start()

    def hide(self) -> None:
        """Take all numbers away."""
        self._shown.stop()
        for view in self._views().values():
            view.identify(None)
        for sign in self.signs:
            sign.close()
            sign.deleteLater()
        self.signs = []


class Sign(QWidget):
    """On a monitor where no window stands: that it is there, and how a window comes onto it. Takes no keyboard."""

    def __init__(self, place: int, screen: QScreen, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint
                         | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.WindowDoesNotAcceptFocus)
        self._theme = theme
        self._words = (_("Monitor {number}").format(number=place),
                       _("{name} · no window here · Ctrl+N opens one").format(name=screen.name()))
        self.setAccessibleName(" · ".join(self._words))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        area = screen.geometry()
        width, height = min(880, area.width()), min(280, area.height())
        self.setGeometry(area.center().x() - width // 2, area.center().y() - height // 2, width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(tokens.behind))
        painter.setPen(colour(tokens.behind_line))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        upper, lower = self.rect().adjusted(0, 16, 0, -80), self.rect().adjusted(16, self.height() - 88, -16, -24)
        painter.setPen(colour(tokens.plate_words))
        painter.setFont(font(min(120, self.width() // 6), Weight.STRONG))
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, self._words[0])
        painter.setPen(colour(tokens.behind_quiet))
        painter.setFont(font(22))
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, self._words[1])
