"""The report of who was watched as a table: one row per camera, or one per area, owner or risk class.

Runs on: GUI thread; the rows are made on the registry lane.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from app.model.register import Risk
from app.runtime.language import gettext as _
from app.runtime.zone import DEFAULT, Zone
from app.tours.report import Group, Line, hour_text, place_name, span_text
from widgets.theme import Theme

type _Index = QModelIndex | QPersistentModelIndex


class SeenTable(QAbstractTableModel):
    """``show_lines`` or ``show_groups``; both keep what they are given and format only the rows on the screen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.lines: Sequence[Line] = ()
        self.groups: Sequence[Group] | None = None
        self._zone, self._own = DEFAULT, ""

    def show_lines(self, lines: Sequence[Line], zone: Zone, own: str) -> None:
        """``own`` is this station's id: its windows are named without it."""
        self.beginResetModel()
        self.lines, self.groups, self._zone, self._own = lines, None, zone, own
        self.endResetModel()

    def show_groups(self, groups: Sequence[Group]) -> None:
        self.beginResetModel()
        self.groups = groups
        self.endResetModel()

    def rowCount(self, _parent: _Index | None = None) -> int:
        return len(self.lines) if self.groups is None else len(self.groups)

    def columnCount(self, _parent: _Index | None = None) -> int:
        return len(self.heads())

    def heads(self) -> tuple[str, ...]:
        """In the language in force."""
        if self.groups is not None:
            return _("Name"), _("Cameras"), _("Not seen"), _("Time on lit panes")
        return (_("Number"), _("Name"), _("Area"), _("Owner"), _("Risk"), _("Time on lit panes"), _("Windows"),
                _("Last seen"))

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.heads()[section]
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.ForegroundRole and self.groups is None:
            return self._shade(self.lines[index.row()], index.column())
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if self.groups is not None:
            group = self.groups[index.row()]
            name = risk_word(Risk(group.name)) if group.name in Risk else group.name
            return (name or _("none given"), str(group.cameras), str(group.unseen),
                    span_text(group.seconds))[index.column()]
        line = self.lines[index.row()]
        return self._cell(line, index.column())

    def _cell(self, line: Line, column: int) -> str:
        match column:
            case 0:
                return line.camera.label
            case 1:
                return line.camera.name
            case 2:
                return ", ".join(reversed(line.camera.area))
            case 3:
                return line.owner
            case 4:
                return risk_word(line.risk)
            case 5:
                return span_text(line.seconds) if line.seconds else "–"
            case 6:
                return ", ".join(f"{place_name(station, place, self._own)} {span_text(seconds)}"
                                 for (station, place), seconds in sorted(line.places.items()))
            case _last:
                return hour_text(line.last, self._zone)

    def _shade(self, line: Line, column: int) -> QColor | None:
        """Colour means "look here": a red-class alley that nobody saw."""
        tokens = self._theme.tokens
        if column == 4 and not line.seconds and line.risk in (Risk.RED, Risk.YELLOW):
            return QColor(tokens.red_words if line.risk is Risk.RED else tokens.amber)
        return QColor(tokens.quiet) if column in (2, 3, 6, 7) else None


def risk_word(risk: Risk) -> str:
    """The class in the language in force; "" when there is none."""
    return {Risk.RED: _("red"), Risk.YELLOW: _("yellow"), Risk.GREEN: _("green"), Risk.NONE: ""}[risk]
