"""Which monitor is which after a restart, a power cycle or a changed cable: by identity, then place, never by index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol


class Screen(Protocol):
    """A monitor as remembered or as present; pixels of the virtual desktop. Unknown texts are empty."""

    @property
    def name(self) -> str: ...          # the connector, such as DP-1
    @property
    def model(self) -> str: ...
    @property
    def serial(self) -> str: ...
    @property
    def x(self) -> int: ...
    @property
    def y(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


def _same_device(a: Screen, b: Screen) -> bool:
    return bool(a.serial) and (a.serial, a.model) == (b.serial, b.model)


def _same_geometry(a: Screen, b: Screen) -> bool:
    return (a.x, a.y, a.width, a.height) == (b.x, b.y, b.width, b.height)


def _same_model_and_geometry(a: Screen, b: Screen) -> bool:
    return a.model == b.model and _same_geometry(a, b)


def _same_model_and_connector(a: Screen, b: Screen) -> bool:
    return bool(a.name) and (a.name, a.model) == (b.name, b.model)


def _same_place(a: Screen, b: Screen) -> bool:
    return (a.x, a.y) == (b.x, b.y)


# From the surest sign to the weakest; a monitor that was exchanged is still found at its place.
_SIGNS: tuple[Callable[[Screen, Screen], bool], ...] = (
    _same_device, _same_model_and_geometry, _same_geometry, _same_model_and_connector, _same_place)


def match_screens(wanted: Sequence[Screen], present: Sequence[Screen]) -> tuple[int | None, ...]:
    """For each wanted monitor the index of the present one that it is, or None while it is not there.

    No present monitor is given twice. Monitors that share a serial number (cheap ones do) are told apart by the
    smallest distance between their corners.
    """
    found: list[int | None] = [None] * len(wanted)
    free = set(range(len(present)))
    for sign in _SIGNS:
        pairs = [(abs(w.x - present[j].x) + abs(w.y - present[j].y), i, j)
                 for i, w in enumerate(wanted) if found[i] is None for j in free if sign(w, present[j])]
        for _, i, j in sorted(pairs):
            if found[i] is None and j in free:
                found[i] = j
                free.remove(j)
    return tuple(found)
