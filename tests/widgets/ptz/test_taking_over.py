"""Taking a camera over by keyboard alone: button, reason, Enter; without a reason nothing is taken."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app.ptz.holding import DEFAULTS
from app.ptz.lease import Holder
from app.ptz.steering import Steering
from tests.widgets.ptz.test_panel import CAMERA, DOME, Desk
from widgets.ptz.panel import PtzPanel
from widgets.ptz.taking_over import ReasonSheet, TakingOver
from widgets.theme import Theme

pytestmark = pytest.mark.screen
RINA = Holder("Rina A.", "Polrestabes", 200)


class Frame(QWidget):
    window_id = "w"
    taken = 0

    def take_keyboard(self) -> None:
        self.taken += 1


class Windows(QObject):
    closed = Signal(object)

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.active = frame


@pytest.fixture
def desk(qapp: QApplication) -> Iterator[Any]:
    desk, frame, said = Desk(), Frame(), list[str]()
    desk.steering = Steering(desk, {"a": CAMERA}.get,
                             seconds=lambda key: 50 if key == "ptz.priority" else DEFAULTS[key])
    desk.steering.set_facts({"a": DOME})
    desk.steering.select("a")
    frame.resize(900, 600)
    frame.show()
    taking = TakingOver(desk.steering, Windows(frame), {"a": CAMERA}.get, said.append)  # type: ignore[arg-type]
    desk.dispatcher.bind("ptz.take_over", taking.ask)
    desk.dispatcher.refused.connect(lambda outcome: said.append(outcome.reason))
    kept: Any = SimpleNamespace(named=lambda presets: presets, pictures={}, camera="a", patrol=(), zone="system",
                                toggle_patrol=lambda _token: None)
    theme = Theme("dark", frame)
    theme.install(qapp)
    panel = PtzPanel(theme, {"a": CAMERA}.get)
    panel.attach(desk.steering, desk.dispatcher, kept)
    desk.steering.changed.connect(panel.refresh)
    panel.resize(320, 900)
    panel.show()
    yield SimpleNamespace(steering=desk.steering, frame=frame, said=said, panel=panel, dispatcher=desk.dispatcher)
    panel.deleteLater()
    frame.deleteLater()
    desk.owner.deleteLater()


def button(panel: PtzPanel) -> QPushButton:
    return next(one for one in panel.findChildren(QPushButton) if one.accessibleName().startswith("Take the camera"))


def test_button_reason_enter_and_it_is_ours(desk: Any) -> None:
    assert button(desk.panel).isHidden()
    desk.steering.leases.touch("a", RINA, moving=True)
    desk.panel.refresh()
    assert not button(desk.panel).isHidden()
    QTest.keyClick(button(desk.panel), Qt.Key.Key_Space)
    sheet = desk.frame.findChild(ReasonSheet)
    assert sheet is not None and sheet.isVisible() and not sheet.isWindow() and desk.steering.holding("a") is None
    QTest.keyClick(sheet.reason, Qt.Key.Key_Return)             # nothing was said: it stays, and nothing is taken
    assert sheet.isVisible() and desk.steering.holding("a") is None
    QTest.keyClicks(sheet.reason, "pursuit")
    QTest.keyClick(sheet.reason, Qt.Key.Key_Return)
    assert not sheet.isVisible() and desk.steering.holding("a") is not None and desk.frame.taken == 1
    desk.panel.refresh()
    assert button(desk.panel).isHidden()


def test_escape_leaves_it_to_who_has_it_and_a_higher_priority_is_told_at_once(desk: Any) -> None:
    desk.steering.leases.touch("a", RINA, moving=True)
    desk.dispatcher.run("ptz.take_over")
    sheet = desk.frame.findChild(ReasonSheet)
    QTest.keyClicks(sheet.reason, "x")
    QTest.keyClick(sheet.reason, Qt.Key.Key_Escape)
    assert not sheet.isVisible() and desk.steering.holding("a") is None
    desk.steering.leases.release("a")
    desk.steering.leases.touch("a", Holder("Polda", priority=1), moving=True)
    desk.dispatcher.run("ptz.take_over")
    assert not sheet.isVisible() and "Polda" in desk.said[-1] and "higher priority" in desk.said[-1]
