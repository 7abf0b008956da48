"""When to try a lost camera again: pure."""

from __future__ import annotations

from dataclasses import dataclass

STEPS_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)     # reference/features.md section 8; the last repeats
BUSY_STEPS_S = (2.0, 3.0, 5.0, 10.0)            # of a camera that answers "not now": it is there, and soon has room
HEALTHY_S = 30.0                                # a stream that ran this long starts again at the first step
JITTER = 0.2                                    # of the step, so that 64 cameras do not knock at one switch together


@dataclass(frozen=True, slots=True)
class Attempt:
    """What to do after a failure: wait ``seconds``, or wait for a person when it is None."""

    seconds: float | None


class Backoff:
    """Counts failures of one stream. A refused password waits until somebody says that it may be tried again."""

    def __init__(self) -> None:
        self._failures = 0

    def failed(self, *, refused: bool, ran_seconds: float, chance: float, busy: bool = False) -> Attempt:
        """``ran_seconds``: how long the stream had been healthy; ``chance`` in 0..1 sets the jitter.

        ``busy``: the camera answered that it cannot just now, so it is asked again soon.
        """
        if ran_seconds >= HEALTHY_S:
            self._failures = 0
        if refused:
            return Attempt(None)        # app.video.doors counts them, over all streams with this login
        steps = BUSY_STEPS_S if busy else STEPS_S
        step = steps[min(self._failures, len(steps) - 1)]
        self._failures += 1
        return Attempt(step * (1.0 + JITTER * (2.0 * chance - 1.0)))

    def asked(self) -> None:
        """Somebody asked for an attempt: count from the beginning."""
        self._failures = 0
