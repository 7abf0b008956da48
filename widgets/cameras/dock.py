"""The camera list: search field, the chips All and Problems, and the tree. Works by keyboard alone."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.model.camera import Camera
from app.model.pane import PaneState
from app.registry.directory import CameraDirectory
from app.runtime.language import gettext as _
from widgets.cameras.tree_model import Role
from widgets.cameras.tree_view import CameraTreeView
from widgets.common import hop_to_gui
from widgets.theme import Theme, icon
from widgets.window.counts import WRONG

_MOST_FOUND = 500            # more rows than anyone reads; typing another letter shortens the list
_UNFOLD_UP_TO = 200          # cameras: a small registry is shown unfolded, a large one by its widest areas


class CameraDock(QWidget):
    """``chosen`` carries a camera id; ``left`` says that Esc was pressed and the wall wants the keyboard back."""

    chosen = Signal(str)
    left = Signal()

    def __init__(self, directory: CameraDirectory, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._directory, self._theme = directory, theme
        self._states: Mapping[str, PaneState] = {}
        self._folded: set[tuple[str, ...]] | None = None
        self._all_shown = True
        self.search = QLineEdit()
        self._slash = QLabel("/")
        self._glass = self.search.addAction(icon("magnifying-glass", theme.tokens.quiet),
                                            QLineEdit.ActionPosition.LeadingPosition)
        self.everything, self.problems = QPushButton(), QPushButton()
        self.view = CameraTreeView(theme)
        self._nothing = QLabel()
        self._build()
        self.search.textChanged.connect(self._refill)
        self.search.installEventFilter(self)
        self.view.installEventFilter(self)
        self.view.chosen.connect(self.chosen)
        self._refresh = QTimer(self, singleShot=True, interval=0)
        self._refresh.timeout.connect(self._refill)
        hop_to_gui(directory.changed, lambda _ids: self._refresh.start(), self)
        theme.changed.connect(self._recolour)
        self.retranslate()
        self._refill()

    def retranslate(self) -> None:
        """Texts in the language in force."""
        self.search.setPlaceholderText(_("Find camera…"))
        self.search.setAccessibleName(_("Find camera"))
        self.view.setAccessibleName(_("Cameras"))
        self._nothing.setText(_("No camera matches."))
        self._chips()

    def take_keyboard(self) -> None:
        """The keyboard to the search field, its text selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def set_states(self, states: Mapping[str, PaneState]) -> None:
        """What is known about the cameras on the wall; five times a second, cheap when nothing changed."""
        if states == self._states:
            return
        before = {key for key, state in self._states.items() if state in WRONG}
        self._states = dict(states)
        self.view.tree.set_states(states)
        if before != {key for key, state in states.items() if state in WRONG}:
            self._chips()
            if self.problems.isChecked():
                self._refresh.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            if key == Qt.Key.Key_Escape:
                if watched is self.search and self.search.text():
                    self.search.clear()
                else:
                    self.left.emit()
                return True
            if watched is self.search and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.view.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if watched is self.search and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter()
                return True
            at_top = not self.view.indexAbove(self.view.currentIndex()).isValid()
            if watched is self.view and key == Qt.Key.Key_Up and at_top:
                self.take_keyboard()
                return True
        return super().eventFilter(watched, event)

    # --- inside ---

    def _build(self) -> None:
        chips = QHBoxLayout()
        chips.setSpacing(0)
        group = QButtonGroup(self)
        for button in (self.everything, self.problems):
            button.setCheckable(True)
            button.setProperty("chip", True)
            button.setFixedHeight(24)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            group.addButton(button)
            chips.addWidget(button, 1)
        self.everything.setChecked(True)
        group.buttonClicked.connect(lambda _button: self._refill())
        self.search.setFixedHeight(32)
        self._slash.setProperty("key", True)
        self._slash.setFixedHeight(20)
        inside = QHBoxLayout(self.search)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addStretch(1)
        inside.addWidget(self._slash)
        self._nothing.setProperty("tone", "quiet")
        self._nothing.setContentsMargins(16, 8, 16, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        top = QVBoxLayout()
        top.setContentsMargins(8, 0, 8, 0)
        top.setSpacing(8)
        top.addWidget(self.search)
        top.addLayout(chips)
        column.addLayout(top)
        column.addWidget(self._nothing)
        column.addWidget(self.view, 1)

    def _recolour(self) -> None:
        self._glass.setIcon(icon("magnifying-glass", self._theme.tokens.quiet))

    def _chips(self) -> None:
        wrong = sum(state in WRONG for state in self._states.values())
        self.everything.setText(_("All {count}").format(count=len(self._directory)))
        self.problems.setText(_("Problems {count}").format(count=wrong))

    def _wanted(self) -> tuple[Camera, ...]:
        text = self.search.text().strip()
        cameras = self._directory.find(text, _MOST_FOUND) if text else self._directory.all()
        if self.problems.isChecked():
            return tuple(c for c in cameras if self._states.get(c.id) in WRONG)
        return cameras

    def _refill(self) -> None:
        narrowed = bool(self.search.text().strip()) or self.problems.isChecked()
        current = self.view.current_camera()
        if self._folded is not None and self._all_shown:
            self._folded = {i.data(Role.PATH) for i in self.view.tree.areas() if not self.view.isExpanded(i)}
        cameras = self._wanted()
        self._all_shown = not narrowed
        self.view.tree.show(cameras)
        self.view.tree.set_states(self._states)
        self._nothing.setVisible(not cameras)
        self._slash.setVisible(not self.search.text())
        self._unfold(narrowed)
        wanted = cameras[0] if narrowed and cameras else current
        index = self.view.tree.index_of_camera(wanted.id if wanted else "")
        if index.isValid():
            flags = self.view.selectionModel().SelectionFlag
            self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect)
            if narrowed:
                self.view.scrollTo(index)
        self._chips()

    def _unfold(self, narrowed: bool) -> None:
        if self._folded is None:                     # the first time: by the size of the registry
            small = len(self._directory) <= _UNFOLD_UP_TO
            self._folded = set() if small else {i.data(Role.PATH) for i in self.view.tree.areas()}
        for index in self.view.tree.areas():
            self.view.setExpanded(index, narrowed or index.data(Role.PATH) not in self._folded)

    def _enter(self) -> None:
        camera = self.view.current_camera()
        if camera is not None:
            self.chosen.emit(camera.id)
