"""Pictures that X takes from shared memory: what is on the screen is looked at there, not in what Qt has painted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QWidget

from app.model.camera import StreamRole
from app.model.pane import PaneState
from app.model.wall import Pane, View
from app.video.engine import Picture
from app.video.frames import SharedBlock, row_stride
from tests.widgets.wall.conftest import Show, Shown
from tests.widgets.wall.synthetic import LIVE
from widgets.wall import Style

pytestmark = pytest.mark.screen

_ROOM = 1 << 20         # bytes for a picture; three for each pane, as a decoder has them
_PATIENCE_S = 10.0


def eventually(holds: Callable[[], object]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not holds():
        assert time.monotonic() < until
        QTest.qWait(5)


class Memory:
    """A decoder worker's pictures: the newest of each pane in the next of its three buffers."""

    def __init__(self, panes: int) -> None:
        self.block = SharedBlock.create(panes * 3 * _ROOM, "test")
        self._serial: dict[str, int] = {}

    def publish(self, shown: Shown, pane: int, *colour: int) -> None:
        key, want = f"w/{pane}", shown.view.wants()[f"w/{pane}"]
        serial = self._serial[key] = self._serial.get(key, 1000) + 1
        offset, stride = (pane * 3 + serial % 3) * _ROOM, row_stride(want.width)
        rows = self.block.bytes[offset : offset + stride * want.height].reshape(want.height, stride)
        rows[:, : want.width * 4].reshape(want.height, want.width, 4)[:] = (*colour, 255)
        shown.engine.show_picture(key, Picture(self.block.address + offset, self.block.bytes, offset, want.width,
                                               want.height, stride, serial, 0, StreamRole.SUB, self.block.share))


@pytest.fixture
def memory() -> Iterator[Memory]:
    made = Memory(16)
    yield made
    made.block.close()


def screen(shown: Shown) -> QImage:
    """What the X server has in the window."""
    view = shown.view
    return view.screen().grabWindow(view.window().winId()).toImage()  # type: ignore[arg-type]


def at(shown: Shown, pane: int, x: float = 0.5, y: float = 0.5) -> QColor:
    area = shown.view.shown_rect(pane)
    point = QPoint(round(area.x() + x * area.width()), round(area.y() + y * area.height()))
    return screen(shown).pixelColor(shown.view.mapTo(shown.view.window(), point))


def warm(shown: Shown, memory: Memory, pane: int) -> None:
    """Publish until the server has taken the memory and pictures go the short way."""
    def unpainted() -> bool:
        memory.publish(shown, pane, 10, 10, 10)
        shown.settle()
        shown.view.regions.clear()
        shown.tick()
        shown.settle()
        return not shown.view.regions
    eventually(unpainted)


def green(colour: QColor) -> bool:
    return (colour.red(), colour.green(), colour.blue()) == (0, 200, 0)


def test_a_picture_is_on_the_screen_and_nothing_was_painted(show: Show, memory: Memory) -> None:
    shown = show(4, "2x2", 800, 600, Style.CONSOLE)
    warm(shown, memory, 1)
    before = shown.view.painted()["w/1"]
    memory.publish(shown, 1, 0, 200, 0)
    shown.tick()
    shown.settle()
    assert not shown.view.regions
    assert shown.view.painted()["w/1"] == before + 1
    whole, area = screen(shown), shown.view.shown_rect(1).toRect()
    for corner in (area.topLeft(), area.topRight(), area.bottomLeft(), area.bottomRight()):
        assert green(whole.pixelColor(corner))
    beyond = area.adjusted(-1, -1, 1, 1)
    assert not green(whole.pixelColor(beyond.topLeft())) and not green(whole.pixelColor(beyond.bottomRight()))


def test_rows_that_differ_come_in_their_order(show: Show, memory: Memory) -> None:
    shown = show(4, "2x2", 800, 600, Style.CONSOLE)
    warm(shown, memory, 2)
    want = shown.view.wants()["w/2"]
    memory.publish(shown, 2, 0, 0, 0)
    picture = shown.engine.picture("w/2")
    assert picture is not None
    rows = memory.block.bytes[picture.offset : picture.offset + picture.stride * want.height]
    for y, row in enumerate(rows.reshape(want.height, picture.stride)):
        row[: want.width * 4] = np.tile(np.array([y % 256, 7, 200, 255], np.uint8), want.width)
    shown.tick()
    shown.settle()
    whole, area = screen(shown), shown.view.shown_rect(2).toRect()
    for y in (0, 1, want.height // 2, want.height - 1):
        for x in (0, want.width - 1):
            told = whole.pixelColor(area.topLeft() + QPoint(x, y))
            assert (told.blue(), told.green(), told.red()) == (y % 256, 7, 200)


def test_what_lies_over_a_picture_stays_there(show: Show, memory: Memory) -> None:
    """On a wall the number lies over the picture, and only that corner is painted again."""
    shown = show(4, "2x2", 800, 600, Style.WALL, selected=3)
    shown.truth(p0=LIVE)
    shown.settle()
    plate = shown.view.faces[0].strip_area
    assert not plate.isEmpty()

    def only_the_plate() -> bool:
        memory.publish(shown, 0, 0, 200, 0)
        shown.settle()
        shown.view.regions.clear()
        shown.tick()
        shown.settle()
        return shown.view.regions == [QRegion(plate)]
    eventually(only_the_plate)
    strip = shown.view.faces[0].strip_image
    assert strip is not None
    by_qt, by_x = shown.image(), screen(shown)
    assert by_qt.copy(shown.view.faces[0].box.cell) == by_x.convertToFormat(by_qt.format()).copy(  # type: ignore[union-attr]
        shown.view.faces[0].box.cell)  # type: ignore[union-attr]


@pytest.mark.parametrize("own", [True, False], ids=["a child of the wall", "a neighbour above it"])
def test_another_widget_over_the_wall_is_not_painted_over(show: Show, memory: Memory, own: bool) -> None:
    shown = show(4, "2x2", 800, 600, Style.CONSOLE)
    room = QWidget()
    room.resize(900, 700)
    shown.view.setParent(room)
    shown.view.move(50, 60)
    shown.view.show()
    over = QFrame(shown.view if own else room)
    try:
        over.setStyleSheet("background: rgb(0, 0, 250)")
        area = shown.view.shown_rect(1).toRect()
        over.setGeometry(QRect(area.center() if own else shown.view.mapTo(room, area.center()), area.size() / 4))
        room.show()
        over.show()
        over.raise_()
        QTest.qWaitForWindowExposed(room)

        def beside() -> bool:
            memory.publish(shown, 1, 0, 200, 0)
            shown.tick()
            shown.settle()
            return green(at(shown, 1, 0.2, 0.2))
        eventually(beside)
        for _ in range(5):
            memory.publish(shown, 1, 0, 200, 0)
            shown.tick()
            assert at(shown, 1, 0.55, 0.55).blue() == 250
        over.hide()
        memory.publish(shown, 1, 0, 200, 0)
        shown.tick()
        shown.settle()
        assert green(at(shown, 1, 0.55, 0.55))
    finally:
        shown.view.setParent(None)
        room.close()
        room.deleteLater()


def test_a_window_that_comes_out_from_under_another_shows_no_older_picture(show: Show, memory: Memory) -> None:
    shown = show(4, "2x2", 400, 300, Style.CONSOLE)
    warm(shown, memory, 1)
    memory.publish(shown, 1, 0, 200, 0)
    shown.tick()
    shown.settle()
    assert green(at(shown, 1))
    cover = QWidget(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
    try:
        cover.setGeometry(shown.view.geometry())
        cover.show()
        QTest.qWaitForWindowExposed(cover)
        shown.settle()
    finally:
        cover.close()
        cover.deleteLater()
    shown.view.regions.clear()
    eventually(lambda: shown.settle() or bool(shown.view.regions))      # type: ignore[func-returns-value]
    assert green(at(shown, 1)), "what Qt had painted before that picture came back"


def test_a_wall_that_moves_in_its_window_takes_no_older_picture_along(show: Show, memory: Memory) -> None:
    shown = show(4, "2x2", 400, 300, Style.CONSOLE)
    room = QWidget()
    room.resize(600, 400)
    shown.view.setParent(room)
    shown.view.show()
    room.show()
    try:
        QTest.qWaitForWindowExposed(room)
        warm(shown, memory, 1)
        memory.publish(shown, 1, 0, 200, 0)
        shown.tick()
        shown.settle()
        shown.view.move(100, 50)
        shown.settle()
        assert green(at(shown, 1))
    finally:
        shown.view.setParent(None)
        room.close()
        room.deleteLater()


def test_zoom_words_and_states_are_painted(show: Show, memory: Memory) -> None:
    shown = show(4, "2x2", 800, 600, Style.CONSOLE)
    warm(shown, memory, 1)
    shown.truth(p1=LIVE.__class__(PaneState.FROZEN, age=5.0))
    shown.settle()
    shown.view.regions.clear()
    memory.publish(shown, 1, 0, 200, 0)
    shown.tick()
    shown.settle()
    assert not green(at(shown, 1)), "a frozen pane shows no new picture"
    shown.truth(p1=LIVE)
    state = shown.view.state
    panes = list(state.panes)
    panes[1] = Pane("cam1", view=View(zoom=2.0))
    shown.view.show_state(state.__class__("w", layout="2x2", panes=tuple(panes)))
    shown.settle()
    shown.view.regions.clear()
    memory.publish(shown, 1, 0, 200, 0)
    shown.tick()
    shown.settle()
    assert shown.view.regions and green(at(shown, 1))


def test_memory_whose_worker_is_gone_is_painted(show: Show, memory: Memory) -> None:
    shown = show(4, "2x2", 800, 600, Style.CONSOLE)
    gone = Memory(4)
    gone.block.close()
    for _ in range(5):
        memory.publish(shown, 1, 0, 200, 0)
        picture = shown.engine.picture("w/1")
        assert picture is not None
        shown.engine.show_picture("w/1", picture._replace(share=gone.block.share))
        shown.tick()
        shown.settle()
    assert shown.view.regions and green(at(shown, 1))


def test_a_hidden_wall_leaves_nothing_and_comes_back(show: Show, memory: Memory) -> None:
    shown = show(4, "2x2", 800, 600, Style.CONSOLE)
    warm(shown, memory, 1)
    shown.view.hide()
    shown.settle()
    shown.view.show()
    QTest.qWaitForWindowExposed(shown.view)
    warm(shown, memory, 1)
    memory.publish(shown, 1, 0, 200, 0)
    shown.tick()
    shown.settle()
    assert green(at(shown, 1))
