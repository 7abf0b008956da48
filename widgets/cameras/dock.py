"""The camera list: search field, the chips All and Problems, filters, and the tree. Works by keyboard alone.

Runs on: GUI thread. What is found is worked out on the finder's thread; here rows are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.model.pane import PaneState
from app.registry.directory import CameraDirectory
from app.registry.search_answer import Answer, Question
from app.registry.search_groups import Branch, By, paths_by
from app.runtime.language import gettext as _
from widgets.cameras.asking import Asking
from widgets.cameras.filters import FilterCompletion, FilterMenu, only_filters
from widgets.cameras.row import Role
from widgets.cameras.tree_view import CameraTreeView
from widgets.common import hop_to_gui
from widgets.theme import Theme, icon
from widgets.window.counts import WRONG

_KEY_PRESS = QEvent.Type.KeyPress
_UNFOLD_UP_TO = 200         # cameras: so many are shown unfolded, more by their widest branches
_REST_MS = 50               # the hits in sight are painted first; faster than a hand that reaches for the wheel
_KEEP_MS = 1000             # after the last change of filters: typing does not write the registry's file


class CameraDock(QWidget):
    """``chosen`` carries a camera id; ``left`` says that Esc was pressed and the wall wants the keyboard back.

    ``keep`` gets what the next start shall show again (see ``restore``), a second after the last change.
    """

    chosen = Signal(str)
    left = Signal()

    def __init__(self, directory: CameraDirectory, theme: Theme, parent: QWidget | None = None,
                 keep: Callable[[str], object] | None = None) -> None:
        super().__init__(parent)
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._directory, self._theme, self._keep = directory, theme, keep
        self._states: Mapping[str, PaneState] = {}
        self._by = By.AREA
        self._answer: Answer | None = None
        self._turned: set[tuple[str, ...]] = set()      # branches that are not as they began, folded or unfolded
        self._unfolding = self._enters = False
        self.search = QLineEdit()
        self._slash = QLabel("/")
        self._glass = self.search.addAction(icon("magnifying-glass", theme.tokens.quiet),
                                            QLineEdit.ActionPosition.LeadingPosition)
        self.everything, self.problems, self.filter = QPushButton(), QPushButton(), QPushButton()
        self.view = CameraTreeView(theme)
        self.view.rows.risk = directory.risk
        self._note = QLabel()
        self._asking = Asking(directory, self._answered, self)
        self._menu = FilterMenu(self.search, directory, lambda: self._by, self.part_by, self)
        self._completion = FilterCompletion(self.search, directory)
        self._build()
        self._refresh = QTimer(self, singleShot=True, interval=0)
        self._refresh.timeout.connect(self._ask)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.view.tree.show_rest)
        self._keeping = QTimer(self, singleShot=True, interval=_KEEP_MS)
        self._keeping.timeout.connect(lambda: self._keep and self._keep(self.state()))
        self.search.textChanged.connect(self._typed)
        self.search.installEventFilter(self)
        self.view.installEventFilter(self)
        self.view.chosen.connect(self.chosen)
        self.view.expanded.connect(lambda index: self._turn(index, True))
        self.view.collapsed.connect(lambda index: self._turn(index, False))
        hop_to_gui(directory.changed, lambda _ids: self._refresh.start(), self)
        hop_to_gui(directory.register_changed, self._refresh.start, self)
        theme.changed.connect(self._recolour)
        self.retranslate()
        self._ask()

    def retranslate(self) -> None:
        """Texts in the language in force."""
        self.search.setPlaceholderText(_("Find camera…"))
        self.search.setAccessibleName(_("Find camera"))
        self.filter.setAccessibleName(_("Filters, and what the tree is parted by"))
        self.filter.setToolTip(self.filter.accessibleName())
        self.view.setAccessibleName(_("Cameras"))
        self._name_nameless()
        self._say()
        self._chips()

    def take_keyboard(self) -> None:
        """The keyboard to the search field, its text selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def part_by(self, by: By) -> None:
        """Part the tree by area, owner or tag."""
        if by is not self._by:
            self._by = by
            self._turned.clear()
            self._name_nameless()
            self._keeping.start()
            self._ask()

    def state(self) -> str:
        """What the next start shall show again: the parting and the filters, not the words that were looked for."""
        return f"{self._by} {only_filters(self.search.text())}".strip()

    def restore(self, kept: str) -> None:
        """What ``state`` gave; anything else is ignored."""
        by, _space, filters = kept.partition(" ")
        if by in tuple(By):
            self._by = By(by)
            self._name_nameless()
            self.search.setText(filters)
            self._ask()
        self._keeping.stop()

    def set_states(self, states: Mapping[str, PaneState]) -> None:
        """What is known about the cameras on the wall; five times a second, cheap when nothing changed."""
        if states == self._states:
            return
        before = {key for key, state in self._states.items() if state in WRONG}
        self._states = dict(states)
        self.view.tree.set_states(states, self._directory.by_id)
        if before != {key for key, state in states.items() if state in WRONG}:
            self._chips()
            if self.problems.isChecked():
                self._refresh.start()
        if self._answer is not None and self._answer.asked.states is not None:
            self._refresh.start()

    def show_current(self, camera_id: str) -> None:
        """Mark the camera of the selected pane, unless someone is searching."""
        if not self.search.text() and not self.search.hasFocus():
            self.view.show_current(self._directory.by_id(camera_id))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not _KEY_PRESS:          # each letter brings six others here
            return False
        if isinstance(event, QKeyEvent):
            key = event.key()
            if key == Qt.Key.Key_Escape:
                if watched is self.search and self.search.text():
                    self.search.clear()
                else:
                    self.left.emit()
                return True
            if watched is self.search and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._into_list()
                return True
            if watched is self.search and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter()
                return True
            if watched is self.view and key == Qt.Key.Key_Up \
                    and not self.view.indexAbove(self.view.currentIndex()).isValid():
                self.take_keyboard()
                return True
        return False

    # --- inside ---

    def _build(self) -> None:
        chips = QHBoxLayout()
        chips.setSpacing(0)
        group = QButtonGroup(self)
        for button in (self.everything, self.problems):
            button.setCheckable(True)
            group.addButton(button)
        for button in (self.everything, self.problems, self.filter):
            button.setProperty("chip", True)
            button.setFixedHeight(24)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chips.addWidget(button, 0 if button is self.filter else 1)
        self.filter.setFixedWidth(40)
        self.filter.setIconSize(QSize(12, 12))
        self.filter.setMenu(self._menu)
        self.filter.setStyleSheet("QPushButton::menu-indicator { image: none; width: 0; }")
        self.everything.setChecked(True)
        group.buttonClicked.connect(lambda _button: self._ask())
        self.search.setFixedHeight(32)
        self._slash.setProperty("key", True)
        self._slash.setFixedHeight(20)
        inside = QHBoxLayout(self.search)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addStretch(1)
        inside.addWidget(self._slash)
        self._note.setProperty("tone", "quiet")
        self._note.setWordWrap(True)
        self._note.setContentsMargins(12, 0, 12, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        top = QVBoxLayout()
        top.setContentsMargins(8, 0, 8, 0)
        top.setSpacing(8)
        top.addWidget(self.search)
        top.addLayout(chips)
        column.addLayout(top)
        column.addWidget(self._note)
        column.addWidget(self.view, 1)
        self._recolour()

    def _recolour(self) -> None:
        self._glass.setIcon(icon("magnifying-glass", self._theme.tokens.quiet))
        self.filter.setIcon(icon("funnel-simple", self._theme.tokens.quiet))

    def _name_nameless(self) -> None:
        self.view.tree.nameless = {By.AREA: _("Without area"), By.OWNER: _("Without owner"),
                                   By.TAG: _("Without tag")}[self._by]
        self.view.viewport().update()

    def _chips(self) -> None:
        wrong = sum(state in WRONG for state in self._states.values())
        self.everything.setText(_("All {count}").format(count=len(self._directory)))
        self.problems.setText(_("Problems {count}").format(count=wrong))

    def _typed(self) -> None:
        self._slash.setVisible(not self.search.text())
        self._keeping.start()
        self._rest.stop()                           # the answer to this letter brings hits of its own
        self._ask()

    def _ask(self) -> None:
        self._asking.ask(Question(self.search.text(), self._by, self._states, self.problems.isChecked()))

    def _answered(self, answer: Answer) -> None:
        before, self._answer = self._answer, answer
        paths = paths_by(self._by, self._directory.owners())
        tree = answer.tree
        if tree is None:
            hits = Branch(cameras=answer.cameras, total=len(answer.cameras),
                          shape=hash(tuple([camera.id for camera in answer.cameras])))
            # Under the pointer a press may be waiting for its second one: it must not meet another camera's row.
            if self.view.tree.show(hits, paths, in_place=not self.view.viewport().underMouse()):
                self.view.selectionModel().reset()
            self._go_to_first(before)
            self._rest.start()
        elif not (before is not None and before.tree is tree):
            current = self.view.current_camera()

            def change() -> None:
                if self.view.tree.show(tree, paths):
                    self._unfold()

            self.view.keep_place(change)
            self.view.mark(current)
        self._say()
        self._chips()
        if self._enters:
            self._enters = False
            self._enter()

    def _go_to_first(self, before: Answer | None) -> None:
        """Enter takes the best hit, and the list begins with it; a list that was only renewed stays where it is."""
        if before is not None and self._answer is not None and before.asked == self._answer.asked \
                and self.view.currentIndex().isValid():
            return
        self.view.scrollToTop()
        first = self.view.tree.index(0, 0)
        if first.isValid():
            self.view.selectionModel().setCurrentIndex(first, self.view.selectionModel().SelectionFlag.ClearAndSelect)

    def _begins_open(self) -> bool:
        return self._answer is not None and len(self._answer.cameras) <= _UNFOLD_UP_TO

    def _unfold(self) -> None:
        """A tree built anew is folded as it was before."""
        self._unfolding = True
        if self._begins_open() and self._is_narrowed():
            self.view.expandAll()                   # 200 branches one by one took the GUI thread 3 ms
        elif self._begins_open():
            for index in self.view.tree.branches():
                self.view.setExpanded(index, index.data(Role.PATH) not in self._turned)
        else:
            for path in self._turned:
                index = self.view.tree.branch_index(path)
                if index.isValid():
                    self.view.setExpanded(index, True)
        self._unfolding = False

    def _turn(self, index: QModelIndex, is_open: bool) -> None:
        if self._unfolding or (self._begins_open() and self._is_narrowed()):
            return
        path = index.data(Role.PATH)
        if is_open == self._begins_open():
            self._turned.discard(path)
        else:
            self._turned.add(path)

    def _is_narrowed(self) -> bool:
        answer = self._answer
        return answer is not None and (bool(answer.asked) or answer.question.only_wrong)

    def _say(self) -> None:
        """Why there is nothing below, or that there is more."""
        answer, words = self._answer, ""
        if answer is not None and not answer.cameras:
            words = _("No camera matches.") if self._is_narrowed() else \
                _("No cameras yet. F3 opens the page that imports lists.")
        elif answer is not None and answer.asked.words and len(answer.cameras) >= answer.question.most:
            words = _("The best {count}; type more to narrow them down.").format(count=len(answer.cameras))
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def _into_list(self) -> None:
        if not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.view.tree.index(0, 0))
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _enter(self) -> None:
        """What was typed is what is meant: an answer that is on its way is waited for, without waiting."""
        if self._asking.waits:
            self._enters = True
            return
        camera = self.view.current_camera()
        if camera is not None:
            self.chosen.emit(camera.id)
            if self.search.hasFocus():          # as the palette does; "/" marks the words for the next search
                self.left.emit()
