"""The menu of a pane: the commands that the table gives it, with their keys, run on the pane that was clicked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.commands import Dispatcher


@dataclass(frozen=True, slots=True)
class MenuRow:
    """One row: ``command`` is its id, ``title`` already in the operator's language; an empty title is a rule."""

    command: str
    title: str
    keys: str = ""
    enabled: bool = True


RULE = MenuRow("", "")

type MenuRows = Callable[[str, int], Sequence[MenuRow]]
"""(window id, pane index) -> the rows for that pane, made from the command table by whoever builds the window."""


def open_menu(parent: QWidget, rows: Sequence[MenuRow], at: QPoint, run: Callable[[str], object]) -> QMenu | None:
    """Show the menu at a global point without waiting for it; None when there is nothing to offer."""
    if not rows:
        return None
    menu = QMenu(parent)
    for row in rows:
        if not row.title:
            menu.addSeparator()
            continue
        action = menu.addAction(f"{row.title}\t{row.keys}" if row.keys else row.title)
        action.setEnabled(row.enabled)
        action.triggered.connect(lambda _checked=False, command=row.command: run(command))
    # popup, never exec: the wall goes on, and an alarm may close the menu.
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(at)
    return menu


class CommandRows:
    """The menu of a pane from the command table: rows marked ``menu="pane"``, with the keys in force."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    def __call__(self, _window: str, _pane: int) -> Sequence[MenuRow]:
        """A right click has selected the pane already, so what is available now is what is available for it."""
        rows, dispatcher = [], self._dispatcher
        for row in dispatcher.table.menu("pane"):
            keys = dispatcher.keymap.keys_of(row.id)
            rows.append(MenuRow(row.id, sentence(row.text), keys[0] if keys else "", dispatcher.available(row.id)))
        return rows


def sentence(text: str) -> str:
    """Titles of the table are written small, as the help page wants them; a menu begins with a capital."""
    return text[:1].upper() + text[1:]
