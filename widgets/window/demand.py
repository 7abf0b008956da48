"""Tells the engine what all windows together want, at most once in a turn of the event loop.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject, QTimer

from app.video.engine import Engine, PaneKey, Want


class Demand(QObject):
    """``mark`` after any change of wall, size or visibility; moved pictures are renamed before the next show.

    ``also``: what features want besides the panes, such as the next page of a tour; they append to it. A pane that a
    window wants itself is never theirs. ``amend``: features that let a pane show something else, such as the past.
    """

    def __init__(self, engine: Engine, wants: Callable[[], Iterable[Mapping[PaneKey, Want]]],
                 parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._wants = wants
        self.also: list[Callable[[], Mapping[PaneKey, Want]]] = []
        self.amend: list[Callable[[PaneKey, Want], Want]] = []
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._show)
        self._closed = False

    def mark(self) -> None:
        """Something changed; a burst of marks becomes one show."""
        if not self._closed and not self._turn.isActive():
            self._turn.start()

    def moved(self, moves: Mapping[PaneKey, PaneKey]) -> None:
        """Running pictures change place: renamed at once, so that the show that follows finds them there."""
        self._engine.rename(moves)
        self.mark()

    def close(self) -> None:
        self._closed = True
        self._turn.stop()

    def _show(self) -> None:
        union: dict[PaneKey, Want] = {}
        for more in self.also:
            union.update(more())
        for wants in self._wants():
            union.update(wants)
        for change in self.amend:
            union = {key: change(key, want) for key, want in union.items()}
        self._engine.show(union)
