"""The wall in small: drawn as the monitors stand, walked by arrows, worked by click, Enter and drop."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from app.model.pane import PaneReport, PaneState
from app.model.wall import Pane, ScreenId, WallState, WindowKind, WindowState
from layouts import Rect
from tests.widgets.window.conftest import Shown, opening, until
from tests.widgets.window.stage import FakeStation
from widgets.cameras.dock import CameraDock
from widgets.screens.arrangement import arrange
from widgets.screens.miniature import Miniature
from widgets.screens.walking import step
from widgets.wall.dropping import CAMERA_MIME, PANE_MIME
from widgets.window.console import Console

__all__ = ["opening"]
LEFT = ScreenId("L", x=0, y=0, width=1920, height=1080)
RIGHT = ScreenId("R", x=1920, y=0, width=1920, height=1080)


def window(key: str, screen: ScreenId, **more: object) -> WindowState:
    return WindowState(key, WindowKind.WALL, screen, fullscreen=True, **more)  # type: ignore[arg-type]


def test_two_monitors_lie_side_by_side() -> None:
    drawn = arrange(WallState((window("w1", LEFT), window("w2", RIGHT))), (LEFT, RIGHT), 240, 150)
    assert dict(drawn.tiles) == {"w1": Rect(0, 0, 120, 68), "w2": Rect(120, 0, 120, 68)}
    assert drawn.monitors == (Rect(0, 0, 120, 68), Rect(120, 0, 120, 68))


def test_what_lies_over_another_window_is_drawn_beside_it() -> None:
    drawn = arrange(WallState((window("w1", LEFT), window("w2", LEFT), window("w3", LEFT))), (LEFT,), 240, 150)
    tiles = [rect for _key, rect in drawn.tiles]
    assert all(one.overlap(other) is None for one in tiles for other in tiles if one is not other)


def test_monitors_above_each_other_are_bounded_in_height() -> None:
    upper = replace(LEFT, y=-1080)
    drawn = arrange(WallState((window("w1", LEFT), window("w2", upper))), (LEFT, upper), 240, 150)
    assert drawn.height == 150 and all(r.x >= 0 and r.right <= 240 for _key, r in drawn.tiles)


def test_nothing_to_draw() -> None:
    assert arrange(WallState(), (), 240, 150).tiles == ()


def test_arrows_reach_every_pane_and_cross_windows() -> None:
    boxes = {("w1", i): Rect(30 * (i % 2), 17 * (i // 2), 29, 16) for i in range(4)}
    boxes |= {("w2", 0): Rect(62, 0, 58, 33)}
    assert step(boxes, ("w1", 0), "right") == ("w1", 1) and step(boxes, ("w1", 1), "right") == ("w2", 0)
    assert step(boxes, ("w1", 3), "right") == ("w2", 0) and step(boxes, ("w2", 0), "left") == ("w1", 1)
    assert step(boxes, ("w1", 0), "down") == ("w1", 2) and step(boxes, ("w1", 0), "left") == ("w1", 0)
    reached, waiting = set(), [("w1", 0)]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting += [step(boxes, here, way) for way in ("left", "right", "up", "down")]
    assert reached == set(boxes)


def _station() -> FakeStation:
    panes = tuple(Pane(f"cam{i:04d}") for i in range(4))
    console = WindowState("w1", WindowKind.CONSOLE, geometry=(0, 0, 1600, 900), layout="2x2", panes=panes)
    return FakeStation(40, WallState((console, WindowState("w2", WindowKind.WALL, layout="2x2"))))


@pytest.fixture
def two(opening: Callable[..., Shown]) -> Shown:
    """A console and an empty wall window, on one monitor."""
    shown = opening(_station())
    shown.ui.windows.go("w1")
    until(lambda: shown.app.focusWidget() is shown.ui.windows.frames["w1"].view)
    until(lambda: not miniature(shown).rect_of("w2", 3).isEmpty())
    return shown


def miniature(shown: Shown) -> Miniature:
    frame = shown.ui.windows.frames["w1"]
    assert isinstance(frame, Console)
    return next(found for panel in frame.panels.values() if (found := panel.findChild(Miniature)) is not None)


def cameras(shown: Shown, key: str = "w2") -> list[str]:
    return [pane.camera[-2:] for pane in shown.station.wall.window(key).panes]


def centre(shown: Shown, key: str, pane: int) -> QPoint:
    return miniature(shown).rect_of(key, pane).center()


def dropped(shown: Shown, kind: str, text: str, key: str, pane: int) -> None:
    data = QMimeData()
    data.setData(kind, text.encode())
    event = QDropEvent(QPointF(centre(shown, key, pane)), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                       Qt.KeyboardModifier.NoModifier)
    miniature(shown).dropEvent(event)
    assert event.isAccepted()


@pytest.mark.screen
def test_cameras_and_panes_are_dropped_onto_any_pane_of_any_window(two: Shown) -> None:
    dropped(two, CAMERA_MIME, "cam0009", "w2", 3)
    assert cameras(two) == ["", "", "", "09"]
    dropped(two, PANE_MIME, "w1/1", "w2", 0)
    assert cameras(two) == ["01", "", "", "09"] and cameras(two, "w1") == ["00", "", "02", "03"]
    two.station.wall.undo()
    assert cameras(two, "w1") == ["00", "01", "02", "03"]


@pytest.mark.screen
def test_a_click_selects_pane_and_window_and_a_double_click_shows_it_alone(two: Shown) -> None:
    small = miniature(two)
    QTest.mouseClick(small, Qt.MouseButton.LeftButton, pos=centre(two, "w1", 2))
    assert two.station.wall.window("w1").selected == 2
    QTest.mouseDClick(small, Qt.MouseButton.LeftButton, pos=centre(two, "w1", 2))
    assert two.station.wall.window("w1").alone == 2
    QTest.mouseClick(small, Qt.MouseButton.LeftButton, pos=centre(two, "w2", 3))
    assert two.station.wall.window("w2").selected == 3 and two.ui.windows.active is two.ui.windows.frames["w2"]


@pytest.mark.screen
def test_by_keyboard_a_pane_is_picked_up_and_put_down_in_another_window(two: Shown) -> None:
    two.key("m")
    assert two.app.focusWidget() is miniature(two)
    two.key(Qt.Key.Key_Return)
    for _step in range(2):
        two.key(Qt.Key.Key_Right)
    two.key(Qt.Key.Key_Return)
    assert cameras(two) == ["00", "", "", ""] and cameras(two, "w1")[0] == ""
    two.key(Qt.Key.Key_Delete)                                          # of the pane under the cursor, not the selected
    assert cameras(two) == ["", "", "", ""]
    two.key(Qt.Key.Key_Escape)
    until(lambda: two.app.focusWidget() is two.ui.windows.frames["w1"].view)


@pytest.mark.screen
def test_by_keyboard_the_current_camera_of_the_list_goes_to_the_other_window(two: Shown) -> None:
    frame = two.ui.windows.frames["w1"]
    assert isinstance(frame, Console)
    dock = next(panel for panel in frame.panels.values() if isinstance(panel, CameraDock))
    two.key("/")
    two.write("0131")
    until(lambda: dock.view.current_camera() is not None)
    two.key(Qt.Key.Key_Down)
    until(lambda: two.app.focusWidget() is dock.view)
    until(lambda: (camera := dock.view.current_camera()) is not None and camera.number == 131)
    two.key("m")
    for _step in range(2):
        two.key(Qt.Key.Key_Right)
    two.key(Qt.Key.Key_Return)
    assert cameras(two)[0] == "30"


@pytest.mark.screen
def test_what_is_wrong_is_drawn_and_said(two: Shown) -> None:
    small = miniature(two)
    before = small.grab(small.rect_of("w1", 1)).toImage()
    two.station.engine.report_by_key["w1/1"] = PaneReport(PaneState.FROZEN, age=7)
    until(lambda: small.grab(small.rect_of("w1", 1)).toImage() != before)
    two.key("m")
    two.key(Qt.Key.Key_Right)
    assert "1.2" in small.accessibleName() and "0102" in small.accessibleName()
