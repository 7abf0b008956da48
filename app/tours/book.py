"""The tours, and the scenes that they stop at, in memory; what is asked of them is answered at once.

Runs on: GUI thread. Work for the registry is handed to ``submit``; its outcome comes back by ``later``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from psygnal import Signal

from app.model.errors import OperatorError
from app.model.scene import Scene, Tour

TABLES = frozenset({"tours", "scenes"})


class Submit(Protocol):
    """The registry lane's: work is done on its thread, with the open registry."""

    def __call__(self, work: Callable[[Any], Any], then: Callable[[Any], Any] | None = None, *,
                 replaces: str | None = None) -> bool: ...


class TourBook:
    """Every tour, ordered by number. ``changed`` is emitted when something differs from before."""

    changed = Signal()

    def __init__(self, submit: Submit, later: Callable[[Callable[[], object]], object]) -> None:
        """``later(work)`` runs ``work`` on the GUI thread, from any thread."""
        self._submit, self._later = submit, later
        self._tours: tuple[Tour, ...] = ()
        self._scenes: tuple[Scene, ...] = ()

    def all(self) -> tuple[Tour, ...]:
        return self._tours

    def scenes(self) -> tuple[Scene, ...]:
        """One tuple until a scene changes."""
        return self._scenes

    def by_id(self, tour_id: str) -> Tour | None:
        return next((tour for tour in self._tours if tour.id == tour_id), None)

    def by_number(self, number: int) -> Tour | None:
        return next((tour for tour in self._tours if tour.number == number), None)

    def names(self) -> Mapping[int, str]:
        """Name by number, for the numbers that ``*`` calls."""
        return {tour.number: tour.name for tour in self._tours}

    def refresh(self, then: Callable[[], object] | None = None) -> None:
        """Read the registry again; ``then`` runs on the GUI thread when it has been read."""
        def read(outcome: Any) -> None:
            if outcome.error is None:
                self._take(*outcome.value)
            if then is not None:
                then()
        self._submit(lambda registry: (tuple(registry.tours.all()), tuple(registry.scenes.all())),
                     lambda outcome: self._later(lambda: read(outcome)))

    def save(self, tour: Tour, then: Callable[[Tour | None, OperatorError | None], object]) -> None:
        """Write it; ``then`` gets the tour as kept, or why it was refused, on the GUI thread."""
        self._do(lambda registry: registry.tours.save(tour), then)

    def remove(self, tour_id: str, then: Callable[[Any, OperatorError | None], object]) -> None:
        """Take it away; ``then`` gets whether it was there, or why it could not be."""
        self._do(lambda registry: registry.tours.remove(tour_id), then)

    def prepare[T](self, hour: int, make: Callable[[Mapping[str, float]], T],
                   then: Callable[[T | None], object]) -> None:
        """``make`` from the seconds watched per camera since that hour (hours since 1970 UTC), on the registry lane,
        because it takes its time; ``then`` gets what was made on the GUI thread, None when nothing could be read."""
        self._submit(lambda registry: make(registry.seen.totals(hour)),
                     lambda outcome: self._later(lambda: then(outcome.value)))

    def _do(self, work: Callable[[Any], Any], then: Callable[[Any, OperatorError | None], object]) -> None:
        def both(registry: Any) -> tuple[Any, tuple[Tour, ...], tuple[Scene, ...]]:
            return work(registry), tuple(registry.tours.all()), tuple(registry.scenes.all())

        def done(outcome: Any) -> None:
            if outcome.error is None:
                self._take(*outcome.value[1:])
            then(outcome.value[0] if outcome.error is None else None, outcome.error)
        if not self._submit(both, lambda outcome: self._later(lambda: done(outcome))):
            then(None, None)

    def _take(self, tours: tuple[Tour, ...], scenes: tuple[Scene, ...]) -> None:
        if (tours, scenes) != (self._tours, self._scenes):
            if scenes != self._scenes:
                self._scenes = scenes
            self._tours = tours
            self.changed.emit()
