"""What was refused can be read whole, however little room the title bar has."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QWidget

from tests.widgets.window.conftest import Shown, opening, until  # noqa: F401   (fixtures)
from tests.widgets.window.stage import FakeStation
from widgets.theme import DARK, font
from widgets.window.console import Console

pytestmark = pytest.mark.screen
SENTENCE = "There is no camera 3277; the nearest are 0707, 0708, 0709."


@pytest.fixture
def console(opening: Callable[..., Shown]) -> Console:  # noqa: F811
    frame = opening(FakeStation()).frame
    assert isinstance(frame, Console)
    return frame


def sized(console: Console, width: int, height: int) -> None:
    console.stand(QRect(0, 0, width, height), fullscreen=False)
    until(lambda: console.view.isVisible() and console.width() == width and console.bar.width() == width)


def wide_enough(console: Console) -> bool:
    over = console.over_picture
    return over.holds(SENTENCE) and over.width() < (over.parentWidget() or QWidget()).width() \
        and over.height() >= QFontMetrics(font(14)).height()


def test_a_wide_bar_says_it_itself(console: Console) -> None:
    sized(console, 1920, 1080)
    console.tell(SENTENCE)
    assert console.bar.notice.text == SENTENCE and not console.over_picture.isVisible()


def test_what_was_done_bears_no_sign_of_a_refusal(console: Console) -> None:
    sized(console, 1920, 1080)
    amber = QColor(DARK.amber)

    def warns() -> bool:
        image = console.bar.notice.grab().toImage()
        return any(image.pixelColor(x, y) == amber for x in range(32) for y in range(image.height()))

    console.tell(SENTENCE)
    assert warns()
    console.tell("Saved.", done=True)
    assert console.bar.notice.text == "Saved." and not warns()
    console.tell(SENTENCE)
    assert warns(), "the next refusal looks like one"


def test_a_narrow_bar_leaves_it_to_the_picture(console: Console) -> None:
    """A monitor of 1920 px at 200 % has 960 logical ones."""
    sized(console, 1920, 1080)
    console.tell("Another.")
    sized(console, 960, 540)
    console.tell(SENTENCE)
    assert not console.bar.notice.text, "the older sentence is still there"
    assert console.over_picture.isVisible() and console.over_picture.parentWidget() is console.view
    assert console.over_picture.text == SENTENCE and wide_enough(console)


def test_below_a_page_it_lies_over_the_page(console: Console) -> None:
    sized(console, 640, 400)
    console.show_page("settings")
    assert console.page == "settings" and console.cover is not None
    console.tell(SENTENCE)
    assert console.over_picture.isVisible() and console.over_picture.parentWidget() is console.cover
    assert wide_enough(console)
    console.show_page("")
    console.tell(SENTENCE)
    assert console.over_picture.isVisible() and console.over_picture.parentWidget() is console.view
