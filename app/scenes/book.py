"""The scenes in memory, fed by the registry lane; what is asked of them is answered at once.

Runs on: GUI thread. Work for the registry is handed to ``submit``; its outcome comes back by ``later``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from psygnal import Signal

from app.model.errors import OperatorError
from app.model.scene import Scene


class Submit(Protocol):
    """The registry lane's: work is done on its thread, with the open registry."""

    def __call__(self, work: Callable[[Any], Any], then: Callable[[Any], None] | None = None, *,
                 replaces: str | None = None) -> bool: ...


class SceneBook:
    """Every scene, ordered by number. A change shows at once and is written behind the operator's back.

    ``changed`` is emitted when something differs. ``refused`` carries an OperatorError when a change could not be
    written; the book then holds again what the registry holds. What other programs write comes in by ``refresh``.
    """

    changed = Signal()
    refused = Signal(OperatorError)

    def __init__(self, submit: Submit, later: Callable[[Callable[[], None]], None]) -> None:
        """``later(work)`` runs ``work`` on the GUI thread, from any thread."""
        self._submit, self._later = submit, later
        self._scenes: tuple[Scene, ...] = ()
        self._writes = 0                        # on their way; the list that the last of them brings is the truth

    def all(self) -> tuple[Scene, ...]:
        return self._scenes

    def by_id(self, scene_id: str) -> Scene | None:
        return next((scene for scene in self._scenes if scene.id == scene_id), None)

    def by_number(self, number: int) -> Scene | None:
        return next((scene for scene in self._scenes if scene.number == number), None)

    def names(self) -> Mapping[int, str]:
        """Name by number, for the numbers that ``*`` calls."""
        return {scene.number: scene.name for scene in self._scenes}

    def refresh(self) -> None:
        """Read the registry again; a list that is older than a write of ours is not taken."""
        self._submit(lambda registry: registry.scenes.all(),
                     lambda outcome: self._later(lambda: self._read(outcome)), replaces="scenes.list")

    def save(self, scene: Scene) -> None:
        """Add it, or put it in place of the one with its id."""
        self._take((*(each for each in self._scenes if each.id != scene.id), scene))
        self._write(lambda registry: registry.scenes.save(scene))

    def remove(self, scene_id: str) -> None:
        self._take(each for each in self._scenes if each.id != scene_id)
        self._write(lambda registry: registry.scenes.remove(scene_id))

    def _write(self, work: Callable[[Any], object]) -> None:
        def both(registry: Any) -> list[Scene]:
            work(registry)
            scenes: list[Scene] = registry.scenes.all()
            return scenes
        self._writes += 1
        if not self._submit(both, lambda outcome: self._later(lambda: self._written(outcome))):
            self._writes -= 1
            self.refresh()

    def _written(self, outcome: Any) -> None:
        self._writes -= 1
        if outcome.error is not None:
            self.refused.emit(outcome.error)
            if not self._writes:
                self.refresh()
        elif not self._writes:
            self._take(outcome.value)

    def _read(self, outcome: Any) -> None:
        if outcome.error is None and not self._writes:
            self._take(outcome.value)

    def _take(self, scenes: Iterable[Scene]) -> None:
        ordered = tuple(sorted(scenes, key=lambda scene: (scene.number, scene.id)))
        if ordered != self._scenes:
            self._scenes = ordered
            self.changed.emit()
