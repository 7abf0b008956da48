"""The page of bookmarks: found by words, shown, changed, exported, deleted with undo.

Runs on: GUI thread. Everything it does is a command; the registry says when the list is another one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.bookmarks.book import TABLE, BookmarkBook
from app.model.bookmark import Bookmark, Severity
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from app.runtime.zone import Zone, in_force
from widgets.bookmarks.details import Details
from widgets.bookmarks.rows import ROW_PX, WIDTHS, Cells, Filter, Rows, listed
from widgets.bookmarks.words import category_text, severity_text
from widgets.common.hop import hop_to_gui
from widgets.common.later import Later
from widgets.panels import Moment, Surroundings
from widgets.theme import Weight, font

_HEAD_PX = 48
_ONE_ROW_FROM_PX = 1480     # field, four filters and five buttons in Indonesian
_ACTIONS = (("jump", "Enter"), ("edit", "F2"), ("export", "Ctrl+E"), ("delete", "Del"), ("undo", "Ctrl+Z"))


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
        self.model = Rows(lambda: self._zone, around.still, self)
        self.category, self.agency, self.severity, self.period = (QComboBox() for _i in range(4))
        self.details = Details()
        self._told_of = ""                  # id of the bookmark whose history is asked for or shown
        self.finder, self.table, self.told = QLineEdit(), QTableView(), QLabel()
        self._title, self._nothing, self._count = QLabel(), QLabel(), QLabel()
        self.buttons = {name: QPushButton() for name, _key in _ACTIONS}
        self._build()
        self.book.changed.connect(self._fill)
        hop_to_gui(around.registry.tables_changed, self._tables_changed, self)
        self.finder.textChanged.connect(self._fill)
        for choice in (self.category, self.agency, self.severity, self.period):
            choice.activated.connect(self._fill)
        self.table.doubleClicked.connect(lambda _index: self.do("jump"))
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._current_changed())
        for name, button in self.buttons.items():
            button.clicked.connect(partial(self.do, name))
        self.setFocusProxy(self.table)
        self.retranslate()
        self.book.refresh()

    def show_moment(self, moment: Moment) -> None:
        """Nothing here follows the pictures."""

    @property
    def _zone(self) -> Zone:
        return in_force(str(self._around.registry.settings.get("window.zone", "system")))

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
        for choice, name in ((self.category, _("Category")), (self.agency, _("Agency")),
                             (self.severity, _("Severity")), (self.period, _("Time"))):
            choice.setAccessibleName(name)
        self._offer(self.severity, [(_("any severity"), 0), *(
            (_("{severity} or worse").format(severity=severity_text(one)), int(one)) for one in list(Severity)[1:])])
        self._offer(self.period, [(_("any time"), 0), (_("last 24 hours"), 1), (_("last 7 days"), 7),
                                  (_("last 30 days"), 30)])
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

    @staticmethod
    def _offer(choice: QComboBox, entries: Sequence[tuple[str, object]]) -> None:
        """These entries; what was chosen stays chosen where it is still there."""
        chosen = choice.currentData()
        if [(choice.itemText(n), choice.itemData(n)) for n in range(choice.count())] == entries:
            return
        choice.clear()
        for text, value in entries:
            choice.addItem(text, value)
        choice.setCurrentIndex(max(0, choice.findData(chosen)))

    def _fill(self, *_what: object) -> None:
        current = self.current()
        every = self.book.all()
        self._offer(self.category, [(_("any category"), ""), *sorted(
            {(category_text(one.category), one.category) for one in every if one.category})])
        self._offer(self.agency, [(_("any agency"), ""), *sorted(
            {(one.agency, one.agency) for one in every if one.agency})])
        rows = listed(every, Filter(self.finder.text(), str(self.category.currentData() or ""),
                                    str(self.agency.currentData() or ""),
                                    Severity(int(self.severity.currentData() or 0)),
                                    int(self.period.currentData() or 0)))
        self.model.show(rows)
        row = next((index for index, one in enumerate(rows) if current is not None and one.id == current.id), 0)
        if rows:
            self.table.setCurrentIndex(self.model.index(row, 0))
        self._nothing.setVisible(not self.book.all())
        self._count.setText(ngettext("{count} bookmark", "{count} bookmarks", len(rows)).format(count=len(rows)))
        self._current_changed()

    def _current_changed(self) -> None:
        self._enable()
        current = self.current()
        self.details.show_bookmark(current, self._zone, None)
        if (current.id if current is not None else "") != self._told_of:
            self._told_of = current.id if current is not None else ""
            self.details.show_history((), self._zone)      # that of the one before is none of this one's
        if current is None:
            return

        def told(outcome: Any) -> None:
            now = self.current()
            if outcome.value is not None and now is not None and now.id == current.id:
                self.details.show_history(outcome.value, self._zone)
        def measured(offset_us: int | None) -> None:
            now = self.current()
            if now is not None and now.id == current.id:
                self.details.show_bookmark(now, self._zone, offset_us)
        self._around.offset(current.cameras[0].id, current.at, measured)
        self._around.registry.submit(lambda registry: registry.bookmarks.history(current.id),
                                     lambda outcome: self._later(lambda: told(outcome)), replaces="bookmarks.history")

    def _enable(self) -> None:
        for name, button in self.buttons.items():
            button.setEnabled(name == "undo" or self.current() is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the filters have a row of their own: on one row they would cut each other's words."""
        super().resizeEvent(event)
        narrow = self.width() < _ONE_ROW_FROM_PX
        if narrow is not (self._filters.parentWidget() is self._second_row):
            if narrow:
                self._second_bar.insertWidget(0, self._filters)
            else:
                self._bar.insertWidget(self._bar.indexOf(self.told), self._filters)
        self._second_row.setVisible(narrow)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head, self._second_row = QWidget(), QWidget()
        for strip in (head, self._second_row):
            strip.setFixedHeight(_HEAD_PX)
            strip.setProperty("edge", "below")
            strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._second_bar = QHBoxLayout(self._second_row)
        self._second_bar.setContentsMargins(16, 0, 16, 0)
        self._second_bar.addStretch(1)
        bar = self._bar = QHBoxLayout(head)
        bar.setContentsMargins(16, 0, 16, 0)
        bar.setSpacing(8)
        self._title.setFont(font(17, Weight.STRONG))
        bar.addWidget(self._title)
        bar.addSpacing(24)
        self.finder.setFixedWidth(240)
        bar.addWidget(self.finder)
        self._filters = QWidget()
        filters = QHBoxLayout(self._filters)
        filters.setContentsMargins(0, 0, 0, 0)
        filters.setSpacing(8)
        for choice in (self.category, self.agency, self.severity, self.period):
            choice.setMaximumWidth(160)
            filters.addWidget(choice)
        self._count.setProperty("tone", "quiet")
        filters.addWidget(self._count)
        bar.addWidget(self._filters)
        self.told.setProperty("tone", "amber")
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        bar.addWidget(self.told, 1)
        for button in self.buttons.values():
            bar.addWidget(button)
        column.addWidget(head)
        column.addWidget(self._second_row)
        self._nothing.setProperty("tone", "quiet")
        self._nothing.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self._nothing)
        table = self.table
        table.setProperty("framed", True)
        table.setModel(self.model)
        table.setItemDelegate(Cells(self.model, self._around.theme, table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = table.horizontalHeader()
        for section, width in enumerate(WIDTHS):
            table.setColumnWidth(section, width)
        header.setSectionResizeMode(5, QHeaderView.ResizeMode.Stretch)
        column.addWidget(table, 1)
        column.addWidget(self.details)
