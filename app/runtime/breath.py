"""Lets the GUI thread at the interpreter while another thread works through many rows.

Runs on: any thread but the GUI's. A thread that calls into SQLite or the system for each row lets the interpreter go
and takes it back within microseconds, each time before a thread that waits for it has woken up; that one begins to
wait anew and never gets to demand it (CPython demands it after a switch interval without such a release). Beside
other load the window stood still for 50 to 200 ms while a list was imported. A rest that is longer than a waking-up
ends that.
"""

from __future__ import annotations

import time

WORK_SECONDS = 0.004        # half of what a handler of the GUI thread may take
REST_SECONDS = 0.0003       # the kernel adds a twentieth of a millisecond; 8 % of the work at most


class Breath:
    """Called for each row, or every few: rests when the last rest is long ago. One per loop."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def __call__(self) -> None:
        if time.perf_counter() - self._last >= WORK_SECONDS:
            time.sleep(REST_SECONDS)
            self._last = time.perf_counter()
