"""The bookmarks in memory, written through to the registry and held in the recordings.

Runs on: GUI thread; ``then`` of the registry hops there by ``later``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from psygnal import Signal

from app.model.bookmark import Bookmark
from app.model.errors import OperatorError

TABLE = "bookmarks"
MOST_UNDO = 50


class Submit(Protocol):
    """See widgets.window.seam.Lane.submit."""

    def __call__(self, work: Callable[[Any], Any], then: Callable[[Any], None] | None = None, *,
                 replaces: str | None = None) -> bool: ...


class Holds(Protocol):
    """See app.recording.keeper.Keeper."""

    def hold(self, holder: str, cameras: tuple[str, ...], t0: int, t1: int,
             then: Callable[[object], None] | None = None) -> bool: ...

    def release(self, holder: str) -> bool: ...


class BookmarkBook:
    """``later`` runs work on the GUI thread. ``refused`` tells why the registry did not take one."""

    changed = Signal()
    refused = Signal(OperatorError)

    def __init__(self, submit: Submit, holds: Holds, later: Callable[[Callable[[], None]], None]) -> None:
        self._submit, self._holds, self._later = submit, holds, later
        self._rows: tuple[Bookmark, ...] = ()
        self._undo: deque[tuple[str, Bookmark]] = deque(maxlen=MOST_UNDO)       # what was done, and what stood there

    def all(self) -> Sequence[Bookmark]:
        """The newest first."""
        return self._rows

    def by_id(self, bookmark_id: str) -> Bookmark | None:
        return next((one for one in self._rows if one.id == bookmark_id), None)

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    def refresh(self) -> None:
        """Read them again: another program may have written."""
        self._submit(lambda registry: registry.bookmarks.all(), self._take, replaces="bookmarks.all")

    def save(self, bookmark: Bookmark, by: str = "") -> None:
        """Shown at once; kept and held in the background. Its id must be set. ``by``: who marks or changes it."""
        known = self.by_id(bookmark.id)
        if known is not None and known != bookmark:
            self._undo.append(("changed", known))
        self._keep(bookmark, by)

    def _keep(self, bookmark: Bookmark, by: str = "") -> None:
        self._show([bookmark, *(one for one in self._rows if one.id != bookmark.id)])
        self._holds.hold(bookmark.id, tuple(one.id for one in bookmark.cameras), bookmark.t0, bookmark.t1)
        self._submit(lambda registry: registry.bookmarks.save(bookmark, by), self._saved)

    def remove(self, bookmark_id: str) -> bool:
        """Away, and what it held may go; ``undo`` brings it back. False when there is none."""
        known = self.by_id(bookmark_id)
        if known is None:
            return False
        self._undo.append(("removed", known))
        self._show([one for one in self._rows if one.id != bookmark_id])
        self._submit(lambda registry: registry.bookmarks.remove(bookmark_id), self._saved)
        self._holds.release(bookmark_id)
        return True

    def undo(self) -> tuple[str, Bookmark] | None:
        """The last change or deletion of this run is taken back: (what was done, the bookmark as now)."""
        if not self._undo:
            return None
        done, before = self._undo.pop()
        self._keep(before)
        return done, before

    def _show(self, rows: Sequence[Bookmark]) -> None:
        self._rows = tuple(sorted(rows, key=lambda one: -one.at))
        self.changed.emit()

    def _take(self, outcome: Any) -> None:
        if outcome.value is not None:
            rows = outcome.value
            self._later(lambda: self._show(rows))

    def _saved(self, outcome: Any) -> None:
        error = outcome.error
        if error is not None:
            self._later(lambda: self.refused.emit(error))
            self.refresh()
