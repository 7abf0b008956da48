"""A lane: one named thread that runs jobs one after the other, so that what it owns needs no locks.

Runs on: anyone may ``submit``; jobs, callbacks and ``fallen`` run on the lane's own thread. A widget's callback hops
to the GUI thread itself (widgets/common).
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

log = logging.getLogger("lawang.runtime")

QUEUE_JOBS = 256            # a person makes a few jobs a second; more means that the lane hangs
CLOSE_SECONDS = 3.0         # the deadline of one step of closing (house.md section 4)


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    work: Callable[[], Any]
    then: Callable[[Any], None] | None
    failed: Callable[[BaseException], None] | None


class Lane:
    """One thread with a bounded queue. A job that does not fit is refused, never waited for, and counted.

    ``refused``: jobs that were turned away since the start.
    """

    def __init__(self, name: str, *, jobs: int = QUEUE_JOBS) -> None:
        self.name = name
        self.refused = 0
        self._jobs: queue.Queue[_Job | None] = queue.Queue(jobs)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], Any], then: Callable[[Any], None] | None = None,
               failed: Callable[[BaseException], None] | None = None, *, name: str = "") -> bool:
        """Queue a job; ``then`` gets its result, ``failed`` its exception. Returns False when it was turned away."""
        job = _Job(name or getattr(work, "__qualname__", repr(work)), work, then, failed)
        with self._lock:
            if not self._closing.is_set():
                try:
                    self._jobs.put_nowait(job)
                    return True
                except queue.Full:
                    pass
            self.refused += 1
        log.warning("lane %s turned %s away: %s", self.name, job.name,
                     "it is closing" if self._closing.is_set() else f"{self._jobs.maxsize} jobs wait already")
        return False

    @property
    def waiting(self) -> int:
        """Jobs in the queue, about."""
        return self._jobs.qsize()

    @property
    def on_lane(self) -> bool:
        """Whether the caller runs on this lane."""
        return threading.current_thread() is self._thread

    def close(self, seconds: float = CLOSE_SECONDS) -> bool:
        """Take no more jobs, do those that wait, end. Returns False when the deadline passed first.

        After the deadline the jobs that still wait are dropped and named in the log; the job at work is let finish.
        """
        with self._lock:
            first = not self._closing.is_set()
            self._closing.set()
        if first:
            self._wake()
        if self.on_lane:
            return False
        self._thread.join(seconds)
        if self._thread.is_alive():
            self._drop_waiting()
        return not self._thread.is_alive()

    def _wake(self) -> None:
        try:
            self._jobs.put_nowait(None)
        except queue.Full:
            log.debug("lane %s closes with a full queue; it ends when the queue is done", self.name)

    def _drop_waiting(self) -> None:
        dropped: list[str] = []
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is not None:
                dropped.append(job.name)
        self._wake()
        log.error("lane %s did not end in time; dropped: %s", self.name, ", ".join(dropped) or "nothing")

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            self._do(job)
            if self._closing.is_set() and self._jobs.empty():
                return

    def _do(self, job: _Job) -> None:
        # The top of a thread: whatever a job raises ends that job, not the lane.
        try:
            result = job.work()
        except Exception as error:  # noqa: BLE001
            self._tell(job, job.failed, error)
        else:
            self._tell(job, job.then, result)

    def _tell(self, job: _Job, listener: Callable[[Any], None] | None, value: Any) -> None:
        if listener is None:
            if isinstance(value, BaseException):
                log.error("lane %s: %s failed", self.name, job.name, exc_info=value)
            return
        try:
            listener(value)
        except Exception:
            log.exception("lane %s: the listener of %s failed", self.name, job.name)
