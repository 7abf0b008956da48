"""When to try a lost camera again: pure."""

from __future__ import annotations

from dataclasses import dataclass

STEPS_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)     # reference/features.md section 8; the last repeats
HEALTHY_S = 30.0                                # a stream that ran this long starts again at the first step
JITTER = 0.2                                    # of the step, so that 64 cameras do not knock at one switch together


@dataclass(frozen=True, slots=True)
class Attempt:
    """What to do after a failure: wait ``seconds``, or wait for a person when it is None."""

    seconds: float | None


class Backoff:
    """Counts failures of one stream. A refused password is tried once more, then waits for the operator."""

    def __init__(self) -> None:
        self._failures = 0
        self._refusals = 0

    def failed(self, *, refused: bool, ran_seconds: float, chance: float) -> Attempt:
        """``ran_seconds``: how long the stream had been healthy; ``chance`` in 0..1 sets the jitter."""
        if ran_seconds >= HEALTHY_S:
            self._failures = 0
        if ran_seconds > 0:
            self._refusals = 0          # it was let in meanwhile: an earlier refusal no longer counts
        if refused:
            self._refusals += 1
            if self._refusals >= 2:
                return Attempt(None)
        step = STEPS_S[min(self._failures, len(STEPS_S) - 1)]
        self._failures += 1
        return Attempt(step * (1.0 + JITTER * (2.0 * chance - 1.0)))

    def asked(self) -> None:
        """The operator asked for an attempt: count from the beginning."""
        self._failures = 0
        self._refusals = 0
