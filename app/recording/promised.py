"""What was promised of the recordings at a place: whose it is, which rules could be read last, what will go and when.

Runs on: the thread "recording"; ``asked`` is set on any thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.model.recording import Usage
from app.recording.grace import Ledger, Rows
from app.recording.notice import coming
from app.recording.place import Place
from app.recording.sweep import Limits, Whose
from app.runtime.language import gettext as _

COUNT_S = 300.0             # how often what will go is counted: over a year of a camera it takes 0.3 s


class Index(Protocol):
    """What is asked of an index."""

    @property
    def promises(self) -> Rows: ...
    def cameras(self) -> list[str]: ...
    def due(self, camera: str, before: int, *, kept: bool) -> int: ...


class Promised:
    """``rules``: the text in the settings and whether it can be read; ``last_rules``: the last one that could.

    ``notice``: what will go, or what cannot be read, for the operator. ``knows``: whether a camera stands in the
    register; ``slack``: microseconds that a file stays beyond its time.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self.rules, self.last_rules = ("", True), ""
        self.notice = ""
        self.slack = 0
        self.knows: Callable[[str], bool] = lambda _camera: True
        self._ledger: Ledger | None = None
        self._owned, self._counted = True, -1e9
        self._waiting: object = None

    @property
    def register(self) -> str:
        """The id of the camera register that this program works with."""
        return self._place.register

    @register.setter
    def register(self, register: str) -> None:
        self._place.register = register

    def open(self, index: Index) -> None:
        """Read what was promised; a place without an owner is of the first register that knows its cameras."""
        self._ledger = ledger = Ledger(index.promises, self.register)
        self.last_rules, self._waiting = ledger.rules, None
        owner = self._place.owner
        loose = [camera for camera in index.cameras() if not ledger.register_of(camera)]
        self._owned = owner == self.register if owner else 2 * sum(map(self.knows, loose)) >= len(loose)
        if not owner and self._owned and self.register:
            self._place.adopt(self.register)

    def ledger(self, index: Index) -> Ledger:
        """As it stands."""
        if self._ledger is None:
            self.open(index)
        assert self._ledger is not None
        self._ledger.register = self.register
        return self._ledger

    @property
    def whose(self) -> Whose:
        """Which recordings this program may age."""
        return Whose(self.register, self._owned, self.knows)

    def clock_set(self, by_s: float) -> None:
        """Deadlines move with a clock that jumps ahead."""
        if self._ledger is not None:
            self._ledger.clock_set(int(by_s * 1e6))

    def limits(self, index: Index, quota: int, floor: int) -> Limits:
        """Frozen when the rules cannot be read or are gone: "no rules" is written as such (app.recording.rules)."""
        (text, readable), ledger = self.rules, self.ledger(index)
        frozen = not readable or (not text and ledger.rules not in ("", "[]"))
        if not frozen:
            ledger.rules = self.last_rules = text
        return Limits(quota, floor, self.slack, frozen)

    def tell(self, index: Index, usage: Usage, limits: Limits, now: float) -> bool:
        """Whether there is another notice. ``now``: monotonic seconds."""
        ledger = self.ledger(index)
        waiting = (tuple(ledger.coming()), limits.frozen)
        if waiting == self._waiting and now - self._counted < COUNT_S:
            return False
        self._waiting, self._counted = waiting, now
        before = self.notice
        self.notice = " ".join(filter(None, (_unread() if limits.frozen else "",
                                             coming(index, ledger, usage, limits.slack).sentence)))
        return self.notice != before


def _unread() -> str:
    return _("The rules of recording cannot be read or are gone. Those that were read last stay in force for what is "
             "recorded already: nothing is kept for less. Set a rule anew, or put the register back.")
