"""A form over the wall that is never modal: title, what it is about, labelled fields, two buttons.

Runs on: GUI thread. A child of its window: pictures and the keyboard of other windows go on.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.runtime.language import gettext as _


class Sheet(QWidget):
    """Enter submits, Esc shuts; ``closed``: the wall may have the keyboard back.

    A kind of sheet makes its fields, calls :meth:`arrange` once, and fills ``submit``, ``clear`` and ``words``.
    """

    closed = Signal()

    def __init__(self, window: QWidget, width_px: int) -> None:
        super().__init__(window)
        self._window = window
        self._width_px = width_px
        self._at = QPoint()
        self._column = QVBoxLayout(self)
        self._title, self._about = QLabel(), QLabel()
        self._labels: list[QLabel] = []
        self._fields: Sequence[QWidget] = ()
        self._first: QWidget = self
        self.go, self.leave = QPushButton(), QPushButton()
        self.go.setProperty("first", True)
        self.setProperty("room", "raised")
        self.setProperty("typing", True)             # letters belong to it, never to commands (widgets.window.keys)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def arrange(self, fields: Sequence[QWidget], below: Sequence[QWidget] = ()) -> None:
        """Lay out ``fields``, each beside its label, and ``below`` them what has a row of its own."""
        self._fields, self._first = fields, (*fields, *below, self)[0]
        self._labels = [QLabel() for _field in fields]
        self._column.setContentsMargins(12, 8, 12, 12)
        self._column.setSpacing(8)
        self._title.setProperty("tone", "strong")
        self._about.setProperty("tone", "quiet")
        self._about.setWordWrap(True)
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._column.addWidget(self._title)
        self._column.addWidget(self._about)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for row, (label, field) in enumerate(zip(self._labels, fields, strict=True)):
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        self._column.addLayout(grid)
        for widget in below:
            self._column.addWidget(widget)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.go)
        self._column.addLayout(foot)
        self.go.clicked.connect(self.submit)
        self.leave.clicked.connect(self.shut)
        self._window.installEventFilter(self)
        self.retranslate()
        self.hide()

    def submit(self) -> None:
        """Take what was filled in."""
        raise NotImplementedError

    def clear(self) -> None:
        """Forget what the sheet is about."""
        raise NotImplementedError

    def words(self) -> tuple[str, str, Sequence[str]]:
        """Title, the word on the button that submits, and the names of the fields, in the language in force."""
        raise NotImplementedError

    def rise(self, about: str, at: QPoint) -> None:
        """Show it at ``at`` in its window; ``about``: what it asks about, as text."""
        self._about.setText(about)
        self._at = at
        self.stand()
        self.show()
        self.raise_()
        self._first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def shut(self) -> None:
        """Close without keeping anything more."""
        if self.isVisible():
            self.clear()
            self.hide()
            self.closed.emit()

    def retranslate(self) -> None:
        title, go, names = self.words()
        self.setAccessibleName(title)
        self._title.setText(title)
        for label, field, name in zip(self._labels, self._fields, names, strict=True):
            label.setText(name)
            field.setAccessibleName(name)
        self.go.setText(go)
        self.leave.setText(_("Cancel"))
        for button in (self.go, self.leave):
            button.setAccessibleName(button.text())

    def stand(self) -> None:
        """As high as its texts need, and never over the window's right edge."""
        room = self._window.rect()
        width = min(self._width_px, room.width())
        self._column.activate()
        height = self._column.totalHeightForWidth(width)
        self.setGeometry(max(0, min(self._at.x(), room.width() - width - 8)), self._at.y(), width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        event.accept()                               # what is pressed here never reaches the wall

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and self.isVisible() and event.type() is QEvent.Type.Resize:
            self.stand()
        return super().eventFilter(watched, event)
