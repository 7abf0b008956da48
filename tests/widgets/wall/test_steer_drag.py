"""A drag that steers holds one camera: what comes into its pane, or takes the keyboard, is never moved by it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.model.wall import Pane, WindowState
from tests.widgets.wall.conftest import Show, Shown
from widgets.theme import DARK
from widgets.theme.tokens import colour
from widgets.wall import compass
from widgets.wall.compass import Looks
from widgets.wall.geometry import box_of
from widgets.wall.measures import Style

pytestmark = pytest.mark.screen
LEFT = Qt.MouseButton.LeftButton


def drags(shown: Shown) -> list[tuple[float, float]]:
    return [(a["pan"], a["tilt"]) for command, a in shown.recorder.ran if command == "ptz.drag"]


def take_hold(shown: Shown) -> QPoint:
    """Pane 0 is pressed in its middle and dragged to the right; gives where the pointer is then."""
    shown.view.set_steering(lambda _camera: True, False)
    middle = shown.view.shown_rect(0).center().toPoint()
    QTest.mousePress(shown.view, LEFT, pos=middle)
    at = middle + QPoint(120, 0)
    QTest.mouseMove(shown.view, at)
    shown.settle()
    assert drags(shown)[-1][0] > 0
    return at


@pytest.mark.parametrize("what", ["another camera", "another pane", "another window"])
def test_a_drag_ends_when_its_camera_is_no_longer_what_commands_steer(show: Show, what: str) -> None:
    shown = show(4, "2x2", 1280, 720)
    at = take_hold(shown)
    now: WindowState = shown.view.state
    if what == "another camera":
        shown.view.show_state(replace(now, panes=(Pane("cam3"), *now.panes[1:])))
    elif what == "another pane":
        shown.view.show_state(replace(now, selected=1))
    else:
        shown.view.set_leads(False)
    QTest.mouseMove(shown.view, at + QPoint(40, 0))
    shown.settle()
    assert drags(shown)[-1] == (0.0, 0.0)
    count = len(drags(shown))
    QTest.mouseMove(shown.view, at + QPoint(80, 0))
    shown.settle()
    QTest.mouseRelease(shown.view, LEFT, pos=at)
    assert len(drags(shown)) == count


def test_the_compass_leaves_the_plates_of_the_strips_as_they_are(show: Show) -> None:
    shown = show(1, "1x1", 1280, 720)
    before = colour(DARK.plate).alpha()
    assert compass.images(Looks(90, 0, 50), box_of(shown.view.rect(), Style.WALL, 1.0), DARK)
    assert colour(DARK.plate).alpha() == before


def centred(shown: Shown) -> list[tuple[float, float, float]]:
    return [(a["x"], a["y"], a["closer"]) for command, a in shown.recorder.ran if command == "ptz.centre"]


def test_ctrl_and_the_mouse_centre_a_point_and_zoom_into_a_box(show: Show) -> None:
    shown = show(4, "2x2", 1280, 720)
    shown.view.set_steering(lambda camera: camera != "cam1", False)
    area, ctrl = shown.view.shown_rect(0), Qt.KeyboardModifier.ControlModifier
    at = (area.topLeft() + QPoint(round(area.width() * 0.75), round(area.height() * 0.25))).toPoint()
    QTest.mouseClick(shown.view, LEFT, ctrl, at)
    [(x, y, closer)] = centred(shown)
    assert (x, y) == pytest.approx((0.5, 0.5), abs=0.02) and closer == 1.0
    QTest.mousePress(shown.view, LEFT, ctrl, at)
    QTest.mouseMove(shown.view, at + QPoint(round(area.width() * 0.2), round(area.height() * 0.1)))
    shown.settle()
    QTest.mouseRelease(shown.view, LEFT, ctrl, at + QPoint(round(area.width() * 0.2), round(area.height() * 0.1)))
    assert centred(shown)[-1] == pytest.approx((0.7, 0.4, 5.0), abs=0.1) and not drags(shown)
    QTest.mousePress(shown.view, LEFT, ctrl, at)
    shown.view.show_state(replace(shown.view.state, panes=(Pane("cam3"), *shown.view.state.panes[1:])))
    QTest.mouseRelease(shown.view, LEFT, ctrl, at)
    QTest.mouseClick(shown.view, LEFT, ctrl, shown.view.shown_rect(1).center().toPoint())      # one that does not turn
    assert len(centred(shown)) == 2
