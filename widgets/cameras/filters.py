"""The filters of the camera list: a menu that writes them into the search field, and what completes them there.

The field's text is the only truth: what the menu chooses can be read, changed and taken away in the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QStringListModel, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QMenu, QWidget

from app.registry.directory import CameraDirectory
from app.registry.search_groups import By
from app.registry.search_text import (
    FIELD_NAMES,
    RISK_NAMES,
    STATE_NAMES,
    Field,
    filter_text,
    fold,
    taken_apart,
    value_name,
    with_filter,
)
from app.runtime.language import current_language
from app.runtime.language import gettext as _
from widgets.common.plain import entry

_MOST_VALUES = 40           # in a menu; with more owners or tags the field is the better way
_BEGUN = re.compile(r'([^\W\d_]+):("?)([^"]*)$')
_FIELDS = {name: kind for kind, names in FIELD_NAMES.items() for name in names}


def values(kind: Field, directory: CameraDirectory) -> list[str]:
    """What can be filtered by in this field, in the language in force."""
    language = current_language()
    if kind is Field.OWNER:
        return [owner.name for owner in directory.owners().values()]
    if kind is Field.AREA:
        return list(dict.fromkeys(path[-1] for path in sorted(directory.areas(), key=len)))
    if kind is Field.TAG:
        return list(directory.tags())
    if kind is Field.RISK:
        return [value_name(names, language) for names in RISK_NAMES.values()]
    return [value_name(names, language) for names in STATE_NAMES.values()]


class FilterMenu(QMenu):
    """What the tree is parted by, and the filters. ``by`` tells and ``part`` sets the first."""

    def __init__(self, field: QLineEdit, directory: CameraDirectory, by: Callable[[], By],
                 part: Callable[[By], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._field, self._directory, self._by, self._part = field, directory, by, part
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        group = QActionGroup(self)
        for by, title in ((By.AREA, _("Tree by area")), (By.OWNER, _("Tree by owner")), (By.TAG, _("Tree by tag"))):
            action = self.addAction(title)
            action.setCheckable(True)
            action.setChecked(by is self._by())
            action.triggered.connect(lambda _on, by=by: self._part(by))
            group.addAction(action)
        self.addSeparator()
        for kind, title in ((Field.OWNER, _("Only owner")), (Field.AREA, _("Only area")), (Field.TAG, _("Only tag")),
                            (Field.RISK, _("Only risk class")), (Field.STATE, _("Only state"))):
            self._add_values(self.addMenu(title), kind)
        self.addSeparator()
        everything = self.addAction(_("Without filters"))
        everything.setEnabled(bool(self._field.text()))
        everything.triggered.connect(self._field.clear)

    def _add_values(self, menu: QMenu, kind: Field) -> None:
        known = values(kind, self._directory)
        text = self._field.text()
        for value in known[:_MOST_VALUES]:
            action = QAction(entry(value), menu, checkable=True)
            action.setChecked(filter_text(kind, value, current_language()) in text)
            action.triggered.connect(lambda on, value=value: self._choose(kind, value if on else ""))
            menu.addAction(action)
        if len(known) > _MOST_VALUES:
            rest = menu.addAction(_("{count} more: type {word} in the field").format(
                count=len(known) - _MOST_VALUES, word=filter_text(kind, "…", current_language())))
            rest.setEnabled(False)
        menu.setEnabled(bool(known))

    def _choose(self, kind: Field, value: str) -> None:
        self._field.setText(with_filter(self._field.text(), kind, value, current_language()))


class FilterCompletion(QObject):
    """While ``owner:di`` is typed: the owners that fit, below the field."""

    def __init__(self, field: QLineEdit, directory: CameraDirectory) -> None:
        super().__init__(field)
        self._field, self._directory = field, directory
        self._model = QStringListModel(self)
        self._completer = QCompleter(self._model, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setWidget(field)
        self._completer.activated.connect(self._take)
        self._popup = QListView()
        self._popup.setProperty("popup", True)
        self._completer.setPopup(self._popup)       # the completer owns it from here on
        field.textEdited.connect(self._offer)

    @property
    def is_open(self) -> bool:
        return self._popup.isVisible()

    def fitting(self) -> tuple[Field, str, list[str]] | None:
        """The filter that ends at the cursor, what is typed of its value, and the values that fit."""
        begun = _BEGUN.search(self._field.text()[:self._field.cursorPosition()])
        kind = _FIELDS.get(fold(begun.group(1))) if begun else None
        if begun is None or kind is None or (not begun.group(2) and " " in begun.group(3)):
            return None
        typed = fold(begun.group(3))
        known = values(kind, self._directory)
        fits = [v for v in known if fold(v).startswith(typed)]
        fits += [v for v in known if f" {typed}" in fold(v)] if typed else []
        return kind, begun.group(0), list(dict.fromkeys(fits))[:_MOST_VALUES]

    def _offer(self) -> None:
        found = self.fitting()
        if found is None or not found[2] or _is_whole(found):
            self._popup.hide()
            return
        self._model.setStringList(found[2])
        self._completer.complete(self._field.rect())

    def _take(self, value: str) -> None:
        found = self.fitting()
        if found is not None:
            at = self._field.cursorPosition()
            text = self._field.text()
            begin = text[:at - len(found[1])] + filter_text(found[0], value, current_language()) + " "
            self._field.setText(begin + text[at:].lstrip())
            self._field.setCursorPosition(len(begin))


def only_filters(text: str) -> str:
    """The filters of a field without the words: what is kept for the next start."""
    pieces: Iterable[str] = re.findall(r'[^\W\d_]+:(?:"[^"]*"|\S+)', text)
    return " ".join(piece for piece in pieces if not taken_apart(piece).words)


def _is_whole(found: tuple[Field, str, list[str]]) -> bool:
    """The value is written out: nothing is left to offer."""
    return len(found[2]) == 1 and fold(found[1].split(":", 1)[1].strip('"')) == fold(found[2][0])
