"""Words for a bookmark: category, severity, agency, words; below the title bar, never modal.

Runs on: GUI thread. A child of its window: pictures and the keyboard of other windows go on. The moment is fixed when
it opens, not when it is saved.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.model.bookmark import Bookmark, Severity
from app.runtime.language import gettext as _
from widgets.bookmarks.words import category_text, severity_text

_WIDTH_PX = 352         # as the popover of scenes


class BookmarkPopover(QWidget):
    """``done`` carries (bookmark, fields); ``closed``: the wall may have the keyboard back."""

    done = Signal(object, object)
    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._bookmark: Bookmark | None = None
        self.setProperty("room", "raised")
        self.setProperty("typing", True)             # letters belong to it, never to commands (widgets.window.keys)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title, self._when = QLabel(), QLabel()
        self._labels = [QLabel() for _i in range(4)]
        self.category, self.severity = QComboBox(), QComboBox()
        self.words, self.agency = QLineEdit(), QLineEdit()
        self.keep, self.leave = QPushButton(), QPushButton()
        self._build()
        self.keep.clicked.connect(self.submit)
        self.leave.clicked.connect(self.shut)
        window.installEventFilter(self)
        self.retranslate()
        self.hide()

    def open(self, bookmark: Bookmark, when: str, categories: tuple[str, ...], at: QPoint) -> None:
        """Ask for the words of a bookmark; ``when``: its moment and cameras as text."""
        self._bookmark = bookmark
        self._when.setText(when)
        self.category.clear()
        for name in ("", *dict.fromkeys((*categories, *filter(None, (bookmark.category,))))):
            self.category.addItem(category_text(name) if name else _("no category"), name)
        self.category.setCurrentIndex(max(0, self.category.findData(bookmark.category)))
        self.severity.clear()
        for severity in Severity:
            self.severity.addItem(severity_text(severity), int(severity))
        self.severity.setCurrentIndex(int(bookmark.severity))
        self.words.setText(bookmark.words)
        self.agency.setText(bookmark.agency)
        self.adjustSize()
        room = self._window.rect()
        width = min(_WIDTH_PX, room.width())
        self.setGeometry(max(0, min(at.x(), room.width() - width - 8)), at.y(), width, self.sizeHint().height())
        self.show()
        self.raise_()
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def submit(self) -> None:
        """Keep what was filled in."""
        if self._bookmark is not None:
            bookmark, self._bookmark = self._bookmark, None
            self.done.emit(bookmark, {"category": self.category.currentData() or "", "words": self.words.text(),
                                      "agency": self.agency.text(),
                                      "severity": Severity(int(self.severity.currentData() or 0))})
        self.shut()

    def shut(self) -> None:
        """Close without keeping anything more."""
        if self.isVisible():
            self._bookmark = None
            self.hide()
            self.closed.emit()

    def retranslate(self) -> None:
        self.setAccessibleName(_("Bookmark"))
        self._title.setText(_("Bookmark"))
        fields = (self.words, self.category, self.severity, self.agency)
        names = (_("Words"), _("Category"), _("Severity"), _("Agency"))
        for label, field, name in zip(self._labels, fields, names, strict=True):
            label.setText(name)
            field.setAccessibleName(name)
        self.keep.setText(_("Save"))
        self.leave.setText(_("Cancel"))
        for button in (self.keep, self.leave):
            button.setAccessibleName(button.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        event.accept()                               # what is pressed here never reaches the wall

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and self.isVisible() and event.type() is QEvent.Type.Resize:
            self.move(max(0, min(self.x(), self._window.width() - self.width() - 8)), self.y())
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        self._title.setProperty("tone", "strong")
        self._when.setProperty("tone", "quiet")
        self._when.setWordWrap(True)
        column.addWidget(self._title)
        column.addWidget(self._when)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for row, (label, field) in enumerate(zip(
                self._labels, (self.words, self.category, self.severity, self.agency), strict=True)):
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.keep)
        column.addLayout(foot)
