"""One row of the camera form: label, editor, what is wrong with it. A changed row has a bar in accent at its left.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from widgets.register.combo import Combo
from widgets.register.fields import Field, Kind, Shown
from widgets.register.recording_fields import DAYS, HOURS
from widgets.theme import Theme
from widgets.theme.restyle import restyle
from widgets.theme.tokens import colour

_LABEL_PX, _FIELD_PX, _NOTES_PX = 128, 32, 72


class FieldRow(QWidget):
    """``changed`` when the text differs from what was shown, or is the same again. ``text`` is None while unchanged."""

    changed = Signal(str)

    def __init__(self, field: Field, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field, self._theme = field, theme
        self._shown, self._many, self._filling = Shown(""), False, False
        self._note = ""
        self.label, self._below = QLabel(), QLabel()
        self._below.setWordWrap(True)
        self._below.setTextFormat(Qt.TextFormat.PlainText)
        self._below.hide()
        self.editor = self._make_editor()
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 4, 16, 4)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnMinimumWidth(0, _LABEL_PX)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.label, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.editor, 0, 1)
        grid.addWidget(self._below, 1, 1)
        self.label.setFixedHeight(_FIELD_PX)
        self.label.setBuddy(self.editor)
        self.retranslate()

    # --- what is shown ---

    def fill(self, shown: Shown, many: bool) -> None:
        """What the cameras have; forgets what was typed."""
        self._shown, self._many, self._filling = shown, many, True
        self._put(shown.text)
        self._placeholder()
        self._filling = False
        self.say("")
        self._mark()

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """The values to choose from: (value, title). What is chosen stays."""
        editor = self.editor
        if isinstance(editor, QComboBox):
            self._filling = True
            before = self._value()
            editor.clear()
            for value, title in choices:
                editor.addItem(title, value)
            self._put(before)
            self._placeholder()
            self._filling = False
        elif isinstance(editor, QLineEdit):
            completer = QCompleter([title for _value, title in choices], editor)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setMaxVisibleItems(12)
            editor.setCompleter(completer)

    def say(self, error: str, note: str = "") -> None:
        """What is wrong, in red; or a quiet note. Both may be ""."""
        self._note = error or note
        self._below.setText(self._note)
        restyle(self._below, tone="red" if error else "quiet")
        self._below.setVisible(bool(self._note))
        self.editor.setAccessibleDescription(self._note)

    @property
    def text(self) -> str | None:
        """What the operator made of it; None while it is as it was."""
        value = self._value()
        return None if value == self._shown.text else value

    def put(self, text: str) -> None:
        """As if it were typed."""
        self._put(text)

    def retranslate(self) -> None:
        title = _(self.field.title)
        self.label.setText(title)
        self.editor.setAccessibleName(title)
        if self.field.choices:
            self.offer([(value, _(title)) for value, title in self.field.choices])
        self._placeholder()

    # --- inside ---

    def _make_editor(self) -> QWidget:
        if self.field.kind in (Kind.CHOICE, Kind.OWNER):
            box = Combo(self._theme)
            box.currentIndexChanged.connect(self._edited)
            return box
        if self.field.kind is Kind.LONG:
            notes = QPlainTextEdit()
            notes.setFixedHeight(_NOTES_PX)
            notes.setTabChangesFocus(True)
            notes.textChanged.connect(self._edited)
            return notes
        line = QLineEdit()
        line.setFixedHeight(_FIELD_PX)
        if self.field.kind is Kind.SECRET:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        line.textChanged.connect(self._edited)
        return line

    def _value(self) -> str:
        editor = self.editor
        if isinstance(editor, QComboBox):
            return str(editor.currentData() or "") if editor.currentIndex() >= 0 else self._shown.text
        if isinstance(editor, QPlainTextEdit):
            return editor.toPlainText()
        return editor.text() if isinstance(editor, QLineEdit) else ""

    def _put(self, text: str) -> None:
        editor = self.editor
        if isinstance(editor, QComboBox):
            index = editor.findData(text)
            editor.setCurrentIndex(-1 if self._shown.values > 1 and not text else index)
        elif isinstance(editor, QPlainTextEdit):
            if editor.toPlainText() != text:
                editor.setPlainText(text)
        elif isinstance(editor, QLineEdit):
            if editor.text() != text:
                editor.setText(text)
            editor.setCursorPosition(0)

    def _placeholder(self) -> None:
        count, words = self._shown.values, ""
        if self.field.key == "password":
            words = _("kept as it is; type another")
        elif self._many and self.field.key == "tags":
            words = _("add; with a minus take away")
        elif self._many and self.field.kind is Kind.LONG:
            words = _("add to the notes…")
        elif count <= 1 and self.field.key == HOURS:
            words = _("mon-fri 07:00-18:00")
        elif count <= 1 and self.field.key == DAYS:
            words = _("as the settings say")
        elif count > 1:
            words = ngettext("varied, {count} value", "varied, {count} values", count).format(count=count)
        editor = self.editor
        if isinstance(editor, (QLineEdit, QPlainTextEdit, QComboBox)):
            editor.setPlaceholderText(words)

    def _edited(self, *_args: object) -> None:
        if not self._filling:
            self._mark()
            self.changed.emit(self.field.key)

    def _mark(self) -> None:
        strong = "strong" if self.text is not None else "quiet"
        if self.label.property("tone") != strong:
            restyle(self.label, tone=strong)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.text is not None:
            QPainter(self).fillRect(0, 0, 2, self.height(), colour(self._theme.tokens.accent))
