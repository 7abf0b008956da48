"""What the command line asks of the windows, parsed and checked before any window opens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from app.model.errors import OperatorError
from app.runtime.language import gettext as _

# X and Y may be negative: a monitor left of or above the first one has negative coordinates.
_GEOMETRY = re.compile(r"^(\d+)x(\d+)(?:([+-]\d+)([+-]\d+))?$")
_LARGEST_SIDE_PX = 16384          # the largest picture or window the geometry is tested for
_MOST_CAMERAS = 10_000            # a slip such as 1-99999999 must not fill the memory


@dataclass(frozen=True, slots=True)
class Options:
    """The wishes of one start; None or False means "as it was left".

    ``window`` is (x, y, width, height) in virtual desktop pixels; ``cameras`` are call-up numbers in order.
    """

    layout: str | None = None
    cameras: tuple[int, ...] | None = None
    window: tuple[int, int, int, int] | None = None
    fullscreen: bool = False
    bare: bool = False
    stats_json: Path | None = None
    theme: str | None = None

    @property
    def changes_the_wall(self) -> bool:
        """True when the start was asked for a certain wall, so that the saved one is left as it is."""
        return bool(self.layout or self.cameras is not None or self.window or self.bare)


def parse_window(text: str) -> tuple[int, int, int, int]:
    """``WxH`` or ``WxH+X+Y`` in pixels to (x, y, width, height). Raises OperatorError."""
    found = _GEOMETRY.match(text.strip())
    if found is None:
        raise OperatorError(_("Window size {text} is not understood. Write WIDTHxHEIGHT+X+Y, for example 1920x1080+0+0.")
                            .format(text=text))
    width, height = int(found[1]), int(found[2])
    if not (64 <= width <= _LARGEST_SIDE_PX and 64 <= height <= _LARGEST_SIDE_PX):
        raise OperatorError(_("Window size {text} is outside 64 to 16384 pixels. Choose a size between them.")
                            .format(text=text))
    return int(found[3] or 0), int(found[4] or 0), width, height


def parse_numbers(text: str) -> tuple[int, ...]:
    """``1-64,70`` to camera numbers in the order written. Raises OperatorError."""
    numbers: list[int] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise OperatorError(_("Camera numbers {text} are not understood. Write for example 1-64,70.")
                                .format(text=text))
        start, end = int(first), int(last or first)
        if end < start or end - start >= _MOST_CAMERAS:
            raise OperatorError(_("The range {part} is empty or too long. Write for example 1-64.").format(part=part))
        numbers.extend(range(start, end + 1))
    return tuple(numbers)
