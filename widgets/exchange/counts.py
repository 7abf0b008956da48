"""The four counts of a plan and the bar below them; a count is a button that shows its lines."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from app.runtime.language import gettext as _
from widgets.exchange.entries import Group
from widgets.theme import Theme, Weight, font
from widgets.theme.tokens import colour

_HEIGHT_PX = 52
_BAR_PX = 8


class _Count(QAbstractButton):
    def __init__(self, theme: Theme, group: Group, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._group = theme, group
        self.count = 0
        self.setCheckable(True)
        self.setFixedHeight(_HEIGHT_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        return QSize(88, _HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        red = self._group is Group.ERRORS and self.count
        painter.setFont(font(22, Weight.STRONG))
        painter.setPen(colour(tokens.red_words if red else tokens.text if self.count else tokens.quiet))
        painter.drawText(QRect(0, 0, self.width(), 30), Qt.AlignmentFlag.AlignVCenter, f"{self.count}")
        painter.setFont(font(12))
        painter.setPen(colour(tokens.text if self.isChecked() else tokens.quiet))
        painter.drawText(QRect(0, 28, self.width(), 18), Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            painter.setPen(colour(tokens.accent))
            painter.drawRoundedRect(self.rect().adjusted(-4, 0, -9, -2).intersected(self.rect().adjusted(0, 0, -1, -1)),
                                    4, 4)
        elif self.isChecked():
            painter.fillRect(QRect(0, 48, 24, 2), colour(tokens.quiet))


class _Bar(QWidget):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.counts: Mapping[Group, int] = {}
        self.setFixedHeight(_BAR_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        shades = {Group.NEW: tokens.activity, Group.CHANGED: tokens.recorded, Group.SAME: tokens.line,
                  Group.ERRORS: tokens.red}
        total = sum(self.counts.values())
        painter.fillRect(self.rect(), colour(tokens.ground))
        if not total:
            return
        x, left = 0, self.width()
        for group, shade in shades.items():
            if not self.counts[group]:
                continue
            # One faulty line among 6,000 is still seen.
            width = min(max(round(self.width() * self.counts[group] / total), 4), left)
            painter.fillRect(QRect(x, 0, max(width - 1, 1), _BAR_PX), colour(shade))
            x, left = x + width, left - width


class Counts(QWidget):
    """``chosen`` carries a Group."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = {group: _Count(theme, group, self) for group in Group}
        self._bar = _Bar(theme, self)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        group = QButtonGroup(self)
        for key, button in self.buttons.items():
            group.addButton(button)
            row.addWidget(button, 1)
            button.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self._bar)
        self.setFixedHeight(_HEIGHT_PX + 8 + _BAR_PX + 20)
        theme.changed.connect(self.update)
        self.retranslate()

    def show_counts(self, counts: Mapping[Group, int], group: Group) -> None:
        """The counts, and which of them is shown in lines."""
        for key, button in self.buttons.items():
            button.count = counts[key]
            button.setChecked(key is group)
            button.setAccessibleName(f"{counts[key]} {button.text()}")
            button.update()
        self._bar.counts = dict(counts)
        self._bar.update()

    def retranslate(self) -> None:
        """Texts in the language in force."""
        for group, text in ((Group.NEW, _("new")), (Group.CHANGED, _("changed")), (Group.SAME, _("same")),
                            (Group.ERRORS, _("errors"))):
            self.buttons[group].setText(text)
            self.buttons[group].setAccessibleName(f"{self.buttons[group].count} {text}")
