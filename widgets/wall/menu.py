"""The menu of a pane: the commands that the table gives it, with their keys, run on the pane that was clicked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget


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

