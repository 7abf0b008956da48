"""Whether the wall is locked, and what opens it: a pure state machine over moments in monotonic seconds.

With a password: F9 asks for it. Without: F9 once says so, F9 again within AGAIN_S opens. Wrong passwords make the
next try wait, so that nobody guesses through the night.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

AGAIN_S = 3.0               # two presses on purpose, not one by a sleeve
FREE_TRIES = 3
WAIT_S = (5.0, 15.0, 60.0)  # after the third, fourth, and every later wrong password


class Asks(StrEnum):
    """What follows from a press of the key."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    AGAIN = "again"             # press it once more
    PASSWORD = "password"


@dataclass(frozen=True, slots=True)
class Lock:
    """``on``: changes are locked. ``pressed``: when the key was pressed last; ``wrong``: tries since it opened."""

    on: bool = False
    pressed: float = float("-inf")
    wrong: int = 0
    wait_until: float = float("-inf")

    def key(self, now: float, has_password: bool) -> tuple[Lock, Asks]:
        """The key was pressed."""
        if not self.on:
            return Lock(on=True), Asks.LOCKED
        if has_password:
            return self, Asks.PASSWORD
        if now - self.pressed <= AGAIN_S:
            return Lock(), Asks.UNLOCKED
        return replace(self, pressed=now), Asks.AGAIN

    def waits(self, now: float) -> float:
        """Seconds until the next password is looked at; 0 when it is at once."""
        return max(0.0, self.wait_until - now)

    def refused(self, now: float) -> Lock:
        """A wrong password."""
        wrong = self.wrong + 1
        late = wrong - FREE_TRIES
        wait = WAIT_S[min(late, len(WAIT_S) - 1)] if late >= 0 else 0.0
        return replace(self, wrong=wrong, wait_until=now + wait)
