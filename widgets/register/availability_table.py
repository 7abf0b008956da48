"""The table of availability: its columns, what stands in them and how it is painted.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.availability.report import HOUR_S, By, Line
from app.availability.uptime import DAY_S, Uptime
from app.runtime.language import gettext as _
from widgets.register.cell_delegate import POOR_SHARE, ROW_PX, paint_bars
from widgets.register.table_model import share_text
from widgets.theme import Theme, Weight, font
from widgets.theme.tokens import colour
from widgets.wall.words import decimal

COLUMNS = ("number", "name", "area", "owner", "bars", "day", "week", "month", "outages", "longest", "watched")
_RIGHT = frozenset({"day", "week", "month", "outages", "longest", "watched"})
RANGE_COLUMN = ("day", "week", "month")
_LINE_ROLE = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex


def duration(seconds: float) -> str:
    """"48 s", "12 min", "3,5 h", "4,2 d": what one takes in at a glance."""
    if seconds < 60:
        return _("{count} s").format(count=round(seconds))
    if seconds < HOUR_S:
        return _("{count} min").format(count=round(seconds / 60))
    if seconds < DAY_S:
        return _("{count} h").format(count=decimal(seconds / HOUR_S))
    return _("{count} d").format(count=decimal(seconds / DAY_S))


class Lines(QAbstractTableModel):
    """``by`` what a line is, ``range`` the index of the stretch of time that orders them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: Sequence[Line] = ()
        self.by, self.range = By.CAMERA, 2

    def show(self, found: Sequence[Line], by: By, index: int) -> None:
        self.beginResetModel()
        self.lines, self.by, self.range = found, by, index
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, _parent: _Index | None = None) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        name = COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if name in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {"number": _("No.") if self.by is By.CAMERA else _("Cameras"), "name": _("Name"), "area": _("Area"),
                "owner": _("Owner"), "bars": _("Up in 30 days"), "day": _("24 h"), "week": _("7 d"),
                "month": _("30 d"), "outages": _("Outages"), "longest": _("Longest"),
                "watched": _("Watched")}[name]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == _LINE_ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(line, COLUMNS[index.column()])
        return None

    def text(self, line: Line, column: str) -> str:
        found: Uptime = line.ranges[self.range]
        match column:
            case "number":
                return line.number or str(line.cameras)
            case "name":
                return line.name or (_("no owner") if self.by is By.OWNER else _("no area"))
            case "area":
                return " › ".join(line.area.split(" > ")[:-1] if self.by is By.AREA else line.area.split(" > "))
            case "owner":
                return line.owner if self.by is By.CAMERA else ""
            case "outages":
                return str(found.outages) if found.watched_s else ""
            case "longest":
                return duration(found.longest_s) if found.longest_s else ""
            case "watched":
                return duration(found.watched_s) if found.watched_s else ""
            case "bars":
                return ""
        return share_text(line.ranges[RANGE_COLUMN.index(column)].share)


class LinesDelegate(QStyledItemDelegate):
    """Shares in their colours, bars of thirty days."""

    def __init__(self, theme: Theme, model: Lines, parent: QObject) -> None:
        super().__init__(parent)
        self._theme, self._model = theme, model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(80, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        tokens, column = self._theme.tokens, COLUMNS[index.column()]
        line = self._model.lines[index.row()]
        box: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colour(tokens.selected_row))
        painter.fillRect(QRect(box.x(), box.bottom(), box.width(), 1), colour(tokens.line))
        if column == "bars":
            paint_bars(painter, box, line.bars if self._model.by is By.CAMERA else (), tokens)
        else:
            in_force = column in RANGE_COLUMN and RANGE_COLUMN.index(column) == self._model.range
            strong = column == "number" or in_force
            shade = tokens.quiet if column in ("area", "owner") else tokens.text
            if column in RANGE_COLUMN:
                share = line.ranges[RANGE_COLUMN.index(column)].share
                shade = tokens.quiet if share is None else tokens.red_words if share < POOR_SHARE else tokens.text
            painter.setFont(font(12, Weight.STRONG if strong else Weight.NORMAL))
            painter.setPen(colour(shade))
            side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
            area = box.adjusted(8, 0, -8, 0)
            text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()
