"""Name, number and windows of a scene that is being saved, or name and number of one that is changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.model.scene import Scene
from app.runtime.language import gettext as _

_MOST_CHIPS = 12            # windows with a chip of their own; more are saved by "all windows"
_CHIPS_IN_ROW = 4
_HIGHEST = 9999             # as app.wall.numbers


@dataclass(frozen=True, slots=True)
class Window:
    """One window as it may be chosen: ``number`` and ``title`` as operators call it."""

    window_id: str
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in. ``whole``: all windows, whichever they are when it is called."""

    name: str
    number: int
    windows: tuple[str, ...]
    whole: bool


class SceneForm(QWidget):
    """``done`` carries a Filled. ``refuse`` says under the fields why it cannot be; the fields keep what was typed."""

    done = Signal(object)

    def __init__(self, refusal: Callable[[int, int], str], parent: QWidget | None = None) -> None:
        """``refusal(number, own)``: why that number is not free for the scene with the number ``own``, or ""."""
        super().__init__(parent)
        self._refusal = refusal
        self._own = 0
        self.name, self.number = QLineEdit(), QLineEdit()
        self._number_validator = QIntValidator(1, _HIGHEST, self)
        self.number.setValidator(self._number_validator)
        self.this, self.everything = QPushButton(), QPushButton()
        self.chips: list[QPushButton] = []
        self._windows: tuple[Window, ...] = ()
        self._here = ""
        self._name_label, self._number_label, self._windows_label = QLabel(), QLabel(), QLabel()
        self.why = QLabel()
        self.button = QPushButton()
        self._build()
        self.number.textChanged.connect(self._check)
        self.this.clicked.connect(lambda: self._choose((self._here,)))
        self.everything.clicked.connect(lambda: self._choose(self._every_id()))
        self.button.clicked.connect(self.submit)
        self.retranslate()

    def open_new(self, number: int, windows: Sequence[Window], here: str) -> None:
        """For a new scene. ``number``: the next free one; ``here``: the window with the keyboard."""
        self._own, self._windows, self._here = 0, tuple(windows), here
        self._fill("", number)
        self._make_chips()
        self._choose((here,) if len(windows) > 1 else self._every_id())
        for widget in (self._windows_label, self._chip_box):
            widget.setVisible(len(windows) > 1)

    def open_change(self, scene: Scene) -> None:
        """For another name or number."""
        self._own, self._windows = scene.number, ()
        self._fill(scene.name, scene.number)
        for widget in (self._windows_label, self._chip_box):
            widget.hide()

    def submit(self) -> None:
        """Enter, or the button."""
        self.why.setText("")
        chosen = tuple(w.window_id for w, chip in zip(self._windows, self.chips, strict=False) if chip.isChecked())
        whole = len(self._windows) > 1 and self.everything.isChecked()
        if whole or len(self._windows) == 1:
            chosen = self._every_id()
        self.done.emit(Filled(self.name.text(), int(self.number.text() or 0), chosen, whole))

    def refuse(self, sentence: str) -> None:
        self.why.setText(sentence)
        self.why.setVisible(bool(sentence))

    def retranslate(self) -> None:
        self._name_label.setText(_("Name"))
        self._number_label.setText(_("Number"))
        self._windows_label.setText(_("Windows"))
        self.name.setAccessibleName(_("Name of the scene"))
        self.number.setAccessibleName(_("Number of the scene, called with *"))
        self.this.setText(_("This window"))
        self.everything.setText(_("All windows"))
        self.button.setText(_("Save"))

    def _every_id(self) -> tuple[str, ...]:
        return tuple(window.window_id for window in self._windows)

    def _fill(self, name: str, number: int) -> None:
        self.name.setText(name)
        self.number.setText(str(number))
        self.refuse("")
        self.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.name.selectAll()

    def _check(self, text: str) -> None:
        self.refuse(self._refusal(int(text), self._own) if text.isdecimal() else "")

    def _make_chips(self) -> None:
        for chip in self.chips:
            self._grid.removeWidget(chip)
            chip.hide()                              # out of sight now, deleted at the next turn of the loop
            chip.deleteLater()
        self.chips = []
        for place, window in enumerate(self._windows[:_MOST_CHIPS]):
            chip = QPushButton(f"{window.number} {window.title}", self._chip_box)
            chip.setAccessibleName(_("Window {number} {title}").format(number=window.number, title=window.title))
            self._chip(chip)
            chip.clicked.connect(self._chip_clicked)
            self._grid.addWidget(chip, 1 + place // _CHIPS_IN_ROW, place % _CHIPS_IN_ROW)
            chip.show()
            self.chips.append(chip)

    def _choose(self, windows: Sequence[str]) -> None:
        for window, chip in zip(self._windows, self.chips, strict=False):
            chip.setChecked(window.window_id in windows)
        self.everything.setChecked(len(windows) == len(self._windows))
        self.this.setChecked(tuple(windows) == (self._here,) and len(self._windows) > 1)

    def _chip_clicked(self) -> None:
        chosen = [w.window_id for w, chip in zip(self._windows, self.chips, strict=False) if chip.isChecked()]
        self._choose(chosen)

    @staticmethod
    def _chip(button: QPushButton) -> None:
        button.setCheckable(True)
        button.setProperty("chip", True)
        button.setFixedHeight(24)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(4)
        fields = QHBoxLayout()
        fields.setSpacing(8)
        for label, field, stretch in ((self._name_label, self.name, 1), (self._number_label, self.number, 0)):
            pair = QVBoxLayout()
            pair.setSpacing(4)
            label.setProperty("tone", "quiet")
            label.setBuddy(field)
            pair.addWidget(label)
            pair.addWidget(field)
            fields.addLayout(pair, stretch)
        self.number.setFixedWidth(72)
        column.addLayout(fields)
        self.why.setProperty("tone", "amber")
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        self.why.setWordWrap(True)
        self.why.hide()
        column.addWidget(self.why)
        column.addSpacing(4)
        self._windows_label.setProperty("tone", "quiet")
        column.addWidget(self._windows_label)
        self._chip_box = QWidget()
        self._grid = QGridLayout(self._chip_box)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        for place, button in enumerate((self.this, self.everything)):
            self._chip(button)
            self._grid.addWidget(button, 0, 2 * place, 1, 2)
        column.addWidget(self._chip_box)
        column.addSpacing(4)
        self.button.setProperty("first", True)
        column.addWidget(self.button)
