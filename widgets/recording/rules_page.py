"""The page of recording: all rules and whom they decide about, a form for one, and why a chosen camera is recorded.

Runs on: GUI thread; rules are read, counted and kept on the registry lane.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.model.camera import Camera
from app.model.edit import Edit
from app.model.errors import OperatorError
from app.recording.deciding import Deciding
from app.recording.rules import Rule
from app.registry.lane import Outcome
from app.registry.search_answer import Answer, Question
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from widgets.cameras.asking import Asking as Finding
from widgets.common import hop_to_gui
from widgets.panels import Moment, Surroundings
from widgets.recording.rule_form import RuleForm
from widgets.recording.rule_keeping import Kept, Ruled, keeping, ruled, undo
from widgets.recording.rules_table import COUNT, DAYS, HERE, SHORT, STREAM, WHOM, WIDTHS, Index, Rules
from widgets.register.asking import Asking
from widgets.theme import Weight, font
from widgets.theme.restyle import restyle

_HEAD_PX, _ROW_PX, _CELL_PX, _FIND_PX = 48, 32, 4, 240
_WHOM_MORE_PX = 160             # what stands beside it is read together with it
_FRESH_MS = 5000                # what is said of a camera follows the hours, alarms and the wall
_GIVE_WAY = (STREAM, SHORT, COUNT, DAYS)        # in narrow windows, in this order
_ACTIONS = (("add", "Insert"), ("edit", "E"), ("remove", "Delete"), ("undo", "Ctrl+Z"))


class RulesPage(QWidget):
    """Built when first opened; see widgets.panels.PanelWidget."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around, directory = around, around.directory
        self._asking = Asking(around.registry, self)
        self._finding = Finding(directory, self._found, self)
        self._selected = ""             # camera id of the selected pane: who is asked about while nothing is typed
        self.camera: Camera | None = None
        self._next: Rule | None = None  # the list shall stand on this one when it comes
        self.table, self.view = Rules(directory.by_id, self), QTableView()
        self.form = RuleForm(around.theme, directory.by_id)
        self.finder, self.why = QLineEdit(), QLabel()
        self._title, self.told = QLabel(), QLabel()
        self.buttons = {name: QPushButton() for name, _key in _ACTIONS}
        self._fresh = QTimer(self, interval=_FRESH_MS)
        self._fresh.timeout.connect(self._say_why)
        self._build()
        self.form.hide()
        self.setFocusProxy(self.view)
        self.finder.textChanged.connect(self._find)
        self.finder.installEventFilter(self)
        self.view.doubleClicked.connect(lambda _index: self.edit())
        self.view.selectionModel().currentRowChanged.connect(lambda *_rows: self._current_changed())
        self.form.apply_asked.connect(self._apply)
        self.form.closed.connect(self._close_form)
        for name, button in self.buttons.items():
            button.clicked.connect(partial(around.dispatcher.run, f"rules.{name}"))
        hop_to_gui(around.registry.settings_changed, self._changed, self)
        hop_to_gui(directory.changed, self._changed, self)
        self.retranslate()

    # --- PanelWidget ---

    def show_moment(self, moment: Moment) -> None:
        """While no camera is typed, the one of the selected pane is asked about."""
        if moment.selected != self._selected:
            self._selected = moment.selected
            if not self.finder.text().strip():
                self._choose(self._around.directory.by_id(self._selected))

    def retranslate(self) -> None:
        self.setAccessibleName(_("Recording"))
        self._title.setText(_("Recording"))
        self.finder.setPlaceholderText(_("Why: number or name"))
        self.finder.setAccessibleName(_("Why is this camera recorded: number or name"))
        self.view.setAccessibleName(_("Rules of recording, the strongest first"))
        words = {"add": _("New rule"), "edit": _("Change…"), "remove": _("Delete"), "undo": _("Undo")}
        for name, key in _ACTIONS:
            self.buttons[name].setText(words[name])
            self.buttons[name].setAccessibleName(words[name])
            self.buttons[name].setToolTip(f"{words[name]} ({key})")
        self.form.retranslate()
        self.table.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(WIDTHS) - 1)
        self.view.viewport().update()
        self._say_why()

    # --- what its commands do ---

    def add(self) -> None:
        """A form for a new rule."""
        self._open(None)

    def edit(self) -> None:
        """The form of the rule that the list stands on. Raises OperatorError on the last row."""
        self._open(self._current())

    def remove(self) -> None:
        """The rule that the list stands on goes; undo brings it back. Raises OperatorError on the last row."""
        self._apply(self._current(), None)

    def undo(self) -> None:
        """The last change of rules that was made at this station."""
        self._asking.ask(undo, self._undone)

    def take_search(self) -> None:
        """The keyboard to the field for a camera."""
        self.finder.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.finder.selectAll()

    # --- inside ---

    def refill(self) -> None:
        """The rules anew, counted on the lane."""
        lane, every = self._around.registry, self._around.directory.all
        self._asking.ask(lambda _registry: ruled(lane.settings, every()), self._came, replaces="recording-rules")

    def _came(self, outcome: Outcome[Ruled]) -> None:
        if outcome.value is None:
            return
        row = self.view.currentIndex().row()
        rules, rule = outcome.value.rules, self._next or self.table.rule(row)
        if self._next in rules:
            self._next = None
        self.table.show(outcome.value)
        same = next((place for place, one in enumerate(rules) if rule is not None and (one.scope, one.of) ==
                     (rule.scope, rule.of)), min(max(row, 0), len(rules)))
        self.view.setCurrentIndex(self.table.index(same, WHOM))
        if self.form.isVisible() and not self.form.is_touched:
            self.form.show_rule(self.form.rule and self.table.rule(same), outcome.value)
        self._fitting()
        self._fit()

    def _current(self) -> Rule:
        rule = self.table.rule(self.view.currentIndex().row())
        if rule is None:
            raise OperatorError(_("What holds for every other camera is in the settings, under Recording."))
        return rule

    def _current_changed(self) -> None:
        rule = self.table.rule(self.view.currentIndex().row())
        if self.form.isVisible() and self.form.rule is not None and not self.form.is_touched and rule is not None:
            self.form.show_rule(rule, self.table.ruled)

    def _open(self, rule: Rule | None) -> None:
        self.tell("")
        self.form.show_rule(rule, self.table.ruled)
        self.form.show()
        self.form.take_keyboard()
        self._fit()

    def _close_form(self) -> None:
        self.form.hide()
        self.view.setFocus()
        self._fit()

    def _apply(self, old: Rule | None, new: Rule | None) -> None:
        work = keeping(old, new, self._around.directory.all)
        if not self._asking.ask(work, partial(self._applied, new)):
            self.form.refuse(_("The registry is busy. Try again in a moment."))

    def _applied(self, new: Rule | None, outcome: Outcome[Kept]) -> None:
        if outcome.error is not None or outcome.value is None:
            (self.form.refuse if self.form.isVisible() else partial(self.tell, refused=True))(str(outcome.error))
            return
        kept = outcome.value
        words = _("The rule is deleted.") if new is None else _("The rule is kept.")
        count = ngettext("It changes what holds for {count} camera.", "It changes what holds for {count} cameras.",
                         kept.cameras).format(count=kept.cameras)
        less = ngettext("Of {count} less is kept: what is older goes after 24 hours, undone before then it stays.",
                        "Of {count} less is kept: what is older goes after 24 hours, undone before then it stays.",
                        kept.less).format(count=kept.less) if kept.less else ""
        self.tell(" ".join(filter(None, (words, count, less, _("{key} takes it back.").format(key="Ctrl+Z")))))
        self.form.hide()
        self.view.setFocus()
        self._next = new
        self.refill()

    def _undone(self, outcome: Outcome[Edit]) -> None:
        if outcome.value is None:
            self.tell(str(outcome.error), refused=True)
            return
        self.tell(_("The change of the rules is taken back."))
        self.refill()

    def tell(self, text: str, *, refused: bool = False) -> None:
        """One line below the head of the page."""
        self.told.setText(text)
        self.told.setAccessibleName(text)
        restyle(self.told, tone="red" if refused else "quiet")
        self.told.setVisible(bool(text))

    # --- the chosen camera ---

    def _find(self, typed: str) -> None:
        text = typed.strip()
        if text:
            self._finding.ask(Question(text, most=1))
        else:
            self._finding.forget()
            self._choose(self._around.directory.by_id(self._selected))

    def _found(self, answer: Answer) -> None:
        self._choose(next(iter(answer.cameras), None))

    def _choose(self, camera: Camera | None) -> None:
        self.camera = camera
        self._fitting()
        self._fit()

    def _fitting(self) -> None:
        camera = self.camera
        self.table.show_fitting(None if camera is None else Deciding(self.table.ruled.policy.rules).fitting(camera))
        self._say_why()

    def _say_why(self) -> None:
        camera, typed = self.camera, bool(self.finder.text().strip())
        words = _("No camera matches.") if typed else ""
        if camera is not None:
            words = f"{camera.label} {camera.name}: {self._around.why(camera)}"
        self.why.setText(words)
        self.why.setAccessibleName(words)
        self.why.setVisible(bool(words))

    def _changed(self, *_what: object) -> None:
        if self.isVisible():                # else it asks when it is shown
            self.camera = self._around.directory.by_id(self.camera.id) if self.camera is not None else None
            self.refill()

    # --- how it lies ---

    def _build(self) -> None:
        head = QWidget()
        head.setFixedHeight(_HEAD_PX)
        head.setProperty("edge", "below")
        head.setProperty("room", "panel")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar = QHBoxLayout(head)
        bar.setContentsMargins(16, 0, 16, 0)
        bar.setSpacing(8)
        self._title.setFont(font(17, Weight.STRONG))
        bar.addWidget(self._title)
        bar.addSpacing(16)
        self.finder.setFixedWidth(_FIND_PX)
        bar.addWidget(self.finder)
        bar.addStretch(1)
        for button in self.buttons.values():
            bar.addWidget(button)
        for label in (self.told, self.why):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setContentsMargins(16, 10, 16, 0)
            label.hide()
        view = self.view
        view.setProperty("framed", True)
        view.setModel(self.table)
        view.setItemDelegate(_Cells(view))
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(_ROW_PX)
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setStretchLastSection(True)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.why)
        left.addWidget(self.told)
        left.addSpacing(8)
        left.addWidget(view, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.form)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addLayout(row, 1)

    def _fit(self) -> None:
        """Whom and when always stand there; the others give way, what is of the chosen camera last."""
        shown = [section for section in range(len(WIDTHS)) if section != HERE or self.table.fitting is not None]
        width = self.view.viewport().width()
        for section in (*_GIVE_WAY, HERE):
            if sum(WIDTHS[each] for each in shown) > width and section in shown:
                shown.remove(section)
        spare = width - sum(WIDTHS[each] for each in shown)
        for section, wide in enumerate(WIDTHS):
            self.view.setColumnHidden(section, section not in shown)
            more = min(spare, _WHOM_MORE_PX) if section == WHOM else 0
            self.view.setColumnWidth(section, max(80, wide + more))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fresh.start()
        self.refill()

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self._fresh.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and the arrow down lead from the field to the list, and are over with that."""
        if watched is self.finder and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) \
                and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.view.setFocus()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._around.dispatcher.run("rules.edit")
        elif event.key() == Qt.Key.Key_Escape and self.form.isVisible():
            self.form.give_up()
        else:
            super().keyPressEvent(event)


class _Cells(QStyledItemDelegate):
    """Words begin where those of the header do."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.rect.adjust(_CELL_PX, 0, 0, 0)
        option.textElideMode = Qt.TextElideMode.ElideRight


DOES: Mapping[str, Callable[[RulesPage], None]] = {
    "rules.add": RulesPage.add, "rules.edit": RulesPage.edit, "rules.remove": RulesPage.remove,
    "rules.undo": RulesPage.undo, "rules.find": RulesPage.take_search}
