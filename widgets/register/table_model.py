"""The list of cameras as Qt's model: rows are a plain list, replaced whole; nothing is copied per row.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.availability.uptime import UNKNOWN
from app.model.camera import Camera
from app.model.pane import NO_REPORT, PaneReport
from app.runtime.language import gettext as _
from widgets.common.plain import tip
from widgets.register.rows import MONTH, Column, Known, host_of, model_of, streams_of
from widgets.wall.words import decimal, state_texts

COLUMNS = tuple(Column)
_Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What the delegate asks for besides texts."""

    CAMERA = Qt.ItemDataRole.UserRole + 1
    HISTORY = Qt.ItemDataRole.UserRole + 2
    REPORT = Qt.ItemDataRole.UserRole + 3


class CameraTable(QAbstractTableModel):
    """``reports``: camera id -> the worst report among the panes that show it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Camera] = ()
        self._places: dict[str, int] | None = None
        self.known = Known({}, {}, {})
        self.reports: dict[str, PaneReport] = {}

    def show(self, rows: Sequence[Camera]) -> None:
        """Other rows or another order."""
        self.beginResetModel()
        self._rows, self._places = rows, None
        self.endResetModel()

    @property
    def cameras(self) -> Sequence[Camera]:
        return self._rows

    def row_of(self, camera_id: str) -> int:
        """-1 when the list does not show it."""
        if self._places is None:
            self._places = {camera.id: row for row, camera in enumerate(self._rows)}
        return self._places.get(camera_id, -1)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, _parent: _Index | None = None) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return title_of(COLUMNS[section])
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        camera = self._rows[index.row()]
        if role == Role.CAMERA:
            return camera
        if role == Role.HISTORY:
            return self.known.histories.get(camera.id, UNKNOWN)
        if role == Role.REPORT:
            return self.reports.get(camera.id, NO_REPORT)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(camera, COLUMNS[index.column()])
        if role == Qt.ItemDataRole.ToolTipRole and COLUMNS[index.column()] is Column.AREA:
            return tip(" › ".join(camera.area))
        return None

    def text(self, camera: Camera, column: Column) -> str:
        """What stands in a cell, also for screen readers."""
        match column:
            case Column.NUMBER:
                return camera.label
            case Column.NAME:
                return camera.name
            case Column.AREA:
                # An alley is called by a number that every kelurahan has: "Lorong 4" alone is nowhere.
                return ", ".join(camera.area[:1:-1][:2]) if len(camera.area) > 3 else camera.district
            case Column.OWNER:
                return self.known.owner(camera)
            case Column.MODEL:
                return model_of(camera)
            case Column.ADDRESS:
                return host_of(camera)
            case Column.STREAMS:
                return streams_of(camera)
            case Column.AVAILABILITY:
                return share_text(self.known.histories.get(camera.id, UNKNOWN).ranges[MONTH].share)
            case Column.STATE:
                return state_text(self.reports.get(camera.id))
        return ""


def share_text(share: float | None) -> str:
    """"99,9 %"; 100 % only when nothing at all was missed."""
    if share is None:
        return "–"
    percent = share * 100
    return f"{decimal(99.9 if percent > 99.9 and share < 1.0 else percent)} %"


def state_text(report: PaneReport | None) -> str:
    """"live", "Frozen 00:07"; cameras on no pane are not watched."""
    if report is None:
        return _("not watched")
    if words := state_texts(report)[0]:
        return words
    return _("live") if report.state.counts_as_live else _("connecting")


def title_of(column: Column) -> str:
    """The head of a column in the language in force."""
    match column:
        case Column.NUMBER:
            return _("No.")
        case Column.NAME:
            return _("Name")
        case Column.AREA:
            return _("Area")
        case Column.OWNER:
            return _("Owner")
        case Column.MODEL:
            return _("Model")
        case Column.ADDRESS:
            return _("Address")
        case Column.STREAMS:
            return _("Streams M · S")
        case Column.AVAILABILITY:
            return _("Up in 30 days")
        case Column.STATE:
            return _("State")
    return ""
