"""Qt's own words in the operator's language: menus of text fields, file windows, answers to a question.

Runs on: Qt may ask on any thread; nothing is kept here. Qt brings no Indonesian; the words lie in our own catalogue.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTranslator

from app.runtime.language import gettext
from app.runtime.language import mark as N_

# Qt's classes that show words in our windows. Names of keys ("Left", "Delete") have another context and stay.
_CONTEXTS = frozenset({"QLineEdit", "QWidgetTextControl", "QAbstractSpinBox", "QFileDialog", "QFileSystemModel",
                       "QAbstractFileIconProvider", "QPlatformTheme", "QMessageBox", "QDialogButtonBox"})
# Without their & for an Alt key: those of Qt would clash with each other in another language.
WORDS = frozenset({
    N_("Undo"), N_("Redo"), N_("Cut"), N_("Copy"), N_("Paste"), N_("Delete"), N_("Select All"), N_("Step up"),
    N_("Step down"), N_("Name"), N_("Size"), N_("Type"), N_("Date Modified"), N_("Computer"), N_("Folder"), N_("File"),
    N_("Look in:"), N_("File name:"), N_("Files of type:"), N_("Back"), N_("Forward"), N_("Parent Directory"),
    N_("Create New Folder"), N_("New Folder"), N_("List View"), N_("Detail View"), N_("Rename"),
    N_("Show hidden files"), N_("Open"), N_("Save"), N_("OK"), N_("Cancel"), N_("Close"), N_("Yes"), N_("No"),
    N_("%1 already exists.\nDo you want to replace it?"),
    N_("%1\nFile not found.\nPlease verify the correct file name was given."),
})


class QtWords(QTranslator):
    """Installed once for the process; a switch of the language counts for what Qt shows from then on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, sourceText: str,
                  disambiguation: str | None = None, n: int = -1) -> str:  # noqa: ARG002   (Qt gives them)
        """Qt takes "" for a translation; so what is not ours is given back as it came."""
        if context not in _CONTEXTS:
            return sourceText
        words = sourceText.replace("&", "")
        return gettext(words) if words in WORDS else sourceText
