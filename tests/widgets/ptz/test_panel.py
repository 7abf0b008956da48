"""The panel's keys do what their commands do; patrols and home times come back; the tape has no end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from app.commands import Context, Dispatcher
from app.features import table
from app.model.camera import Camera
from app.model.device import DeviceFacts, Preset
from app.ptz import messages
from app.ptz.patrol import Stop, stops_to
from app.ptz.steering import Steering
from app.registry.device_facts import Fact
from widgets.ptz.lens import IRIS_MS, Lens
from widgets.ptz.menus import auxiliary_menu
from widgets.ptz.panel import PtzPanel, looks_of
from widgets.ptz.remembering import Remembered
from widgets.theme import Theme
from widgets.wall.compass import Looks, images, on_panel, paint_tape
from widgets.wall.geometry import box_of
from widgets.wall.measures import Style

pytestmark = pytest.mark.screen

CAMERA = Camera("a", 201, "Simpang", heading=350.0)
DOME = DeviceFacts("http://d", ptz="http://d/ptz", profile="main", imaging="http://d/imaging", source="vs", home=True,
                   presets=(Preset("1", "a"), Preset("2", "b")))


class Desk:
    """Steering, the real command table, and a registry in memory that works at once."""

    def __init__(self) -> None:
        self.sent: list[msgspec.Struct] = []
        self.facts: dict[tuple[str, str], Any] = {}
        self.device_facts = self
        self.steering = Steering(self, {"a": CAMERA}.get)
        self.steering.set_facts({"a": DOME})
        self.steering.select("a")
        self.dispatcher = Dispatcher(table(), lambda: Context(camera=True, ptz=True))
        self.owner = QObject()
        self.lens = Lens(self.steering, self.dispatcher, lambda _text: None, self.owner)
        self.dispatcher.bind("ptz.extend", self.steering.extend)
        self.dispatcher.bind("ptz.release", self.steering.release)

    def send(self, message: msgspec.Struct) -> None:
        if not isinstance(message, messages.Alive):
            self.sent.append(message)

    def imaging(self) -> list[str]:
        return [message.action for message in self.sent if isinstance(message, messages.Imaging)]

    # the registry

    def submit(self, work: Any, then: Any = None, *, replaces: str | None = None) -> bool:
        value = work(self)
        if then is not None:
            then(SimpleNamespace(value=value))
        return True

    def named(self, name: str) -> dict[str, Fact]:
        return {camera: Fact(value, "") for (camera, fact), value in self.facts.items() if fact == name}

    def put(self, camera: str, fact: str, value: Any) -> bool:
        self.facts[camera, fact] = value
        return True

    def forget(self, camera: str, fact: str) -> int:
        return int(self.facts.pop((camera, fact), None) is not None)


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Desk]:
    made = Desk()
    yield made
    made.lens.close()


@pytest.fixture
def panel(desk: Desk) -> Iterator[PtzPanel]:
    made = PtzPanel(Theme(), {"a": CAMERA}.get)
    kept: Any = SimpleNamespace(named=lambda presets: presets, pictures={}, camera="a", patrol=(), zone="WITA",
                                toggle_patrol=lambda _token: None)
    made.attach(desk.steering, desk.dispatcher, kept)
    desk.steering.changed.connect(made.refresh)
    made.resize(272, 900)
    made.show()
    yield made
    desk.steering.changed.disconnect(made.refresh)
    made.close()
    made.deleteLater()


def key(panel: PtzPanel, name: str) -> QPushButton:
    return next(button for button in panel.findChildren(QPushButton) if button.accessibleName() == name)


def test_focus_moves_while_its_key_is_held(panel: PtzPanel, desk: Desk) -> None:
    QTest.mousePress(key(panel, "Focus nearer"), Qt.MouseButton.LeftButton)
    assert desk.imaging() == ["near"]
    QTest.mouseRelease(key(panel, "Focus nearer"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(key(panel, "Iris by itself"), Qt.MouseButton.LeftButton)
    assert desk.imaging() == ["near", "still", "iris-auto"]


def test_a_held_iris_steps_on_until_the_camera_is_let_go(panel: PtzPanel, desk: Desk) -> None:
    QTest.mousePress(key(panel, "Open the iris"), Qt.MouseButton.LeftButton)
    for _n in range(200):
        if len(desk.imaging()) > 2:
            break
        QTest.qWait(IRIS_MS // 3)
    assert set(desk.imaging()) == {"iris-open"} and len(desk.imaging()) > 2
    desk.steering.release_all()                 # focus lost: no release of the button comes
    assert not desk.lens._again.isActive()
    QTest.mouseRelease(key(panel, "Open the iris"), Qt.MouseButton.LeftButton)


def test_the_focus_stands_when_everything_is_let_go(desk: Desk) -> None:
    desk.dispatcher.run("ptz.far", down=True)
    desk.steering.select("")                    # another pane
    assert desk.imaging() == ["far", "still"]
    desk.dispatcher.run("ptz.far", down=False)  # the key comes up later: there is nothing to tell
    assert desk.imaging() == ["far", "still"]


def test_the_holder_lets_go_and_holds_longer(panel: PtzPanel, desk: Desk) -> None:
    free = key(panel, "Let the camera go")
    assert not free.isVisible()
    desk.steering.preset("go", "1")
    assert free.isVisible() and "00:05" in panel._holder.words.text()
    QTest.mouseClick(key(panel, "Hold the camera a minute longer"), Qt.MouseButton.LeftButton)
    assert "01:0" in panel._holder.words.text()
    QTest.mouseClick(free, Qt.MouseButton.LeftButton)
    assert not free.isVisible() and desk.steering.holding("a") is None


def test_the_panel_names_sticks_and_heading(panel: PtzPanel, desk: Desk) -> None:
    assert not panel._tape.isVisible() and not panel._stick.isVisible()
    panel.show_sticks(("Extreme 3D",))
    desk.steering.heard(msgspec.msgpack.encode(messages.Position("a", 20.0, -12.4, 0.19)))
    desk.steering.tick()
    assert "Extreme 3D" in panel._stick.text() and panel._tape.accessibleName() == "Heading 10° N"


def test_a_heading_counts_from_north_where_the_register_knows_it() -> None:
    position = messages.Position("a", 20.0, -12.4, -1.0)
    assert looks_of(position, CAMERA) == Looks(10, -12, -1, True)
    assert looks_of(position, None) == Looks(20, -12, -1, False)
    # Upside down it pans the other way round; on its side it pans no heading.
    assert looks_of(position, replace(CAMERA, rotation=180)) == Looks(330, 12, -1, True)
    assert looks_of(position, replace(CAMERA, rotation=90)) is None
    north = looks_of(messages.Position("a", 359.8, 0.0, 0.5), None)
    assert north is not None and north.heading == 0


def test_scales_lie_over_large_panes_and_none_over_small_ones(qapp: QApplication) -> None:
    tokens, looks = Theme().tokens, Looks(359, -12, 19, True)
    counts = [len(images(looks, box_of(QRect(0, 0, wide, high), Style.WALL, 1.0), tokens))
              for wide, high in ((240, 135), (480, 270), (1440, 810))]
    assert counts == [0, 1, 3]


def test_the_tape_has_no_end(qapp: QApplication) -> None:
    """What stands right of north is the same whether the heading is just before or just after it."""
    def painted(heading: int) -> QImage:
        image = QImage(400, 40, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        painter = QPainter(image)
        paint_tape(painter, QRectF(0, 0, 400, 40), Looks(heading, 0), on_panel(Theme().tokens), 4.0, 1.0)
        painter.end()
        return image
    before, after = painted(350), painted(5)
    assert before.copy(300, 28, 90, 12) == after.copy(240, 28, 90, 12)


def test_a_patrol_and_a_home_time_come_back(desk: Desk) -> None:
    first = Remembered(desk.steering, desk, desk.owner)  # type: ignore[arg-type]
    first.begin()
    QTest.qWait(1)
    desk.steering.patrol([Stop("1"), Stop("2")])
    first.home_after(300.0)
    first.close()
    desk.steering.patrols.end("a")
    desk.steering.home_after.clear()
    again = Remembered(desk.steering, desk, desk.owner)  # type: ignore[arg-type]
    again.begin()
    QTest.qWait(1)
    running = desk.steering.patrols.of("a")
    assert running is not None and running.stops == (Stop("1"), Stop("2")) and desk.steering.home_after == {"a": 300.0}
    desk.steering.patrol([])
    again.home_after(None)
    assert not desk.facts and not desk.steering.home_after
    again.close()


def test_nonsense_in_the_registry_starts_no_patrol(desk: Desk) -> None:
    desk.facts = {("a", "ptz.patrol.running"): {"stops": 7}, ("a", "ptz.home"): {"seconds": "x"},
                  ("gone", "ptz.patrol.running"): stops_to([Stop("1"), Stop("2")])}
    made = Remembered(desk.steering, desk, desk.owner)  # type: ignore[arg-type]
    made.begin()
    QTest.qWait(1)
    assert not desk.steering.patrols.running and not desk.steering.home_after
    made.close()


def test_the_camera_offers_all_that_it_lists_in_its_own_words(qapp: QApplication) -> None:
    desk, parent = Desk(), QWidget()
    words = ("tt:Wiper|On", "tt:IRLamp|Auto", "Acme|Fog & Rain")
    desk.steering.set_facts({"a": replace(DOME, auxiliaries=words)})
    desk.dispatcher.bind("ptz.auxiliary", desk.steering.auxiliary)
    auxiliary_menu(parent, QPoint(0, 0), desk.steering, desk.dispatcher)
    [menu] = parent.findChildren(QMenu)
    assert [action.text() for action in menu.actions()] == ["Wiper: On", "IRLamp: Auto", "Acme: Fog && Rain"]
    menu.actions()[2].trigger()
    assert messages.Auxiliary("a", "Acme|Fog & Rain") in desk.sent
    parent.deleteLater()
