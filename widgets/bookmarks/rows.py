"""The list of bookmarks as a table: a small picture, time, cameras, words; and which of them a filter leaves.

Runs on: GUI thread. Pictures are asked for as rows are painted, and come later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.model.bookmark import Bookmark, Severity
from app.runtime.language import gettext as _
from app.runtime.zone import Zone
from widgets.bookmarks.times import moment_text
from widgets.bookmarks.words import category_text, severity_text
from widgets.common.plain import tip
from widgets.theme import Theme
from widgets.theme.tokens import colour

WIDTHS = (112, 208, 280, 112, 96, 400, 160, 120)
ROW_PX = 58
_PICTURE = (96, 54)
_PADDING_PX = 4
DAY_US = 86_400_000_000
Index = QModelIndex | QPersistentModelIndex

type Still = Callable[[str, int, Callable[[], None]], QImage | None]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which bookmarks are listed. ``category`` and ``agency`` "" and ``days`` 0: all; ``severity``: at least."""

    words: str = ""
    category: str = ""
    agency: str = ""
    severity: Severity = Severity.NONE
    days: int = 0

    def leaves(self, one: Bookmark, now_us: int) -> bool:
        """Whether a bookmark is listed."""
        return (one.matches(self.words) and self.category in ("", one.category) and self.agency in ("", one.agency)
                and one.severity >= self.severity and (not self.days or one.at >= now_us - self.days * DAY_US))


class Rows(QAbstractTableModel):
    """``still`` gives a small picture of (camera, moment), see widgets.panels.Surroundings."""

    def __init__(self, zone: Callable[[], Zone], still: Still, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: Sequence[Bookmark] = ()
        self._zone, self._still = zone, still

    def show(self, rows: Sequence[Bookmark]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def picture(self, row: int) -> QImage | None:
        """The first camera at the moment, once it is there."""
        one = self.rows[row]
        return self._still(one.cameras[0].id, one.at, self._came)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(WIDTHS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (_("Picture"), _("Time"), _("Cameras"), _("Category"), _("Severity"), _("Words"), _("Agency"),
                _("By"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        one = self.rows[index.row()]
        first = one.cameras[0]
        more = f" +{len(one.cameras) - 1}" if len(one.cameras) > 1 else ""
        words = ("", moment_text(one.at, self._zone()), f"{first.label} {first.name}{more}",
                 category_text(one.category),
                 severity_text(one.severity) if one.severity is not Severity.NONE else "", one.words, one.agency,
                 one.operator)[index.column()]
        return tip(words) if role == Qt.ItemDataRole.ToolTipRole else words

    def _came(self) -> None:
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))


class Cells(QStyledItemDelegate):
    """Words begin where those of the header do; the first column is a picture."""

    def __init__(self, rows: Rows, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._rows, self._theme = rows, theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.rect.adjust(_PADDING_PX, 0, 0, 0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if index.column() != 0:
            return
        room: QRect = option.rect
        area = QRect(room.left() + 8, room.top() + 2, *_PICTURE)
        painter.fillRect(area, colour(self._theme.tokens.behind))
        image = self._rows.picture(index.row())
        if image is not None:
            size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRect(area.left() + (area.width() - size.width()) // 2,
                                    area.top() + (area.height() - size.height()) // 2, size.width(), size.height()),
                              image)


def listed(bookmarks: Sequence[Bookmark], wanted: Filter) -> list[Bookmark]:
    """What a filter leaves, in their order."""
    now = time.time_ns() // 1000
    return [one for one in bookmarks if wanted.leaves(one, now)]
