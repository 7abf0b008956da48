"""Which stream crashes the decoder: runs whose worker crashed twice are tried one at a time, and the culprit waits.

A stream that makes libVLC crash takes its neighbours down with it, and moving on would take the next worker down too.
Pure; runs on the video thread. Times are monotonic seconds.
"""

from __future__ import annotations

import signal
from collections.abc import Collection
from typing import Protocol

TWICE_WITHIN_S = 20.0           # two crashes of a run's worker in this span make the run a suspect
PROVEN_S = 0.7                  # a suspect that plays so long is acquitted: a bad stream kills with its first pictures
REST_S = (10.0, 30.0, 120.0, 600.0)     # how long a culprit waits, the last repeats

# Signals of a process that fell over by itself; SIGKILL comes from us, a person or the kernel's memory killer.
_CRASHES = frozenset(-number for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGFPE,
                                            getattr(signal, "SIGBUS", signal.SIGSEGV)))


class Suspect(Protocol):
    """What is kept of a run."""

    crashes: list[float]
    suspected: bool
    convictions: int
    not_before: float


def fell_over(code: int) -> bool:
    """Whether an exit code means a crash (POSIX: minus the signal; Windows: 0xC0000005 and its like)."""
    return code in _CRASHES or code & 0xF0000000 == 0xC0000000


class Quarantine:
    """One trial at a time."""

    def __init__(self) -> None:
        self._tried: Suspect | None = None
        self._since = 0.0

    def crashed(self, runs: Collection[Suspect], now: float) -> None:
        """A worker with these runs crashed."""
        if self._tried is not None and self._tried in runs:
            culprit, self._tried = self._tried, None
            culprit.not_before = now + REST_S[min(culprit.convictions, len(REST_S) - 1)]
            culprit.convictions += 1
            return
        for run in runs:
            run.crashes = [at for at in run.crashes if now - at < TWICE_WITHIN_S] + [now]
            run.suspected = run.suspected or len(run.crashes) >= 2

    def may_start(self, run: Suspect, now: float) -> bool:
        """Whether this run may have a player now: suspects wait for their turn."""
        if not run.suspected:
            return True
        if self._tried is None:
            self._tried, self._since = run, now
        return self._tried is run

    def played(self, run: Suspect, now: float) -> None:
        """The run shows pictures; after a while of that it is acquitted and the next suspect may try."""
        if run is self._tried and now - self._since > PROVEN_S:
            run.suspected, run.crashes, run.convictions = False, [], 0
            self._tried = None

    def gone(self, run: Suspect) -> None:
        """The pane was closed, or has nothing to play: the next suspect need not wait for it."""
        if run is self._tried:
            self._tried = None
