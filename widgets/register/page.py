"""The page of cameras: tool bar, list, form for the marked ones. It shows the directory and asks the registry lane.

Runs on: GUI thread; the registry and the finder answer on theirs and are hopped over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.edit import Edit
from app.model.errors import OperatorError
from app.model.pane import PaneState
from app.model.register import Level, Owner, Risk
from app.registry.lane import Outcome
from app.registry.search_answer import Answer, Question
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from widgets.cameras.asking import Asking as Finding
from widgets.common import hop_to_gui
from widgets.discovery import Below
from widgets.panels import Moment, Surroundings
from widgets.register.area_box import AreaBox
from widgets.register.asking import Asking
from widgets.register.fields import Draft, Shown, common_of
from widgets.register.form import CameraForm
from widgets.register.histories import Histories
from widgets.register.keeping import keeping
from widgets.register.lists import Lists
from widgets.register.owner_box import OwnerBox
from widgets.register.recording_fields import SETTING
from widgets.register.reports import words_of, worst_reports
from widgets.register.rows import Chip, Column, Known, Query, chosen
from widgets.register.table_view import TableView
from widgets.register.tool_bar import ToolBar
from widgets.register.trial_box import TrialBox
from widgets.window.counts import WRONG

_MOST_AT_ONCE = 400         # marked cameras whose common values are found on the GUI thread, in 2 ms
_MOST_SORTED = 10_000       # cameras that are ordered on the GUI thread: 7 ms; 60,000 would take 90
_MOST = 1_000_000           # hits of a search: the list shows all of them


class RegisterPage(QWidget):
    """Built when first opened; see widgets.panels.PanelWidget."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around, directory, theme = around, around.directory, around.theme
        self._asking = Asking(around.registry, self)
        self._finding = Finding(directory, self._found, self)
        self._hits: Sequence[Camera] | None = None          # None: no text, all cameras
        self._column, self._falling = Column.NUMBER, False
        self._new: Camera | None = None
        self._states: Mapping[str, PaneState] = {}
        self.bar = ToolBar(directory, theme)
        self.view = TableView(theme)
        self.form = CameraForm(directory, theme, OwnerBox(directory, self._keep_owner, theme),
                               AreaBox(directory, self._keep_area, theme), TrialBox(theme),
                               lambda: str(around.registry.settings.get(SETTING, "")))
        self.form.tell_certificates(around.registry)
        self._nothing = QLabel()
        self.setFocusProxy(self.view)
        self._build()
        self._refill = QTimer(self, singleShot=True, interval=0)
        self._refill.timeout.connect(self.refill)
        self._histories = Histories(around.registry, self._asking, self._histories_came, self)
        self._connect()
        self.form.hide()
        self.retranslate()
        self.refill()

    def show_moment(self, moment: Moment) -> None:
        """States of the cameras on the wall; repaints only when something is said differently."""
        reports = worst_reports(moment.wall, moment.reports)
        table = self.view.table
        if reports != table.reports:
            words = words_of(reports) != words_of(table.reports)
            table.reports = reports
            if words:
                self.view.viewport().update()
        wrong = {key for key, state in moment.states.items() if state in WRONG}
        before = {key for key, state in self._states.items() if state in WRONG}
        self._states = moment.states
        table.known = Known(table.known.owners, moment.states, table.known.histories)
        if wrong != before:
            if self.bar.chip is Chip.PROBLEMS or self._column is Column.STATE:
                self._refill.start()
            else:
                self._count()

    def retranslate(self) -> None:
        self.bar.retranslate()
        self.form.retranslate()
        self.lists.retranslate()
        self.network.retranslate()
        self.view.setAccessibleName(_("List of cameras"))
        self._count()
        self.view.head.viewport().update()
        self.view.viewport().update()

    def take_search(self) -> None:
        """The keyboard to the search field."""
        self.bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.search.selectAll()

    def add(self) -> None:
        """A form for a new camera, with the next number that is free."""
        numbers = {camera.number for camera in self._around.directory.all()}
        free = max(numbers, default=100) + 1
        self._new = Camera("", 0, "", streams=(StreamProfile(StreamRole.MAIN, ""),))
        self.form.show_cameras([self._new])
        self.form.rows["number"].put(str(free))
        self.form.show()
        self.form.rows["name"].editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def edit(self) -> None:
        """The keyboard into the form of the marked cameras; without marks, of the one with the keyboard."""
        if not self.view.marked() and self.view.current_camera():
            self.view.mark([self.view.current_camera()])
        self._marks_changed()
        if self.form.isVisible():
            self.form.take_keyboard()

    def mark_all(self) -> None:
        self.view.selectAll()
        self.view.setFocus()

    def delete(self) -> None:
        """The marked cameras leave the register; undo brings them back. Raises OperatorError without marks."""
        ids = self.view.marked() or [self.view.current_camera()]
        if not any(ids):
            raise OperatorError(_("Mark the cameras to delete first."))
        self._asking.ask(lambda registry: registry.edits.remove(ids), self._deleted)

    def undo(self) -> None:
        """The last change of cameras that was made at this station."""
        self._asking.ask(lambda registry: registry.undo_edit(), self._undone)

    def bring(self) -> None:
        """A list to import: asked for in a window of its own, tried out in a panel below."""
        self.network.leave()
        self.lists.ask_what()

    def discover(self) -> None:
        """Cameras of the network: searched and added in a panel below."""
        if self.lists.panel is not None and self.lists.panel.isVisible():
            self.lists.panel.leave()
        self.network.open()

    def give(self) -> None:
        """Every camera as a list without passwords; asked where in a window of its own."""
        self.lists.ask_where()

    def show_on_wall(self) -> None:
        """The camera with the keyboard into the selected pane of the wall."""
        camera = self.view.current_camera()
        if camera:
            self._around.put(camera)

    # --- the list ---

    def refill(self) -> None:
        """The rows anew: other cameras, filters or order."""
        table, directory = self.view.table, self._around.directory
        table.known = Known(directory.owners(), self._states, table.known.histories)
        source = directory.all() if self._hits is None else self._hits
        query = Query(self.bar.search.text(), self.bar.chip, self.bar.owner, self.bar.area, self._column,
                      self._falling)
        if len(source) > _MOST_SORTED and self._column is not Column.NUMBER:
            known = table.known
            self._asking.ask(lambda _registry: chosen(source, query, known), self._sorted, replaces="register-rows")
        else:
            self._show_rows(chosen(source, query, table.known))

    def _sorted(self, outcome: Outcome[list[Camera]]) -> None:
        if outcome.value is not None and self._column is not Column.NUMBER:
            self._show_rows(outcome.value)

    def _show_rows(self, rows: list[Camera]) -> None:
        self.view.show_rows(rows)
        self._nothing.setVisible(not rows)
        self._count()

    def _count(self) -> None:
        everything = self._around.directory.all()
        self.bar.show_counts({
            Chip.ALL: len(everything),
            Chip.PROBLEMS: sum(state in WRONG for state in self._states.values()),
            Chip.RESTRICTED: sum(camera.restricted for camera in everything)})
        self._nothing.setText(_("No camera matches.") if everything else
                              _("No cameras yet. Ctrl+I imports a list, Insert adds one camera."))

    def _search(self) -> None:
        text = self.bar.search.text().strip()
        if text:
            self._finding.ask(Question(text, states=self._states, most=_MOST))
        else:
            self._finding.forget()
            self._hits = None
            self.refill()

    def _found(self, answer: Answer) -> None:
        self._hits = answer.cameras
        self.refill()

    def _order(self, column: Column) -> None:
        self._falling = not self._falling if column is self._column else False
        self._column = column
        self.view.head.column, self.view.head.falling = column, self._falling
        self.view.head.viewport().update()
        self.refill()

    def _directory_changed(self, _ids: object = None) -> None:
        if self.bar.search.text().strip():
            self._search()
        else:
            self._refill.start()
        if self.form.isVisible() and not self.form.is_touched and not self._new:
            self._marks_changed()

    # --- the form ---

    def _marks_changed(self, *, again: bool = False) -> None:
        """The form follows the marks, unless something typed would be lost. ``again``: the same are shown anew."""
        if self.form.isVisible() and self.form.is_touched:
            return
        directory = self._around.directory
        cameras = [camera for camera in map(directory.by_id, self.view.marked()) if camera is not None]
        if self._new is not None and not cameras:
            return
        self._new = None
        if cameras:
            if again or tuple(cameras) != self.form.cameras or not self.form.isVisible():
                self._show_form(tuple(cameras))
        else:
            self.form.trial.stop()
            self.form.hide()

    def _show_form(self, cameras: tuple[Camera, ...]) -> None:
        if len(cameras) <= _MOST_AT_ONCE:
            self.form.show_cameras(cameras)
            self.form.show()
            return

        def came(outcome: Outcome[dict[str, Shown]]) -> None:
            if outcome.value is not None and self.view.marked() == [camera.id for camera in cameras]:
                self.form.show_cameras(cameras, outcome.value)
                self.form.show()
        self._asking.ask(lambda _registry: common_of(cameras, self.form.rules()), came, replaces="register-common")

    def _close_form(self) -> None:
        self._new = None
        self.form.show_cameras(())
        self.form.hide()
        self.view.clearSelection()
        self.view.setFocus()

    def _apply(self, ids: Sequence[str], draft: Draft) -> None:
        work = keeping(self._new if tuple(ids) == ("",) else None, ids, draft)
        if not self._asking.ask(work, self._applied):
            self.form.refuse(_("The registry is busy. Try again in a moment."))

    def _applied(self, outcome: Outcome[list[Camera]]) -> None:
        if outcome.error is not None:
            self.form.refuse(str(outcome.error))
            return
        kept = outcome.value or []
        was_new, self._new = self._new is not None, None
        directory = self._around.directory
        ids = [camera.id for camera in kept] if was_new else list(self.form.ids)
        # Empty first: what was typed is kept now, the form may follow the marks again.
        self.form.show_cameras([camera for camera in map(directory.by_id, ids) if camera is not None])
        self.refill()
        if was_new:
            self.view.mark(ids)
        if kept:
            self.view.go_to(kept[0].id)
        count = len(kept)
        self._around.done(ngettext("{count} camera kept. {key} takes it back.",
                                   "{count} cameras kept. {key} takes it back.", count).format(
                                       count=count, key="Ctrl+Z") if count else _("Nothing was different."))

    def _deleted(self, outcome: Outcome[int]) -> None:
        if outcome.error is not None:
            self._around.tell(str(outcome.error))
            return
        count = outcome.value or 0
        self.form.show_cameras(())
        self.form.hide()
        self.view.clearSelection()
        self._around.done(ngettext("{count} camera deleted. {key} brings it back.",
                                   "{count} cameras deleted. {key} brings them back.", count).format(
                                       count=count, key="Ctrl+Z"))

    def _undone(self, outcome: Outcome[Edit]) -> None:
        if outcome.error is not None or outcome.value is None:
            self._around.tell(str(outcome.error))
            return
        count = outcome.value.cameras
        self._around.done(ngettext("The change of {count} camera is taken back.",
                                   "The change of {count} cameras is taken back.", count).format(count=count))
        if not self.form.is_touched:
            self._marks_changed(again=True)

    def _keep_owner(self, owner: Owner, then: object) -> None:
        def told(outcome: Outcome[Owner]) -> None:
            assert callable(then)
            then(outcome.value, str(outcome.error) if outcome.error is not None else "")
            if outcome.value is not None and self.form.isVisible():
                self.form.rows["owner"].put(outcome.value.id)
        self._asking.ask(lambda registry: registry.owners.save(owner), told)

    def _keep_area(self, path: tuple[str, ...], level: Level | None, risk: Risk) -> None:
        self._asking.ask(lambda registry: registry.areas.change(path, level=level, risk=risk, no_level=level is None),
                         self._told_of_area)

    def _told_of_area(self, outcome: Outcome[object]) -> None:
        if outcome.error is not None:
            self._around.tell(str(outcome.error))

    def _histories_came(self, histories: object) -> None:
        table = self.view.table
        table.known = Known(table.known.owners, self._states, histories)        # type: ignore[arg-type]
        if self._column is Column.AVAILABILITY:
            self.refill()
        self.view.viewport().update()

    # --- inside ---

    def _build(self) -> None:
        self._nothing.setProperty("tone", "quiet")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setMinimumHeight(64)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        left = QWidget()
        below = QVBoxLayout(left)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self._nothing)
        below.addWidget(self.view, 1)
        self.parts = QSplitter(Qt.Orientation.Vertical)     # what is imported has its panel below the list
        self.parts.setChildrenCollapsible(False)
        self.parts.setHandleWidth(1)
        self.parts.addWidget(left)
        self.lists = Lists(self._around.registry, self._around.theme, self.parts, self._around.tell,
                           self._around.done, self)
        self.lists.left.connect(self.view.setFocus)
        self.network = Below(self._around.registry, self._around.directory, self._around.theme, self.parts, self)
        self.network.left.connect(self.view.setFocus)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.parts, 1)
        row.addWidget(self.form)
        column.addLayout(row, 1)

    def _connect(self) -> None:
        directory = self._around.directory
        self.bar.changed.connect(self._search)
        self.bar.to_list.connect(self._to_list)
        run = self._around.dispatcher.run
        self.bar.add_asked.connect(partial(run, "register.add"))
        self.bar.network_asked.connect(partial(run, "register.discover"))
        self.bar.import_asked.connect(partial(run, "register.import"))
        self.bar.export_asked.connect(partial(run, "register.export"))
        self.view.marks_changed.connect(self._marks_changed)
        self.view.order_asked.connect(self._order)
        self.view.opened.connect(self.edit)
        self.view.doubleClicked.connect(lambda _index: self.show_on_wall())
        self.form.apply_asked.connect(self._apply)
        self.form.closed.connect(self._close_form)
        hop_to_gui(directory.changed, self._directory_changed, self)
        hop_to_gui(directory.register_changed, self._refill.start, self)

    def _to_list(self) -> None:
        if self.view.table.cameras:
            self.view.go_to(self.view.current_camera() or self.view.table.cameras[0].id)
        self.view.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._histories.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._histories.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.form.isVisible():
            self.form.give_up()
        else:
            super().keyPressEvent(event)
