"""The places for recordings on the settings page: a table of how each stands, and a form to add, change or remove one.

Runs on: GUI thread. The disk is asked on the thread "recorded", the settings are kept on the registry's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from psygnal import SignalInstance
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QIcon, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.recording.notice import size_text
from app.recording.place import State
from app.recording.roots import GIGABYTE
from app.recording.standing import Standing
from app.recording.words import state_text
from app.runtime.language import current_language
from app.runtime.language import gettext as _
from app.runtime.settings import Value
from widgets.common import hop_to_gui
from widgets.panels import Places
from widgets.theme import Theme, Weight, font, icon
from widgets.theme.restyle import restyle
from widgets.theme.tokens import colour
from widgets.window.seam import Lane

FRESH_MS = 2000             # as often as places are looked at
ROW_PX = 32
_LEAST_ROWS, _MOST_ROWS = 2, 8
_FOLDER, _STATE, _USED, _FREE, _QUOTA, _FLOOR, _DAYS = range(7)
_WIDTHS = {_STATE: 176, _USED: 88, _FREE: 88, _QUOTA: 96, _FLOOR: 88, _DAYS: 96}
_WORDS = (_FOLDER, _STATE)
_GIVE_WAY, _NARROW_PX = (_USED, _FLOOR), 780
_LIMIT_PX = 104
_WRONG = (State.AWAY, State.OTHER, State.REFUSED, State.DISTRUSTED)
UNBOUNDED = 1_000_000 * GIGABYTE        # as much as a setting says at most: the whole disk


class StoragePlaces(QWidget):
    """``places`` gives whom to ask, None while nothing records."""

    def __init__(self, places: Callable[[], Places | None], registry: Lane, theme: Theme,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places, self._registry, self._theme = places, registry, theme
        self._standings: tuple[Standing, ...] = ()
        self._found: SignalInstance = SignalInstance((object, str), name="storage_changes_found")
        self._done: SignalInstance = SignalInstance((object,), name="storage_changes_kept")
        self._title, self._help, self._told = QLabel(), QLabel(), QLabel()
        self._heads = QLabel(), QLabel(), QLabel()
        self.table = QTableWidget(0, 7)
        self.folder, self.quota, self.floor = QLineEdit(), QLineEdit(), QLineEdit()
        self.keep, self.remove = QPushButton(), QPushButton()
        self._fresh = QTimer(self, interval=FRESH_MS)
        self._place()
        self._fresh.timeout.connect(self.refresh)
        self.table.currentCellChanged.connect(lambda row, *_cells: self._stand_on(row))
        self.keep.clicked.connect(self._keep)
        self.remove.clicked.connect(self._remove)
        self.folder.textChanged.connect(lambda _text: self._name_buttons())
        for field, following in ((self.folder, self.quota), (self.quota, self.floor)):
            field.returnPressed.connect(partial(following.setFocus, Qt.FocusReason.TabFocusReason))
        self.floor.returnPressed.connect(self._keep)
        hop_to_gui(self._found, self._changes, self)
        hop_to_gui(self._done, self._outcome, self)
        theme.changed.connect(self._recolour)
        self.retranslate()

    def _recolour(self, _tokens: object) -> None:       # no lambda: Qt lets go of a method when its window closes
        self._fill()

    def retranslate(self) -> None:
        self.setAccessibleName(_("Places for recordings"))
        self._title.setText(_("Places for recordings"))
        self._help.setText(_(
            "Each camera is recorded to the place with the most room. A place that goes away is never written over: "
            "the others go on, and what lies there comes back with it. Less room than before is in force after 24 "
            "hours."))
        self.table.setAccessibleName(_("Places for recordings and how they stand"))
        for column, text in enumerate((_("Folder"), _("State"), _("Recorded"), _("Free"), _("May take"),
                                       _("Stays free"), _("Keeps about"))):
            head = QTableWidgetItem(text)
            head.setTextAlignment((Qt.AlignmentFlag.AlignLeft if column in _WORDS else Qt.AlignmentFlag.AlignRight)
                                  | Qt.AlignmentFlag.AlignVCenter)
            self.table.setHorizontalHeaderItem(column, head)
        for label, text in zip(self._heads, (_("Folder"), _("May take"), _("Stays free")), strict=True):
            label.setText(text)
        for field, name, hint in (
                (self.folder, _("Folder on the disk"), _("Folder, as /mnt/disk2/recordings")),
                (self.quota, _("May take; empty: the whole disk"), _("whole disk")),
                (self.floor, _("Stays free; empty: 1 GB"), "1 GB")):
            field.setAccessibleName(name)
            field.setToolTip(name)
            field.setPlaceholderText(hint)
        self.remove.setText(_("Remove place"))
        self.remove.setAccessibleDescription(_("Its files stay where they are."))
        self._told.setText("")
        self._name_buttons()
        self._fill()

    def refresh(self) -> None:
        """How they stand now."""
        places = self._places()
        found = places.standings() if places is not None else ()
        if found != self._standings:
            self._standings = found
            self._fill()

    # --- what is shown ---

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()
        self._fresh.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._fresh.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        for column in _GIVE_WAY:                    # at 200 % the folder is cut last
            self.table.setColumnHidden(column, event.size().width() < _NARROW_PX)
        super().resizeEvent(event)

    def _fill(self) -> None:
        table, tokens = self.table, self._theme.tokens
        table.setRowCount(len(self._standings))
        for row, one in enumerate(self._standings):
            for column, text in enumerate(_cells(one)):
                item = table.item(row, column)
                if item is None:
                    item = QTableWidgetItem()
                    table.setItem(row, column, item)
                    if column not in _WORDS:
                        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setText(text)
                item.setToolTip(text if column == _FOLDER else "")
                wrong = column == _STATE and one.state in _WRONG
                item.setForeground(colour(tokens.red_words if wrong else tokens.text))
                if column == _STATE:                # the selected row has one colour for all words
                    item.setIcon(icon("warning-circle", tokens.red_words) if wrong else QIcon())
        rows = min(_MOST_ROWS, max(_LEAST_ROWS, len(self._standings)))
        table.setFixedHeight(ROW_PX * (rows + 1) + 2 * table.frameWidth() + 2)
        self._name_buttons()

    def _stand_on(self, row: int) -> None:
        """The form shows the place that the table stands on."""
        if 0 <= row < len(self._standings):
            root = self._standings[row].root
            self.folder.setText(str(root.path))
            self.quota.setText("" if root.quota >= UNBOUNDED else _short(root.quota))
            self.floor.setText(_short(root.floor))

    def _name_buttons(self) -> None:
        known = self._known() is not None
        self.keep.setText(_("Change limits") if known else _("Add place"))
        self.remove.setEnabled(known and len(self._standings) > 1)

    def _known(self) -> Standing | None:
        text = self.folder.text().strip()
        return next((one for one in self._standings if str(one.root.path) == text), None)

    # --- what is done ---

    def _keep(self) -> None:
        places = self._places()
        if places is not None:
            places.place_added(self.folder.text(), self.quota.text(), self.floor.text(), self._found.emit)

    def _remove(self) -> None:
        places, known = self._places(), self._known()
        if places is not None and known is not None:
            places.place_removed(str(known.root.path), self._found.emit)

    def _changes(self, changes: Mapping[str, Value], wrong: str) -> None:
        if wrong:
            self._tell(wrong, wrong=True)
            return

        def work(registry: object) -> None:
            for key, value in changes.items():
                registry.set_setting(key, value)    # type: ignore[attr-defined]
        self._registry.submit(work, self._done.emit)

    def _outcome(self, outcome: object) -> None:
        error = getattr(outcome, "error", None)
        self._tell(_("Kept.") if error is None else str(error), wrong=error is not None)
        self.refresh()

    def _tell(self, text: str, wrong: bool = False) -> None:
        self._told.setText(text)
        restyle(self._told, tone="red" if wrong else "quiet")

    # --- parts ---

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(8)
        self._title.setFont(font(14, Weight.MEDIUM))
        for label in (self._help, self._told):
            label.setProperty("tone", "quiet")
            label.setWordWrap(True)
        table = self.table
        table.setProperty("framed", True)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)            # Tab leaves the table
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_PX)
        head = table.horizontalHeader()
        head.setFixedHeight(ROW_PX)
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(_FOLDER, QHeaderView.ResizeMode.Stretch)
        for section, width in _WIDTHS.items():
            table.setColumnWidth(section, width)
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(4)
        form.setColumnStretch(0, 1)
        for at, (label, field) in enumerate(zip(self._heads, (self.folder, self.quota, self.floor), strict=True)):
            label.setProperty("tone", "quiet")
            label.setBuddy(field)
            if at:
                field.setFixedWidth(_LIMIT_PX)
            form.addWidget(label, 0, at)
            form.addWidget(field, 1, at)
        form.addWidget(self.keep, 1, 3)
        form.addWidget(self.remove, 1, 4)
        column.addWidget(self._title)
        column.addWidget(self._help)
        column.addWidget(table)
        column.addLayout(form)
        column.addWidget(self._told)


def _cells(one: Standing) -> tuple[str, ...]:
    there = bool(one.usage.size)
    days = one.days
    return (str(one.root.path), state_text(one.state), size_text(one.usage.bytes) if there else "–",
            size_text(one.usage.free) if there else "–",
            _("whole disk") if one.root.quota >= UNBOUNDED else size_text(one.root.quota), size_text(one.root.floor),
            _("{days} days").format(days=_number(days)) if days is not None else "–")


def _number(days: float) -> str:
    text = f"{days:.1f}" if days < 10 else f"{days:.0f}"
    return text.replace(".", ",") if current_language() == "id" else text


def _short(size: int) -> str:
    """Bytes as the form reads them, no digit lost: "500G", "1500.5G"."""
    return f"{size / GIGABYTE:.12g}G"
