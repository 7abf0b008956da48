"""The page of availability: who is worst over a day, a week, a month; by camera, area or owner; as CSV.

Runs on: GUI thread; spans are read and added up on the registry lane.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import (
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.availability.report import By, Line, as_csv, lines, worst_first
from app.availability.uptime import DAY_S, DAYS, History, Uptime, histories
from app.model.errors import OperatorError
from app.registry.lane import Outcome
from app.registry.registry import Registry
from app.runtime.clock import SYSTEM
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from app.runtime.zone import in_force
from widgets.common import hop_to_gui
from widgets.panels import Moment, Surroundings
from widgets.register.asking import Asking
from widgets.register.availability_table import COLUMNS, RANGE_COLUMN, Lines, LinesDelegate
from widgets.register.cell_delegate import BARS_WIDTH_PX, ROW_PX
from widgets.register.table_model import share_text
from widgets.theme import icon

_FRESH_MS = 30_000              # as often as spans are written
_WIDTHS = {"number": 80, "name": 240, "area": 300, "owner": 176, "bars": BARS_WIDTH_PX + 16, "day": 88, "week": 88,
           "month": 88, "outages": 96, "longest": 128, "watched": 120}
_LEAST = {"name": 168, "area": 144, "owner": 112}       # they are cut before any column goes
_GIVE_WAY = ("owner", "area", "bars", "watched")        # in narrow windows, in this order


@dataclass(frozen=True, slots=True)
class _Made:
    """What the lane made: the lines that are shown, all of them together, and how many cameras were watched."""

    lines: Sequence[Line]
    whole: Uptime
    watched: int


class _View(QTableView):
    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class AvailabilityPage(QWidget):
    """Built when first opened; see widgets.panels.PanelWidget."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around = around
        self._asking = Asking(around.registry, self)
        self._known: Mapping[str, History] = {}
        self._made = _Made((), Uptime(), 0)
        self._by, self._range = By.CAMERA, 2
        self._dialog: QFileDialog | None = None
        self._title, self._words, self._nothing = QLabel(), QLabel(), QLabel()
        self._by_chips = {by: QPushButton() for by in By}
        self._range_chips = {index: QPushButton() for index in range(len(RANGE_COLUMN))}
        self.export = QPushButton()
        self.view = _View()
        self.view.setProperty("framed", True)
        self.table = Lines(self)
        self._fresh = QTimer(self, interval=_FRESH_MS)
        self._fresh.timeout.connect(self.ask)
        self._build()
        self.setFocusProxy(self.view)
        hop_to_gui(around.directory.changed, self._cameras_changed, self)
        around.theme.changed.connect(self._recolour)
        self._recolour()
        self.retranslate()
        self.refill()

    # --- PanelWidget ---

    def show_moment(self, moment: Moment) -> None:
        """Spans are written twice a minute; the page asks for them then."""

    def retranslate(self) -> None:
        self._title.setText(_("Availability"))
        for by, text in ((By.CAMERA, _("Cameras")), (By.AREA, _("Areas")), (By.OWNER, _("Owners"))):
            self._by_chips[by].setText(text)
        for index, text in enumerate((_("24 hours"), _("7 days"), _("30 days"))):
            self._range_chips[index].setText(text)
        self.export.setText(_("Export CSV"))
        self.view.setAccessibleName(_("Availability, worst first"))
        self._nothing.setText(_("Nobody watched a camera in these days. What stands on the wall is recorded."))
        self._say()
        self.table.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        self.view.viewport().update()

    # --- what is shown ---

    def ask(self) -> None:
        """The newest spans, added up on the lane."""
        now = SYSTEM.wall()
        zone = in_force(str(self._around.registry.settings.get("window.zone", "system"))).zoneinfo

        def work(registry: Registry) -> dict[str, History]:
            return histories(registry.availability.spans(now - (DAYS + 1) * DAY_S, now), now, zone)
        self._asking.ask(work, self._came, replaces="availability-histories")

    def refill(self) -> None:
        """The lines anew, worst first; cameras that nobody watched are not in the list, but in the CSV.

        Made on the lane: of 6,000 cameras they take 60 ms, of 60,000 more than half a second.
        """
        by, index, every, known = self._by, self._range, self._every(), self._known

        def work(_registry: Registry) -> _Made:
            spans = [history.ranges[index] for history in known.values()]
            whole = Uptime()
            for span in spans:
                whole += span
            return _Made([line for line in every() if line.ranges[index].share is not None], whole,
                         sum(span.share is not None for span in spans))
        self._asking.ask(work, lambda outcome: self._show_lines(outcome, by, index), replaces="availability-lines")

    def _show_lines(self, outcome: Outcome[_Made], by: By, index: int) -> None:
        if outcome.value is None or (by, index) != (self._by, self._range):
            return
        self._made = outcome.value
        watched = self._made.lines
        row = self.view.currentIndex().row()
        self.table.show(watched, by, index)
        if watched:
            self.view.setCurrentIndex(self.table.index(min(max(row, 0), len(watched) - 1), 0))
        self._nothing.setVisible(not watched)
        self._fit()
        self._say()

    def save_csv(self, path: Path) -> None:
        """Everything, also what nobody watched; written on the registry lane."""
        every = self._every()
        target = path if path.suffix else path.with_suffix(".csv")

        def work(_registry: Registry) -> str:
            try:
                target.write_text(as_csv(every()), encoding="utf-8", newline="")
            except OSError as error:
                raise OperatorError(_("{path} could not be written: {reason}.").format(
                    path=target, reason=error.strerror or "?")) from error
            return _("Written: {path}").format(path=target)

        def told(outcome: Outcome[str]) -> None:
            if outcome.error is not None:
                self._around.tell(str(outcome.error))
            else:
                self._around.done(str(outcome.value))
        self._asking.ask(work, told)

    def _every(self) -> Callable[[], list[Line]]:
        """All lines as they are now, worst first, for whoever has the time to make them."""
        directory = self._around.directory
        by, index, cameras, owners, known = self._by, self._range, directory.all(), directory.owners(), self._known
        return lambda: worst_first(lines(by, cameras, owners, known), index)

    def _cameras_changed(self, _ids: object) -> None:
        if self.isVisible():                # else it asks when it is shown
            self.refill()

    def _came(self, outcome: Outcome[dict[str, History]]) -> None:
        if outcome.value is not None:
            self._known = outcome.value
            self.refill()

    def _say(self) -> None:
        whole, count, total = self._made.whole, self._made.watched, len(self._around.directory)
        self._words.setText(ngettext("{count} of {total} cameras watched · up {share} · {outages} outage",
                                     "{count} of {total} cameras watched · up {share} · {outages} outages",
                                     whole.outages).format(count=count, total=total, share=share_text(whole.share),
                                                           outages=whole.outages))

    # --- inside ---

    def _build(self) -> None:
        bar = QWidget()
        bar.setFixedHeight(48)
        bar.setProperty("edge", "below")
        bar.setProperty("room", "panel")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(12)
        self._title.setProperty("tone", "strong")
        self._title.setStyleSheet("font-size: 17px")
        self._words.setProperty("tone", "quiet")
        row.addWidget(self._title)
        for chips in (self._by_chips, self._range_chips):
            group, places = QButtonGroup(self), QHBoxLayout()
            places.setSpacing(0)
            for key, chip in chips.items():
                chip.setProperty("chip", True)
                chip.setCheckable(True)
                chip.setChecked(key in (self._by, self._range))
                chip.clicked.connect(partial(self._chosen, key))
                group.addButton(chip)
                places.addWidget(chip)
            row.addLayout(places)
        row.addWidget(self._words, 1)
        row.addWidget(self.export)
        self.export.clicked.connect(self._ask_where)
        view = self.view
        view.setModel(self.table)
        view.setItemDelegate(LinesDelegate(self._around.theme, self.table, self))
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setMinimumSectionSize(ROW_PX)
        view.verticalHeader().setDefaultSectionSize(ROW_PX)
        view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.horizontalHeader().setHighlightSections(False)
        view.resized.connect(self._fit)
        view.doubleClicked.connect(lambda index: self._show(index.row()))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setProperty("tone", "quiet")
        self._nothing.setMinimumHeight(64)
        self._nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._nothing)
        column.addWidget(view, 1)

    def _chosen(self, key: By | int, _on: bool = True) -> None:
        if isinstance(key, By):
            self._by = key
        else:
            self._range = key
        self.refill()

    def _show(self, row: int) -> None:
        """A camera that is bad is looked at on the wall."""
        if self._by is By.CAMERA and 0 <= row < len(self.table.lines):
            self._around.put(self.table.lines[row].key)

    def _ask_where(self) -> None:
        # A window of its own, not modal: the wall and this page go on.
        if self._dialog is None:
            self._dialog = QFileDialog(self, _("Export CSV"), "", "CSV (*.csv)")
            self._dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            self._dialog.setDefaultSuffix("csv")
            self._dialog.setModal(False)
            self._dialog.fileSelected.connect(lambda path: self.save_csv(Path(path)))
        self._dialog.selectFile("availability.csv")
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def _fit(self) -> None:
        shown = [name for name in COLUMNS if not (self._by is not By.CAMERA and name in ("owner", "bars"))
                 and not (self._by is By.OWNER and name == "area")]
        width = self.view.viewport().width()
        for name in _GIVE_WAY:
            if sum(_LEAST.get(each, _WIDTHS[each]) for each in shown) > width and name in shown:
                shown.remove(name)
        spare = width - sum(_WIDTHS[each] for each in shown)
        soft = sum(_WIDTHS[each] - _LEAST[each] for each in shown if each in _LEAST)
        for section, name in enumerate(COLUMNS):
            wide = _WIDTHS[name]
            if spare < 0 and name in _LEAST:
                wide += max(spare, -soft) * (wide - _LEAST[name]) // soft      # rounded down: no pixel too many
            self.view.setColumnHidden(section, name not in shown)
            self.view.setColumnWidth(section, wide + (spare if spare > 0 and name == "name" else 0))

    def _recolour(self, *_tokens: object) -> None:
        self.export.setIcon(icon("download-simple", self._around.theme.tokens.text))
        self.view.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._show(self.view.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ask()
        self._fresh.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._fresh.stop()
