"""A worker process that is there when it is needed: started at the first order, again when it died, ended in order, and
sent to rest when nothing is left to do.

Runs on: its own thread ("NAME-owner") starts and ends processes; ``send`` may be called from any thread, and waits
for nothing.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from app.runtime.process import Process, WorkerGone

log = logging.getLogger("lawang.process")

MOST_WAITING = 256          # orders while the process starts; one more drops the oldest, and says so once
PAUSES_S = (0.0, 0.2, 1.0, 3.0, 10.0)       # before the n-th start within a minute
FORGIVEN_S = 60.0


class Worker:
    """``received`` gets message bodies, ``started`` is called after each start: both not on the GUI thread.

    ``started`` returns the orders that a fresh process needs first.
    """

    def __init__(self, name: str, module: str, *, arguments: Sequence[str] = (), received: Callable[[bytes], None],
                 started: Callable[[], Sequence[msgspec.Struct]] = lambda: ()) -> None:
        self.name = name
        self._module, self._arguments = module, tuple(arguments)
        self._received, self._started = received, started
        self._orders: deque[msgspec.Struct] = deque(maxlen=MOST_WAITING)
        self._changed = threading.Condition()
        self._process: Process | None = None
        self._wanted = self._ended = self._closing = False
        self._rests_at = math.inf           # monotonic
        self._starts: list[float] = []
        self.starts = self.deaths = 0       # how often it was started, and ended by itself
        self._thread = threading.Thread(target=self._own, name=f"{name}-owner", daemon=True)

    def send(self, message: msgspec.Struct) -> None:
        """Hand over an order; it waits while the process starts. Never blocks."""
        with self._changed:
            if self._closing:
                return
            self._wanted, self._rests_at = True, math.inf
            process = self._process
            if process is not None and not self._orders:
                with contextlib.suppress(WorkerGone):
                    process.send(message)
                    return
                process.kill()
            self._orders.append(message)
            if self._thread.ident is None:
                self._thread.start()
            self._changed.notify()

    def start(self) -> None:
        """Have it ready before the first order."""
        with self._changed:
            self._wanted = True
            if self._thread.ident is None:
                self._thread.start()
            self._changed.notify()

    def rest(self, after_s: float) -> None:
        """End the process in so many seconds if no order comes before; the next order starts it again."""
        with self._changed:
            self._rests_at = time.monotonic() + after_s
            self._changed.notify()

    @property
    def pid(self) -> int:
        """0 while it is not there."""
        process = self._process
        return process.pid if process is not None else 0

    @property
    def running(self) -> bool:
        return self._process is not None

    def close(self, deadline_s: float = 4.0) -> None:
        """Close its input, which ends it in its own order; killed after the deadline."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(deadline_s + 2.0)

    def _own(self) -> None:
        while True:
            with self._changed:
                while not self._closing and not self._ended and not (self._wanted and self._process is None) \
                        and time.monotonic() < self._rests_at:
                    self._changed.wait(None if self._rests_at == math.inf else self._rests_at - time.monotonic())
                process, ended, self._ended = self._process, self._ended, False
                rests = time.monotonic() >= self._rests_at
                if self._closing or ended or rests:
                    self._process = None
                self.deaths += ended and not self._closing
                if rests:
                    self._rests_at, self._wanted = math.inf, bool(self._orders)
                    self._starts.clear()        # it did not die: its next start need not wait
            if self._closing:
                if process is not None:
                    process.close()
                return
            if (ended or rests) and process is not None:
                process.close()
                with self._changed:
                    self._ended = False         # what this process said when it went
            if not rests:
                try:
                    self._start()
                except Exception:
                    log.exception("%s could not be started", self.name)

    def _start(self) -> None:
        now = time.monotonic()
        self._starts = [at for at in self._starts if now - at < FORGIVEN_S]
        pause = PAUSES_S[min(len(self._starts), len(PAUSES_S) - 1)]
        if pause:
            log.warning("%s ended; it starts again in %.1f s", self.name, pause)
            with self._changed:
                if self._changed.wait_for(lambda: self._closing, pause):
                    return
        self._starts.append(time.monotonic())
        self.starts += 1
        process = Process(self.name, self._module, arguments=self._arguments, received=self._received,
                          ended=self._gone)
        try:
            first = [*self._started()]
        except Exception:
            process.close(0.0)
            raise
        with self._changed:
            first += self._orders
            self._orders.clear()
            try:
                for message in first:
                    process.send(message)
            except WorkerGone:
                log.warning("%s took no orders", self.name)
            self._process = process

    def _gone(self, _code: int) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify()
