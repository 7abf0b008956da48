"""The stops of a tour in their order: moved with Alt and the arrows, taken out with Delete.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from app.model.scene import Scene, Stop
from app.registry.directory import CameraDirectory
from app.runtime.language import gettext as _
from widgets.theme import Theme, icon
from widgets.tours.presets import KnownPresets
from widgets.tours.stop_words import KINDS, ROW_PX, SIGNS, words
from widgets.wall.words import in_words

_STOP = Qt.ItemDataRole.UserRole


class StopList(QListWidget):
    """``edited`` when stops or their dwell are others than before; the mouse drags rows, the keyboard moves them."""

    edited = Signal()

    def __init__(self, directory: CameraDirectory, theme: Theme, scenes: Callable[[], Sequence[Scene]],
                 presets: KnownPresets, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._directory, self._theme, self._scenes, self._presets = directory, theme, scenes, presets
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.model().rowsMoved.connect(lambda *_a: self.edited.emit())

    def stops(self) -> tuple[Stop, ...]:
        return tuple(self.item(row).data(_STOP) for row in range(self.count()))

    def show_stops(self, stops: Sequence[Stop]) -> None:
        """These stops; the marked row stays where it was as far as there is one."""
        row = self.currentRow()
        self.clear()
        for stop in stops:
            self.addItem(self._item(stop))
        if self.count():
            self.setCurrentRow(min(max(row, 0), self.count() - 1))

    def add(self, stop: Stop) -> None:
        """Behind the marked row."""
        row = self.currentRow() + 1 if self.currentRow() >= 0 else self.count()
        self.insertItem(row, self._item(stop))
        self.setCurrentRow(row)
        self.edited.emit()

    def dwell(self) -> float:
        """The marked stop's own seconds, 0 for the tour's."""
        item = self.currentItem()
        return float(item.data(_STOP).dwell) if item is not None else 0.0

    def set_dwell(self, seconds: float) -> None:
        """Of the marked stop."""
        item = self.currentItem()
        if item is not None and item.data(_STOP).dwell != seconds:
            row = self.currentRow()
            self.takeItem(row)
            self.insertItem(row, self._item(replace(item.data(_STOP), dwell=seconds)))
            self.setCurrentRow(row)
            self.edited.emit()

    def shift(self, step: int) -> None:
        """The marked stop up (-1) or down (1)."""
        row, goal = self.currentRow(), self.currentRow() + step
        if row >= 0 and 0 <= goal < self.count():
            self.insertItem(goal, self.takeItem(row))
            self.setCurrentRow(goal)
            self.edited.emit()

    def remove(self) -> None:
        """The marked stop."""
        row = self.currentRow()
        if row >= 0:
            self.takeItem(row)
            self.edited.emit()

    def relabel(self) -> None:
        """Names, language or theme changed."""
        self.show_stops(self.stops())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.shift(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove()
        else:
            super().keyPressEvent(event)

    def _item(self, stop: Stop) -> QListWidgetItem:
        name = words(stop, self._directory, self._scenes(), self._presets.name)
        own = f"   {_('{seconds} s').format(seconds=in_words(stop.dwell))}" if stop.dwell else ""
        item = QListWidgetItem(icon(SIGNS[stop.kind], self._theme.tokens.quiet), f"{name}{own}")
        item.setSizeHint(QSize(0, ROW_PX))          # no wider than the list: what is longer ends in "…"
        item.setToolTip(item.text())
        item.setData(_STOP, stop)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{_(KINDS[stop.kind])}: {name}{own}")
        return item
