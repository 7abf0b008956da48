"""The thread that answers questions about several places for recordings, so that none of their own threads waits for
another's disk.

Runs on: the thread "recorded", which ``begin`` starts; ``post`` may be called from any thread and returns at once.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Collection
from pathlib import Path

from app.model.errors import OperatorError
from app.recording.absence import Absence
from app.recording.everywhere import Readable

_log = logging.getLogger("lawang.recording")

QUEUE = 1024
CLOSE_S = 3.0

type Job = Callable[[], None]


class Reading:
    """``open_read`` opens the index of a place for reading. ``absence`` is closed with it."""

    def __init__(self, open_read: Callable[[Path], Readable], absence: Absence) -> None:
        self._open_read, self._absence = open_read, absence
        self._readers: dict[Path, Readable] = {}
        self._queue: queue.Queue[Job | None] = queue.Queue(QUEUE)
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start the thread, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="recorded", daemon=True)
            self._thread.start()

    def post(self, job: Job) -> bool:
        """Do it on the thread; False: too much waits."""
        return self._put(job)

    def close(self) -> None:
        """Do what waits, then end."""
        if self._thread is not None and self._put(None):
            self._thread.join(CLOSE_S)

    def _put(self, job: Job | None) -> bool:
        try:
            self._queue.put_nowait(job)
            return True
        except queue.Full:
            _log.error("questions about recordings are not answered in time")
            return False

    # -- thread "recorded" -------------------------------------------------------------------------------------------

    def indexes(self, there: Collection[Path]) -> tuple[Readable, ...]:
        """The indexes of these places, opened once each; those of others, and made anew since, are closed."""
        for root in [root for root, one in self._readers.items() if root not in there or one.stale]:
            self._readers.pop(root).close()
        for root in there:
            if root not in self._readers:
                try:
                    self._readers[root] = self._open_read(root)
                except OperatorError as error:
                    _log.warning("%s", error)
        return tuple(self._readers.values())

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            try:
                job()
            except OperatorError as error:
                _log.warning("%s", error)
            except Exception:       # noqa: BLE001 - the top of this thread: one bad question must not end it
                _log.exception("a question about recordings failed")
        self.indexes(())
        self._absence.close()
