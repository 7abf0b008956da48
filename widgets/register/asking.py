"""Asks the registry lane for something and gets the answer on the GUI thread.

Runs on: GUI thread; ``work`` runs on the registry lane.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.registry.lane import Outcome
from widgets.window.seam import Lane

_log = logging.getLogger("lawang.register")


class Asking(QObject):
    """Lives as long as its parent; answers that come later are dropped."""

    _answered = Signal(object, object)

    def __init__(self, lane: Lane, parent: QObject) -> None:
        super().__init__(parent)
        self._lane = lane
        self._answered.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    def ask(self, work: Callable[[Any], Any], then: Callable[[Outcome[Any]], None], *, replaces: str = "") -> bool:
        """False when the lane takes nothing more. ``then`` is called on the GUI thread with the Outcome."""
        def carry(outcome: Outcome[Any]) -> None:
            try:
                self._answered.emit(then, outcome)
            except RuntimeError:
                _log.debug("an answer of the registry came after its page had gone")
        return self._lane.submit(work, carry, replaces=replaces or None)

    @Slot(object, object)
    def _arrive(self, then: Callable[[Outcome[Any]], None], outcome: Outcome[Any]) -> None:
        then(outcome)
