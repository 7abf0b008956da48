"""The page of bookmarks: found by words, shown, changed, exported, deleted with undo.

Runs on: GUI thread. Everything it does is a command; the registry says when the list is another one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.bookmarks.book import TABLE, BookmarkBook
from app.model.bookmark import Bookmark, Severity
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from app.runtime.zone import in_force
from widgets.bookmarks.times import moment_text
from widgets.bookmarks.words import category_text, severity_text
from widgets.common.hop import hop_to_gui
from widgets.common.later import Later
from widgets.panels import Moment, Surroundings
from widgets.theme import Weight, font

_WIDTHS = (208, 280, 112, 96, 400, 160, 120)
_HEAD_PX, _ROW_PX, _PADDING_PX = 48, 32, 4
_Index = QModelIndex | QPersistentModelIndex
_ACTIONS = (("jump", "Enter"), ("edit", "F2"), ("export", "Ctrl+E"), ("delete", "Del"), ("undo", "Ctrl+Z"))


class _Model(QAbstractTableModel):
    def __init__(self, zone: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        self.rows: Sequence[Bookmark] = ()
        self._zone = zone

    def show(self, rows: Sequence[Bookmark]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, _parent: _Index | None = None) -> int:
        return len(_WIDTHS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (_("Time"), _("Cameras"), _("Category"), _("Severity"), _("Words"), _("Agency"), _("By"))[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        one = self.rows[index.row()]
        first = one.cameras[0]
        more = f" +{len(one.cameras) - 1}" if len(one.cameras) > 1 else ""
        return (moment_text(one.at, self._zone()), f"{first.label} {first.name}{more}", category_text(one.category),
                severity_text(one.severity) if one.severity is not Severity.NONE else "", one.words, one.agency,
                one.operator)[index.column()]


class _Cells(QStyledItemDelegate):
    """Words begin where those of the header do."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        option.rect.adjust(_PADDING_PX, 0, 0, 0)


class _NoHolds:
    """The page only reads; commands write and hold."""

    def hold(self, _holder: str, _cameras: tuple[str, ...], _t0: int, _t1: int,
             _then: Callable[[object], None] | None = None) -> bool:
        return False

    def release(self, _holder: str) -> bool:
        return False


class BookmarksPage(QWidget):
    """See widgets.panels.PanelWidget."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._later = Later(self)
        self.book = BookmarkBook(around.registry.submit, _NoHolds(), self._later)
        self.model = _Model(lambda: in_force(str(around.registry.settings.get("window.zone", "system"))), self)
        self.finder, self.table, self.told = QLineEdit(), QTableView(), QLabel()
        self._title, self._nothing, self._count = QLabel(), QLabel(), QLabel()
        self.buttons = {name: QPushButton() for name, _key in _ACTIONS}
        self._build()
        self.book.changed.connect(self._fill)
        hop_to_gui(around.registry.tables_changed, self._tables_changed, self)
        self.finder.textChanged.connect(self._fill)
        self.table.doubleClicked.connect(lambda _index: self.do("jump"))
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._enable())
        for name, button in self.buttons.items():
            button.clicked.connect(partial(self.do, name))
        self.setFocusProxy(self.table)
        self.retranslate()
        self.book.refresh()

    def show_moment(self, moment: Moment) -> None:
        """Nothing here follows the pictures."""

    def current(self) -> Bookmark | None:
        """The bookmark that the list stands on."""
        row = self.table.currentIndex().row()
        return self.model.rows[row] if 0 <= row < len(self.model.rows) else None

    def do(self, name: str, _checked: bool = False) -> None:
        """One of _ACTIONS on the current bookmark."""
        current = self.current()
        if name == "undo":
            outcome = self._around.dispatcher.run("bookmark.undo")
        elif current is None:
            return
        else:
            outcome = self._around.dispatcher.run(f"bookmark.{name}", bookmark=current.id)
        self.tell("" if outcome else outcome.reason)
        if outcome and name == "jump":
            self._around.dispatcher.run("page.wall")

    def tell(self, text: str) -> None:
        """One line at the head of the page."""
        self.told.setText(text)

    def retranslate(self) -> None:
        self.setAccessibleName(_("Bookmarks"))
        self._title.setText(_("Bookmarks"))
        self.finder.setPlaceholderText(_("Find in bookmarks"))
        self.finder.setAccessibleName(_("Find in bookmarks"))
        self.table.setAccessibleName(_("Bookmarks"))
        self._nothing.setText(_("No bookmark yet. B marks the moment on the cameras that are seen."))
        words = {"jump": _("Show"), "edit": _("Change…"), "export": _("Export…"), "delete": _("Delete"),
                 "undo": _("Undo")}
        for name, key in _ACTIONS:
            self.buttons[name].setText(words[name])
            self.buttons[name].setAccessibleName(words[name])
            self.buttons[name].setToolTip(f"{words[name]} ({key})")
        self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        pressed = {(Qt.Key.Key_Return, False): "jump", (Qt.Key.Key_Enter, False): "jump",
                   (Qt.Key.Key_F2, False): "edit", (Qt.Key.Key_E, True): "export", (Qt.Key.Key_Delete, False): "delete",
                   (Qt.Key.Key_Z, True): "undo"}.get((Qt.Key(event.key()), ctrl))
        if pressed is None:
            super().keyPressEvent(event)
        else:
            self.do(pressed)
            event.accept()

    def _tables_changed(self, tables: frozenset[str]) -> None:
        if TABLE in tables:
            self.book.refresh()

    def _fill(self, *_what: object) -> None:
        current = self.current()
        rows = [one for one in self.book.all() if one.matches(self.finder.text())]
        self.model.show(rows)
        row = next((index for index, one in enumerate(rows) if current is not None and one.id == current.id), 0)
        if rows:
            self.table.setCurrentIndex(self.model.index(row, 0))
        self._nothing.setVisible(not self.book.all())
        self._count.setText(ngettext("{count} bookmark", "{count} bookmarks", len(rows)).format(count=len(rows)))
        self._enable()

    def _enable(self) -> None:
        for name, button in self.buttons.items():
            button.setEnabled(name == "undo" or self.current() is not None)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QWidget()
        head.setFixedHeight(_HEAD_PX)
        head.setProperty("edge", "below")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar = QHBoxLayout(head)
        bar.setContentsMargins(16, 0, 16, 0)
        bar.setSpacing(8)
        self._title.setFont(font(17, Weight.STRONG))
        bar.addWidget(self._title)
        bar.addSpacing(24)
        self.finder.setFixedWidth(280)
        bar.addWidget(self.finder)
        self._count.setProperty("tone", "quiet")
        bar.addWidget(self._count)
        self.told.setProperty("tone", "amber")
        bar.addWidget(self.told, 1)
        for button in self.buttons.values():
            bar.addWidget(button)
        column.addWidget(head)
        self._nothing.setProperty("tone", "quiet")
        self._nothing.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self._nothing)
        table = self.table
        table.setModel(self.model)
        table.setItemDelegate(_Cells(table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = table.horizontalHeader()
        for section, width in enumerate(_WIDTHS):
            table.setColumnWidth(section, width)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        column.addWidget(table, 1)
