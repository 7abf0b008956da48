"""The days of a month on which these cameras have recordings, and a time of day: where to go. Never modal.

Runs on: GUI thread. A child of its window above the timeline; arrows walk the days, PgUp and PgDn the months.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.runtime.language import gettext as _
from app.runtime.zone import Zone
from widgets.playback.words import months
from widgets.theme import Theme, Weight, font
from widgets.theme.tokens import colour

_CELL_PX, _HEAD_PX = 36, 24
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7}


class Month(QWidget):
    """One month; ``chosen`` by Enter or a click."""

    chosen = Signal(object)
    turned = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.day = date(2026, 1, 1)
        self.recorded: frozenset[date] = frozenset()
        self.today = self.day
        self.setFixedSize(7 * _CELL_PX, _HEAD_PX + 6 * 28)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Month"))

    def show_day(self, day: date) -> None:
        self.day = day
        names = months()
        held = _("has recordings") if day in self.recorded else _("no recording")
        self.setAccessibleName(f"{day.day} {names[day.month - 1]} {day.year}, {held}")
        self.update()
        self.turned.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.show_day(self.day + timedelta(days=_STEPS[key]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.show_day(_month_on(self.day, 1 if key is Qt.Key.Key_PageDown else -1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self.day)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for day, box in self._cells():
            if box.contains(event.position().toPoint()):
                self.show_day(day)
                self.chosen.emit(day)
                return

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        centre = Qt.AlignmentFlag.AlignCenter
        painter.setFont(font(12))
        painter.setPen(colour(tokens.quiet))
        days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
        for column, name in enumerate(days):
            painter.drawText(QRect(column * _CELL_PX, 0, _CELL_PX, _HEAD_PX), centre, name)
        for day, box in self._cells():
            has = day in self.recorded
            painter.setFont(font(12, Weight.STRONG if has else Weight.NORMAL))
            if day == self.day:
                painter.fillRect(box.adjusted(1, 1, -1, -1), colour(tokens.selected_row))
                if self.hasFocus():
                    painter.setPen(colour(tokens.accent))
                    painter.drawRect(box.adjusted(1, 1, -2, -2))
            painter.setPen(colour(tokens.text if has else tokens.faint))
            painter.drawText(box, centre, str(day.day))
            if has:
                painter.fillRect(QRect(box.center().x() - 8, box.bottom() - 4, 16, 2), colour(tokens.activity))
            if day == self.today:
                painter.setPen(colour(tokens.quiet))
                painter.drawRect(box.adjusted(3, 3, -4, -4))
        painter.end()

    def _cells(self) -> list[tuple[date, QRect]]:
        first = self.day.replace(day=1)
        shift = first.weekday()
        return [(first.replace(day=number), QRect((shift + number - 1) % 7 * _CELL_PX,
                                                  _HEAD_PX + (shift + number - 1) // 7 * 28, _CELL_PX, 28))
                for number in range(1, calendar.monthrange(first.year, first.month)[1] + 1)]


class Calendar(QWidget):
    """``chosen``: a moment (UTC, microseconds); ``closed``: the wall may have the keyboard back."""

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, window: QWidget, theme: Theme, zone: Callable[[], Zone]) -> None:
        super().__init__(window)
        self._zone = zone
        self.setProperty("room", "raised")
        self.setProperty("typing", True)             # letters belong to it, never to commands (widgets.window.keys)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.month = Month(theme, self)
        self._title, self._time_name, self.time, self.go = QLabel(), QLabel(), QLineEdit(), QPushButton()
        self._build()
        self.month.chosen.connect(lambda _day: self.submit())
        self.month.turned.connect(self._say)
        self.go.clicked.connect(self.submit)
        self.retranslate()
        self.hide()

    def open(self, at: int, recorded: frozenset[date], corner: QPoint) -> None:
        """At the day of ``at``; ``corner`` is its lower left corner in the window."""
        moment = datetime.fromtimestamp(at / 1e6, UTC).astimezone(self._zone().zoneinfo)
        self.month.recorded = recorded
        self.month.today = datetime.now(UTC).astimezone(self._zone().zoneinfo).date()
        self.month.show_day(moment.date())
        self.time.setText(f"{moment:%H:%M:%S}")
        self.adjustSize()
        self.move(corner.x(), max(0, corner.y() - self.height()))
        self.show()
        self.raise_()
        self.month.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_recorded(self, recorded: frozenset[date]) -> None:
        """More is known by now."""
        self.month.recorded = recorded
        self.month.update()

    def submit(self) -> None:
        """Go to the day and time that stand here; a time that is none stays to be mended."""
        parts = self.time.text().replace(".", ":").split(":")
        try:
            hour, minute, second = (int(part) for part in (*parts, "0", "0")[:3])
            moment = datetime(self.month.day.year, self.month.day.month, self.month.day.day, hour, minute, second,
                              tzinfo=self._zone().zoneinfo)
        except ValueError:
            self.time.setFocus(Qt.FocusReason.OtherFocusReason)
            self.time.selectAll()
            return
        self.shut()
        self.chosen.emit(round(moment.timestamp() * 1e6))

    def shut(self) -> None:
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def retranslate(self) -> None:
        self.setAccessibleName(_("Go to a day"))
        self._time_name.setText(_("Time"))
        self.time.setAccessibleName(_("Time"))
        self.go.setText(_("Go there"))
        self.go.setAccessibleName(self.go.text())
        self._say()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.month.keyPressEvent(event)
        event.accept()                               # what is pressed here never reaches the wall

    def _say(self) -> None:
        self._title.setText(f"{months()[self.month.day.month - 1]} {self.month.day.year}")

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        self._title.setProperty("tone", "strong")
        column.addWidget(self._title)
        column.addWidget(self.month)
        foot = QHBoxLayout()
        foot.addWidget(self._time_name)
        self.time.setFixedWidth(88)
        foot.addWidget(self.time)
        foot.addStretch(1)
        foot.addWidget(self.go)
        column.addLayout(foot)


def _month_on(day: date, by: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
