"""Colours that can be read, type whose figures have one width, icons that exist, and the switch at run time."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from widgets.theme import DARK, LIGHT, Theme, Tokens, Weight, font, icon, icon_pixmap, icons
from widgets.theme.stylesheet import stylesheet

pytestmark = pytest.mark.screen
BOTH = pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda t: t.name)


def luminance(colour: QColor) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
             for c in (colour.redF(), colour.greenF(), colour.blueF())]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor | str, other: QColor | str) -> float:
    light, dark = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@BOTH
def test_words_keep_4_5_to_1_on_every_surface_they_stand_on(tokens: Tokens) -> None:
    for surface in (tokens.ground, tokens.panel, tokens.raised, tokens.selected_row, tokens.field):
        assert contrast(tokens.text, surface) >= 4.5
    for surface in (tokens.panel, tokens.raised):
        for words in (tokens.quiet, tokens.red_words, tokens.amber, tokens.cyan, tokens.green):
            assert contrast(words, surface) >= 4.5, (words, surface)
    for fill in (tokens.red, tokens.cyan, tokens.accent):
        assert contrast(tokens.on_fill, fill) >= 4.5
    assert contrast(tokens.first_words, tokens.first_button) >= 4.5


@BOTH
def test_words_on_a_plate_are_read_over_pure_white(tokens: Tokens) -> None:
    plate, white = QColor(tokens.plate), 1 - QColor(tokens.plate).alphaF()
    over_white = QColor.fromRgbF(*(c * plate.alphaF() + white for c in (plate.redF(), plate.greenF(), plate.blueF())))
    assert contrast(tokens.plate_words, over_white) >= 7.0
    assert contrast(tokens.plate_quiet, over_white) >= 4.5


def test_inter_is_loaded_with_its_weights_and_tabular_figures(qapp: QApplication) -> None:
    Theme().install(qapp)
    for size in (11, 12, 14, 17, 22):
        for weight in Weight:
            made = font(size, weight)
            assert QFontInfo(made).family() == "Inter" and QFontInfo(made).weight() == weight
            widths = {QFontMetricsF(made).horizontalAdvance(f"{digit}" * 4) for digit in range(10)}
            # FreeType's sixty-fourths; proportional figures differ by more than a pixel here ("1111" to "0000").
            assert max(widths) - min(widths) < 0.2, f"figures of {size} px {weight.name}: {widths}"


def test_every_icon_of_a_state_exists_and_is_drawn(qapp: QApplication) -> None:
    names = [getattr(icons, name) for name in ("LATE", "FROZEN", "LOST", "REFUSED", "STEERING", "REPLAY", "HELD",
                                               "BOOKMARK", "TROUBLE")]
    drawn = set()
    for name in names:
        image = icon_pixmap(name, 16, "#ffffff").toImage()
        inked = [(x, y) for x in range(16) for y in range(16) if image.pixelColor(x, y).alpha() > 128]
        assert len(inked) > 12, name
        drawn.add(tuple(inked))
    assert len(drawn) == len(names)
    assert icon_pixmap(icons.LATE, 16, "#fff", 2.0).size().width() == 32
    assert not icon(icons.LATE, "#fff", "#777").isNull()
    with pytest.raises(KeyError):
        icon_pixmap("no-such-icon", 16, "#ffffff")


@BOTH
def test_the_sheet_is_complete(tokens: Tokens) -> None:
    sheet = stylesheet(tokens)
    assert "$" not in sheet and sheet.count("{") == sheet.count("}")
    known = {value.lower() for value in (getattr(tokens, name) for name in tokens.__slots__) if isinstance(value, str)}
    assert {c.lower() for c in re.findall(r"#[0-9a-fA-F]{6,8}", sheet)} <= known


def test_the_theme_is_switched_while_windows_are_open(qapp: QApplication) -> None:
    theme = Theme()
    theme.install(qapp)
    told: list[Tokens] = []
    theme.changed.connect(told.append)
    window = QWidget()
    window.setProperty("room", "panel")
    column = QVBoxLayout(window)
    label, button = QLabel("", window), QPushButton("", window)
    column.addWidget(label)
    column.addWidget(button)
    window.resize(200, 120)
    window.show()
    qapp.processEvents()
    assert window.grab().toImage().pixelColor(2, 2) == QColor(DARK.panel)
    theme.toggle()
    qapp.processEvents()
    image = window.grab().toImage()
    assert image.pixelColor(2, 2) == QColor(LIGHT.panel)
    assert image.pixelColor(button.geometry().center()) == QColor(LIGHT.raised)
    theme.switch("light")
    assert told == [LIGHT]
    window.close()
    window.deleteLater()
    theme.switch("dark")


def test_an_unknown_theme_is_refused(qapp: QApplication) -> None:
    with pytest.raises(KeyError):
        Theme().switch("purple")
