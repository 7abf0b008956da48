"""The colours of both themes by what they are for; every value is from the mock-ups' table "Colours"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. Every field but ``name`` and ``dark`` is a colour as ``#rrggbb`` or ``#aarrggbb``."""

    name: str
    dark: bool
    ground: str             # gaps
    panel: str              # docks
    raised: str             # buttons
    line: str               # 1 px rules
    text: str
    quiet: str
    faint: str              # ticks, live dot, disabled words only: below the 4.5:1 that words need
    accent: str             # selection, focus, playhead, replay
    amber: str              # late
    cyan: str               # someone steers
    green: str              # done, never "normal"
    red: str                # frames and filled tags
    red_words: str          # red on raised is only 4.05:1, words take this one
    on_fill: str            # words on red, cyan or accent
    selected_row: str       # with a 2 px accent bar at the left
    field: str              # inputs, 1 px line
    first_button: str       # one per area; accent is not spent on buttons
    first_words: str
    recorded: str           # timeline bars
    activity: str
    # The strip over a picture is the same in both themes: it lies on a picture, not on the room's walls.
    plate: str = "#c70d1014"            # 78 %
    plate_words: str = "#d9e0e8"        # 7:1 over pure white under the plate
    plate_quiet: str = "#a9b5c3"        # 4.6:1
    plate_amber: str = "#e3a92b"
    plate_cyan: str = "#3ec9d6"
    plate_red: str = "#e5484d"
    plate_red_words: str = "#f2686c"
    on_plate_fill: str = "#0d1014"
    plate_accent: str = "#5aa2ff"
    behind: str = "#06080a"             # behind pictures: wall windows stay dark in both themes
    behind_quiet: str = "#8b98a8"       # second words there
    behind_line: str = "#2a333f"


DARK = Tokens(
    name="dark", dark=True,
    ground="#0d1014", panel="#141920", raised="#1c232c", line="#2a333f",
    text="#d9e0e8", quiet="#8b98a8", faint="#566272",
    accent="#5aa2ff", amber="#e3a92b", cyan="#3ec9d6", green="#49b17a", red="#e5484d", red_words="#f2686c",
    on_fill="#0d1014", selected_row="#16283f", field="#0d1014", first_button="#34404d", first_words="#ffffff",
    recorded="#3b4756", activity="#667487",
)

LIGHT = Tokens(
    name="light", dark=False,
    ground="#c5cdd6", panel="#edf0f3", raised="#ffffff", line="#b9c3ce",
    text="#161c24", quiet="#4c5968", faint="#7d8997",
    accent="#1259c3", amber="#7f5300", cyan="#056874", green="#1d6a43", red="#bd1f28", red_words="#bd1f28",
    on_fill="#ffffff", selected_row="#d5e3f6", field="#ffffff", first_button="#2c3642", first_words="#ffffff",
    recorded="#aab5c1", activity="#76838f",
)


@lru_cache(maxsize=256)
def colour(text: str) -> QColor:
    """A token as QColor; made once, painting asks for it often. Callers must not change it."""
    return QColor(text)
