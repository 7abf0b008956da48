"""All rows together: no id twice, no default key twice where both commands could fire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.commands.command import Command
from app.commands.keys import normalise


class Table:
    """The rows in the order in which features announced them. Raises ValueError for a duplicate id or key."""

    def __init__(self, rows: Iterable[Command]) -> None:
        self._rows: dict[str, Command] = {}
        keys: dict[str, list[Command]] = {}
        for row in rows:
            if row.id in self._rows:
                raise ValueError(f"two commands are called {row.id}")
            self._rows[row.id] = row
            for key in map(normalise, row.keys):
                for other in keys.setdefault(key, []):
                    if other.effective.overlaps(row.effective):
                        raise ValueError(f"key {key} would run both {other.id} and {row.id}")
                keys[key].append(row)

    def __iter__(self) -> Iterator[Command]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, command_id: object) -> bool:
        return command_id in self._rows

    def get(self, command_id: str) -> Command | None:
        return self._rows.get(command_id)

    def __getitem__(self, command_id: str) -> Command:
        """Raises KeyError for an unknown id."""
        return self._rows[command_id]

    def groups(self) -> dict[str, tuple[Command, ...]]:
        """Rows by group, in order of first appearance; the group as its English text."""
        groups: dict[str, list[Command]] = {}
        for row in self:
            groups.setdefault(row.group, []).append(row)
        return {name: tuple(rows) for name, rows in groups.items()}

    def menu(self, name: str) -> tuple[Command, ...]:
        """The rows of one menu, in order."""
        return tuple(row for row in self if row.menu == name)
