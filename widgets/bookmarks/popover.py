"""Words for a bookmark: category, severity, agency, words; below the title bar, never modal.

Runs on: GUI thread. The moment is fixed when it opens, not when it is saved.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.model.bookmark import Bookmark, Severity
from app.runtime.language import gettext as _
from widgets.bookmarks.words import category_text, severity_text
from widgets.common.sheet import Sheet

_WIDTH_PX = 352         # as the popover of scenes


class BookmarkPopover(Sheet):
    """``done`` carries (bookmark, fields)."""

    done = Signal(object, object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, _WIDTH_PX)
        self._bookmark: Bookmark | None = None
        self.category, self.severity = QComboBox(), QComboBox()
        self.note, self.agency = QLineEdit(), QLineEdit()
        self.arrange((self.note, self.category, self.severity, self.agency))

    def open(self, bookmark: Bookmark, when: str, categories: tuple[str, ...], at: QPoint) -> None:
        """Ask for the words of a bookmark; ``when``: its moment and cameras as text."""
        self._bookmark = bookmark
        self.category.clear()
        for name in ("", *dict.fromkeys((*categories, *filter(None, (bookmark.category,))))):
            self.category.addItem(category_text(name) if name else _("no category"), name)
        self.category.setCurrentIndex(max(0, self.category.findData(bookmark.category)))
        self.severity.clear()
        for severity in Severity:
            self.severity.addItem(severity_text(severity), int(severity))
        self.severity.setCurrentIndex(int(bookmark.severity))
        self.note.setText(bookmark.words)
        self.agency.setText(bookmark.agency)
        self.rise(when, at)

    def submit(self) -> None:
        """Keep what was filled in."""
        if self._bookmark is not None:
            bookmark, self._bookmark = self._bookmark, None
            self.done.emit(bookmark, {"category": self.category.currentData() or "", "words": self.note.text(),
                                      "agency": self.agency.text(),
                                      "severity": Severity(int(self.severity.currentData() or 0))})
        self.shut()

    def clear(self) -> None:
        self._bookmark = None

    def words(self) -> tuple[str, str, Sequence[str]]:
        return _("Bookmark"), _("Save"), (_("Words"), _("Category"), _("Severity"), _("Agency"))
