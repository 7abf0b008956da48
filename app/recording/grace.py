"""A rule that keeps less than the one before it waits a day; nothing that makes too much go may make it go at once.

More is promised at once; less is in force GRACE_US after it was first seen, and not at all when it was taken back
before. What cannot be read never promises less. Runs on: the thread "recording".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from app.model.recording import Promise

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
GRACE_US = DAY_US               # a shift comes back within it: somebody sees the notice who knows of the change
DAYS, MINUTES = "days", "minutes"       # what each camera keeps: what a rule asks for, its last minutes
QUOTA, FLOOR = "quota", "floor"         # of the place; the floor as a negative number: less is more that goes
HALF, RULES = "half", "rules"

type Key = tuple[str, str]


class Rows(Protocol):
    """Where promises are kept; app.registry.promises has the real one."""

    def all(self) -> dict[Key, Promise]: ...
    def put(self, changed: Mapping[Key, Promise]) -> None: ...


def settled(before: Promise | None, wanted: int, now: int, *, frozen: bool = False) -> Promise:
    """What is promised now that ``wanted`` is asked for; ``frozen``: what is asked for cannot be read."""
    if before is None:
        return Promise(wanted)
    value, following, at = before.value, before.next, before.at
    if following is not None and at is not None and now >= at:
        value, following, at = following, None, None
    if frozen:
        wanted = max(wanted, value if following is None else following)
    if wanted >= value:
        return Promise(wanted, text=before.text)
    if following is None or at is None or wanted < following:
        return Promise(value, wanted, now + GRACE_US, before.text)
    return Promise(value, wanted, min(at, now + GRACE_US), before.text)     # a clock that was set back: a day at most


class Ledger:
    """The promises of one index in memory; ``save`` writes what changed.

    ``register``: whose rules, quota and half of a day these are; cameras' promises name who made them.
    """

    def __init__(self, rows: Rows, register: str = "") -> None:
        self.register = register
        self._rows, self._kept = rows, rows.all()
        self._changed: dict[Key, Promise] = {}
        self._held: int | None = None
        self.others: tuple[frozenset[str], int, float] = (frozenset(), 0, 0.0)     # cameras, bytes, good until

    def in_force(self, what: str, camera: str, wanted: int, now: int, *, frozen: bool = False,
                 register: str = "") -> int | None:
        """What counts now; None: it cannot be read and nothing was promised before, so nothing may go for it."""
        before = self._kept.get((what, camera))
        if before is None and frozen:
            return None
        after = settled(before, wanted, now, frozen=frozen)
        self._put((what, camera), replace(after, text=register or after.text))
        return after.value

    def coming(self) -> Iterable[tuple[str, str, Promise]]:
        """(what, camera, promise) of what will be shorter by this register's rules."""
        return [(*key, one) for key, one in self._kept.items() if one.next is not None and one.at is not None
                and (key[1] if key[0] in (QUOTA, FLOOR) else one.text or self.register) == self.register]

    def register_of(self, camera: str) -> str:
        """The register that knew this camera last, "" when none has."""
        found = self._kept.get((DAYS, camera))
        return "" if found is None else found.text

    @property
    def rules(self) -> str:
        """The text of the rules that could be read last."""
        found = self._kept.get((RULES, self.register))
        return "" if found is None else found.text

    @rules.setter
    def rules(self, text: str) -> None:
        self._put((RULES, self.register), Promise(0, text=text))

    def clock_set(self, by: int) -> None:
        """The clock jumped ahead (microseconds): nobody had that time to look."""
        for key, one in list(self._kept.items()):
            if one.at is not None and by > 0:
                self._put(key, replace(one, at=one.at + by))

    def most(self, size: int, held: int, as_promised: int, now: int) -> tuple[int, bool]:
        """Bytes that may go beyond what goes as promised, and whether none has in this day.

        ``size``: bytes that nobody holds; ``held``: bytes that somebody does; ``as_promised``: of ``size``, what goes
        anyway. Half of the most that lay there in a day stays, whatever is recorded meanwhile.
        """
        before = self._kept.get((HALF, self.register))
        begins = before is None or before.at is None or not now < before.at <= now + DAY_US
        base = size if begins or before is None else before.value
        if self._held is not None:
            base -= max(0, held - self._held)       # what a bookmark took is not gone
        self._held = held
        base = max(base, size)
        whole = base == size
        left = Promise(base - as_promised, at=now + DAY_US if begins or before is None else before.at)
        self._put((HALF, self.register), left)
        return max(0, size - as_promised - left.value // 2), whole

    def save(self) -> None:
        """Before anything goes by them. Raises OperatorError; what was not written stays to be."""
        if self._changed:
            self._rows.put(self._changed)
            self._changed = {}

    def _put(self, key: Key, promise: Promise) -> None:
        if self._kept.get(key) != promise:
            self._kept[key] = self._changed[key] = promise
