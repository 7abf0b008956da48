"""The application on a fake station, opened on the tests' display and closed in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.cli.options import WallOptions
from app.model.wall import WindowState
from app.runtime.language import set_language
from tests.widgets.window.stage import FakeStation
from widgets.application import Application
from widgets.window.frame import Frame

OPTIONS = WallOptions(Path("unused.db"))
LONGEST_MS = 30_000         # a loaded machine of two cores


def until(condition: Callable[[], object]) -> None:
    """Run the event loop until it holds."""
    deadline = QDeadlineTimer(LONGEST_MS)
    while not condition():
        assert not deadline.hasExpired(), "it never came true"
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        threading.Event().wait(0.002)


class Shown:
    """One opened application with short names for what tests touch."""

    def __init__(self, app: QApplication, station: FakeStation, options: WallOptions) -> None:
        self.station, self.app = station, app
        self.closed = False
        self.ui = Application(app, station, options)

    def open(self) -> None:
        self.ui.open()
        until(lambda: self.frame.view.isVisible() and self.station.engine.wants)
        until(lambda: self.app.focusWidget() is self.frame.view)

    @property
    def frame(self) -> Frame:
        frame = self.ui.windows.active
        assert frame is not None
        return frame

    @property
    def state(self) -> WindowState:
        return self.station.wall.window(self.frame.window_id)

    def key(self, key: Qt.Key | str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        widget: Any = self.app.focusWidget()
        assert widget is not None, "nobody has the keyboard"
        QTest.keyClick(widget, key, modifiers)

    def write(self, text: str) -> None:
        for letter in text:
            self.key(letter)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.ui.close()
            self.ui.deleteLater()


@pytest.fixture
def opening(qapp: QApplication) -> Iterator[Callable[..., Shown]]:
    """``opening(station)`` or ``opening()``; everything is closed after the test."""
    opened: list[Shown] = []
    set_language("en")

    def make(station: FakeStation | None = None, options: WallOptions = OPTIONS) -> Shown:
        shown = Shown(qapp, station or FakeStation(), options)
        opened.append(shown)
        shown.open()
        return shown
    yield make
    for shown in opened:
        shown.close()
    set_language("en")


@pytest.fixture
def shown(opening: Callable[..., Shown]) -> Shown:
    """A console 4x4 with 40 cameras in the list, 16 of them on the wall."""
    return opening()
