"""Text ids that sort by the time they were made, in the shape of UUID version 7 (RFC 9562 section 5.7)."""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from collections.abc import Callable


class IdMaker:
    """Gives ids that always grow, also within one millisecond and when the clock is set back. Safe from any thread."""

    def __init__(self, clock: Callable[[], float] = time.time,
                 random_bits: Callable[[int], int] = secrets.randbits) -> None:
        self._clock = clock
        self._random_bits = random_bits
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """A new id, 36 characters: 48 bits of milliseconds since 1970, then 74 random bits."""
        with self._lock:
            stamp = (int(self._clock() * 1000) & (1 << 48) - 1) << 74 | self._random_bits(74)
            self._last = max(stamp, self._last + 1)
            value = self._last
        milliseconds, middle, low = value >> 74, value >> 62 & 0xFFF, value & (1 << 62) - 1
        return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | middle << 64 | 2 << 62 | low))


new_id = IdMaker()


def made_at(made: str) -> float:
    """When an id was made, seconds since 1970; 0 for one of another form."""
    try:
        return (uuid.UUID(made).int >> 80) / 1000
    except ValueError:
        return 0.0
