"""What is asked before recordings are handed out: case, operator, words, language; below the title bar, never modal.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from app.runtime.language import current_language
from app.runtime.language import gettext as _
from widgets.common.sheet import Sheet
from widgets.evidence.gathering import Asked, Subject

_WIDTH_PX = 440
_LONGEST = 200              # characters of a name; a folder is called after the case
_LONGEST_NOTE = 4000
_LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}      # by their own names


class CaseForm(Sheet):
    """``done`` carries (subject, Asked)."""

    done = Signal(object, object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, _WIDTH_PX)
        self._subject: Subject | None = None
        self._wrong = QLabel()
        self._wrong.setProperty("tone", "amber")
        self._wrong.setWordWrap(True)
        self.case, self.operator, self.note = QLineEdit(), QLineEdit(), QLineEdit()
        self.recipient, self.basis = QLineEdit(), QLineEdit()
        for line in (self.case, self.operator, self.recipient, self.basis):
            line.setMaxLength(_LONGEST)
        self.note.setMaxLength(_LONGEST_NOTE)
        self.language = QComboBox()
        for code, name in _LANGUAGES.items():
            self.language.addItem(name, code)
        self.viewing, self.sound, self.zip = QCheckBox(), QCheckBox(), QCheckBox()
        self.zip.setChecked(True)
        self.sound.hide()
        self.viewing.toggled.connect(self._follow)
        self.arrange((self.case, self.operator, self.note, self.recipient, self.basis, self.language),
                     (self.viewing, self.sound, self.zip, self._wrong))

    def open(self, subject: Subject, what: str, at: QPoint) -> None:
        """Ask about ``subject``; ``what``: its span and cameras as text."""
        self._subject = subject
        self._wrong.hide()
        self.case.setText(subject.case)
        self.operator.setText(subject.operator)
        self.note.setText(subject.words)
        self.recipient.clear()
        self.basis.clear()
        self.sound.setChecked(False)
        self.language.setCurrentIndex(max(0, self.language.findData(current_language())))
        self.rise(what, at)
        self.case.selectAll()

    def submit(self) -> None:
        """Hand out; without a name for the case and an operator the form stays."""
        missing = next((field for field in (self.case, self.operator) if not field.text().strip()), None)
        if missing is not None:
            self._wrong.setText(_("A case needs a name, and somebody who hands it out."))
            self._wrong.show()
            self.stand()
            missing.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        subject, self._subject = self._subject, None
        if subject is not None:
            self.done.emit(subject, Asked(
                self.case.text().strip(), self.operator.text().strip(), self.note.text().strip(),
                self.recipient.text().strip(), self.basis.text().strip(), str(self.language.currentData()),
                self.viewing.isChecked(), self.zip.isChecked(), self.sound.isChecked()))
        self.shut()

    def _follow(self, on: bool) -> None:
        """Sound is left out of a viewing copy unless it is asked for each time."""
        self.sound.setVisible(on)
        self.sound.setChecked(False)
        self.stand()

    def clear(self) -> None:
        self._subject = None

    def words(self) -> tuple[str, str, Sequence[str]]:
        return _("Export a case"), _("Export"), (
            _("Case"), _("Operator"), _("Words"), _("Handed to"), _("Legal basis"), _("Language of the report"))

    def retranslate(self) -> None:
        super().retranslate()
        self.viewing.setText(_("Also a viewing copy with burnt-in time"))
        self.sound.setText(_("Recorded sound in the viewing copy too"))
        self.zip.setText(_("Also as one ZIP"))
        for box in (self.viewing, self.sound, self.zip):
            box.setAccessibleName(box.text())
