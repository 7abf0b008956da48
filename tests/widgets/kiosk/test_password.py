"""The kiosk password from the settings page to the field that unlocks, on a real registry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.registry.lane import RegistryLane
from tests.widgets.window.conftest import Shown, until
from tests.widgets.window.stage import FakeStation
from widgets.kiosk.kiosk import Kiosk
from widgets.kiosk.password import KEY
from widgets.settings.page import SettingsPage
from widgets.window.console import Console

pytestmark = pytest.mark.screen
PASSWORD = "Palapa-1365"


def opened_page(shown: Shown) -> SettingsPage:
    assert shown.station.dispatcher.run("page.settings")
    assert isinstance(shown.frame, Console) and shown.frame.cover is not None
    page = shown.frame.cover.built("settings")
    assert isinstance(page, SettingsPage)
    return page


def type_twice(page: SettingsPage, first: str, again: str) -> None:
    QTest.keyClicks(page.kiosk.first, first)
    QTest.keyClick(page.kiosk.first, Qt.Key.Key_Return)
    QTest.keyClicks(page.kiosk.again, again)
    QTest.keyClick(page.kiosk.again, Qt.Key.Key_Return)


def test_set_locked_unlocked_removed(lane: RegistryLane, opening: Callable[..., Shown], tmp_path: Path,
                                     lawang_home: Path, caplog: pytest.LogCaptureFixture) -> None:
    station: Any = FakeStation()
    station.registry = lane
    shown = opening(station)
    page = opened_page(shown)
    type_twice(page, "abc", "abc")
    assert "4 characters" in page.kiosk._told.text()
    type_twice(page, PASSWORD, "something else")
    assert "differ" in page.kiosk._told.text() and not lane.settings[KEY]
    assert page.kiosk.first.text() == page.kiosk.again.text() == ""
    type_twice(page, PASSWORD, PASSWORD)
    until(lambda: lane.settings[KEY] and "A password is set" in page.kiosk._now.text())
    kiosk = next(feature for feature in shown.ui._features if isinstance(feature, Kiosk))
    shown.station.dispatcher.run("page.wall")
    shown.key(Qt.Key.Key_F9)
    shown.key(Qt.Key.Key_F9)
    shown.write(PASSWORD)
    shown.key(Qt.Key.Key_Return)
    until(lambda: not kiosk.on)
    page = opened_page(shown)
    page.kiosk.forget.click()
    until(lambda: not lane.settings[KEY])
    shown.close()
    assert lane.close()
    files = [file for folder in (tmp_path, lawang_home) for file in folder.rglob("*") if file.is_file()]
    assert any(file.name.startswith("cameras.db") for file in files)
    assert not any(PASSWORD.encode() in file.read_bytes() or b"argon2" in file.read_bytes() for file in files)
    assert PASSWORD not in caplog.text
