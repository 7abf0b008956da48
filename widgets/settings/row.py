"""One setting on the page: what it is, a field for it, its default and the way back, what is wrong with a value.

Runs on: GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from app.model.errors import OperatorError
from app.runtime.language import current_language
from app.runtime.language import gettext as _
from app.runtime.settings import Setting, Value, checked
from widgets.theme import Weight, font

FIELD_PX = 300
_NUMBER_PX = 96


class Choices(QComboBox):
    """A wheel that scrolls the page must not change it on its way."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class SettingRow(QWidget):
    """``wanted`` carries (key, value) when the operator has chosen; ``reset_asked`` the key."""

    wanted = Signal(str, object)
    reset_asked = Signal(str)

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self._value: Value = setting.default
        self._title, self._help = QLabel(), QLabel()
        self._note, self._wrong = QLabel(), QLabel()
        self._unit = QLabel()
        self._back = QPushButton()
        self.field = self._make_field()
        self._place()
        self._back.clicked.connect(lambda: self.reset_asked.emit(setting.key))
        self.retranslate()

    @property
    def words(self) -> str:
        """What a search looks into."""
        setting = self.setting
        return " ".join([_(setting.title), _(setting.help), setting.key, *map(_, setting.words)]).casefold()

    @property
    def value(self) -> Value:
        """What was shown last as the value in force."""
        return self._value

    @property
    def wrong(self) -> str:
        """The sentence beside the field, or ""."""
        return self._wrong.text()

    def show_value(self, value: Value) -> None:
        """The value in force; takes away what was said about a wrong one."""
        self._value = value
        self._fill()
        self.tell("")

    def tell(self, sentence: str) -> None:
        """What is wrong with the value that was typed."""
        self._wrong.setText(sentence)
        self._wrong.setVisible(bool(sentence))
        self.field.setAccessibleDescription(sentence or _(self.setting.help))

    def retranslate(self) -> None:
        setting = self.setting
        self._title.setText(_(setting.title))
        self._help.setText(_(setting.help))
        self._unit.setText(_(setting.unit) if setting.unit else "")
        self._back.setText(_("Back to default"))
        self._back.setAccessibleName(_("{title}: back to default").format(title=_(setting.title)))
        self.field.setAccessibleName(f"{_(setting.title)} {self._unit.text()}".strip())
        field = self.field
        if isinstance(field, QComboBox):
            for at, word in enumerate(setting.words or setting.choices):
                field.setItemText(at, _(word))
        elif isinstance(field, QCheckBox):
            field.setText(_("yes"))
        self._fill()
        self.tell("")

    def _make_field(self) -> QWidget:
        setting = self.setting
        if setting.kind is bool:
            box = QCheckBox()
            box.clicked.connect(lambda on: self.wanted.emit(setting.key, bool(on)))
            return box
        if setting.choices:
            choices = Choices()
            choices.addItems(list(setting.choices))
            choices.activated.connect(lambda at: self.wanted.emit(setting.key, setting.choices[at]))
            return choices
        line = QLineEdit()
        line.setFixedWidth(_NUMBER_PX if setting.kind is not str else FIELD_PX)
        line.editingFinished.connect(self._typed)
        return line

    def _place(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 12, 0, 12)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        self._title.setFont(font(14, Weight.MEDIUM))
        for label, tone in ((self._help, "quiet"), (self._note, "quiet"), (self._wrong, "red"), (self._unit, "quiet")):
            label.setProperty("tone", tone)
        self._help.setWordWrap(True)
        self._wrong.setWordWrap(True)
        self._title.setBuddy(self.field)
        self._back.setProperty("flat", True)
        beside = QHBoxLayout()
        beside.setSpacing(8)
        beside.addWidget(self.field)
        beside.addWidget(self._unit)
        if isinstance(self.field, QComboBox):
            self.field.setFixedWidth(FIELD_PX)
            self._unit.hide()
        beside.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._note)
        below.addStretch(1)
        below.addWidget(self._back)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._title, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._help, 1, 0, top)
        grid.addLayout(beside, 0, 1)
        grid.addLayout(below, 1, 1)
        grid.addWidget(self._wrong, 2, 1)
        for column in (1,):
            grid.setColumnMinimumWidth(column, FIELD_PX + 64)

    def _fill(self) -> None:
        setting, field = self.setting, self.field
        if isinstance(field, QCheckBox):
            field.setChecked(bool(self._value))
        elif isinstance(field, QComboBox):
            field.setCurrentIndex(setting.choices.index(str(self._value)))
        elif isinstance(field, QLineEdit):
            field.setText(_shown(self._value))
        differs = self._value != setting.default
        # Taken out of the Tab order rather than hidden: the row keeps its height.
        self._back.setEnabled(differs)
        self._back.setVisible(differs)
        note = _("default: {value}").format(value=self._default())
        self._note.setText(note if setting.live else f"{note} · {_('takes effect at the next start')}")

    def _default(self) -> str:
        setting = self.setting
        if setting.kind is bool:
            return _("yes") if setting.default else _("no")
        if setting.choices:
            return _((setting.words or setting.choices)[setting.choices.index(str(setting.default))])
        text = f"{_shown(setting.default)} {_(setting.unit) if setting.unit else ''}".strip()
        return text or _("empty")

    def _typed(self) -> None:
        assert isinstance(self.field, QLineEdit)
        text = self.field.text().strip()
        if text == _shown(self._value):
            self.tell("")
            return
        try:
            value = checked(self.setting.key, self._read(text))
        except OperatorError as error:
            self.tell(str(error))
            return
        self.wanted.emit(self.setting.key, value)

    def _read(self, text: str) -> Value:
        if self.setting.kind is str:
            return text
        try:
            number = float(text.replace(",", "."))       # Indonesians write a decimal comma
        except ValueError:
            return text                                  # the check says what is needed
        return int(number) if self.setting.kind is int and number.is_integer() else number


def _shown(value: Value) -> str:
    if isinstance(value, float):
        text = f"{value:g}"
        return text.replace(".", ",") if current_language() == "id" else text
    return str(value)
