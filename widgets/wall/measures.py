"""The measures of a pane by its height: strip, type, padding, gaps. Numbers are the mock-ups', in logical pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """Console: strip on panel above the picture. Wall: strip on a plate over it. Bare: pictures only, no gap."""

    CONSOLE = "console"
    WALL = "wall"
    BARE = "bare"


class Strips(StrEnum):
    """When the header strip shows. One that comes and goes lies over the picture, in the console too: pictures do
    not change their size under the pointer."""

    ALWAYS = "always"
    HOVER = "hover"         # under the pointer, and when something is to be said
    WRONG = "wrong"         # only when something is to be said
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: heights and sizes in logical pixels."""

    strip: int
    text: int
    second: int             # second words: place, REC, M
    padding: int
    icon: int

    @property
    def small(self) -> bool:
        """Panes of an 8x8: only a number plate unless something is to be said."""
        return self.strip == 16


_STEPS = (
    (160, Step(16, 11, 11, 5, 12)),
    (240, Step(20, 12, 12, 8, 16)),
    (400, Step(24, 14, 14, 8, 16)),
    (640, Step(28, 17, 14, 10, 20)),
)
_LARGEST = Step(40, 22, 17, 16, 24)

CONSOLE_GAP = 4         # margin and gaps; frames of 2 px lie in it
FRAME = 2
SUMMARY_HEIGHT = 24
TINY_HEIGHT = 100       # a pane of 128x72 has room for one short text in its middle
SMALL_HEIGHT = 160


def step_for(pane_height: float) -> Step:
    """The row of the table for a pane of that height, logical pixels."""
    for below, step in _STEPS:
        if pane_height < below:
            return step
    return _LARGEST


def wall_gap(columns: int) -> int:
    """2 px between large panes, 1 px from seven columns on, where gaps would cost a strip's height in all."""
    return 1 if columns > 6 else 2
