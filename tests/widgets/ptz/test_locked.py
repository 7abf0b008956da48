"""Whoever loses the keyboard lets the camera go: to a locker, which takes it without a word, or to another program."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.runtime.darkness import Dark
from tests.widgets.ptz.one_dome import one_dome
from tests.widgets.window.conftest import Shown, opening, until
from widgets.ptz.feature import PtzDesk

pytestmark = pytest.mark.screen
__all__ = ["opening"]


@pytest.mark.parametrize("to", ["a locker", "another program"])
def test_a_held_key_is_let_go(opening: Callable[..., Shown], to: str) -> None:
    with one_dome(0) as (head, station, _camera):
        shown = opening(station)
        desk = next(one for one in shown.ui._features if isinstance(one, PtzDesk))
        until(lambda: desk.steering.turns(desk.steering.selected))
        desk.darkness.close()
        widget = shown.app.focusWidget()
        assert widget is not None
        QTest.keyPress(widget, Qt.Key.Key_Right)
        until(lambda: head.moving)
        if to == "a locker":
            desk.darkness.now = Dark.LOCKED
        else:
            shown.app.focusWindowChanged.emit(None)
        until(lambda: not head.moving)
        assert not desk.steering.holds
