"""The one place where a psygnal signal, emitted on any thread, becomes a call on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psygnal import SignalInstance
from PySide6.QtCore import QObject, Qt, Signal, Slot


class Hop(QObject):
    """Carries the arguments of a psygnal signal through Qt's queue and calls ``slot`` on the thread of this object.

    Lives as long as its parent, and takes its psygnal connection with it. Order is kept; nothing is dropped: the
    queue is Qt's own, so only signals with a bounded rate may hop (states and counts do, pictures never).
    """

    _carried = Signal(object)

    def __init__(self, source: SignalInstance, slot: Callable[..., object], parent: QObject) -> None:
        super().__init__(parent)
        self._slot = slot
        self._source = source
        self._carried.connect(self._arrive, Qt.ConnectionType.QueuedConnection)
        source.connect(self._depart)
        parent.destroyed.connect(self.stop)

    def stop(self) -> None:
        """Disconnect; may be called again."""
        self._source.disconnect(self._depart, missing_ok=True)

    def _depart(self, *arguments: Any) -> None:
        try:
            self._carried.emit(arguments)
        except RuntimeError:
            # The C++ half went with its parent while another thread was emitting: nobody is left to tell.
            self._source.disconnect(self._depart, missing_ok=True)

    @Slot(object)
    def _arrive(self, arguments: tuple[Any, ...]) -> None:
        self._slot(*arguments)


def hop_to_gui(source: SignalInstance, slot: Callable[..., object], parent: QObject) -> Hop:
    """Call ``slot`` on the GUI thread whenever ``source`` is emitted, for as long as ``parent`` lives."""
    return Hop(source, slot, parent)
