"""Geometry, ticks, wants and the mouse of the wall, in real windows."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QDropEvent, QMouseEvent, QRegion, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.model.camera import Camera
from app.model.pane import Fit, PaneReport, PaneState, StreamWish
from app.model.wall import Pane, View, WindowState
from app.video.engine import Picture
from tests.fixtures.screen import Display
from tests.widgets.wall.conftest import Show, Shown, camera
from tests.widgets.wall.synthetic import LIVE, plain
from widgets.common import PictureClock
from widgets.common.picture_clock import QUICK_TICK_MS, TICK_MS
from widgets.wall import CAMERA_MIME, PANE_MIME, MenuRow, Style
from widgets.wall.pictures import Wrappers

pytestmark = pytest.mark.screen


def state(*panes: Pane, layout: str = "2x2", **more: object) -> WindowState:
    return WindowState("w", layout=layout, panes=panes, **more)  # type: ignore[arg-type]


def cams(*indexes: int) -> tuple[Pane, ...]:
    return tuple(Pane(f"cam{i}") for i in indexes)


def red(shown: Shown, x: float, y: float) -> int:
    return shown.colour(x, y).red()


def by_index(index: int) -> tuple[int, int, int]:
    return 0, 0, 100 + 40 * index


def test_the_console_has_the_measures_of_the_mock_up(show: Show) -> None:
    shown = show(16, "4x4", 1392, 872, Style.CONSOLE)
    assert shown.view.logical_rect(0).toRect() == QRect(4, 4, 343, 213)
    want = shown.view.wants()["w/0"]
    assert (want.width, want.height) == (343, 193)


def test_the_8x8_wall_has_the_measures_of_the_mock_up(show: Show) -> None:
    sizes = {(w.width, w.height) for w in show(64, "8x8", 1920, 1080).view.wants().values()}
    assert (239, 134) in sizes and all(239 <= w <= 240 and 134 <= h <= 135 for w, h in sizes)


def test_a_tick_repaints_only_the_picture_that_changed(show: Show) -> None:
    shown = show(16, "4x4", 1392, 872, Style.CONSOLE, selected=9)
    before = shown.view.painted()
    list(shown.engine.changed())
    shown.settle()
    shown.view.regions.clear()
    shown.engine.publish("w/5", plain(343, 193, 0, 180, 0))
    shown.tick()
    shown.settle()
    assert shown.view.regions == [QRegion(351, 241, 343, 193)]
    after = shown.view.painted()
    assert {key for key in after if after[key] != before[key]} == {"w/5"} and after["w/5"] == before["w/5"] + 1


def test_one_tick_with_many_pictures_is_one_paint(show: Show) -> None:
    shown = show(64, "8x8", 1920, 1080)
    list(shown.engine.changed())
    shown.settle()
    shown.view.regions.clear()
    for key, want in shown.view.wants().items():
        shown.engine.publish(key, plain(want.width, want.height, 0, 180, 0))
    shown.tick()
    shown.settle()
    assert len(shown.view.regions) == 1 and shown.view.regions[0].rectCount() >= 8


def test_reports_that_say_nothing_new_repaint_nothing(show: Show) -> None:
    shown = show(16, "4x4", 1392, 872, Style.CONSOLE)
    shown.settle()
    shown.view.regions.clear()
    shown.view.reports_changed(shown.engine.reports())
    shown.settle()
    assert shown.view.regions == []


def test_an_age_that_counts_repaints_its_own_pane_only(show: Show) -> None:
    shown = show(16, "4x4", 1392, 872, Style.CONSOLE, selected=9)
    shown.truth(p5=PaneReport(PaneState.FROZEN, age=7.0, last_picture=1.0))
    shown.settle()
    shown.view.regions.clear()
    shown.truth(p5=PaneReport(PaneState.FROZEN, age=8.0, last_picture=1.0))
    shown.settle()
    cell = shown.view.logical_rect(5).toRect()
    assert shown.view.regions and all(cell.contains(r.boundingRect()) for r in shown.view.regions)


def test_pictures_are_borrowed_not_copied() -> None:
    pixels = plain(64, 36, 0, 0, 200)
    padded = np.zeros((36, 80, 4), np.uint8)
    wrappers = Wrappers()
    image = wrappers.image(Picture.of(pixels, 1))
    assert image is wrappers.image(Picture.of(pixels, 2))
    pixels[:] = (0, 90, 0, 255)
    assert image.pixelColor(63, 35) == QColor(0, 90, 0)
    padded[:, :64] = (7, 0, 0, 255)
    rows = wrappers.image(Picture.of(padded[:, :64], 1))
    assert all(rows.pixelColor(63, y) == QColor(0, 0, 7) for y in range(36))


def test_a_picture_that_fits_is_centred_unscaled_with_dark_bars(show: Show) -> None:
    shown = show(1, "1x1", 640, 480, Style.BARE)
    pattern = plain(640, 360, 0, 0, 0)
    pattern[::2, :, 2] = 255                    # rows of one pixel: any scaling would blend them
    shown.engine.publish("w/0", pattern)
    shown.tick()
    assert [red(shown, 320, 60 + y) for y in range(4)] == [255, 0, 255, 0]
    assert shown.colour(320, 58) == QColor("#06080a") and shown.colour(320, 421) == QColor("#06080a")


@pytest.mark.parametrize(("fit", "corner"), [(Fit.FILL, 200), (Fit.STRETCH, 200), (Fit.FIT, 6)])
def test_fit_fill_and_stretch(show: Show, fit: Fit, corner: int) -> None:
    shown = show(1, "1x1", 640, 480, Style.BARE)
    shown.view.show_state(state(*cams(0), layout="1x1", fit=fit))
    assert shown.view.wants()["w/0"].fit is fit
    shown.engine.publish("w/0", plain(320, 180, 0, 0, 200))
    shown.tick()
    assert red(shown, 2, 2) == corner


def test_panes_swap_and_keep_what_is_known_of_them(show: Show) -> None:
    shown = show(4, "2x2", 800, 450, Style.BARE, colours=by_index)
    shown.engine.rename({"w/0": "w/3", "w/3": "w/0"})
    shown.view.show_state(state(*cams(3, 1, 2, 0)))
    assert red(shown, 100, 100) == 220 and red(shown, 700, 400) == 100
    assert shown.view.counts().live == 4


def test_a_picture_from_another_window_is_not_connecting(show: Show) -> None:
    shown = show(1, "2x2", 800, 450, Style.BARE)
    shown.cameras.add(camera(9))
    shown.view.reports_changed({**shown.engine.reports(), "other/3": LIVE})
    shown.engine.publish("w/1", plain(400, 225, 0, 0, 120))
    shown.view.pictures_moved({"other/3": "w/1"})
    shown.view.show_state(state(*cams(0, 9)))
    assert red(shown, 600, 100) == 120


def test_alone_and_back_is_exactly_what_was_there(show: Show) -> None:
    shown = show(4, "2x2", 800, 450, Style.WALL, colours=by_index)
    before, wants = shown.image(), shown.view.wants()
    shown.view.show_state(state(*cams(0, 1, 2, 3), alone=2))
    assert [w.visible for w in shown.view.wants().values()] == [False, False, True, False]
    assert shown.view.wants()["w/0"].width == wants["w/0"].width and shown.view.wants()["w/2"].width == 800
    assert shown.view.pane_at(QPointF(10, 10)) == 2
    shown.view.show_state(state(*cams(0, 1, 2, 3)))
    assert shown.image() == before and shown.view.wants() == wants


def test_a_hidden_window_wants_nothing_visible(show: Show, qapp: QApplication) -> None:
    shown = show(2, "1x2", 640, 180)
    told: list[bool] = []
    shown.view.wants_changed.connect(lambda: told.append(shown.view.is_seen()))
    shown.view.hide()
    assert told[-1] is False and not any(w.visible for w in shown.view.wants().values())
    shown.view.show()
    assert told[-1] is True and all(w.visible for w in shown.view.wants().values())


def test_wants_carry_wish_zoom_and_only_known_cameras(show: Show) -> None:
    shown = show(2, "2x2", 640, 360)
    shown.view.show_state(state(Pane("cam0", StreamWish.MAIN), Pane("cam1", view=View(0.5, 0.5, 2.0)), Pane("gone")))
    wants = shown.view.wants()
    assert set(wants) == {"w/0", "w/1"}
    assert wants["w/0"].wish is StreamWish.MAIN and wants["w/1"].zoomed and not wants["w/0"].zoomed


def test_digital_zoom_shows_a_part(show: Show) -> None:
    shown = show(1, "1x1", 640, 360, Style.BARE)
    halves = plain(1280, 720, 0, 0, 200)
    halves[:, 640:] = (0, 200, 0, 255)
    shown.engine.publish("w/0", halves)
    shown.view.show_state(state(Pane("cam0", view=View(0.75, 0.5, 2.0)), layout="1x1"))
    assert shown.colour(20, 180) == QColor(0, 200, 0) and shown.colour(620, 180) == QColor(0, 200, 0)


def test_a_layout_with_a_bad_name_leaves_the_wall_as_it_is(show: Show) -> None:
    shown = show(4, "2x2", 640, 360)
    with pytest.raises(ValueError, match="nonsense"):
        shown.view.show_state(state(*cams(0, 1, 2, 3), layout="nonsense"))
    assert shown.view.state.layout == "2x2"


def test_the_registry_changes_a_name(show: Show) -> None:
    shown = show(1, "1x1", 640, 360)
    before = shown.image()
    shown.cameras.add(Camera("cam0", 4321, "Another name"))
    shown.cameras.changed.emit()
    assert shown.image() != before and shown.view.wants()["w/0"].camera.number == 4321


# -- the mouse ------------------------------------------------------------------------------------------------------


def test_click_selects_and_double_click_shows_alone(show: Show) -> None:
    shown = show(4, "2x2", 800, 450)
    QTest.mouseClick(shown.view, Qt.MouseButton.LeftButton, pos=QPoint(600, 100))
    QTest.mouseDClick(shown.view, Qt.MouseButton.LeftButton, pos=QPoint(600, 100))
    assert ("pane.select", {"window": "w", "pane": 1}) in shown.recorder.ran
    assert ("pane.alone", {"window": "w", "pane": 1}) in shown.recorder.ran


def wheel(shown: Shown, at: QPointF, delta: int) -> None:
    event = QWheelEvent(at, shown.view.mapToGlobal(at), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(shown.view, event)


def test_the_wheel_zooms_about_the_pointer(show: Show) -> None:
    shown = show(4, "2x2", 800, 450, Style.BARE)
    wheel(shown, QPointF(100, 56.25), 240)
    command, said = shown.recorder.ran[-1]
    view: View = said["view"]
    assert command == "view.set" and said["pane"] == 0 and view.zoom == pytest.approx(1.5625)
    # The point under the pointer, a quarter from the corner, stays a quarter from the corner of what is shown.
    assert view.centre_x + (0.25 - 0.5) / view.zoom == pytest.approx(0.25)


def test_a_drag_pans_when_zoomed(show: Show) -> None:
    shown = show(1, "1x1", 800, 450, Style.BARE)
    shown.view.show_state(state(Pane("cam0", view=View(0.5, 0.5, 4.0)), layout="1x1"))
    for kind, x in ((QMouseEvent.Type.MouseButtonPress, 400.0), (QMouseEvent.Type.MouseMove, 480.0)):
        QApplication.sendEvent(shown.view, QMouseEvent(
            kind, QPointF(x, 200), shown.view.mapToGlobal(QPointF(x, 200)), Qt.MouseButton.LeftButton,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier))
    command, said = shown.recorder.ran[-1]
    assert command == "view.set" and said["view"].centre_x == pytest.approx(0.5 - 0.1 / 4)


@pytest.mark.parametrize(("mime", "text", "expected"), [
    (CAMERA_MIME, "cam9", ("pane.put", {"window": "w", "pane": 3, "camera": "cam9"})),
    (PANE_MIME, "other/5", ("pane.swap", {"window": "other", "pane": 5, "to_window": "w", "to_pane": 3})),
    (PANE_MIME, "w/0", ("pane.swap", {"window": "w", "pane": 0, "to_window": "w", "to_pane": 3})),
])
def test_drops(show: Show, mime: str, text: str, expected: tuple[str, dict[str, object]]) -> None:
    shown = show(4, "2x2", 800, 450)
    data = QMimeData()
    data.setData(mime, text.encode())
    shown.view.dropEvent(QDropEvent(QPointF(700, 400), Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton,
                                    Qt.KeyboardModifier.NoModifier))
    assert shown.recorder.ran == [expected]


def test_a_pane_dropped_on_itself_does_nothing(show: Show) -> None:
    shown = show(4, "2x2", 800, 450)
    data = QMimeData()
    data.setData(PANE_MIME, b"w/3")
    shown.view.dropEvent(QDropEvent(QPointF(700, 400), Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton,
                                    Qt.KeyboardModifier.NoModifier))
    assert shown.recorder.ran == []


def test_right_click_opens_the_menu_of_the_pane_without_waiting(show: Show) -> None:
    shown = show(4, "2x2", 800, 450)
    shown.view._menu_rows = lambda window, pane: (MenuRow("pane.clear", f"Empty {window}/{pane}"),
                                                  MenuRow("pane.alone", "Alone", "Enter", False))
    point = QPoint(600, 100)
    QApplication.sendEvent(shown.view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point,
                                                         shown.view.mapToGlobal(point)))
    menu = shown.view.findChild(QMenu)
    assert menu is not None
    titles = [(a.text(), a.isEnabled()) for a in menu.actions()]
    assert titles == [("Empty w/1", True), ("Alone\tEnter", False)]
    menu.actions()[0].trigger()
    assert shown.recorder.ran[-1] == ("pane.clear", {"window": "w", "pane": 1})
    menu.close()


# -- the clock ------------------------------------------------------------------------------------------------------


def test_one_clock_serves_every_window_and_quickens_for_few_panes(show: Show) -> None:
    shown = show(16, "4x4", 800, 450, Style.BARE)
    clock = PictureClock(shown.engine, shown.view)
    clock.add(shown.view)
    clock.slow_tick()
    assert clock.interval_ms == TICK_MS
    shown.engine.report_by_key = {"w/0": LIVE}
    clock.slow_tick()
    assert clock.interval_ms == QUICK_TICK_MS
    list(shown.engine.changed())
    shown.engine.publish("w/0", plain(200, 112, 0, 0, 33))
    shown.engine.publish("elsewhere/0", plain(200, 112, 0, 0, 33))
    clock.tick()
    assert red(shown, 100, 50) == 33
    clock.remove(shown.view)


# -- scales ---------------------------------------------------------------------------------------------------------

_SCALED = '''
import sys
import time
import numpy as np
from PySide6.QtWidgets import QApplication
from app.model.wall import Pane, WindowState
from tests.widgets.wall.conftest import camera
from tests.widgets.wall.synthetic import LIVE, Cameras, Recorder, SyntheticEngine
from widgets.wall import Style, WallView
app = QApplication([])
engine = SyntheticEngine()
view = WallView("w", engine, Cameras([camera(i) for i in range(4)]), Recorder(), style=Style(sys.argv[1]))
view.resize(803, 451)
view.show_state(WindowState("w", layout="2x2", panes=tuple(Pane(f"cam{i}") for i in range(4)), selected=9))
view.show()
rng = np.random.default_rng(7)
sent = {}
for key, want in view.wants().items():
    sent[key] = rng.integers(0, 255, (want.height, want.width, 4), np.uint8)
    sent[key][..., 3] = 255
    engine.publish(key, sent[key])
    engine.report_by_key[key] = LIVE
view.reports_changed(engine.reports())
for _ in range(5):
    app.processEvents()
image = view.grab().toImage()
seen = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[:, :image.width()]
box = view.faces[3].box.picture
part = seen[box.y() + 60:box.y() + box.height() - 60, box.x():box.x() + box.width(), :3]
assert (part == sent["w/3"][60:-60, :, :3]).all(), "pictures are resampled at this scale"
print(view.devicePixelRatioF(), box.width(), box.height())
'''


@pytest.mark.parametrize("scale", ["1", "1.25", "2"])
def test_pictures_are_not_resampled_at_any_scale(display: Display, scale: str) -> None:
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", _SCALED, "wall"], capture_output=True, text=True, timeout=60, cwd=root,
                          env=display.environment | {"QT_SCALE_FACTOR": scale, "PYTHONPATH": str(root)}, check=False)
    assert done.returncode == 0, done.stderr
    ratio, width, _height = done.stdout.split()
    assert float(ratio) == float(scale) and int(width) > 395 * float(scale)




def test_another_scale_is_noticed_at_the_next_paint(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = show(1, "1x1", 320, 180)
    before = shown.view.wants()["w/0"]
    told: list[int] = []
    shown.view.wants_changed.connect(lambda: told.append(shown.view.wants()["w/0"].width))
    monkeypatch.setattr(shown.view, "devicePixelRatioF", lambda: 2.0)
    shown.view.repaint()
    assert shown.view.wants()["w/0"].width == 2 * before.width
    until = time.monotonic() + 10
    while not told and time.monotonic() < until:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    assert told[-1] == 2 * before.width
