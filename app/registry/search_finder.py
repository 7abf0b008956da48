"""The finder: one thread with its own read-only connection that answers questions about cameras.

A long import on the registry lane does not hold up an operator who types. Of the questions of one asker only the newest
is answered.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from app.registry.directory import CameraDirectory
from app.registry.search import SearchReader
from app.registry.search_answer import Answer, Lately, Question, answered

log = logging.getLogger("lawang.registry")

RETRY_SECONDS = 5.0         # a file without index, or that cannot be read: memory answers, and it is tried again
CLOSE_SECONDS = 2.0         # a question of the largest registry takes a tenth of it
MOST_ASKERS = 64            # docks, palettes and pages of all windows; more are a loop gone wild


class Finder:
    """Answers from the index of the file at ``path``, or from ``directory`` where that is not possible."""

    def __init__(self, path: Path, directory: CameraDirectory) -> None:
        self._path, self._directory = path, directory
        self._waiting: OrderedDict[str, tuple[Question, Callable[[Answer], None]]] = OrderedDict()
        self._wake = threading.Condition()
        self._closing = False
        self._learn = True
        self._moved = False
        self._db: sqlite3.Connection | None = None
        self._reader: SearchReader | None = None
        self._try_at = 0.0
        self._lately = Lately()
        self._thread = threading.Thread(target=self._run, name="finder", daemon=True)

    def start(self) -> None:
        """Starts the thread; returns at once."""
        self._directory.changed.connect(self._changed)
        self._thread.start()

    def ask(self, asker: str, question: Question, then: Callable[[Answer], None]) -> bool:
        """Queues the question in place of an older one of this asker; ``then`` gets the answer on the finder thread.

        False, and nothing queued, when the finder is closing or MOST_ASKERS wait.
        """
        with self._wake:
            if self._closing or (len(self._waiting) >= MOST_ASKERS and asker not in self._waiting):
                return False
            self._waiting.pop(asker, None)
            self._waiting[asker] = (question, then)
            self._wake.notify()
            return True

    def reopen(self) -> None:
        """Another file lies at the path now: the next question is asked of that one."""
        with self._wake:
            self._moved = self._learn = True
            self._wake.notify()

    def close(self, timeout: float = CLOSE_SECONDS) -> bool:
        """Drops what waits and ends the thread; False when ``timeout`` seconds were not enough."""
        self._directory.changed.disconnect(self._changed, missing_ok=True)
        with self._wake:
            self._closing = True
            self._waiting.clear()
            self._wake.notify()
        if self._thread.ident is None or self._thread is threading.current_thread():
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _changed(self, _ids: frozenset[str]) -> None:
        """On the lane: the words of the index may be others; learnt now, not when the next letter is typed."""
        with self._wake:
            self._learn = True
            self._wake.notify()

    def _run(self) -> None:
        try:
            while True:
                with self._wake:
                    while not self._waiting and not self._learn and not self._closing:
                        self._wake.wait()
                    if self._closing:
                        return
                    learn, self._learn = self._learn, False
                    moved, self._moved = self._moved, False
                    job = self._waiting.popitem(last=False)[1] if self._waiting else None
                if moved:
                    self._shut()
                    self._try_at, self._lately = 0.0, Lately()
                if job is not None:
                    self._answer(*job)
                elif learn:
                    self._indexed(SearchReader.learn)
        finally:
            self._shut()

    def _answer(self, question: Question, then: Callable[[Answer], None]) -> None:
        try:
            answer = self._indexed(lambda reader: answered(question, self._directory, reader, self._lately))
            then(answer if answer is not None else answered(question, self._directory, None))
        except Exception:
            log.exception("a question about cameras failed")

    def _indexed[T](self, ask: Callable[[SearchReader], T]) -> T | None:
        """What the index says, or None when it cannot be asked now or does not know the newest rows yet."""
        reader = self._open()
        try:
            return None if reader is None or reader.is_behind else ask(reader)
        except sqlite3.Error as error:
            log.warning("the search index of %s cannot be asked (%s); cameras are found in memory", self._path, error)
            self._shut()
            self._try_at = time.monotonic() + RETRY_SECONDS
            return None

    def _open(self) -> SearchReader | None:
        if self._reader is None and time.monotonic() >= self._try_at:
            self._try_at = time.monotonic() + RETRY_SECONDS
            try:
                self._db = sqlite3.connect(f"file:{quote(str(self._path.absolute()))}?mode=ro", uri=True, timeout=0.2)
                self._reader = SearchReader(self._db)
            except sqlite3.Error as error:
                log.info("no search index in %s (%s); cameras are found in memory", self._path, error)
                self._shut()
        return self._reader

    def _shut(self) -> None:
        if self._db is not None:
            self._db.close()
        self._db = self._reader = None
