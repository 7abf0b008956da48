"""What F1 tells: the keys in force by groups, nine of a kind and the four arrows as one row each.

Runs on: GUI thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.commands import Command, Context, Dispatcher
from app.commands.keys import bare
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_
from app.wall.commands import MOUSE, MOUSE_GROUP

# Rows that do the same with one arrow each. They stand as one for as long as their keys differ in the arrow only.
FAMILIES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("pane.go_left", "pane.go_up", "pane.go_right", "pane.go_down"), N_("neighbouring pane")),
    (("pane.swap_left", "pane.swap_up", "pane.swap_right", "pane.swap_down"), N_("swap with the neighbouring pane")),
    (("view.pan_left", "view.pan_up", "view.pan_right", "view.pan_down"), N_("look around while held")),
    (("ptz.left", "ptz.right", "ptz.up", "ptz.down"), N_("turn and tilt while held, fast with Shift")),
    (("dock.left", "dock.right", "dock.bottom"), N_("fold the dock of that side, or show it")),
)
_SIDES = {frozenset(("Left", "Up", "Right", "Down")): "← ↑ → ↓", frozenset(("Left", "Right", "Down")): "← → ↓"}


@dataclass(frozen=True, slots=True)
class Row:
    """``keys`` as :mod:`widgets.window.key_caps` paints them; ``faded``: they do nothing at this moment."""

    keys: tuple[str, ...]
    words: str
    faded: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Keys under one title."""
    title: str
    rows: tuple[Row, ...]


def in_force(dispatcher: Dispatcher, words: list[str]) -> tuple[Group, ...]:
    """All groups with keys; with ``words`` (casefolded) only the rows in which each of them stands, none joined."""
    context, keymap = dispatcher.context(), dispatcher.keymap
    groups = []
    for commands in dispatcher.table.groups().values():
        told = [command for command in commands
                if keymap.keys_of(command.id) and _matches(command, words, dispatcher)]
        rows = tuple(_row(command, dispatcher, context) for command in told) if words else \
            _in_runs(_with_families(told, dispatcher, context))
        if rows:
            groups.append(Group(commands[0].group_text, rows))
    mouse = tuple(Row((_(gesture),), _(effect), False, False) for gesture, effect, _command in MOUSE
                  if all(word in f"{_(gesture)} {_(effect)}".casefold() for word in words))
    return (*groups, Group(_(MOUSE_GROUP), mouse)) if mouse else tuple(groups)


def _row(command: Command, dispatcher: Dispatcher, context: Context) -> Row:
    keymap = dispatcher.keymap
    return Row(_shown_keys(keymap.keys_of(command.id)), command.text, not command.when(context),
               keymap.is_changed(command.id))


def _matches(command: Command, words: list[str], dispatcher: Dispatcher) -> bool:
    where = f"{command.text} {command.group_text} {' '.join(dispatcher.keymap.keys_of(command.id))}".casefold()
    return all(word in where for word in words)


def _shown_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Digits one after the other as the first and the last of them; other keys as they are."""
    if set("0123456789") <= set(keys):
        return ("0 … 9", *(key for key in keys if not key.isdigit() and not key.startswith("Num ")))
    first, count = keys[0], len(keys)
    if count > 1 and keys == tuple(f"{first[:-1]}{digit}" for digit in range(1, count + 1)):
        return (f"{first} … {count}",)
    return keys


def _with_families(commands: list[Command], dispatcher: Dispatcher, context: Context) -> tuple[Row, ...]:
    """The rows of one group, each family that holds together in the place of its first."""
    made = {command.id: _row(command, dispatcher, context) for command in commands}
    for members, title in FAMILIES:
        rows = [made[member] for member in members if member in made]
        keys = _joined(rows)
        if len(rows) == len(members) and keys:
            made[members[0]] = Row(keys, _(title), rows[0].faded, False)
            for member in members[1:]:
                del made[member]
    return tuple(made.values())


def _joined(rows: list[Row]) -> tuple[str, ...]:
    """The keys of all rows with the arrows in place of each one's own; none when they differ in more than that."""
    arrows = _SIDES.get(frozenset(bare(key) for row in rows for key in row.keys))
    if arrows is None or len({row.faded for row in rows}) > 1 or any(row.changed for row in rows):
        return ()
    kinds = {tuple(key.replace(bare(key), arrows) for key in row.keys) for row in rows}
    return kinds.pop() if len(kinds) == 1 else ()


def _in_runs(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Preset 1 to preset 9 with Alt+1 to Alt+9 as one row: nine would push what is below off the page."""
    told: list[Row] = []
    length = 0                                  # of the run that ends with the last row told
    for row in rows:
        last = told[-1] if told else None
        if last is not None and _follows(last, row, length):
            length += 1
            told[-1] = replace(last, keys=(f"{last.keys[0].partition(' ')[0]} … {length}",),
                               words=f"{row.words[:-1]}1 … {length}")
        else:
            told.append(row)
            length = 1 if len(row.keys) == 1 and row.keys[0].endswith("1") and row.words.endswith(" 1") else 0
    return tuple(told)


def _follows(last: Row, row: Row, length: int) -> bool:
    """Whether this row does with the next digit what the run before it does."""
    digit = str(length + 1)
    return bool(length) and row.keys == (last.keys[0].partition(" ")[0][:-1] + digit,) \
        and row.words.endswith(f" {digit}") and last.words.startswith(row.words[:-1]) \
        and (row.faded, row.changed) == (last.faded, last.changed)
