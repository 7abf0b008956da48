"""A moment that somebody wants to find again, with the stretch around it that is held."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How bad it is, as the operator says."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


@dataclass(frozen=True, slots=True)
class Marked:
    """A camera of a bookmark as it was called then: it stays readable when the camera is gone."""

    id: str
    number: int
    name: str

    @property
    def label(self) -> str:
        """The call-up number as shown."""
        return f"{self.number:04d}"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """``at``: the moment; ``t0`` to ``t1`` is held. UTC, microseconds since 1970.

    ``cameras``: the selected one first, then those that were seen. ``station`` and ``operator``: who marked it.
    """

    id: str
    at: int
    t0: int
    t1: int
    cameras: tuple[Marked, ...]
    category: str = ""
    words: str = ""
    agency: str = ""
    severity: Severity = Severity.NONE
    operator: str = ""
    station: str = ""

    def matches(self, words: str) -> bool:
        """Every word is found in category, words, agency, operator, a camera's number or name."""
        text = " ".join((self.category, self.words, self.agency, self.operator,
                         *(f"{camera.label} {camera.name}" for camera in self.cameras))).casefold()
        return all(word in text for word in words.casefold().split())
