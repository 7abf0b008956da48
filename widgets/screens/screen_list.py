"""The windows of this station at the foot of the left dock: in small, and as rows with layouts and counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from app.runtime.language import gettext as _
from widgets.screens.miniature import Miniature
from widgets.theme import Theme, Weight, font
from widgets.theme.tokens import colour
from widgets.window.counts import Count

_ROW_PX = 24


@dataclass(frozen=True, slots=True)
class ScreenRow:
    """One window as it is listed. ``parked``: its monitor is away."""

    window_id: str
    title: str
    layout: str
    count: Count
    current: bool = False
    parked: bool = False


class _Row(QAbstractButton):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row: ScreenRow | None = None
        self._number = ""
        self.setFixedHeight(_ROW_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(200, _ROW_PX)

    def fill(self, number: str, row: ScreenRow) -> None:
        if (number, row) != (self._number, self._row):
            self._number, self._row = number, row
            away = ", " + _("monitor is away") if row.parked else ""
            self.setAccessibleName(f"{number} {row.title} {row.layout} {row.count.live}/{row.count.total}{away}")
            self.setToolTip(_("The monitor of this window is away; it returns with it.") if row.parked else "")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._row is None:
            return
        tokens, row = self._theme.tokens, self._row
        painter = QPainter(self)
        if self.underMouse() or self.hasFocus():
            painter.fillRect(self.rect(), colour(tokens.raised))
        if self.hasFocus():
            painter.fillRect(QRect(0, 0, 2, _ROW_PX), colour(tokens.accent))
        middle = Qt.AlignmentFlag.AlignVCenter
        right = self.width() - 16
        if row.parked:
            right = _left_of(painter, _("away"), right, tokens.amber, Weight.NORMAL)
        else:
            right = _left_of(painter, f"/{row.count.total}", right, tokens.quiet, Weight.NORMAL)
            live = tokens.red_words if row.count.wrong else tokens.text
            right = _left_of(painter, str(row.count.live), right, live, Weight.MEDIUM)
        painter.setFont(font(12))
        painter.setPen(colour(tokens.quiet))
        painter.drawText(QRect(16, 0, 20, _ROW_PX), middle, self._number)
        painter.setFont(font(12, Weight.STRONG if row.current else Weight.MEDIUM))
        painter.setPen(colour(tokens.faint if row.parked else tokens.text))
        metrics = QFontMetrics(painter.font())
        title = metrics.elidedText(row.title, Qt.TextElideMode.ElideRight, max(right - 36 - 48, 24))
        painter.drawText(QRect(36, 0, right - 36, _ROW_PX), middle, title)
        painter.setFont(font(12))
        painter.setPen(colour(tokens.quiet))
        x = 36 + metrics.horizontalAdvance(title) + 8
        painter.drawText(QRect(x, 0, max(right - 8 - x, 0), _ROW_PX), middle, row.layout)


class _Head(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.total = Count()
        self._hint = ""
        self.setFixedHeight(_ROW_PX)

    def show_hint(self, text: str) -> None:
        """In place of the title, for as long as the keyboard or a drag is in the drawing below."""
        if text != self._hint:
            self._hint = text
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        right = _left_of(painter, f"{self.total.live}/{self.total.total}", self.width() - 16, tokens.quiet,
                         Weight.NORMAL)
        painter.setFont(font(12, Weight.MEDIUM if self._hint else Weight.STRONG))
        painter.setPen(colour(tokens.text))
        room = QRect(16, 0, right - 24, _ROW_PX)
        text = QFontMetrics(painter.font()).elidedText(self._hint or _("Screens"), Qt.TextElideMode.ElideRight,
                                                       room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


class ScreenList(QWidget):
    """``chosen`` carries a window id. Rows are reused; nothing is rebuilt five times a second."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, miniature: Miniature | None = None, parent: QWidget | None = None) -> None:
        """``miniature``: the wall in small, which stands between the title and the rows."""
        super().__init__(parent)
        self._theme = theme
        self.miniature = miniature
        self.setProperty("room", "panel")
        self.setProperty("edge", "above")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(_("Screens"))
        self._rows: list[_Row] = []
        self._shown: tuple[ScreenRow, ...] = ()
        self._head = _Head(theme)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 9, 0, 8)
        self._column.setSpacing(0)
        self._column.addWidget(self._head)
        if miniature is not None:
            self._column.addWidget(miniature)
            miniature.hint.connect(self._head.show_hint)
        theme.changed.connect(self.update)

    def show_rows(self, rows: Sequence[ScreenRow]) -> None:
        """The windows in their order."""
        if tuple(rows) == self._shown:
            return
        self._shown = tuple(rows)
        while len(self._rows) > len(rows):
            gone = self._rows.pop()
            self._column.removeWidget(gone)
            gone.deleteLater()
        while len(self._rows) < len(rows):
            row = _Row(self._theme, self)
            row.clicked.connect(partial(self._clicked, len(self._rows)))
            self._rows.append(row)
            self._column.addWidget(row)
            row.show()
        for number, (button, row_shown) in enumerate(zip(self._rows, rows, strict=True), 1):
            button.fill(str(number), row_shown)
        self._head.total = sum((row.count for row in rows if not row.parked), Count())
        self._head.update()

    def retranslate(self) -> None:
        self.setAccessibleName(_("Screens"))
        if self.miniature is not None:
            self.miniature.retranslate()
        shown, self._shown = self._shown, ()
        self.show_rows(shown)
        self._head.update()

    def _clicked(self, place: int, _checked: bool = False) -> None:
        if place < len(self._shown):
            self.chosen.emit(self._shown[place].window_id)


def _left_of(painter: QPainter, text: str, right: int, shade: str, weight: Weight) -> int:
    painter.setFont(font(12, weight))
    painter.setPen(colour(shade))
    left = right - QFontMetrics(painter.font()).horizontalAdvance(text)
    painter.drawText(QRect(left, 0, right - left + 1, _ROW_PX), Qt.AlignmentFlag.AlignVCenter, text)
    return left
