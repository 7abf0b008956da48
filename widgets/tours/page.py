"""The page of tours: the editor, and the report of who was watched.

Runs on: GUI thread.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.runtime.language import gettext as _
from app.tours.book import TABLES, TourBook
from layouts import named
from widgets.common.hop import hop_to_gui
from widgets.common.later import Later
from widgets.panels import Moment, Surroundings
from widgets.theme import Weight, font
from widgets.theme.restyle import restyle
from widgets.tours.editor import TourEditor
from widgets.tours.seen_view import SeenView


class ToursPage(QWidget):
    """See widgets.panels.PanelWidget."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._later = Later(self)
        self.book = TourBook(around.registry.submit, self._later)
        self.editor, self.seen = TourEditor(around, self.book, self._later), SeenView(around, self._later)
        self._title, self.told = QLabel(), QLabel()
        self.chips = [QPushButton(), QPushButton()]
        self._stack = QStackedWidget()
        self._build()
        self.book.changed.connect(self.editor.refresh)
        hop_to_gui(around.registry.tables_changed, self._tables_changed, self)
        hop_to_gui(around.directory.changed, lambda _ids: self.editor.refresh(), self)
        self.editor.told.connect(self._tell)
        self.seen.told.connect(self._tell)
        self.editor.start_asked.connect(self._start)
        around.theme.changed.connect(self._dress)
        self.setFocusProxy(self.editor)
        self.retranslate()
        self.book.refresh()

    def show_moment(self, moment: Moment) -> None:
        """Tours are counted in pages of the window that they would start in."""
        here = self._around.dispatcher.context().window
        for window in moment.wall.windows:
            if window.id == here:
                self.editor.show_panes(len(named(window.layout)))

    def retranslate(self) -> None:
        self.setAccessibleName(_("Tours"))
        self._title.setText(_("Tours"))
        for chip, text in zip(self.chips, (_("Tours"), _("Who was watched")), strict=True):
            chip.setText(text)
            chip.setAccessibleName(text)
        self.editor.retranslate()
        self.seen.retranslate()

    def show_part(self, index: int) -> None:
        """0 the editor, 1 the report."""
        self._stack.setCurrentIndex(index)
        self.chips[index].setChecked(True)
        self.setFocusProxy((self.editor, self.seen)[index])
        self.told.clear()

    def _dress(self, *_tokens: object) -> None:
        self.editor.refresh()

    def _tell(self, text: str, refused: bool) -> None:
        self.told.setText(text)
        restyle(self.told, tone="red" if refused else "quiet")
        self.told.setAccessibleName(text)

    def _start(self, tour: str) -> None:
        outcome = self._around.dispatcher.run("tour.start", tour=tour)
        if outcome:
            self._around.dispatcher.run("page.wall")
        else:
            self._tell(outcome.reason, True)

    def _tables_changed(self, tables: frozenset[str]) -> None:
        if tables & TABLES:
            self.book.refresh()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QWidget()
        head.setFixedHeight(48)
        head.setProperty("edge", "below")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar = QHBoxLayout(head)
        bar.setContentsMargins(16, 0, 16, 0)
        bar.setSpacing(0)
        self._title.setFont(font(17, Weight.STRONG))
        bar.addWidget(self._title)
        bar.addSpacing(32)
        group = QButtonGroup(self)
        for index, chip in enumerate(self.chips):
            chip.setProperty("chip", True)
            chip.setCheckable(True)
            group.addButton(chip)
            chip.clicked.connect(partial(self.show_part, index))
            bar.addWidget(chip)
        self.chips[0].setChecked(True)
        bar.addSpacing(24)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        bar.addWidget(self.told, 1)
        column.addWidget(head)
        self._stack.addWidget(self.editor)
        self._stack.addWidget(self.seen)
        column.addWidget(self._stack, 1)
