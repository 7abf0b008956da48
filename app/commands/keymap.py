"""Which key runs what: the defaults of the table, changed by the operator's own file.

Runs on: GUI thread; ``load`` reads one small file and is called before the first window opens.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.commands.command import Command
from app.commands.conditions import Context
from app.commands.keys import normalise, without_numpad
from app.commands.table import Table
from app.runtime.language import gettext as _


class KeyMap:
    """Keys in force. ``problems`` are sentences for the operator: what in the file was not used, and why.

    ``changes`` maps command ids to their keys; an empty tuple takes all keys away. A changed key wins over a
    default one; of two changes that want the same key the first in the file wins.
    """

    def __init__(self, table: Table, changes: Mapping[str, Iterable[str]] | None = None,
                 problems: Iterable[str] = ()) -> None:
        self.table = table
        self._problems = list(problems)
        wanted = self._readable(changes or {})
        self._keys: dict[str, tuple[str, ...]] = {}
        self._by_key: dict[str, list[Command]] = {}
        for command_id, keys in wanted.items():
            self._claim(table[command_id], keys)
        for row in table:
            if row.id not in wanted:
                self._claim(row, tuple(normalise(key) for key in row.keys))

    @classmethod
    def load(cls, table: Table, path: Path) -> KeyMap:
        """The map with the operator's file; a missing file is no problem, a broken one is told and ignored."""
        try:
            content = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return cls(table)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            told = _("The key file {file} cannot be read ({reason}); the default keys are in force.")
            return cls(table, problems=[told.format(file=path.name, reason=error)])
        changes: dict[str, tuple[str, ...]] = {}
        problems = []
        for command_id, keys in content.items():
            keys = [keys] if isinstance(keys, str) else keys
            if isinstance(keys, list) and all(isinstance(key, str) for key in keys):
                changes[command_id] = tuple(keys)
            else:
                told = _("The key file gives “{command}” something that is not a list of keys.")
                problems.append(told.format(command=command_id))
        return cls(table, changes, problems)

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(self._problems)

    def keys_of(self, command_id: str) -> tuple[str, ...]:
        """The keys in force; empty for a command without key. Raises KeyError for an unknown id."""
        return self._keys[command_id]

    def is_changed(self, command_id: str) -> bool:
        """Whether the keys in force differ from the defaults; F1 marks these."""
        return self._keys[command_id] != tuple(normalise(key) for key in self.table[command_id].keys)

    def find(self, key: str, context: Context) -> Command | None:
        """The command that this key runs now, or None. A numpad key means the main block's unless mapped itself."""
        for text in dict.fromkeys((key, without_numpad(key))):
            for row in self._by_key.get(text, ()):
                if row.effective(context):
                    return row
        return None

    def _readable(self, changes: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
        wanted: dict[str, tuple[str, ...]] = {}
        for command_id, keys in changes.items():
            if command_id not in self.table:
                told = _("The key file names “{command}”, which is no command.")
                self._problems.append(told.format(command=command_id))
                continue
            good = []
            for key in keys:
                try:
                    good.append(normalise(key))
                except ValueError:
                    told = _("The key file gives “{command}” the key “{key}”, which is no key.")
                    self._problems.append(told.format(command=self.table[command_id].text, key=key))
            wanted[command_id] = tuple(dict.fromkeys(good))
        return wanted

    def _claim(self, row: Command, keys: tuple[str, ...]) -> None:
        won = []
        for key in keys:
            rival = next((other for other in self._by_key.get(key, ()) if other.effective.overlaps(row.effective)),
                         None)
            if rival is None:
                self._by_key.setdefault(key, []).append(row)
                won.append(key)
            else:
                told = _("Key {key} runs “{winner}”, so “{loser}” does not have it.")
                self._problems.append(told.format(key=key, winner=rival.text, loser=row.text))
        self._keys[row.id] = tuple(won)


def document(table: Table) -> str:
    """The default keys as a commented file, which an operator copies and changes."""
    lines = [
        "# The default keys of Lawang, one line per command: \"command\" = [keys].",
        "# Copy the lines that you change into keys.toml in Lawang's configuration folder; the others keep their keys.",
        "# Modifiers are written Ctrl, Alt, Shift: \"Ctrl+Shift+I\". \"Num 4\" is the key of the number block; without",
        "# a line of its own it does what \"4\" does. An empty list takes the keys away.",
        "# (hold) acts for as long as the key is down.",
    ]
    for group, rows in table.groups().items():
        lines += ["", f"# {group}"]
        for row in rows:
            keys = ", ".join(quoted(normalise(key)) for key in row.keys)
            title = row.title.format(**dict(row.fixed)) if row.fixed else row.title
            lines.append(f"{quoted(row.id)} = [{keys}]    # {title}{' (hold)' if row.hold else ''}")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """As TOML writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
