"""The screens stay on while a wall with cameras fills one of them, unless the room wants otherwise."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.runtime.vigil import Vigil
from tests.widgets.window.conftest import Shown, until
from widgets.window.vigil import SETTING, Watchfulness

pytestmark = pytest.mark.screen


class Saver:
    """A desktop that can be held off."""

    held = 0

    def __call__(self) -> Saver:
        self.held += 1
        return self

    def renew(self) -> None:
        pass

    def close(self) -> None:
        self.held -= 1


def test_a_wall_that_fills_a_screen_holds_the_saver_off_and_a_window_among_others_does_not(shown: Shown) -> None:
    watchfulness = next(each for each in shown.ui._features if isinstance(each, Watchfulness))
    assert watchfulness.vigil.close()
    saver = Saver()
    watchfulness.vigil = vigil = Vigil([saver])
    vigil.start()
    watchfulness.look()
    assert not vigil._wanted
    shown.key(Qt.Key.Key_F11)
    until(shown.frame.isFullScreen)
    watchfulness.look()
    until(lambda: saver.held == 1 and vigil.holding)
    settings = shown.station.registry.settings
    shown.station.registry.settings = {**settings, SETTING: False}
    watchfulness.look()
    until(lambda: saver.held == 0)
    shown.station.registry.settings = settings
    watchfulness.look()
    until(lambda: saver.held == 1)
    shown.key(Qt.Key.Key_F11)
    until(lambda: not shown.frame.isFullScreen())
    watchfulness.look()
    until(lambda: saver.held == 0)
    shown.key(Qt.Key.Key_F11)
    until(shown.frame.isFullScreen)
    watchfulness.look()
    until(lambda: saver.held == 1)
    shown.close()
    assert saver.held == 0 and not vigil.holding
