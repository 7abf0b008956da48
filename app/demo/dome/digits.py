"""The camera's own clock in the picture: a small font of dots, since a demo needs no font file to tell the time."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from app.demo.paint import Plane

# 5 x 7 dots per sign, one row per number, the lowest bit at the right.
_DOTS = {
    "0": (14, 17, 19, 21, 25, 17, 14), "1": (4, 12, 4, 4, 4, 4, 14), "2": (14, 17, 1, 6, 8, 16, 31),
    "3": (14, 17, 1, 6, 1, 17, 14), "4": (2, 6, 10, 18, 31, 2, 2), "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14), "7": (31, 1, 2, 4, 8, 8, 8), "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12), ":": (0, 4, 4, 0, 4, 4, 0), "-": (0, 0, 0, 14, 0, 0, 0), " ": (0,) * 7,
    "W": (17, 17, 17, 21, 21, 21, 10), "I": (14, 4, 4, 4, 4, 4, 14), "T": (31, 4, 4, 4, 4, 4, 4),
    "A": (14, 17, 17, 31, 17, 17, 17),
}
_BRIGHT, _DARK = 225, 20


def stamp(luma: Plane, text: str, height: int) -> None:
    """Writes into the lower left corner, bright on dark, about a thirtieth of the picture's height."""
    dot = max(1, height // 240)
    large = _large(text, dot)
    rows, columns = large.shape
    part = luma[-rows - 4 * dot:-4 * dot, 4 * dot:4 * dot + columns]
    part[...] = np.where(large[:, :part.shape[1]], _BRIGHT, np.minimum(part, 90) // 2 + _DARK // 2)


@lru_cache(maxsize=8)               # the same for a second
def _large(text: str, dot: int) -> Plane:
    dots = np.zeros((9, 6 * len(text) + 1), np.uint8)
    for place, sign in enumerate(text):
        for row, bits in enumerate(_DOTS[sign]):
            for column in range(5):
                dots[row + 1, place * 6 + column + 1] = bits >> (4 - column) & 1
    return dots.repeat(dot, 0).repeat(dot, 1)
