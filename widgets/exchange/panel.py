"""The import panel at the foot of the register page: a list is tried out, shown line by line, then written.

Runs on: GUI thread. Reading, checking and SQL happen in app.registry.exchange.work. Nothing here is modal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from app.registry.exchange.known import Options
from app.registry.exchange.plan import Plan
from app.registry.exchange.work import ExchangeWork
from app.registry.imports import LastImport
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from widgets.common import hop_to_gui
from widgets.exchange.entries import EntryModel, Group
from widgets.exchange.frame import PanelFrame
from widgets.exchange.painting import LineDelegate, RowDelegate
from widgets.exchange.words import details, state_line
from widgets.theme import Theme
from widgets.window.seam import Lane

_FILE_LEVEL = frozenset({"number", "url_template", "name", "main_url"})


class ImportPanel(PanelFrame):
    """``closed``: Esc or the cross; the page gives the keyboard back. ``written`` and ``undone`` carry how many
    cameras were touched. Call ``shut`` when the page goes.
    """

    closed = Signal()
    written = Signal(int)
    undone = Signal(int)

    def __init__(self, registry_lane: Lane, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._path: Path | None = None
        self.plan: Plan | None = None
        self._group = Group.ERRORS
        self._busy = False
        self._said: Callable[[], str] = str
        self._tone = "quiet"
        self._can_undo = False
        self._counted: Plan | None = None
        self._counts = dict.fromkeys(Group, 0)
        self.model = EntryModel(self)
        self._short, self._long = RowDelegate(theme, self), LineDelegate(theme, self)
        for view, delegate in ((self.rows, self._short), (self.lines, self._long)):
            view.setModel(self.model)
            view.setItemDelegate(delegate)
            view.installEventFilter(self)
        # One selection for both: the line at the right is the one chosen at the left.
        self.lines.setSelectionModel(self.rows.selectionModel())
        self.rows.selectionModel().currentChanged.connect(self._moved)
        self._work = ExchangeWork(registry_lane.submit)
        work = self._work
        for signal, slot in ((work.progress, self._on_progress), (work.looked, self._on_looked),
                             (work.written, self._on_written), (work.undone, self._on_undone),
                             (work.saved, self._on_saved), (work.failed, self._on_failed),
                             (work.cancelled, self._on_cancelled)):
            hop_to_gui(signal, slot, self)
        self.destroyed.connect(lambda: work.close())     # holds it: a bound method would go with the panel
        self.counts.chosen.connect(self._show_group)
        self.write_button.clicked.connect(self._write)
        self.report_button.clicked.connect(self._save_report)
        self.again_button.clicked.connect(self.look_again)
        self.open_button.clicked.connect(self._open_file)
        self.undo_button.clicked.connect(self._undo)
        self.cancel_button.clicked.connect(work.cancel)
        self.close_button.clicked.connect(self.leave)
        self.columns_button.toggled.connect(self.show_mapping)
        self.mapping.said.connect(self._look_with)
        self.retranslate()
        self._refresh()

    def open_file(self, path: Path) -> None:
        """Tries a list out; nothing is written before the operator says so."""
        self._path = path
        self.plan = None
        self._can_undo = False
        self.columns_button.setChecked(False)
        self._look_with(Options())
        self.rows.setFocus(Qt.FocusReason.OtherFocusReason)

    def look_again(self) -> None:
        """Reads the file anew, with what was said of it."""
        self._look_with(replace(self.plan.options, good_lines=False) if self.plan else Options())

    def leave(self) -> None:
        """Stops what is being read and says that the panel may go."""
        self._work.cancel()
        self.closed.emit()

    def shut(self) -> bool:
        """Ends the panel's thread; False when it did not end in time."""
        return self._work.close()

    def retranslate(self) -> None:
        """Texts in the language in force."""
        self.retranslate_frame()
        if self.plan is not None:
            self.model.show(self.plan, self._group)
        self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and isinstance(watched, QListView) \
                and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) \
                and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._open_file()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) \
                and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._write()                   # from wherever the keyboard is, as a tour is saved
        else:
            super().keyPressEvent(event)

    # --- what the operator does ---

    def _look_with(self, options: Options) -> None:
        if self._path is None:
            return
        self._can_undo = False
        self._begin(lambda: _("Reading the list…"))
        self._work.look(self._path, options)

    def _write(self) -> None:
        if self.plan is None or self._busy or self.plan.written or not self.plan.steps:
            return
        # The button names how many lines it writes: pressing it is the choice to leave out the others.
        plan = replace(self.plan, options=replace(self.plan.options, good_lines=True))
        self._begin(lambda: _("Writing…"))
        self._work.write(plan)

    def _undo(self) -> None:
        self._begin(lambda: _("Undoing…"))
        self._work.undo()

    def _save_report(self) -> None:
        if self.plan is not None and self._path is not None:
            self._work.save_report(self.plan, self._path.with_name(f"{self._path.name}.report.txt"))

    def _open_file(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path)))

    def _show_group(self, group: Group) -> None:
        self._group = group
        self._fill()

    # --- what the work tells, on the GUI thread ---

    def _on_progress(self, done: int, total: int) -> None:
        if self._busy:
            self.show_progress(done, total)

    def _on_looked(self, plan: Plan) -> None:
        self.plan = plan
        self._group = (Group.ERRORS if plan.refused else Group.SAME if not plan.steps
                       else Group.CHANGED if all(step.before is not None for step in plan.steps) else Group.NEW)
        self._end(lambda: _("Trial: nothing is written yet"))
        self.mapping.show_plan(plan)
        if any(not refusal.column and refusal.field in _FILE_LEVEL for refusal in plan.refused) or (
                plan.table is not None and plan.columns is None):
            self.columns_button.setChecked(True)
        self._fill()

    def _on_written(self, plan: Plan) -> None:
        self.plan = plan
        self._can_undo = plan.written
        self._end(lambda: state_line(plan), "green" if plan.written else "quiet")
        if plan.written:
            self.written.emit(len(plan.steps))

    def _on_undone(self, last: LastImport) -> None:
        self.undone.emit(last.added + last.changed)
        self.look_again()

    def _on_saved(self, path: Path) -> None:
        self._say(lambda: _("Report saved: {path}").format(path=path))

    def _on_failed(self, sentence: str) -> None:
        self._end(lambda: sentence, "red")

    def _on_cancelled(self) -> None:
        self._end(lambda: _("Stopped; nothing was written."))

    # --- inside ---

    def _begin(self, said: Callable[[], str]) -> None:
        self._busy = True
        self.show_progress(0, 0)
        self._say(said)

    def _end(self, said: Callable[[], str], tone: str = "quiet") -> None:
        self._busy = False
        self._say(said, tone)

    def _say(self, said: Callable[[], str], tone: str = "quiet") -> None:
        self._said, self._tone = said, tone
        self._refresh()

    def _fill(self) -> None:
        self._long.errors = self._group is Group.ERRORS
        # Only sentences of faults are of different heights: 6,000 other lines are laid out without asking each.
        self.lines.setUniformItemSizes(self._group is not Group.ERRORS)
        self.model.show(self.plan, self._group)
        if self.model.rowCount():
            self.rows.setCurrentIndex(self.model.index(0))
        self._refresh()

    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.lines.scrollTo(current)
            self.rows.scrollTo(current)
            self._name_line()

    def _name_line(self) -> None:
        index = self.rows.currentIndex()
        line = self.model.entry(index.row()).line if index.isValid() and self.model.rowCount() > index.row() else 0
        self.open_button.setText(_("Open the file at line {line}").format(line=line) if line else _("Open the file"))

    def _refresh(self) -> None:
        plan = self.plan
        if plan is not self._counted:               # walks through all steps: once for each plan
            self._counted, self._counts = plan, dict.fromkeys(Group, 0) if plan is None else {
                Group.NEW: len(plan.added), Group.CHANGED: len(plan.changed),
                Group.SAME: len(plan.unchanged), Group.ERRORS: len(plan.refused)}
        counts = self._counts
        self.counts.show_counts(counts, self._group)
        self.show_head(self._path.name if self._path else "", details(plan) if plan else "", self._said(), self._tone)
        self.show_columns(plan)
        steps = len(plan.steps) if plan else 0
        if plan is not None and plan.refused and steps:
            text = ngettext("Write the {count} good line", "Write the {count} good lines", steps).format(count=steps)
        else:
            text = ngettext("Write {count} camera", "Write {count} cameras", steps).format(count=steps) if steps \
                else _("Nothing to write")
        self.write_button.setText(text)
        self.write_button.setToolTip("Ctrl+Enter")
        written = plan is not None and plan.written
        self.write_button.setEnabled(bool(steps) and not self._busy and not written)
        self.write_button.setVisible(not written)
        self.undo_button.setVisible(self._can_undo)
        self.undo_button.setEnabled(not self._busy)
        self.report_button.setEnabled(plan is not None and not self._busy)
        self.again_button.setEnabled(self._path is not None and not self._busy)
        self.open_button.setEnabled(self._path is not None)
        self.show_busy(self._busy)
        self._name_line()
