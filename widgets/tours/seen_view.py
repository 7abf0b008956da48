"""Who was watched, who was not: period, grouping, the table, and the way out as CSV.

Runs on: GUI thread; the report is put together, and the file written, on the registry lane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTableView, QVBoxLayout, QWidget

from app.model.errors import OperatorError
from app.registry.registry import station_id
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from app.runtime.zone import Zone, in_force
from app.tours import report, shifts
from app.tours.report import By, Group, Line
from widgets.common.later import Later
from widgets.panels import Surroundings
from widgets.register.combo import Combo
from widgets.tours.seen_table import SeenTable

_WIDTHS = (72, 220, 260, 160, 80, 150, 300, 190)        # px of the columns of cameras
_LEAST = (64, 136, 136, 112, 72, 128, 112, 152)         # in narrow windows
_BOX_PX = 176
_GROUPED = (By.AREA, By.OWNER, By.RISK)
_HOURS = (0, 24, 7 * 24, 30 * 24)                       # 0: three whole shifts


@dataclass(frozen=True, slots=True)
class _Report:
    """Made on the lane, all that can be chosen of it: groups of 60,000 lines would hold the windows for 0.1 s."""

    lines: Sequence[Line]
    missing: Sequence[Line]
    groups: Sequence[Sequence[Group]]           # as _GROUPED
    hour: int
    first: int | None
    zone: Zone
    own: str


class SeenView(QWidget):
    """Asks the registry when it is shown or its period changes; ``told`` as TourEditor's."""

    told = Signal(str, bool)

    def __init__(self, around: Surroundings, later: Later, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around, self._later = around, later
        self._report: _Report | None = None
        self.period, self.kind, self.csv = Combo(around.theme), Combo(around.theme), QPushButton()
        self._sum = QLabel()
        self._sum.setProperty("tone", "quiet")
        self._sum.setWordWrap(True)     # on a small monitor it stands in two or three lines beside the buttons
        self.table = SeenTable(around.theme)
        self.view = QTableView()
        self.view.setProperty("framed", True)
        self.view.setModel(self.table)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(28)
        self.view.setShowGrid(False)
        self.view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.view.setTabKeyNavigation(False)            # Tab leads on, as in every list
        self.view.horizontalHeader().setStretchLastSection(True)
        self.view.horizontalHeader().setHighlightSections(False)
        self.setFocusProxy(self.period)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for box in (self.period, self.kind):
            box.setMinimumWidth(_BOX_PX)
        for widget in (self.period, self.kind, self.csv):
            bar.addWidget(widget)
        bar.addSpacing(16)
        bar.addWidget(self._sum, 1)
        column.addLayout(bar)
        column.addWidget(self.view, 1)
        self.retranslate()
        self.period.currentIndexChanged.connect(lambda _row: self.ask())
        self.kind.currentIndexChanged.connect(lambda _row: self._fill())
        self.csv.clicked.connect(self.write)
        self.view.activated.connect(lambda index: self._put(index.row()))

    def retranslate(self) -> None:
        for box, texts in (
                (self.period, (_("the last three shifts"), _("24 hours"), _("7 days"), _("30 days"))),
                (self.kind, (_("cameras not seen"), _("all cameras"), _("by area"), _("by owner"), _("by risk")))):
            marked = max(box.currentIndex(), 0)
            box.blockSignals(True)
            box.clear()
            box.addItems(texts)
            box.setCurrentIndex(marked)
            box.blockSignals(False)
        self.period.setAccessibleName(_("Period"))
        self.kind.setAccessibleName(_("What is shown"))
        self.csv.setText(_("Save as CSV"))
        self.csv.setAccessibleName(_("Save as CSV"))
        self.view.setAccessibleName(_("Who was watched"))
        self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ask()

    def ask(self) -> None:
        """The report of the period, from the registry lane."""
        directory, settings = self._around.directory, self._around.registry.settings
        zone = in_force(str(settings.get("window.zone", "system")))
        hours, now = _HOURS[max(self.period.currentIndex(), 0)], datetime.now(UTC)
        since = now - timedelta(hours=hours) if hours else shifts.missed_since(
            now, zone, shifts.parse(str(settings.get("tour.shifts", ""))))
        hour = shifts.hour_of(since)

        def work(registry: Any) -> _Report:
            lines = report.lines(directory.all(), directory.owners(), directory.risk, registry.seen.since(hour),
                                 registry.seen.last())
            return _Report(lines, report.unseen(lines), [report.groups(lines, by) for by in _GROUPED], hour,
                           registry.seen.first_hour(), zone, station_id(paths.config_dir()))
        self._around.registry.submit(work, lambda outcome: self._later(lambda: self._arrived(outcome)),
                                     replaces="seen.report")

    def write(self) -> None:
        """Every camera of the period with its windows, into the documents of this user; the page says where."""
        made = self._report
        if made is None:
            return
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        file = folder / f"lawang-{_('watched')}-{datetime.now():%Y-%m-%d-%H%M}.csv"

        def work(_registry: Any) -> Path:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                file.write_text(report.as_csv(made.lines, made.zone, made.own), encoding="utf-8-sig", newline="")
            except OSError as error:
                raise OperatorError(_("{file} cannot be written: {reason}.").format(
                    file=file, reason=error.strerror)) from error
            return file
        self._around.registry.submit(work, lambda outcome: self._later(lambda: self._written(outcome)))

    def _written(self, outcome: Any) -> None:
        if outcome.error is not None:
            self.told.emit(str(outcome.error), True)
        else:
            self.told.emit(_("Written: {file}").format(file=outcome.value), False)

    def _arrived(self, outcome: Any) -> None:
        if outcome.error is not None:
            self.told.emit(str(outcome.error), True)
        else:
            self._report = outcome.value
            self._fill()

    def _fill(self) -> None:
        made = self._report
        if made is None:
            return
        missing = made.missing
        kind = self.kind.currentIndex()
        if kind >= 2:
            self.table.show_groups(made.groups[kind - 2])
        else:
            self.table.show_lines(missing if kind == 0 else made.lines, made.zone, made.own)
        self._fit()
        words = ngettext("{count} of {all} cameras was not seen since {since}.",
                         "{count} of {all} cameras were not seen since {since}.", len(missing)).format(
            count=len(missing), all=len(made.lines), since=report.hour_text(made.hour, made.zone))
        if made.first is None:
            words += " " + _("Nothing is written down yet.")
        elif made.first > made.hour:
            words += " " + _("Watching is written down since {hour}.").format(
                hour=report.hour_text(made.first, made.zone))
        self._sum.setText(words)
        self._sum.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """All columns in sight as long as they can be read; the last one takes what is left."""
        if self.table.groups is not None:
            widths: tuple[int, ...] = (360, 120, 120)
        else:
            soft = sum(_WIDTHS) - sum(_LEAST)
            lacks = min(max(sum(_WIDTHS) - self.view.viewport().width(), 0), soft)
            widths = tuple(wide - -(-lacks * (wide - least) // soft)
                           for wide, least in zip(_WIDTHS, _LEAST, strict=True))[:-1]
        for column, width in enumerate(widths):
            self.view.setColumnWidth(column, width)

    def _put(self, row: int) -> None:
        """Enter: that camera into the selected pane, to look at it now."""
        if self.table.groups is None:
            self._around.put(self.table.lines[row].camera.id)
            self.told.emit(_("{camera} is on the wall.").format(camera=self.table.lines[row].camera.name), False)
