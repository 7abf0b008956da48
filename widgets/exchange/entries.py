"""What a plan has to say, line by line, as a list model: refused, changed, new and unchanged lines of a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.registry.exchange.plan import Plan, Refusal, Step
from app.registry.exchange.table import Line
from app.runtime.addresses import shown
from app.runtime.language import gettext as _
from widgets.common.plain import tip

MASK = "••••"
_LIKE_SECRET = re.compile(r"sandi|pass|pwd|kunci|secret|token", re.IGNORECASE)


class Group(StrEnum):
    """The four counts."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    ERRORS = "errors"


class Role(IntEnum):
    """What a row can be asked for besides its text."""

    ENTRY = Qt.ItemDataRole.UserRole + 1
    ROWS = Qt.ItemDataRole.UserRole + 2         # rows of text at the right: asked of every line when laid out


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list. ``title`` and ``what`` are the two words of the row at the left, ``sentence`` stands below
    the line at the right, ``short`` in the row. ``cells`` are without secrets; ``wrong`` is the cell that is to blame,
    -1 none.
    """

    line: int
    title: str
    what: str
    sentence: str
    cells: tuple[str, ...]
    wrong: int = -1
    short: str = ""


class EntryModel(QAbstractListModel):
    """The entries of one group. They are made when they are shown: a list may have 100,000 lines."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self._group = Group.ERRORS
        self._made: dict[int, Entry] = {}

    def show(self, plan: Plan | None, group: Group) -> None:
        """Another plan or group; the texts are those of the language in force."""
        self.beginResetModel()
        self._plan, self._group = plan, group
        self._steps = [] if plan is None else [
            step for step in plan.steps if (step.before is None) == (group is Group.NEW)]
        self._made.clear()
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        plan = self._plan
        if plan is None or (parent is not None and parent.isValid()):
            return 0
        match self._group:
            case Group.ERRORS:
                return len(plan.refused)
            case Group.SAME:
                return len(plan.unchanged)
            case _steps:
                return len(self._steps)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < self.rowCount():
            return None
        if role == Role.ROWS:
            plan = self._plan
            whole = self._group is Group.ERRORS and plan is not None and not plan.refused[index.row()].line
            return 2 if self._group in (Group.ERRORS, Group.CHANGED) and not whole else 1
        entry = self.entry(index.row())
        if role == Role.ENTRY:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{entry.title} {entry.what} {entry.sentence}".strip()
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(entry.sentence)
        return None

    def entry(self, row: int) -> Entry:
        """The entry of a row that exists."""
        if row not in self._made:
            self._made[row] = self._make(row)
        return self._made[row]

    def _make(self, row: int) -> Entry:
        plan = self._plan
        assert plan is not None
        if self._group is Group.ERRORS:
            return _of_refusal(plan, plan.refused[row])
        if self._group is Group.SAME:
            line, number = plan.unchanged[row]
            return Entry(line, _line(line), f"{number:04d}", "", cells_of(plan, plan.row_at(line)))
        return _of_step(plan, self._steps[row])


def cells_of(plan: Plan, row: Line | None) -> tuple[str, ...]:
    """The cells of a row as they may be shown: passwords masked, addresses without theirs."""
    if row is None:
        return ()
    places = plan.columns.places if plan.columns else {}
    head = plan.columns.head if plan.columns else None
    secrets = {places.get("password", -1)}
    if head is not None:        # a column that nobody mapped may hold passwords all the same
        secrets |= {place for place, name in enumerate(head.cells) if _LIKE_SECRET.search(name)}
    urls = {places.get(field, -1) for field in ("main_url", "sub_url")}
    made = []
    for place, cell in enumerate(row.cells):
        text = " ".join(cell[:500].split())
        if place in secrets and cell and row is not head:
            text = MASK
        elif place in urls or "://" in text:
            text = shown(text)
        made.append(text)
    return tuple(made)


def _of_refusal(plan: Plan, refusal: Refusal) -> Entry:
    if not refusal.line:
        return Entry(0, _("File"), "", refusal.sentence, ())
    sentence = refusal.sentence
    if refusal.column:
        sentence = _("Column {column} “{head}”: {sentence}").format(
            column=refusal.column, head=refusal.head, sentence=sentence)
    return Entry(refusal.line, _line(refusal.line), refusal.head, sentence,
                 cells_of(plan, plan.row_at(refusal.line)), refusal.column - 1, refusal.sentence)


def _of_step(plan: Plan, step: Step) -> Entry:
    changes = "  ·  ".join(_("{field}: {old} → {new}").format(field=change.field, old=change.old or "–",
                                                              new=change.new or "–") for change in step.changes)
    return Entry(step.line, _line(step.line), step.camera.label, changes, cells_of(plan, plan.row_at(step.line)),
                 short=changes or step.camera.name)


def _line(line: int) -> str:
    return _("Line {line}").format(line=line)
