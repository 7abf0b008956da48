"""Whether a player shows later than its camera usually is shown, and when another one is worth trying. Pure.

libVLC's delay grows with each hiccup of the machine and never falls: half a second without the processor, and a pane
that was 90 ms late is 300 ms late for as long as that player lives. A new one starts afresh, but a machine that has
no time would only have less of it with new players: each that did not help makes the next one wait longer.
"""

from __future__ import annotations

from dataclasses import dataclass

MORE_S = 0.1            # than usual: a key that steers a camera is felt to be late
FOR_S = 5.0             # so long before it counts: many a delay passes by itself
FIRST_S = 10.0          # a player lives at least so long, doubled with each that was replaced for this in a row ...
MOST_S = 300.0          # ... up to this, after which players are replaced anyway
MOST_TRIES = 5


@dataclass(slots=True)
class Lag:
    """One pane's. All times in seconds."""

    usual: float = 0.0          # the smallest delay that a calm player had, 0 = none had yet
    since: float = 0.0          # when it began to be later than that
    tries: int = 0              # players in a row that were replaced for it

    def look(self, delay: float, now: float, *, calm: bool) -> None:
        """``calm``: of a player that began with a key picture as it arrived."""
        if delay <= 0:
            return
        if calm:
            self.usual = min(self.usual or delay, delay)
        late = self.usual > 0 and delay > self.usual + MORE_S
        self.since = (self.since or now) if late else 0.0

    def due(self, started: float, now: float) -> bool:
        """Whether a player that has lived since ``started`` is to be replaced before its time."""
        return self.since > 0 and now - self.since > FOR_S and now - started > min(FIRST_S * 2 ** self.tries, MOST_S)

    def replaced(self) -> None:
        """Another player is on its way; one that was on time to its end makes the next hiccup the first."""
        self.tries = min(self.tries + 1, MOST_TRIES) if self.since else 0
        self.since = 0.0
