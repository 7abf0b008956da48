"""The field that adds stops to a tour: type, choose below, Enter. Cameras come from the finder, as in the dock.

Runs on: GUI thread; the finder answers on its own and is hopped over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.model.camera import Camera
from app.model.scene import Scene, Stop, StopKind
from app.registry.directory import CameraDirectory
from app.registry.search_answer import Answer, Question
from app.runtime.language import gettext as _
from widgets.cameras.asking import Asking
from widgets.theme import Theme, icon
from widgets.tours.presets import KnownPresets
from widgets.tours.stop_words import KINDS, ROW_PX, SIGNS, fitting, groups_of, words

_TYPING_MS = 60             # between two letters of a quick typist
_MOST_CAMERAS = 20          # another letter shortens the list
_FEW_CAMERAS, _MOST_PRESETS = 3, 16
_STOP = Qt.ItemDataRole.UserRole


class AddStop(QWidget):
    """``chosen`` carries a Stop. Down goes into the list, Enter adds what is marked and keeps the words."""

    chosen = Signal(object)

    def __init__(self, directory: CameraDirectory, theme: Theme, scenes: Callable[[], Sequence[Scene]],
                 presets: KnownPresets, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._directory, self._theme, self._scenes, self._presets = directory, theme, scenes, presets
        self._grouped: tuple[object, dict[tuple[str, ...], int], dict[str, int]] = (None, {}, {})
        self.field, self.offers = QLineEdit(), QListWidget()
        self._glass = self.field.addAction(icon("plus", theme.tokens.quiet), QLineEdit.ActionPosition.LeadingPosition)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self.look)
        self._asking = Asking(directory, self._found, self)
        self._enters = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.field)
        column.addWidget(self.offers, 1)
        self.setFocusProxy(self.field)
        self.field.textChanged.connect(lambda _text: self._typing.start())
        self.field.installEventFilter(self)
        self.offers.installEventFilter(self)
        self.offers.itemActivated.connect(self._take)
        theme.changed.connect(self._dress)
        self.retranslate()

    def retranslate(self) -> None:
        self.field.setPlaceholderText(_("Camera, area, tag or scene…"))
        self.field.setAccessibleName(_("Add a stop"))
        self.offers.setAccessibleName(_("What can be added"))
        self.look()

    def look(self) -> None:
        """What fits the words; cameras follow when the finder has answered."""
        text = self.field.text().strip()
        self._enters = False
        self._fill(())
        if text and not text.startswith("#"):
            self._asking.ask(Question(text, most=_MOST_CAMERAS))
        else:
            self._asking.forget()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key, row = event.key(), self.offers.currentRow()
            if watched is self.field and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if key == Qt.Key.Key_Down else -1
                self.offers.setCurrentRow(min(max(row + step, 0), self.offers.count() - 1))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() \
                    & Qt.KeyboardModifier.ControlModifier:
                self._enter()
                return True
        return super().eventFilter(watched, event)

    def _enter(self) -> None:
        """What was typed is what is meant: offers of older words are never taken, cameras on their way are awaited."""
        if self._typing.isActive():
            self._typing.stop()
            self.look()
        item = self.offers.currentItem()
        if item is not None:
            self._take(item)
        else:
            self._enters = self._asking.waits

    def _found(self, answer: Answer) -> None:
        self._fill(answer.cameras)
        item = self.offers.currentItem()
        if self._enters and item is not None:
            self._take(item)
        self._enters = False

    def _fill(self, cameras: Sequence[Camera]) -> None:
        everything = self._directory.all()
        if self._grouped[0] is not everything:
            self._grouped = (everything, *groups_of(everything))
        # Groups first: they are known at once, so that what Enter takes does not change when the cameras arrive, and
        # who types an area's name means the area rather than the twentieth camera in it.
        rows = fitting(self.field.text(), self._grouped[1], self._grouped[2], self._scenes())
        for camera in cameras[:_MOST_CAMERAS]:
            rows.append((Stop(StopKind.CAMERA, camera.id), ", ".join(reversed(camera.area))))
            if len(cameras) <= _FEW_CAMERAS:        # of many the presets would hide the next camera
                rows += [(Stop(StopKind.PRESET, f"{camera.id}/{preset.token}"), "")
                         for preset in self._presets.of(camera.id)[:_MOST_PRESETS]]
        self.offers.clear()
        for stop, more in rows:
            name = words(stop, self._directory, self._scenes(), self._presets.name)
            item = QListWidgetItem(icon(SIGNS[stop.kind], self._theme.tokens.quiet), f"{name}   {more}")
            item.setSizeHint(QSize(0, ROW_PX))      # no wider than the list: what is longer ends in "…"
            item.setToolTip(item.text())
            item.setData(_STOP, stop)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{_(KINDS[stop.kind])}: {name}, {more}")
            self.offers.addItem(item)
        self.offers.setCurrentRow(0)

    def _take(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_STOP))
        self.field.selectAll()

    def _dress(self, _tokens: object) -> None:
        self._glass.setIcon(icon("plus", self._theme.tokens.quiet))
        self.look()
