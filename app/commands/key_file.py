"""The operator's own keys as a file: what differs from the defaults, written whole or not at all.

Runs on: any thread; writing is a disk's work and is not for the GUI thread.
"""

from __future__ import annotations

import contextlib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.commands.command import Command
from app.commands.keymap import KeyMap, quoted
from app.commands.keys import normalise
from app.commands.table import Table
from app.model.errors import OperatorError
from app.runtime.language import gettext as _

type Changes = Mapping[str, tuple[str, ...]]


def changes_of(keymap: KeyMap) -> dict[str, tuple[str, ...]]:
    """The commands whose keys in force are not the defaults."""
    return {row.id: keymap.keys_of(row.id) for row in keymap.table if keymap.is_changed(row.id)}


def can_change(row: Command) -> bool:
    """Whether a key alone can run it: not what takes arguments, and not the digits of a call-up."""
    return not row.takes and not row.takes_key


def rivals(keymap: KeyMap, command_id: str, key: str) -> tuple[Command, ...]:
    """Other commands that this key runs in a situation in which ``command_id`` would want it too."""
    row, wanted = keymap.table[command_id], normalise(key)
    return tuple(other for other in keymap.table
                 if other.id != row.id and wanted in keymap.keys_of(other.id)
                 and other.effective.overlaps(row.effective))


def with_keys(keymap: KeyMap, command_id: str, keys: Iterable[str]) -> KeyMap:
    """The map with these keys for one command; whoever had one of them in the same situation gives it up.

    Raises ValueError for what is no key, KeyError for an unknown command.
    """
    wanted = tuple(dict.fromkeys(normalise(key) for key in keys))
    changes = {row.id: keymap.keys_of(row.id) for row in keymap.table}
    for key in wanted:
        for loser in rivals(keymap, command_id, key):
            changes[loser.id] = tuple(k for k in changes[loser.id] if k != key)
    changes[command_id] = wanted
    return _of(keymap.table, changes)


def with_default(keymap: KeyMap, command_id: str) -> KeyMap:
    """The command's own keys again, taken back from whoever got them meanwhile."""
    return with_keys(keymap, command_id, keymap.table[command_id].keys)


def _of(table: Table, keys: Changes) -> KeyMap:
    changed = {row.id: keys[row.id] for row in table if keys[row.id] != tuple(normalise(k) for k in row.keys)}
    return KeyMap(table, changed)


def save(path: Path, keymap: KeyMap) -> None:
    """Writes what differs from the defaults; lines of commands that this program does not know are kept.

    Raises OperatorError when the file cannot be written; the former one stays then.
    """
    foreign = {key: value for key, value in _read(path).items() if key not in keymap.table}
    lines = ["# Keys that differ from the defaults; written by Lawang's settings page, which replaces this file.",
             "# Keys of the other commands: resources/keymap/default.toml, or F1."]
    for command_id, keys in changes_of(keymap).items():
        row = keymap.table[command_id]
        lines.append(f"{quoted(command_id)} = [{', '.join(map(quoted, keys))}]    # {row.title}")
    lines += [f"{quoted(key)} = [{', '.join(map(quoted, value))}]" for key, value in foreign.items()]
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_text("\n".join(lines) + "\n", "utf-8")
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise OperatorError(_("The keys cannot be kept in {path} ({reason}). They hold until Lawang ends.").format(
            path=path, reason=error.strerror or type(error).__name__)) from error


def _read(path: Path) -> dict[str, list[str]]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    return {key: value for key, value in content.items()
            if isinstance(value, list) and all(isinstance(one, str) for one in value)}
