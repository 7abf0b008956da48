"""Import and export beside a running wall: reading and checking on a thread of their own, SQL on the registry's.

Runs on: any thread may ask. Signals are emitted on the "import" or the registry thread; who shows something hops.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from psygnal import Signal

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.model.register import Owner
from app.registry.exchange.bring import known_of, look, write
from app.registry.exchange.known import Known, Options
from app.registry.exchange.plan import Plan
from app.registry.exchange.report import report_lines
from app.registry.exchange.send import put_file, write_list
from app.registry.exchange.watch import Cancelled, Watch
from app.registry.lane import Outcome
from app.registry.registry import Registry
from app.runtime.lanes import Lane
from app.runtime.language import gettext as _

log = logging.getLogger("lawang.registry")

MOST_REPORTED = 100_000     # sentences in a saved report: all of them


class ExchangeWork:
    """One list at a time: a new ``look`` ends the one before. Close it when its panel goes.

    Signals: ``progress(done, total)``; ``looked(Plan)``; ``written(Plan)``; ``undone(LastImport)``;
    ``sent(path, cameras)`` an export, ``saved(path)`` a report; ``failed(str)`` a sentence; ``cancelled()``.
    """

    progress = Signal(int, int)
    looked = Signal(object)
    written = Signal(object)
    undone = Signal(object)
    sent = Signal(object, int)
    saved = Signal(object)
    failed = Signal(str)
    cancelled = Signal()

    def __init__(self, submit: Callable[..., bool]) -> None:
        """``submit``: that of the registry lane."""
        self._submit = submit
        self._lane: Lane | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._watch = Watch()

    def look(self, path: Path, options: Options) -> None:
        """Reads and checks a list against the register as it is now; ends in ``looked``, ``failed``, ``cancelled``."""
        watch = self._new_watch()

        def then(known: Known) -> None:
            self._on_lane(lambda: look(path, known, options, watch), self.looked.emit, watch)
        self._ask(known_of, then)

    def write(self, plan: Plan) -> None:
        """Writes a plan in one transaction; ends in ``written`` or ``failed``."""
        self._ask(lambda registry: write(registry, plan), self.written.emit)

    def undo(self) -> None:
        """Takes the last import back; ends in ``undone`` or ``failed``."""
        self._ask(lambda registry: registry.imports.undo(), self.undone.emit)

    def send(self, path: Path) -> None:
        """Exports every camera; ends in ``sent``, ``failed`` or ``cancelled``."""
        watch = self._new_watch()

        def then(found: tuple[Sequence[Camera], Sequence[Owner]]) -> None:
            self._on_lane(lambda: write_list(path, *found, watch), lambda count: self.sent.emit(path, count), watch)
        self._ask(lambda registry: (registry.list_cameras(), registry.owners.all()), then)

    def save_report(self, plan: Plan, path: Path) -> None:
        """Writes the report of a plan as text; ends in ``saved`` or ``failed``."""
        def save() -> Path:
            put_file(path, ("\n".join(report_lines(plan, MOST_REPORTED, dry_run=not plan.written)) + "\n").encode())
            return path
        self._on_lane(save, self.saved.emit, self._watch)

    def cancel(self) -> None:
        """Stops reading, checking or exporting; what is being written is written."""
        self._watch.cancel()

    def close(self) -> bool:
        """Stops and ends the thread. False when it did not end in time."""
        self._closed = True
        self.cancel()
        with self._lock:
            lane, self._lane = self._lane, None
        return lane.close() if lane else True

    def _new_watch(self) -> Watch:
        self.cancel()
        self._watch = Watch(self.progress.emit)
        return self._watch

    def _ask(self, work: Callable[[Registry], Any], then: Callable[[Any], object]) -> None:
        def told(outcome: Outcome[Any]) -> None:
            if outcome.error is not None:
                self.failed.emit(str(outcome.error))
            elif not self._closed:
                then(outcome.value)
        if not self._submit(work, told):
            self.failed.emit(_("The registry is closed."))

    def _on_lane(self, work: Callable[[], Any], then: Callable[[Any], object], watch: Watch) -> None:
        def done(value: Any) -> None:
            if watch is self._watch and not self._closed:
                then(value)

        def failed(error: BaseException) -> None:
            if watch is not self._watch or self._closed:
                return
            if isinstance(error, Cancelled):
                self.cancelled.emit()
            elif isinstance(error, OperatorError):
                self.failed.emit(str(error))
            else:
                log.error("an import or export failed", exc_info=error)
                self.failed.emit(_("The list could not be worked on; the log says why."))
        with self._lock:
            if self._closed:
                return
            self._lane = self._lane or Lane("import", jobs=4)
            accepted = self._lane.submit(work, done, failed)
        if not accepted:
            self.failed.emit(_("Another list is still being worked on."))
