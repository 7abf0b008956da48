"""Work that another thread wants done on the GUI thread: what came of a registry job, most of the time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Later(QObject):
    """``later(work)`` runs ``work`` on the thread of this object, in order; after ``close`` nothing runs any more."""

    _carried = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._closed = False
        self._carried.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    def __call__(self, work: Callable[[], object]) -> None:
        """Any thread may call it."""
        if self._closed:
            return
        try:
            self._carried.emit(work)
        except RuntimeError:        # the C++ half went with its parent: nobody is left to tell
            self._closed = True

    def close(self) -> None:
        self._closed = True

    @Slot(object)
    def _arrive(self, work: Callable[[], object]) -> None:
        if not self._closed:
            work()
