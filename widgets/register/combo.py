"""A drop-down with quiet words while nothing is chosen; the wheel scrolls the form, never its value."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from widgets.theme import Theme
from widgets.theme.tokens import colour


class Combo(QComboBox):
    """As the theme's sheet says, with what it leaves out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(32)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, option, tokens = QStylePainter(self), QStyleOptionComboBox(), self._theme.tokens
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        if self.currentIndex() >= 0:
            painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        else:
            painter.setPen(colour(tokens.quiet))
            painter.drawText(QRect(9, 0, self.width() - 36, self.height()), Qt.AlignmentFlag.AlignVCenter,
                             self.placeholderText())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
