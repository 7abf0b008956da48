"""Which rule decides about which camera, for all of them at once: what an operator sees who changes rules. Pure.

The same order as :func:`app.recording.rules.winner`, found by key instead of asking each rule: 2,000 rules and 60,000
cameras would take a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from app.model.camera import Camera
from app.recording.rules import Rule, Scope

type Key = tuple[Scope, str | tuple[str, ...]]


class Deciding:
    """A set of rules by whom they are for."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_key: dict[Key, list[tuple[int, Rule]]] = {}
        for place, rule in enumerate(rules):
            of = "" if rule.scope is Scope.ALL else tuple(rule.of.split("/")) if rule.scope is Scope.AREA else rule.of
            self._by_key.setdefault((rule.scope, of), []).append((place, rule))

    def fitting(self, camera: Camera) -> list[Rule]:
        """All rules that are for this camera, the one that decides first."""
        keys: list[Key] = [(Scope.CAMERA, camera.id), *((Scope.TAG, tag) for tag in dict.fromkeys(camera.tags)),
                           *((Scope.AREA, camera.area[:depth]) for depth in range(len(camera.area), 0, -1)),
                           (Scope.ALL, "")]
        found = [one for key in keys for one in self._by_key.get(key, ())]
        return [rule for _place, rule in sorted(found, key=lambda one: (-one[1].rank, one[0]))]

    def winner(self, camera: Camera) -> Rule | None:
        """As :func:`app.recording.rules.winner`."""
        return next(iter(self.fitting(camera)), None)

    def counts(self, cameras: Iterable[Camera], rest: Callable[[], None] = lambda: None) -> dict[Rule, int]:
        """How many cameras each rule decides about. ``rest`` is called between two cameras."""
        found: dict[Rule, int] = {}
        for camera in cameras:
            rest()
            rule = self.winner(camera)
            if rule is not None:
                found[rule] = found.get(rule, 0) + 1
        return found


def changed_for(before: Sequence[Rule], after: Sequence[Rule], cameras: Iterable[Camera],
                rest: Callable[[], None] = lambda: None) -> tuple[Camera, ...]:
    """The cameras for which another rule decides, or the same one says something else."""
    old, new = Deciding(before), Deciding(after)
    found = []
    for camera in cameras:
        rest()
        if old.winner(camera) != new.winner(camera):
            found.append(camera)
    return tuple(found)
