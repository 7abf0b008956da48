"""Keeps the saved wall near the wall on the screen: at most one write a second, and one at the end.

Runs on: GUI thread; the write itself runs wherever ``save`` takes it (the registry lane).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.model.wall import WallState

# A kill -9 may cost the last second of moving panes about; a drag of a window would otherwise write 60 times a second.
LEAST_GAP_MS = 1000


class Saving(QObject):
    """``save`` must return at once; it is given the newest state only."""

    def __init__(self, save: Callable[[WallState], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._save = save
        self._waiting: WallState | None = None
        self._gap = QTimer(self, singleShot=True, interval=LEAST_GAP_MS)
        self._gap.timeout.connect(self._elapsed)

    def changed(self, state: WallState) -> None:
        """The first change is written at once, those that follow within the second are joined into one."""
        self._waiting = state
        if not self._gap.isActive():
            self._write()
            self._gap.start()

    def finish(self) -> None:
        """Write what still waits."""
        self._gap.stop()
        self._write()

    def _elapsed(self) -> None:
        if self._waiting is not None:
            self._write()
            self._gap.start()

    def _write(self) -> None:
        if self._waiting is not None:
            state, self._waiting = self._waiting, None
            self._save(state)
