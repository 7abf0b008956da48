"""Windows that close while others stay: nothing of theirs is asked again, and one that comes back says what is so."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.runtime.language import set_language
from tests.widgets.window.conftest import Shown, until
from widgets.common.sheet import Sheet
from widgets.pages import PAGES
from widgets.window.console import Console

pytestmark = pytest.mark.screen


def run(shown: Shown, command: str, **arguments: Any) -> None:
    outcome = shown.station.dispatcher.run(command, **arguments)
    assert outcome, outcome.reason


def test_a_console_that_closed_hears_neither_theme_nor_language(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, value, _trace: raised.append(f"{kind.__name__}: {value}"))
    console = shown.frame
    assert isinstance(console, Console)
    for page in PAGES:
        run(shown, f"page.{page.name}")
    page = console.cover.built("cameras") if console.cover is not None else None
    assert page is not None
    page.discover()         # type: ignore[attr-defined]
    run(shown, "page.wall")
    run(shown, "window.new")
    until(lambda: len(shown.ui.windows.frames) == 2)
    run(shown, "window.close", window="w1")
    until(lambda: list(shown.ui.windows.frames) == ["w2"])
    gone: list[bool] = []
    console.destroyed.connect(lambda: gone.append(True))
    until(lambda: gone)
    shown.ui.theme.toggle()
    set_language("id")
    QApplication.processEvents()
    shown.ui.theme.toggle()
    assert raised == []


def test_a_window_that_is_opened_again_bears_its_marks_again(shown: Shown) -> None:
    run(shown, "window.new")
    until(lambda: len(shown.ui.windows.frames) == 2)
    camera = shown.station.wall.window("w1").panes[0].camera
    run(shown, "pane.put", window="w2", pane=0, camera=camera)
    shown.station.recording.taping = frozenset({camera})
    shown.station.recording.changed.emit()
    until(lambda: shown.ui.windows.frames["w2"].view.faces[0].badges.recording)
    run(shown, "window.close", window="w2")
    until(lambda: list(shown.ui.windows.frames) == ["w1"])
    run(shown, "wall.undo")
    until(lambda: "w2" in shown.ui.windows.frames)
    until(lambda: shown.ui.windows.frames["w2"].view.faces[0].badges.recording)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_works_the_button_with_the_keyboard_and_not_the_form_around_it(shown: Shown, key: Qt.Key) -> None:
    """The tests' X server has no desktop, like a wall that starts nothing but Lawang."""
    shown.key("b", Qt.KeyboardModifier.ShiftModifier)
    sheet = next(one for one in shown.frame.findChildren(Sheet) if one.isVisible())
    submitted: list[object] = []
    sheet.done.connect(lambda *what: submitted.append(what))        # type: ignore[attr-defined]
    sheet.leave.setFocus()
    shown.key(key)
    until(lambda: not sheet.isVisible())
    assert submitted == []


def test_a_window_that_goes_while_its_zones_wait_for_a_picture_leaves_no_stream_open(shown: Shown) -> None:
    run(shown, "window.new")
    until(lambda: len(shown.ui.windows.frames) == 2)
    camera = shown.station.wall.window("w1").panes[0].camera
    run(shown, "pane.put", window="w2", pane=0, camera=camera)
    run(shown, "window.next_screen")
    until(lambda: shown.frame.window_id == "w2")
    run(shown, "case.zones")
    engine = shown.station.engine
    until(lambda: any(key.startswith("zones/") for key in engine.wants))
    run(shown, "window.close", window="w2")
    until(lambda: not any(key.startswith("zones/") for key in engine.wants))


def test_a_minimised_window_asks_for_no_pictures_and_for_all_when_it_is_back(shown: Shown) -> None:
    frame, engine = shown.frame, shown.station.engine
    until(lambda: any(want.visible for want in engine.wants.values()))
    frame.setWindowState(Qt.WindowState.WindowMinimized)
    until(lambda: engine.wants and not any(want.visible for want in engine.wants.values()))
    frame.setWindowState(Qt.WindowState.WindowNoState)
    until(lambda: any(want.visible for want in engine.wants.values()))
