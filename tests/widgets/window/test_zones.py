"""Parts of a picture that viewing copies hide: drawn by hand and by keyboard on a still, kept, shown again, left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.evidence.zones import SETTING, WHOLE, read
from app.model.clip import Zone
from app.runtime.language import set_language
from tests.widgets.wall.synthetic import plain
from tests.widgets.window.conftest import Shown, until
from widgets.evidence.zones import ZoneSheet

pytestmark = pytest.mark.screen
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def opened(shown: Shown) -> ZoneSheet:
    assert shown.station.dispatcher.run("case.zones")
    found = shown.frame.findChild(ZoneSheet)
    assert found is not None and found.isVisible() and not found.isModal()
    until(lambda: shown.app.focusWidget() is found.canvas)
    return found


def kept(shown: Shown) -> tuple[Zone, ...]:
    return read(str(shown.station.registry.settings[SETTING])).get(shown.state.panes[0].camera, ())


def test_zones_are_drawn_moved_and_sized_by_keyboard_alone(shown: Shown) -> None:
    sheet = opened(shown)
    assert not sheet.remove.isEnabled()
    shown.key(Qt.Key.Key_Insert)
    shown.key(Qt.Key.Key_Left)
    shown.key(Qt.Key.Key_Up, CONTROL)
    shown.key(Qt.Key.Key_Right, SHIFT)
    shown.key(Qt.Key.Key_Down, SHIFT | CONTROL)
    assert sheet.canvas.zones == [Zone(3900, 3990, 2100, 2010)]
    assert "21 % × 20.1 %, 39 % from the left" in sheet.canvas.accessibleDescription() == sheet.where.text()
    set_language("id")
    assert "21 % × 20,1 %" in sheet.canvas.words()
    set_language("en")
    shown.key(Qt.Key.Key_Insert)
    for _press in range(60):
        shown.key(Qt.Key.Key_Right)
    assert sheet.canvas.zones[1].left == WHOLE - 2000, "never over the edge"
    shown.key(Qt.Key.Key_PageDown)
    assert sheet.canvas.chosen == 0
    shown.key(Qt.Key.Key_Return)
    until(lambda: len(kept(shown)) == 2)
    assert not sheet.isVisible()
    until(lambda: "2 zones are blurred" in shown.frame.bar.notice.text)
    until(lambda: shown.app.focusWidget() is shown.frame.view)
    # They are shown again; Esc leaves them as they are.
    sheet = opened(shown)
    assert tuple(sheet.canvas.zones) == kept(shown)
    shown.key(Qt.Key.Key_Delete)
    assert len(sheet.canvas.zones) == 1
    shown.key(Qt.Key.Key_Escape)
    assert len(kept(shown)) == 2
    sheet = opened(shown)
    shown.key(Qt.Key.Key_Delete)
    shown.key(Qt.Key.Key_Backspace)
    shown.key(Qt.Key.Key_Return)
    until(lambda: not kept(shown))


def test_zones_are_drawn_moved_and_sized_by_hand_on_a_still_of_the_camera(shown: Shown) -> None:
    sheet = opened(shown)
    engine = shown.station.engine

    def asked() -> list[str]:
        return [key for key in engine.wants if key.startswith("zones/")]
    until(asked)
    [key] = asked()
    assert engine.wants[key].camera.id == shown.state.panes[0].camera
    engine.publish(key, plain(640, 360, 40, 80, 120))
    until(lambda: sheet.canvas.has_picture)
    until(lambda: not asked())                  # one picture is enough
    canvas, left = sheet.canvas, Qt.MouseButton.LeftButton
    area = canvas._area()

    def point(x: float, y: float) -> QPoint:
        return QPoint(round(area.left() + x * area.width()), round(area.top() + y * area.height()))

    def drag(begin: QPoint, end: QPoint) -> None:
        QTest.mousePress(canvas, left, Qt.KeyboardModifier.NoModifier, begin)
        QTest.mouseMove(canvas, (begin + end) / 2)
        QTest.mouseMove(canvas, end)
        QTest.mouseRelease(canvas, left, Qt.KeyboardModifier.NoModifier, end)
    QTest.mouseClick(canvas, left, Qt.KeyboardModifier.NoModifier, point(0.5, 0.5))
    assert canvas.zones == [], "a click draws nothing"
    drag(point(0.5, 0.6), point(0.2, 0.2))
    near = pytest.approx
    assert [(z.left, z.top, z.width, z.height) for z in canvas.zones] == [
        (near(2000, abs=40), near(2000, abs=40), near(3000, abs=60), near(4000, abs=60))]
    drag(point(0.3, 0.3), point(0.4, 0.3))
    assert canvas.zones[0].left == near(3000, abs=80)
    corner = canvas._rect(canvas.zones[0]).bottomRight().toPoint() - QPoint(3, 3)
    drag(corner, corner + QPoint(-round(0.1 * area.width()), 0))
    assert canvas.zones[0].width == near(2000, abs=120)
    drag(point(0.9, 0.9), QPoint(canvas.width() + 500, canvas.height() + 500))
    assert canvas.zones[1].left + canvas.zones[1].width == canvas.zones[1].top + canvas.zones[1].height == WHOLE
    sheet.go.click()
    until(lambda: len(kept(shown)) == 2)


def test_without_a_camera_it_says_so(shown: Shown) -> None:
    shown.station.dispatcher.run("pane.clear")
    shown.station.dispatcher.run("case.zones")
    assert shown.frame.findChild(ZoneSheet) is None


def test_zones_are_drawn_on_the_picture_as_it_is_shown_and_kept_for_the_one_that_is_sent(shown: Shown) -> None:
    camera = shown.station.directory.by_id(shown.state.panes[0].camera)
    assert camera is not None
    shown.station.directory.update([replace(camera, rotation=90)])
    sheet = opened(shown)
    sheet.canvas.show_zones((Zone(6000, 500, 3000, 1000),))
    shown.key(Qt.Key.Key_Return)
    until(lambda: kept(shown) == (Zone(500, 1000, 1000, 3000),))    # upper right here, upper left as it is sent
    sheet = opened(shown)
    assert sheet.canvas.zones == [Zone(6000, 500, 3000, 1000)]
    shown.key(Qt.Key.Key_Escape)
