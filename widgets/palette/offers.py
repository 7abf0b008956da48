"""What features let the palette find besides commands and cameras: scenes, tours. No Qt.

A feature appends an OfferGroup to ``Overlays.offers`` when it is installed; ``list`` is asked at each letter typed, on
the GUI thread, and answers from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to find. Enter runs ``command`` with ``args`` through the dispatcher, so its condition says whether
    it is possible now. ``also`` are quiet words after the title; ``key`` is the key in force, "" without; ``symbol``
    the name of an icon of widgets.theme."""

    title: str
    command: str
    args: Mapping[str, Any] = field(default_factory=dict)
    also: str = ""
    key: str = ""
    symbol: str = "command"


type Note = Callable[[str], str]
"""Quiet words after the title of a command, by its id; "" for all that a feature has nothing to say of."""


@dataclass(frozen=True, slots=True)
class OfferGroup:
    """``head`` gives the group's title in the language in force."""

    head: Callable[[], str]
    list: Callable[[], Iterable[Offer]]
