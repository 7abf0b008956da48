"""A damaged registry before the wall: told in words, and its last good copy is back on a word, never without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.registry.copies import make_copy
from app.registry.errors import DamagedRegistry
from app.registry.registry import Registry
from widgets.assistant.damaged import DamagedWindow, offer

pytestmark = pytest.mark.screen


@pytest.fixture
def damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bool], DamagedRegistry]]:
    """The error of a registry of one camera whose pages were written over; with a copy of it, or without."""
    monkeypatch.setenv("LAWANG_HOME", str(tmp_path))

    def make(with_copy: bool) -> DamagedRegistry:
        path = tmp_path / "r.db"
        with Registry(path, station="here") as registry:
            registry.save_cameras(Camera("a", 7, "Losari"))
            registry.settle()
            if with_copy:
                make_copy(registry._store.db.conn, path)
        path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * 40_000)
        with pytest.raises(DamagedRegistry) as caught:
            Registry(path, station="here")
        return caught.value
    yield make


type Pressing = Callable[[Callable[[DamagedWindow], None]], None]


@pytest.fixture
def pressing(qapp: QApplication) -> Iterator[Pressing]:
    """What is to be done once the window is there."""
    QTimer.singleShot(0, qapp.exit)
    qapp.exec()         # a test before that told the program to end left word for every loop of events that comes after
    timer = QTimer(interval=20)

    def when_there(press: Callable[[DamagedWindow], None]) -> None:
        def look() -> None:
            window = next((w for w in qapp.topLevelWidgets() if isinstance(w, DamagedWindow) and w.isVisible()), None)
            if window is not None:
                timer.stop()
                try:
                    press(window)
                finally:
                    window.finished.emit()      # a press that fails leaves no window that waits for ever
        timer.timeout.connect(look)
        timer.start()
    yield when_there
    timer.stop()


def test_enter_puts_the_last_good_copy_back(pressing: Pressing, damage: Callable[[bool], DamagedRegistry]) -> None:
    found = damage(True)
    told: list[str] = []

    def press(window: DamagedWindow) -> None:
        told.append(window.told.text())
        assert window.back is not None and window.focusWidget() is window.back
        QTest.keyClick(window.back, Qt.Key.Key_Return)
    pressing(press)
    assert offer(found)
    assert told == [str(found)]
    with Registry(found.path, station="here") as registry:
        assert [camera.number for camera in registry.list_cameras()] == [7]
    assert found.kept is not None and found.kept.exists(), "the damaged one is kept"


def test_esc_leaves_all_as_it_is(pressing: Pressing, damage: Callable[[bool], DamagedRegistry]) -> None:
    found = damage(True)
    pressing(lambda window: QTest.keyClick(window, Qt.Key.Key_Escape))
    assert not offer(found)
    assert not found.path.exists()


def test_without_a_copy_nothing_is_offered(pressing: Pressing, damage: Callable[[bool], DamagedRegistry]) -> None:
    found = damage(False)
    buttons: list[int] = []

    def press(window: DamagedWindow) -> None:
        buttons.append(len(window.findChildren(QPushButton)))
        QTest.mouseClick(window.leave, Qt.MouseButton.LeftButton)
    pressing(press)
    assert not offer(found)
    assert buttons == [1]


def test_a_copy_that_cannot_be_put_back_is_a_sentence(pressing: Pressing,
                                                      damage: Callable[[bool], DamagedRegistry]) -> None:
    found = damage(True)
    assert found.last_good is not None

    def press(window: DamagedWindow) -> None:
        assert window.back is not None
        found.path.write_text("somebody was quicker")
        QTest.mouseClick(window.back, Qt.MouseButton.LeftButton)
    pressing(press)
    with pytest.raises(OperatorError, match="could not be put back"):
        offer(found)
    assert found.path.read_text() == "somebody was quicker"
