"""The type: Inter from resources/fonts, tabular figures everywhere, sizes in pixels."""

from __future__ import annotations

import logging
from enum import IntEnum
from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

from app.runtime.paths import resources_dir

FAMILY = "Inter"
LINE_HEIGHTS = {11: 16, 12: 16, 14: 20, 17: 24, 22: 28}     # mock-ups, "Type and icons"

_log = logging.getLogger("lawang.theme")
_loaded: list[int] = []


class Weight(IntEnum):
    """400 for words, 500 for values and buttons, 600 for numbers and headings."""

    NORMAL = 400
    MEDIUM = 500
    STRONG = 600


def load_fonts() -> bool:
    """Register the bundled Inter with Qt; once per application. False when the system's own type must serve.

    Needs a QGuiApplication. Reads three files of 0.3 MB from disk: call it before the first window, never later.
    """
    if _loaded:
        return True
    for file in sorted((resources_dir() / "fonts").glob("Inter-*.otf")):
        number = QFontDatabase.addApplicationFont(str(file))
        if number < 0:
            _log.warning("the font %s cannot be used", file.name)
        else:
            _loaded.append(number)
    return bool(_loaded)


@lru_cache(maxsize=128)
def _font(size: int, weight: int) -> QFont:
    made = QFont(FAMILY)
    made.setPixelSize(max(1, size))
    made.setWeight(QFont.Weight(weight))
    # Figures of one width: a clock or an age that counts must not shiver. Since Qt 6.7.
    made.setFeature(QFont.Tag("tnum"), 1)
    # Full pixel hinting makes 11 px Inter uneven; widths stay those of the mock-ups without it.
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def font(size: float, weight: Weight = Weight.NORMAL) -> QFont:
    """Inter at ``size`` pixels (device pixels when the caller paints in those)."""
    return QFont(_font(round(size), int(weight)))


def line_height(size: int) -> int:
    """The line height that goes with a size, pixels."""
    return LINE_HEIGHTS.get(size, round(size * 1.3))
