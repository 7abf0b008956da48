"""The table of found devices: what each says it is, where it is, whether the register has it, and what became of it.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import urlsplit

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from app.model.camera import Camera
from app.model.found import FoundDevice
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from app.runtime.reasons import reason_for
from widgets.common.plain import tip
from widgets.theme import Theme
from widgets.theme.tokens import colour

_MOST_HINTS = 16            # lines of a tool tip


class Column(IntEnum):
    """From left to right."""

    TICK = 0
    MODEL = 1
    NAME = 2
    ADDRESS = 3
    STATE = 4


@dataclass(slots=True)
class Row:
    """One device. ``known`` is the camera that it is; ``added`` says that this panel made it so; ``cause`` why not.

    ``channels``: of a recorder, as far as it was asked, and ``cameras`` those of them that the register has.
    """

    device: FoundDevice
    known: Camera | None = None
    ticked: bool = False
    asking: bool = False
    added: bool = False
    cause: str = ""
    channels: int = 1
    cameras: tuple[Camera, ...] = ()

    @property
    def free(self) -> bool:
        """Whether it may be ticked: the register has not all of it."""
        return not self.asking and not self.added and (
            self.known is None or len(self.cameras) < self.channels > 1)


class FoundTable(QAbstractTableModel):
    """``ticks_changed`` when other devices are ticked."""

    ticks_changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: list[Row] = []
        self._places: dict[str, int] = {}

    def clear(self) -> None:
        self.beginResetModel()
        self.rows.clear()
        self._places.clear()
        self.endResetModel()
        self.ticks_changed.emit()

    def take(self, device: FoundDevice, known: Camera | None) -> None:
        """A new device, or more about one that is there."""
        place = self._places.get(device.key)
        if place is None:
            place = len(self.rows)
            self.beginInsertRows(QModelIndex(), place, place)
            self.rows.append(Row(device, known))
            self._places[device.key] = place
            self.endInsertRows()
        else:
            row = self.rows[place]
            row.device, row.known = device, row.known or known
            self._repaint(place)

    def row(self, key: str) -> Row | None:
        """The row of that device."""
        place = self._places.get(key)
        return None if place is None else self.rows[place]

    def show_row(self, key: str) -> None:
        """Its row was changed from outside."""
        place = self._places.get(key)
        if place is not None:
            self._repaint(place)

    def ticked(self) -> list[FoundDevice]:
        """The devices that the operator chose."""
        return [row.device for row in self.rows if row.ticked and row.free]

    def tick(self, places: Iterable[int], on: bool | None = None) -> None:
        """Ticks rows, or turns them over; known ones stay as they are."""
        for place in places:
            row = self.rows[place]
            if row.free:
                row.ticked = not row.ticked if on is None else on
                self._repaint(place)
        self.ticks_changed.emit()

    def retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(Column) - 1))

    # --- Qt ---

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, _parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return {Column.TICK: "", Column.MODEL: _("Make and model"), Column.NAME: _("Name"),
                Column.ADDRESS: _("Address"), Column.STATE: _("State")}[Column(section)]

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self.rows):
            return None
        row, column = self.rows[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if column is Column.TICK:
                return _("ticked") if row.ticked else _("not ticked")
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._hint(row, column) or "")
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, column)
        return None

    # --- inside ---

    def _text(self, row: Row, column: Column) -> str:
        device = row.device
        match column:
            case Column.MODEL:
                return " ".join(word for word in (device.make, device.model) if word) or "–"
            case Column.NAME:
                return device.name or "–"
            case Column.ADDRESS:
                return urlsplit(device.address).netloc
            case Column.STATE:
                return self._state(row)
        return ""

    @staticmethod
    def _state(row: Row) -> str:
        if row.asking:
            return _("logging in…")
        if row.cause:
            return _(reason_for(row.cause).what).format(number="")
        if row.channels > 1:
            words = [ngettext("recorder, {count} channel", "recorder, {count} channels", row.channels).format(
                count=row.channels)]
            if row.cameras:
                number = _numbers(row.cameras)
                words.append((_("added as {number}") if row.added else _("is camera {number}")).format(number=number))
            if row.cameras and not row.added and (left := row.channels - len(row.cameras)) > 0:
                words.append(ngettext("{count} new", "{count} new", left).format(count=left))
            return ", ".join(words)
        if row.known is not None:
            number = row.known.label
            return _("added as {number}").format(number=number) if row.added else _("is camera {number}").format(
                number=number)
        if row.device.foreign:
            return _("new, outside this network")
        return _("new, says {address}").format(address=row.device.told) if row.device.told else _("new")

    @staticmethod
    def _hint(row: Row, column: Column) -> str | None:
        if column is Column.ADDRESS:
            return row.device.address
        if column is Column.STATE and row.known is not None:
            return "\n".join(f"{one.label}  {one.name}" for one in (row.cameras or (row.known,))[:_MOST_HINTS])
        if column is Column.STATE and row.device.told:
            return _("It says that it is at {address}. It is asked where it answered from: {source}.").format(
                address=row.device.told, source=row.device.source)
        return None

    def _colour(self, row: Row, column: Column) -> QColor | None:
        tokens = self._theme.tokens
        if column is Column.STATE and row.cause:
            return colour(tokens.red_words)
        if column is Column.STATE and row.added:
            return colour(tokens.green)
        quiet = column in (Column.ADDRESS, Column.STATE) or (row.known is not None and not row.free)
        return colour(tokens.quiet if quiet else tokens.text)

    def _repaint(self, place: int) -> None:
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(Column) - 1))


def _numbers(cameras: Sequence[Camera]) -> str:
    """"0101", "0101–0116", or the first and last of those with others between."""
    first, last = min(cameras, key=_number), max(cameras, key=_number)
    if first is last:
        return first.label
    between = "–" if last.number - first.number == len(cameras) - 1 else " … "
    return f"{first.label}{between}{last.label}"


def _number(camera: Camera) -> int:
    return camera.number
