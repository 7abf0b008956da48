"""Words of the camera list: laid out or not, they stand on the same line."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from widgets.cameras.words import Words
from widgets.theme import Theme, font

pytestmark = pytest.mark.screen


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_a_text_that_comes_again_stays_where_it_was(qapp: Any, ratio: float) -> None:
    Theme("dark", qapp).install(qapp)
    words, found = Words(font(12)), []
    for _time in range(3):
        image = QImage(round(240 * ratio), round(72 * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor("black"))
        painter = QPainter(image)
        for place, text in enumerate(("0427", "Jl Pettarani 118", "Gerbang Ratulangi arah kota")):
            words.put(painter, text, "#ffffff", 12, QRect(0, 24 * place, 240, 24), 120)
        painter.end()
        found.append(image)
    assert found[0] == found[1] == found[2]
