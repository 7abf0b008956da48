"""Phosphor icons as qtawesome ships them: bold at 12 and 16 px, regular at 24 px, both about 1.5 px of stroke.

Only its files are read. Its code asks qtpy for every name of QtCore, QtGui and QtWidgets, and Qt for Python then makes
all of their classes and enumerations: 16 MB, of which a wall needs none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPixmap

# What a state looks like, by name of use; values are Phosphor's names.
LATE = "clock"
FROZEN = "snowflake"
LOST = "link-break"
REFUSED = "key"
STEERING = "crosshair-simple"
REPLAY = "clock-counter-clockwise"
HELD = "lock-simple"
BOOKMARK = "flag-fill"
EVENT = "bell"
TROUBLE = "warning-circle"
DONE = "check-circle"

REGULAR_FROM = 20       # logical px: above it the regular weight has a stroke of 1.5 px, below it the bold one


@dataclass(frozen=True, slots=True)
class _Phosphor:
    """``codes``: the name of a glyph -> its place in the font, such as "0xf371"."""

    family: str
    codes: Mapping[str, str]

    def font(self, size: float) -> QFont:
        made = QFont(self.family)
        made.setPixelSize(max(1, round(size)))
        return made


@lru_cache(maxsize=1)
def _phosphor() -> _Phosphor:
    """Registers the font with Qt. Raises RuntimeError when qtawesome came without it."""
    spec = find_spec("qtawesome")       # finds it, and does not import it
    folders = spec.submodule_search_locations if spec is not None else None
    font = next((path for folder in folders or () for path in Path(folder).glob("fonts/phosphor-[0-9]*.ttf")), None)
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(font))) if font else []
    if font is None or not families:
        raise RuntimeError("the icons of qtawesome are missing; install it anew")
    codes = font.with_name(f"{font.stem.replace('phosphor', 'phosphor-charmap')}.json")
    return _Phosphor(families[0], json.loads(codes.read_text("utf-8")))


def load_icons() -> None:
    """Read the font now: 60 ms that would otherwise stall the wall when its first camera is lost."""
    for name in (LATE, FROZEN, LOST, REFUSED, EVENT, TROUBLE):
        for size in (12, 16):
            icon_pixmap(name, size, "#000000")


def full_name(name: str, size: float) -> str:
    """The glyph for that size: ``clock`` becomes ``clock-bold`` in small icons."""
    if size >= REGULAR_FROM or name.endswith(("-fill", "-bold", "-light", "-thin")):
        return name
    return f"{name}-bold"


def paint_icon(painter: QPainter, name: str, box: QRectF, colour: str, logical_size: float) -> None:
    """Draw a glyph centred in ``box``; its size is the box's height. Raises KeyError for an unknown name."""
    phosphor = _phosphor()
    glyph = chr(int(phosphor.codes[full_name(name, logical_size)], 16))
    painter.save()
    painter.setFont(phosphor.font(box.height()))
    painter.setPen(QColor(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, glyph)
    painter.restore()


@lru_cache(maxsize=512)
def _pixmap(name: str, size: int, colour: str, ratio: float) -> QPixmap:
    side = max(1, round(size * ratio))
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    try:
        paint_icon(painter, name, QRectF(0, 0, side, side), colour, size)
    finally:
        painter.end()       # a pixmap that goes while a painter holds it takes the program with it
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def icon_pixmap(name: str, size: int, colour: str, ratio: float = 1.0) -> QPixmap:
    """An icon of ``size`` logical pixels for a screen of ``ratio`` device pixels each."""
    return _pixmap(name, size, colour, ratio)


def icon(name: str, colour: str, disabled: str = "", size: int = 16) -> QIcon:
    """The same as QIcon for buttons and menus, sharp at 1, 1.25, 1.5 and 2 device pixels."""
    made = QIcon()
    ratios = {1.0, 1.25, 1.5, 2.0, QGuiApplication.instance().devicePixelRatio()}  # type: ignore[union-attr]
    for ratio in sorted(ratios):
        made.addPixmap(icon_pixmap(name, size, colour, ratio))
        if disabled:
            made.addPixmap(icon_pixmap(name, size, disabled, ratio), QIcon.Mode.Disabled)
    return made
