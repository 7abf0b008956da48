"""What is asked before recordings are handed out: case, operator, words, language; below the title bar, never modal.

Runs on: GUI thread. A child of its window: pictures and the keyboard of other windows go on.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.runtime.language import current_language
from app.runtime.language import gettext as _
from widgets.evidence.gathering import Asked, Subject

_WIDTH_PX = 440
_LONGEST = 200              # characters of a name; a folder is called after the case
_LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}      # by their own names


class CaseForm(QWidget):
    """``done`` carries (subject, Asked); ``closed``: the wall may have the keyboard back."""

    done = Signal(object, object)
    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._subject: Subject | None = None
        self._at = QPoint()
        self._column = QVBoxLayout(self)
        self.setProperty("room", "raised")
        self.setProperty("typing", True)             # letters belong to it, never to commands (widgets.window.keys)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title, self._what, self._wrong = QLabel(), QLabel(), QLabel()
        self._labels = [QLabel() for _i in range(6)]
        self.case, self.operator, self.words = QLineEdit(), QLineEdit(), QLineEdit()
        self.recipient, self.basis = QLineEdit(), QLineEdit()
        self.language = QComboBox()
        self.viewing, self.zip = QCheckBox(), QCheckBox()
        self.go, self.leave = QPushButton(), QPushButton()
        self._fields = (self.case, self.operator, self.words, self.recipient, self.basis, self.language)
        for code, name in _LANGUAGES.items():
            self.language.addItem(name, code)
        self.zip.setChecked(True)
        self._build()
        self.go.clicked.connect(self.submit)
        self.leave.clicked.connect(self.shut)
        window.installEventFilter(self)
        self.retranslate()
        self.hide()

    def open(self, subject: Subject, what: str, at: QPoint) -> None:
        """Ask about ``subject``; ``what``: its span and cameras as text."""
        self._subject = subject
        self._what.setText(what)
        self._wrong.hide()
        self.case.setText(subject.case)
        self.operator.setText(subject.operator)
        self.words.setText(subject.words)
        self.recipient.clear()
        self.basis.clear()
        self.language.setCurrentIndex(max(0, self.language.findData(current_language())))
        self._at = at
        self._stand()
        self.show()
        self.raise_()
        self.case.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.case.selectAll()

    def submit(self) -> None:
        """Hand out; without a name for the case and an operator the form stays."""
        missing = next((field for field in (self.case, self.operator) if not field.text().strip()), None)
        if missing is not None:
            self._wrong.setText(_("A case needs a name, and somebody who hands it out."))
            self._wrong.show()
            self._stand()
            missing.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        subject, self._subject = self._subject, None
        if subject is not None:
            self.done.emit(subject, Asked(
                self.case.text().strip(), self.operator.text().strip(), self.words.text().strip(),
                self.recipient.text().strip(), self.basis.text().strip(), str(self.language.currentData()),
                self.viewing.isChecked(), self.zip.isChecked()))
        self.shut()

    def shut(self) -> None:
        """Close without handing anything out."""
        if self.isVisible():
            self._subject = None
            self.hide()
            self.closed.emit()

    def retranslate(self) -> None:
        self.setAccessibleName(_("Export a case"))
        self._title.setText(_("Export a case"))
        names = (_("Case"), _("Operator"), _("Words"), _("Handed to"), _("Legal basis"), _("Language of the report"))
        for label, field, name in zip(self._labels, self._fields, names, strict=True):
            label.setText(name)
            field.setAccessibleName(name)
        self.viewing.setText(_("Also a viewing copy with burnt-in time"))
        self.zip.setText(_("Also as one ZIP"))
        self.go.setText(_("Export"))
        self.leave.setText(_("Cancel"))
        for button in (self.viewing, self.zip, self.go, self.leave):
            button.setAccessibleName(button.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        event.accept()                               # what is pressed here never reaches the wall

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and self.isVisible() and event.type() is QEvent.Type.Resize:
            self._stand()
        return super().eventFilter(watched, event)

    def _stand(self) -> None:
        room = self._window.rect()
        width = min(_WIDTH_PX, room.width())
        self._column.activate()
        height = self._column.totalHeightForWidth(width)
        self.setGeometry(max(0, min(self._at.x(), room.width() - width - 8)), self._at.y(), width, height)

    def _build(self) -> None:
        column = self._column
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        self._title.setProperty("tone", "strong")
        self._what.setProperty("tone", "quiet")
        self._wrong.setProperty("tone", "amber")
        for label in (self._title, self._what):
            column.addWidget(label)
        self._what.setWordWrap(True)
        self._wrong.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for row, (label, field) in enumerate(zip(self._labels, self._fields, strict=True)):
            if isinstance(field, QLineEdit):
                field.setMaxLength(_LONGEST if field is not self.words else 4000)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        for widget in (self.viewing, self.zip, self._wrong):
            column.addWidget(widget)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.go)
        column.addLayout(foot)
