"""From a key or click to the handler: conditions, hold and release, and a record of what ran.

Runs on: GUI thread; handlers return at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from psygnal import Signal

from app.commands.command import Command
from app.commands.conditions import Context
from app.commands.keymap import KeyMap
from app.commands.keys import bare, physical
from app.commands.table import Table
from app.model.errors import OperatorError
from app.runtime.language import gettext as _

type Handler = Callable[..., None]


class Result(StrEnum):
    """REFUSED says why; UNKNOWN is no row, or nobody has bound it."""
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command; true when done. ``reason`` is a sentence for the operator when it was refused."""

    result: Result
    command: str
    reason: str = ""

    def __bool__(self) -> bool:
        return self.result is Result.DONE


@dataclass(frozen=True, slots=True)
class Ran:
    """One command that was done, for the audit: which, with what, in which window."""

    command: str
    args: Mapping[str, Any] = field(default_factory=dict)
    window: str = ""


class Dispatcher:
    """Runs commands. ``context`` is asked at each key and click; ``keymap`` may be replaced when keys change.

    ``ran`` carries a Ran, ``refused`` an Outcome; both are emitted on the GUI thread after the handler returned.
    A handler refuses by raising OperatorError; anything else that it raises is a bug and travels on.
    """

    ran = Signal(Ran)
    refused = Signal(Outcome)

    def __init__(self, table: Table, context: Callable[[], Context], keymap: KeyMap | None = None) -> None:
        self.table = table
        self.context = context
        self.keymap = keymap or KeyMap(table)
        self._handlers: dict[str, Handler] = {}
        self._held: dict[str, str] = {}                        # physical key -> id of the hold command that it holds

    def bind(self, command_id: str, handler: Handler) -> None:
        """The handler of a row. Raises ValueError for a row that is not, or is bound already."""
        if command_id not in self.table:
            raise ValueError(f"there is no command {command_id}")
        if command_id in self._handlers:
            raise ValueError(f"command {command_id} is bound twice")
        self._handlers[command_id] = handler

    def unbind(self, command_id: str) -> None:
        """Forget the handler: its owner closes."""
        self._handlers.pop(command_id, None)

    def unbound(self) -> tuple[str, ...]:
        """Rows without handler; a program that runs has none."""
        return tuple(row.id for row in self.table if row.id not in self._handlers)

    def available(self, command_id: str) -> bool:
        """Whether a menu offers it now. Typing does not matter: who opens a menu does not type."""
        row = self.table.get(command_id)
        return row is not None and command_id in self._handlers and row.when(self.context())

    def run(self, command_id: str, **args: Any) -> Outcome:
        """Run by id (menu, palette, script, mouse). A hold command without ``down`` is pressed and released."""
        row = self.table.get(command_id)
        if row is None or command_id not in self._handlers:
            return Outcome(Result.UNKNOWN, command_id, _("There is no command {id}.").format(id=command_id))
        if args.get("down") is False:                          # letting go is never refused
            return self._call(row, args)
        context = self.context()
        if not row.when(context):
            if context.kiosk and row.when(replace(context, kiosk=False)):
                return self._refuse(row, _("“{title}” is locked by kiosk.").format(title=row.text))
            return self._refuse(row, _("“{title}” does nothing here.").format(title=row.text))
        missing = [name for name in row.takes if name not in args]
        if missing:
            return self._refuse(row, _("“{title}” needs {what}.").format(title=row.text, what=", ".join(missing)))
        if row.hold and "down" not in args:
            outcome = self._call(row, {**args, "down": True})
            if outcome:                                        # one tap is one line in the audit
                self._handlers[row.id](**{**dict(row.fixed), **args, "down": False})
            return outcome
        return self._call(row, args)

    def press(self, key: str) -> Outcome | None:
        """A key went down (auto-repeat is left out by the caller); None when no command has it now."""
        row = self.keymap.find(key, self.context())
        if row is None:
            return None
        if row.id not in self._handlers:
            return Outcome(Result.UNKNOWN, row.id, _("There is no command {id}.").format(id=row.id))
        if not row.hold:
            return self._call(row, {"key": bare(key)} if row.takes_key else {})
        name = physical(key)
        if name in self._held:
            return Outcome(Result.DONE, row.id)
        already = row.id in self._held.values()
        self._held[name] = row.id
        return Outcome(Result.DONE, row.id) if already else self._call(row, {"down": True})

    def release(self, key: str) -> Outcome | None:
        """A key went up, whatever modifiers are down by now; None when it held nothing."""
        command_id = self._held.pop(physical(key), None)
        if command_id is None:
            return None
        if command_id in self._held.values():                  # a second key still holds it
            return Outcome(Result.DONE, command_id)
        return self._call(self.table[command_id], {"down": False})

    def release_all(self) -> None:
        """Focus lost, window closed, pane changed: every held key counts as released."""
        for key in tuple(self._held):
            self.release(key)

    @property
    def held(self) -> frozenset[str]:
        """Ids of the hold commands that are down."""
        return frozenset(self._held.values())

    def _call(self, row: Command, args: dict[str, Any]) -> Outcome:
        window = self.context().window
        try:
            self._handlers[row.id](**{**dict(row.fixed), **args})
        except OperatorError as error:
            return self._refuse(row, str(error))
        self.ran.emit(Ran(row.id, {**dict(row.fixed), **args}, window))
        return Outcome(Result.DONE, row.id)

    def _refuse(self, row: Command, reason: str) -> Outcome:
        outcome = Outcome(Result.REFUSED, row.id, reason)
        self.refused.emit(outcome)
        return outcome
