"""The numbers that ``*`` calls: scenes and tours share them, so that one number means one thing.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.model.errors import OperatorError
from app.runtime.language import gettext as _

HIGHEST = 9999                 # four digits are what a hand types without looking; also ends the search for a free one
NEAREST = 3                    # how many neighbours of an unknown number are named: what one line of text holds


@dataclass(frozen=True, slots=True)
class Called:
    """What a number calls: ``kind`` is an English word marked for the catalogue ("scene", "tour")."""

    kind: str
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class _Book:
    entries: Callable[[], Mapping[int, str]]
    call: Callable[[int], None]


class CallNumbers:
    """Asks every book of numbers that is registered; keeps none itself. Books answer from memory, at once."""

    def __init__(self) -> None:
        self._books: dict[str, _Book] = {}

    def register(self, kind: str, entries: Callable[[], Mapping[int, str]], call: Callable[[int], None]) -> None:
        """A book: ``entries`` gives name by number, ``call`` shows the one of that number (may raise OperatorError).

        Raises ValueError when the kind is registered already.
        """
        if kind in self._books:
            raise ValueError(f"the numbers of {kind} are registered twice")
        self._books[kind] = _Book(entries, call)

    def forget(self, kind: str) -> None:
        """The book closes; a kind that is not registered is passed over."""
        self._books.pop(kind, None)

    def find(self, number: int) -> Called | None:
        """What that number calls, or None."""
        for kind, book in self._books.items():
            name = book.entries().get(number)
            if name is not None:
                return Called(kind, number, name)
        return None

    def call(self, number: int) -> None:
        """Show what has that number. Raises OperatorError, with the nearest numbers, when nothing has it."""
        for book in self._books.values():
            if number in book.entries():
                book.call(number)
                return
        near = sorted(sorted(self._taken(), key=lambda n: (abs(n - number), n))[:NEAREST])
        told = (_("There is no scene or tour {number}; the nearest are {near}.") if near
                else _("There is no scene or tour {number}."))
        raise OperatorError(told.format(number=number, near=", ".join(map(str, near))))

    def free(self, beginning: int = 1) -> int:
        """The next number from ``beginning`` on that nothing has; HIGHEST + 1 when there is none."""
        taken = self._taken()
        return next((n for n in range(max(beginning, 1), HIGHEST + 1) if n not in taken), HIGHEST + 1)

    def refusal(self, number: int, kind: str = "", but: int = 0) -> str:
        """Why something may not take that number, as a sentence with the next free one; "" when it may.

        ``kind`` and ``but``: the number that the asker of that kind has already is no obstacle to it.
        """
        if not 1 <= number <= HIGHEST:
            return _("A number lies between 1 and {highest}; the next free one is {free}.").format(
                highest=HIGHEST, free=self.free())
        taken = self.find(number)
        if taken is None or (taken.kind == kind and number == but):
            return ""
        return _("Number {number} is that of the {kind} “{name}”; the next free one is {free}.").format(
            number=number, kind=_(taken.kind), name=taken.name, free=self.free(number))

    def _taken(self) -> frozenset[int]:
        return frozenset(number for book in self._books.values() for number in book.entries())
