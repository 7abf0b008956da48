"""The scenes of a window under its title bar: the list, and the form for saving and renaming. Never modal.

Runs on: GUI thread. A child of its window, not a popup: pictures, alarms and the keyboard of other windows go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.model.scene import Scene
from app.runtime.language import gettext as _
from app.scenes.handlers import KIND, SceneHandlers
from widgets.scenes.form import Filled, SceneForm, Window
from widgets.scenes.scene_list import SceneList
from widgets.theme import Theme

WIDTH_PX = 352
_HEAD_PX, _FOOT_PX = 36, 40


class ScenePopover(QWidget):
    """``closed``: the wall may have the keyboard back. Commands run by ``run``, which gives "" or a sentence."""

    closed = Signal()

    def __init__(self, window: QWidget, handlers: SceneHandlers, theme: Theme, run: Callable[..., str]) -> None:
        super().__init__(window)
        self._window, self._handlers, self._theme, self._run = window, handlers, theme, run
        self._anchor = QPoint()
        self._changing = ""                          # id of the scene whose name or number is being changed
        self._windows: Callable[[], Sequence[Window]] = tuple
        self._here = ""
        self.setProperty("room", "raised")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setProperty("typing", True)             # letters belong to it, never to commands (widgets.window.keys)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.list = SceneList(theme)
        self.form = SceneForm(lambda number, own: handlers.numbers.refusal(number, KIND, own))
        self._title, self._nothing = QLabel(), QLabel()
        self.save_as, self.overwrite, self.rename, self.delete, self.undo = (QPushButton() for _i in range(5))
        self._pages = QStackedWidget()
        self._build()
        self.list.chosen.connect(self._call)
        self.list.currentRowChanged.connect(lambda _row: self._buttons())
        self.form.done.connect(self._filled)
        self.save_as.clicked.connect(self._open_form)
        self.overwrite.clicked.connect(lambda: self._on_current("scene.overwrite"))
        self.rename.clicked.connect(self._open_change)
        self.delete.clicked.connect(lambda: self._on_current("scene.delete"))
        self.undo.clicked.connect(partial(self._do, "scene.undo"))
        handlers.book.changed.connect(self._changed)
        handlers.now_changed.connect(self._changed)
        window.installEventFilter(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)
        self.retranslate()
        self.hide()

    def open_list(self, anchor: QPoint, windows: Callable[[], Sequence[Window]], here: str) -> None:
        """``anchor``: its upper left corner in the window; ``windows``: those there are; ``here``: this one's id."""
        self._anchor, self._windows, self._here = anchor, windows, here
        self._show_list()
        self.show()
        self.raise_()
        (self.list if self._handlers.book.all() else self).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open_save(self, anchor: QPoint, windows: Callable[[], Sequence[Window]], here: str) -> None:
        """The form for a new scene at once."""
        self._anchor, self._windows, self._here = anchor, windows, here
        self.show()
        self.raise_()
        self._open_form()

    def shut(self) -> None:
        if self.isVisible():
            focus = QApplication.focusWidget()
            had_keyboard = focus is not None and self._holds(focus)
            self.hide()
            if had_keyboard:
                self.closed.emit()

    def end(self) -> None:
        """The window goes, or the program ends."""
        self._handlers.book.changed.disconnect(self._changed, missing_ok=True)
        self._handlers.now_changed.disconnect(self._changed, missing_ok=True)

    def retranslate(self) -> None:
        self.setAccessibleName(_("Scenes"))
        self.list.setAccessibleName(_("Scenes"))
        self._nothing.setText(_("No scene yet. Ctrl+S saves what is shown."))
        self.save_as.setText(_("Save as…"))
        self.overwrite.setText(_("Overwrite"))
        self.rename.setText(_("Rename"))
        self.delete.setText(_("Delete"))
        self.undo.setText(_("Undo"))
        for button, key in ((self.save_as, "Ctrl+S"), (self.overwrite, "F5"), (self.rename, "F2"),
                            (self.delete, _("Delete key")), (self.undo, "Ctrl+Z")):
            button.setToolTip(f"{button.text()} ({key})")
            button.setAccessibleName(button.text())
        self.form.retranslate()
        if self.isVisible():
            self._changed()
            self._stand()

    # --- keys ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        listing = self._pages.currentWidget() is not self.form
        if key == Qt.Key.Key_Escape:
            if listing or not self._from_list:
                self.shut()
            else:
                self._back_to_list()
        elif not listing and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.form.submit()
        elif listing and key == Qt.Key.Key_F2:
            self._open_change()
        elif listing and key == Qt.Key.Key_F5:
            self._on_current("scene.overwrite")
        elif listing and key == Qt.Key.Key_Delete:
            self._on_current("scene.delete")
        elif listing and ctrl and key == Qt.Key.Key_Z:
            self._do("scene.undo")
        elif listing and ctrl and key == Qt.Key.Key_S:
            self._open_form()
        elif listing and not ctrl and event.text().isdecimal():
            self._find(int(event.text()))
        event.accept()                               # what is pressed here never reaches the wall

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and self.isVisible():
            if event.type() is QEvent.Type.Resize:
                self._stand()
            elif event.type() is QEvent.Type.WindowDeactivate and not QApplication.activePopupWidget():
                self.shut()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._stand()

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        # The keyboard went elsewhere in this window (a click on a pane): the operator is done here.
        if self.isVisible() and new is not None and new.window() is self._window and not self._holds(new):
            self.hide()

    def _holds(self, widget: QWidget) -> bool:
        return widget is self or self.isAncestorOf(widget)

    # --- doing ---

    def _call(self, scene_id: str) -> None:
        if self._do("scene.call", scene=scene_id):
            self.shut()

    def _do(self, command: str, **arguments: object) -> bool:
        refused = self._run(command, **arguments)
        self._nothing_else(refused)
        return not refused

    def _on_current(self, command: str) -> None:
        scene = self.list.current()
        if scene:
            self._do(command, scene=scene)
            (self.list if self._handlers.book.all() else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _filled(self, filled: Filled) -> None:
        if self._changing:
            refused = self._run("scene.change", scene=self._changing, name=filled.name, number=filled.number)
        else:
            refused = self._run("scene.save", name=filled.name, number=filled.number, windows=filled.windows,
                                whole=filled.whole)
        if refused:
            self.form.refuse(refused)
            self._stand()
        elif self._from_list and self._changing:
            self._back_to_list()
        else:
            self.shut()

    def _find(self, digit: int) -> None:
        """Digits walk the list by number: 1, then 2, goes to scene 12 when there is one."""
        numbers = [scene.number for scene in self._handlers.book.all()]
        now = self._handlers.book.by_id(self.list.current())
        for wanted in ((now.number * 10 + digit if now is not None else digit), digit):
            if wanted in numbers:
                self.list.setCurrentRow(numbers.index(wanted))
                return

    # --- showing ---

    def _open_form(self) -> None:
        self._from_list = self._pages.currentWidget() is not self.form and self.list.hasFocus()
        self._changing = ""
        self._title.setText(_("Save what is shown as a scene"))
        self.form.open_new(self._handlers.numbers.free(), self._windows(), self._here)
        self._turn_to_form()

    def _open_change(self) -> None:
        scene: Scene | None = self._handlers.book.by_id(self.list.current())
        if scene is not None:
            self._from_list, self._changing = True, scene.id
            self._title.setText(_("Rename the scene or give it another number"))
            self.form.open_change(scene)
            self._turn_to_form()

    def _turn_to_form(self) -> None:
        self._turn(self.form)
        self._stand()
        self.form.name.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _turn(self, page: QWidget) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self.setFocus()                          # a hidden field would hand the keyboard to the wall
        self._pages.setCurrentWidget(page)

    def _back_to_list(self) -> None:
        self._show_list()
        (self.list if self._handlers.book.all() else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_list(self) -> None:
        self._from_list, self._changing = False, ""
        self._title.setText(_("Scenes"))
        self._turn(self._listing)
        self._changed()

    def _changed(self) -> None:
        scenes, now = self._handlers.book.all(), self._handlers.now
        self.list.show_scenes(scenes, now.id if now is not None else "")
        self._buttons()
        self._nothing.setVisible(not scenes)
        if not scenes and self.list.hasFocus():
            self.setFocus()                          # a hidden list would hand the keyboard to whatever comes next
        self.list.setVisible(bool(scenes))
        if scenes and self.hasFocus():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.list.setFixedHeight(self.list.height_wanted())
        if self.isVisible():
            self._stand()

    def _buttons(self) -> None:
        for button in (self.overwrite, self.rename, self.delete):
            button.setEnabled(bool(self.list.current()))
        self.undo.setEnabled(self._handlers.can_undo)

    def _nothing_else(self, sentence: str) -> None:
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))
        self._stand()

    def _stand(self) -> None:
        page = self.form if self._pages.currentWidget() is self.form else self._listing
        inner = WIDTH_PX - 2
        layout = page.layout()
        assert layout is not None
        layout.activate()
        height = layout.heightForWidth(inner) if layout.hasHeightForWidth() else layout.sizeHint().height()
        room = self._window.rect()
        whole = min(height + _HEAD_PX + 2, room.height() - self._anchor.y() - 8)
        self.setGeometry(max(min(self._anchor.x(), room.width() - WIDTH_PX - 8), 0), self._anchor.y(),
                         min(WIDTH_PX, room.width()), whole)

    def _build(self) -> None:
        self._from_list = False
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 12, 0)
        self._title.setProperty("tone", "strong")
        self._title.setFixedHeight(_HEAD_PX)
        esc = QLabel("Esc")
        esc.setProperty("key", True)
        head.addWidget(self._title, 1)
        head.addWidget(esc, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(head)
        self._listing = QWidget()
        rows = QVBoxLayout(self._listing)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self._nothing.setProperty("tone", "quiet")
        self._nothing.setContentsMargins(12, 4, 12, 8)
        rows.addWidget(self._nothing)
        rows.addWidget(self.list)
        self._said = QLabel()
        self._said.setProperty("tone", "amber")
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setWordWrap(True)
        self._said.setContentsMargins(12, 4, 12, 4)
        self._said.hide()
        rows.addWidget(self._said)
        foot = QHBoxLayout()
        foot.setContentsMargins(4, 0, 4, 0)
        foot.setSpacing(0)
        for button in (self.save_as, self.overwrite, self.rename, self.delete, self.undo):
            button.setProperty("flat", True)
            foot.addWidget(button)
        rows.addSpacing(4)
        rows.addLayout(foot)
        rows.addSpacing(4)
        self._pages.addWidget(self._listing)
        self._pages.addWidget(self.form)
        column.addWidget(self._pages, 1)
