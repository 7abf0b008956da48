"""One pull, several consumers: the current group of pictures is kept, so that whoever comes shows a picture at once.

Runs on: ``accept`` on the stream's pulling thread or the worker's reader; ``attach``, ``detach`` and ``start`` on the
worker's other threads.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from app.video.transport import Unit

GROUP_UNITS = 600               # a camera with a key picture every 20 s at 30 pictures a second; more is not kept
GROUP_BYTES = 16 << 20          # bytes of one group that are kept; a 4K camera at 16 Mbit/s needs 4 MB per 2 s
SLOW_TICKS = 15_000             # a sixth of a second: with fewer pictures none may wait for the next one


class Consumer(Protocol):
    """Whoever wants units: a feed, later the segment writer."""

    def offer(self, unit: Unit) -> None: ...

    def begin(self, group: Sequence[Unit]) -> None: ...


class Hub:
    """Hands the units of one stream to its consumers and keeps the current group of pictures."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._group: list[Unit] = []
        self._group_bytes = 0
        self._consumers: list[Consumer] = []
        self._newest: int | None = None         # the camera's stamp of the newest unit
        self._far = True                        # what is known first counts; later one pause is no rhythm
        self.slow = False                       # the camera's pictures are further apart than SLOW_TICKS

    def accept(self, unit: Unit) -> None:
        """The next unit of the stream."""
        with self._lock:
            before, self._newest = self._newest, unit.stamp
            if before is not None:
                far = unit.stamp - before > SLOW_TICKS
                self.slow, self._far = far and self._far, far
            if unit.key:
                self._group = [unit]
                self._group_bytes = len(unit.data)
            elif self._group:
                if len(self._group) >= GROUP_UNITS or self._group_bytes + len(unit.data) > GROUP_BYTES:
                    self._group = []            # an endless group: newcomers wait for the next key picture
                else:
                    self._group.append(unit)
                    self._group_bytes += len(unit.data)
            for consumer in self._consumers:
                consumer.offer(unit)

    def start(self, consumer: Consumer, *, with_group: bool = True) -> None:
        """Give the current group to a consumer that is ready, then everything live, with no unit lost between."""
        with self._lock:
            consumer.begin(tuple(self._group) if with_group else ())
            self._consumers.append(consumer)

    def detach(self, consumer: Consumer) -> None:
        with self._lock:
            if consumer in self._consumers:
                self._consumers.remove(consumer)

    def forget_group(self) -> None:
        """The stream broke off: its group must not be shown to newcomers as if it were now."""
        with self._lock:
            self._group = []
            self._group_bytes = 0
