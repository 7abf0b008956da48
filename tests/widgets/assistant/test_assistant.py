"""The first start: four steps by keyboard, both languages at once in force, and the registry and wall that follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QWidget

from app.cli.options import WallOptions
from app.model.wall import ScreenId, WindowKind
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.language import current_language, set_language
from app.station import WALL_NAME
from tests.widgets.window.conftest import until
from widgets.assistant.answers import Answers, Cameras, Use, needed, prepare, wall_of
from widgets.assistant.assistant import Assistant
from widgets.theme import Theme

LEFT, RIGHT = ScreenId("left", x=0, width=1920, height=1080), ScreenId("right", x=1920, width=1920, height=1080)


@pytest.fixture
def assistant(qapp: QApplication) -> Iterator[Assistant]:
    set_language("en")
    theme = Theme("dark")
    theme.install(qapp)
    window = Assistant(theme)
    window.show()
    window.activateWindow()
    until(window.isActiveWindow)
    yield window
    window.close()
    window.deleteLater()
    theme.deleteLater()
    set_language("en")


@pytest.mark.screen
def test_enter_walks_through_the_steps(assistant: Assistant) -> None:
    told: list[Answers | None] = []
    assistant.finished.connect(told.append)
    for step in range(4):
        assert assistant.steps.currentIndex() == step and told == []
        QTest.keyClick(assistant.focusWidget() or assistant, Qt.Key.Key_Return)
    assert len(told) == 1 and told[0] is not None
    assert told[0].language == "en" and told[0].cameras is Cameras.LIST
    assert [use for _screen, use in told[0].monitors] == [Use.CONSOLE]
    assert not assistant.isVisible()


@pytest.mark.screen
def test_the_language_is_in_force_at_once(assistant: Assistant) -> None:
    english = assistant.next.text()
    QTest.keyClick(assistant.languages["en"], Qt.Key.Key_Up)
    assert current_language() == "id" and assistant.languages["id"].isChecked()
    assert [button.text() for button in assistant.languages.values()] == ["Bahasa Indonesia", "English"]
    QTest.keyClick(assistant.languages["id"], Qt.Key.Key_Down)
    assert current_language() == "en" and assistant.next.text() == english


@pytest.mark.screen
def test_esc_skips_and_closing_does_too(assistant: Assistant) -> None:
    told: list[Answers | None] = []
    assistant.finished.connect(told.append)
    QTest.keyClick(assistant, Qt.Key.Key_Escape)
    assistant.close()
    assert told == [None]


@pytest.mark.screen
def test_every_control_has_a_name(assistant: Assistant) -> None:
    nameless = [widget for widget in assistant.findChildren(QWidget)
                if isinstance(widget, (QAbstractButton, QComboBox)) and not widget.accessibleName()
                and not (isinstance(widget, QAbstractButton) and widget.text())]
    assert nameless == []


def test_who_is_asked(lawang_home: Path, tmp_path: Path) -> None:
    options = WallOptions(paths.registry_path(), assistant=True)
    assert needed(options) and not needed(replace(options, assistant=False))
    (there := tmp_path / "there.db").touch()
    assert not needed(replace(options, registry=there))


def test_windows_stand_where_they_were_wanted_and_show_the_first_cameras(lawang_home: Path) -> None:
    answers = Answers("id", ((LEFT, Use.WALL), (RIGHT, Use.CONSOLE)), Cameras.DEMO)
    options = prepare(answers, WallOptions(paths.registry_path()))
    assert options.opening == ()
    with Registry.open(paths.registry_path()) as registry:
        assert registry.setting("window.language") == "id"
        wall, cameras = registry.load_wall(WALL_NAME), registry.list_cameras()
    assert wall is not None and wall == wall_of(answers, cameras)
    assert [(w.kind, w.screen, w.fullscreen) for w in wall.windows] == [
        (WindowKind.CONSOLE, RIGHT, False), (WindowKind.WALL, LEFT, True)]
    assert [pane.camera for w in wall.windows for pane in w.panes] == [camera.id for camera in cameras[:32]]


def test_an_empty_register_for_a_list(lawang_home: Path) -> None:
    options = prepare(Answers("en", ((LEFT, Use.CONSOLE),), Cameras.LIST), WallOptions(paths.registry_path()))
    assert options.opening == ("page.cameras", "register.import")
    with Registry.open(paths.registry_path()) as registry:
        assert registry.list_cameras() == []
