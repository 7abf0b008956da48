"""The monitors in small, with their numbers, and what each is for. Runs on: GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.model.wall import ScreenId
from app.runtime.language import gettext as _
from widgets.assistant.answers import Use
from widgets.screens.monitors import screen_id
from widgets.settings.row import Choices
from widgets.theme import Theme, Weight, font
from widgets.theme.tokens import colour

_MAP_PX = 160
_NUMBER_PX = 220            # on the monitor itself: read from the operator's chair
_USES = (Use.CONSOLE, Use.WALL, Use.NOTHING)


class MonitorMap(QWidget):
    """Where the monitors stand, as rectangles with numbers."""

    def __init__(self, screens: Sequence[ScreenId], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._screens, self._theme = screens, theme
        self.setFixedHeight(_MAP_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        left = min(s.x for s in self._screens)
        top = min(s.y for s in self._screens)
        width = max(s.x + s.width for s in self._screens) - left
        height = max(s.y + s.height for s in self._screens) - top
        scale = min((self.width() - 4) / width, (self.height() - 4) / height)
        for number, s in enumerate(self._screens, 1):
            box = QRectF(2 + (s.x - left) * scale, 2 + (s.y - top) * scale, s.width * scale - 4, s.height * scale - 4)
            painter.setPen(colour(tokens.line))
            painter.setBrush(colour(tokens.raised))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(colour(tokens.text))
            painter.setFont(font(22, Weight.STRONG))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))


class MonitorStep(QWidget):
    """One row per monitor. Making one the console takes it from the former one."""

    def __init__(self, screens: Sequence[QScreen], primary: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._real = list(screens)
        self.screens = tuple(screen_id(screen) for screen in screens)
        self.uses = [Choices() for _screen in screens]
        self._names = [QLabel() for _screen in screens]
        self._numbers: list[QLabel] = []
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        grid.setHorizontalSpacing(16)
        for at, (name, use) in enumerate(zip(self._names, self.uses, strict=True)):
            use.addItems([u.value for u in _USES])
            use.setCurrentIndex(_USES.index(Use.CONSOLE if at == primary else Use.WALL))
            use.activated.connect(lambda _index, at=at: self._chosen(at))
            grid.addWidget(name, at, 0)
            grid.addWidget(use, at, 1)
        grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self.map = MonitorMap(self.screens, theme)
        column.addWidget(self.map)
        column.addLayout(grid)
        column.addStretch(1)

    @property
    def answer(self) -> tuple[tuple[ScreenId, Use], ...]:
        return tuple((screen, _USES[use.currentIndex()]) for screen, use in zip(self.screens, self.uses, strict=True))

    def retranslate(self) -> None:
        self.map.setAccessibleName(_("Where the monitors stand"))
        words = (_("console, with lists and pages"), _("wall window, pictures only"), _("left free"))
        for number, (name, use, screen) in enumerate(zip(self._names, self.uses, self.screens, strict=True), 1):
            text = _("Monitor {number}, {width} × {height}").format(
                number=number, width=screen.width, height=screen.height)
            name.setText(f"{text}   {screen.model or screen.name}".rstrip())
            use.setAccessibleName(text)
            for at, word in enumerate(words):
                use.setItemText(at, word)

    def show_numbers(self, on: bool) -> None:
        """The number of each monitor on the monitor itself, at its lower left corner."""
        for label in self._numbers:
            label.close()
            label.deleteLater()
        self._numbers = []
        if not on or len(self._real) < 2:
            return
        for number, screen in enumerate(self._real, 1):
            label = QLabel(str(number))
            label.setWindowFlags(Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint
                                 | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.WindowDoesNotAcceptFocus)
            label.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
            label.setAccessibleName(_("Monitor {number}").format(number=number))
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setProperty("room", "raised")
            label.setFont(font(_NUMBER_PX * 0.6, Weight.STRONG))
            area = screen.geometry()
            label.setGeometry(area.x() + 32, area.bottom() - 32 - _NUMBER_PX, _NUMBER_PX, _NUMBER_PX)
            label.show()
            self._numbers.append(label)

    def _chosen(self, at: int) -> None:
        if _USES[self.uses[at].currentIndex()] is Use.CONSOLE:
            for other, use in enumerate(self.uses):
                if other != at and _USES[use.currentIndex()] is Use.CONSOLE:
                    use.setCurrentIndex(_USES.index(Use.WALL))
        elif all(_USES[use.currentIndex()] is Use.NOTHING for use in self.uses):
            self.uses[at].setCurrentIndex(_USES.index(Use.CONSOLE))     # some window there must be
