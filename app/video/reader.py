"""One thread that reads every stream of a worker whose connection can be waited for together with others.

A thread per camera costs a wake-up and a hand-over of the interpreter for each piece of each picture; one thread takes
what all of them have at once. Opening a camera may wait: that stays on the stream's own thread, which sleeps later.

Runs on: ``read`` on any thread, the rest on the thread "reader", which lives as long as there is something to read.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import Protocol

TICK_S = 1.0            # signs of life, ends of patience, streams that nobody wants any more
GATHER_S = 0.016        # after each look: what trickles in meanwhile is read together; 8 ms of delay on average


class Stream(Protocol):
    """Something that is read as its bytes come."""

    def arrived(self, now: float) -> bool:
        """Take what is there without waiting; False: it is over. Whatever it raises ends it too."""

    def tick(self, now: float) -> bool:
        """About once a second, whether bytes come or not; as :meth:`arrived`."""


class Reading:
    """One stream that is being read: ``over`` is set when it is not read any more, ``error`` says why."""

    def __init__(self, handle: int, stream: Stream) -> None:
        self.handle = handle
        self.stream = stream
        self.over = threading.Event()
        self.error: Exception | None = None


class Reader:
    """Reads streams as their bytes come, all on one thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._new: list[Reading] = []           # bounded by the streams of a worker, as all that is kept here
        self._runs = False
        self._bell: socket.socket | None = None

    def read(self, handle: int, stream: Stream) -> Reading:
        """Read a stream from now on. ``handle`` stays open until :attr:`Reading.over` is set."""
        reading = Reading(handle, stream)
        with self._lock:
            self._new.append(reading)
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, name="reader", daemon=True).start()
            elif self._bell is not None:
                with contextlib.suppress(OSError):      # rung often enough
                    self._bell.send(b"\0")
        return reading

    def _run(self) -> None:
        hears, bell = socket.socketpair()
        hears.setblocking(False)
        bell.setblocking(False)
        with hears, bell, selectors.DefaultSelector() as selector:
            selector.register(hears, selectors.EVENT_READ)
            with self._lock:
                self._bell = bell
            readings: dict[int, Reading] = {}
            next_tick = time.monotonic() + TICK_S
            while self._take_new(selector, readings):
                ready = selector.select(max(0.0, next_tick - time.monotonic()))
                now = time.monotonic()
                ended = []
                for key, _ in ready:
                    reading: Reading | None = key.data
                    if reading is None:
                        with contextlib.suppress(BlockingIOError):
                            hears.recv(4096)
                    elif not _goes_on(reading, reading.stream.arrived, now):
                        ended.append(reading)
                if now >= next_tick:
                    next_tick = now + TICK_S
                    ended += [reading for reading in readings.values()
                              if reading not in ended and not _goes_on(reading, reading.stream.tick, now)]
                for reading in ended:
                    selector.unregister(reading.handle)
                    del readings[reading.handle]
                    reading.over.set()
                time.sleep(GATHER_S)

    def _take_new(self, selector: selectors.BaseSelector, readings: dict[int, Reading]) -> bool:
        """False when there is nothing to read: the thread ends."""
        with self._lock:
            new, self._new = self._new, []
            if not new and not readings:
                self._runs, self._bell = False, None
                return False
        now = time.monotonic()
        for reading in new:
            if _goes_on(reading, reading.stream.arrived, now):      # it may hold what came while it was opened
                selector.register(reading.handle, selectors.EVENT_READ, reading)
                readings[reading.handle] = reading
            else:
                reading.over.set()
        return True


def _goes_on(reading: Reading, step: Callable[[float], bool], now: float) -> bool:
    try:
        return step(now)
    except Exception as error:      # noqa: BLE001 - whoever waits for the stream raises it again; the others play on
        reading.error = error
        return False
