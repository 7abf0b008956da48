"""Docks remember themselves: dragged, stepped, folded by keys, kept, brought back, put back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.widgets.window.conftest import Shown, until
from tests.widgets.window.stage import FakeStation
from widgets.panels import Edge
from widgets.settings.docks import FIRST, KEY, Kept, read, written
from widgets.window.console import Console
from widgets.window.dock import FIRST_PX, LEAST_PX, MOST_SHARE, STEP_PX, Dock

pytestmark = pytest.mark.screen
CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def left(shown: Shown) -> Dock:
    assert isinstance(shown.frame, Console)
    return shown.frame.docks[Edge.LEFT]


def drag(dock: Dock, by: int) -> None:
    grip = dock.grip
    at = grip.rect().center()
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(grip, at + QPoint(by, 0))
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=at)


def test_the_edge_is_dragged_within_bounds_and_kept(shown: Shown) -> None:
    dock, narrow = left(shown), shown.frame.view.width()
    drag(dock, 60)
    until(lambda: dock.width() == FIRST_PX[Edge.LEFT] + 60 and shown.frame.view.width() == narrow - 60)
    assert read(str(shown.station.registry.settings[KEY]))[Edge.LEFT] == Kept(FIRST_PX[Edge.LEFT] + 60)
    drag(dock, -900)
    until(lambda: dock.width() == LEAST_PX[Edge.LEFT])
    drag(dock, 1900)
    until(lambda: dock.width() == round(shown.frame.width() * MOST_SHARE))
    QTest.mouseDClick(dock.grip, Qt.MouseButton.LeftButton)
    until(lambda: dock.width() == FIRST_PX[Edge.LEFT])
    assert shown.station.registry.settings[KEY] == ""


def test_by_keyboard(shown: Shown) -> None:
    dock = left(shown)
    shown.key(Qt.Key.Key_Plus, CTRL_ALT)
    until(lambda: dock.width() == FIRST_PX[Edge.LEFT] + STEP_PX)
    dock.grip.setFocus()
    QTest.keyClick(dock.grip, Qt.Key.Key_Left)
    until(lambda: dock.width() == FIRST_PX[Edge.LEFT])
    shown.frame.take_keyboard()
    shown.key(Qt.Key.Key_Left, CTRL_ALT)
    until(lambda: dock.folded and dock.width() < 40)
    shown.key(Qt.Key.Key_Left, CTRL_ALT)
    until(lambda: not dock.folded and dock.width() == FIRST_PX[Edge.LEFT])
    dock.set_folded(True)
    shown.station.dispatcher.run("dock.larger")
    shown.station.dispatcher.run("dock.reset")
    until(lambda: not dock.folded and dock.width() == FIRST_PX[Edge.LEFT])


def test_panels_change_places_and_keep_them(shown: Shown, opening: Callable[..., Shown]) -> None:
    dock = left(shown)
    first = dock.order
    assert first[:2] == ("cameras", "screens")
    outcome = shown.station.dispatcher.run("dock.later")
    assert not outcome and "first" in outcome.reason, "the wall has the keyboard"
    shown.key("/")
    shown.key(Qt.Key.Key_PageDown, CTRL_ALT)
    assert dock.order == ("screens", "cameras", *first[2:])
    assert not shown.station.dispatcher.run("dock.later")
    until(lambda: top(dock, "screens") < top(dock, "cameras"))
    kept = shown.station.registry.settings[KEY]
    shown.close()
    station = FakeStation()
    station.registry.settings[KEY] = kept
    again = opening(station)
    assert left(again).order == ("screens", "cameras", *first[2:])
    again.station.dispatcher.run("dock.reset")
    assert left(again).order == first and again.station.registry.settings[KEY] == ""


def top(dock: Dock, name: str) -> int:
    return dock._panels[name][0].mapTo(dock, QPoint(0, 0)).y()


def test_folding_gives_the_keyboard_back(shown: Shown) -> None:
    shown.key("/")
    assert left(shown).isAncestorOf(shown.app.focusWidget())
    shown.key(Qt.Key.Key_Left, CTRL_ALT)
    until(lambda: shown.app.focusWidget() is shown.frame.view)


def test_a_restart_brings_them_back(opening: Callable[..., Shown]) -> None:
    station = FakeStation()
    station.registry.settings[KEY] = written({**FIRST, Edge.LEFT: Kept(333)})
    again = opening(station)
    until(lambda: left(again).width() == 333)


def test_another_program_s_docks_are_followed(shown: Shown) -> None:
    registry = shown.station.registry
    registry.settings_changed.emit({**registry.settings, KEY: written({**FIRST, Edge.LEFT: Kept(300, True)})})
    until(lambda: left(shown).folded)


def test_in_kiosk_nothing_moves(shown: Shown) -> None:
    dock = left(shown)
    shown.key(Qt.Key.Key_F9)
    drag(dock, 60)
    shown.key(Qt.Key.Key_Left, CTRL_ALT)
    assert dock.width() == FIRST_PX[Edge.LEFT] and not dock.folded


@pytest.mark.parametrize("text", ["[]", "{", '{"left": 5}', '{"left": ["wide", true]}', '{"left": [-1, false]}',
                                  '{"left": [1e9, false]}', "null", '{"left": [true, 1]}'])
def test_nonsense_in_the_file_gives_way(text: str) -> None:
    assert read(text)[Edge.LEFT] in (FIRST[Edge.LEFT], Kept(1))
