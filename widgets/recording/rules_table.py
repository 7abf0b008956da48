"""The rules as a table, the strongest first, the rest of the cameras last; and which of them are for a chosen camera.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.model.camera import Camera
from app.recording.rules import Mode, Rule
from app.runtime.language import gettext as _
from widgets.common.plain import tip
from widgets.recording.rule_keeping import Ruled
from widgets.recording.rule_words import days_text, mode_text, priority_text, rest_text, stream_text, whom

WHOM, WHEN, DAYS, STREAM, SHORT, COUNT, HERE = range(7)
WIDTHS = (264, 248, 88, 88, 128, 80, 184)       # px
Index = QModelIndex | QPersistentModelIndex


class Rules(QAbstractTableModel):
    """``camera`` gives the one of an id. The last row is no rule: every other camera."""

    def __init__(self, camera: Callable[[str], Camera | None], parent: QObject) -> None:
        super().__init__(parent)
        self.ruled = Ruled()
        self.fitting: Sequence[Rule] | None = None      # of the chosen camera, the one that decides first
        self._camera = camera

    def show(self, ruled: Ruled) -> None:
        self.beginResetModel()
        self.ruled = ruled
        self.endResetModel()

    def show_fitting(self, rules: Sequence[Rule] | None) -> None:
        """Which rules are for the chosen camera; None: none is chosen."""
        self.fitting = rules
        self.dataChanged.emit(self.index(0, HERE), self.index(self.rowCount() - 1, HERE))

    def rule(self, row: int) -> Rule | None:
        """The rule of a row; None for the last one."""
        return self.ruled.rules[row] if 0 <= row < len(self.ruled.rules) else None

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.ruled.rules) + 1

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(WIDTHS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (_("For"), _("Recorded"), _("Kept"), _("Stream"), _("When room is short"), _("Cameras"),
                _("The camera above"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        words = self._words(index.row())[index.column()]
        return tip(words) if role == Qt.ItemDataRole.ToolTipRole else words

    def _words(self, row: int) -> tuple[str, ...]:
        rule, ruled = self.rule(row), self.ruled
        if rule is None:
            here = _("holds: no rule is for it") if self.fitting is not None and not self.fitting else ""
            return _("every other camera"), rest_text(ruled.policy), "", "", "", "", here
        return (whom(rule, self._camera), mode_text(rule), days_text(rule, ruled.policy), stream_text(rule),
                priority_text(rule), str(ruled.counts.get(rule, 0)), self._here(rule))

    def _here(self, rule: Rule) -> str:
        fitting = self.fitting or ()
        if rule not in fitting:
            return ""
        if rule == fitting[0]:
            return _("decides: nothing is recorded") if rule.mode is Mode.NEVER else _("decides")
        return _("is for it too, stands below")
