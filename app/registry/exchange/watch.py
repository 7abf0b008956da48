"""How a long import tells how far it is, and how it is stopped. Runs on: the import's thread; ``cancel`` on any."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.runtime.breath import Breath

EVERY_ROWS = 200        # rows between two words of progress: 30 words for a city, each costs microseconds


class Cancelled(Exception):
    """The operator stopped it; nothing was written."""


class Watch:
    """``tell`` is called on the working thread with (rows done, rows in all); 0 in all while unknown."""

    def __init__(self, tell: Callable[[int, int], None] | None = None) -> None:
        self._tell = tell
        self._stop = threading.Event()
        self._breath = Breath()

    def cancel(self) -> None:
        """Ends the work at its next row; may be called from any thread and again."""
        self._stop.set()

    def step(self, done: int, total: int = 0) -> None:
        """Called for each row. Raises Cancelled."""
        self._breath()
        if done % EVERY_ROWS and done != total:
            return
        if self._stop.is_set():
            raise Cancelled
        if self._tell is not None:
            self._tell(done, total)


UNWATCHED = Watch()
