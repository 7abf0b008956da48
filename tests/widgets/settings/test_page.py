"""The settings page on a real registry: found, changed, refused beside the field, put back; by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget

from app.commands import Context, Dispatcher, KeyMap
from app.features import table
from app.registry.directory import CameraDirectory
from app.registry.lane import RegistryLane
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.settings import groups
from tests.widgets.window.conftest import until
from widgets.panels import Surroundings
from widgets.settings.page import SettingsPage
from widgets.theme import Theme

pytestmark = pytest.mark.screen


@pytest.fixture
def lane(lawang_home: Path, tmp_path: Path) -> Iterator[RegistryLane]:
    lane = RegistryLane(tmp_path / "cameras.db")
    lane.start()
    lane.wait_open()
    yield lane
    assert lane.close()


@pytest.fixture
def page(qapp: QApplication, lane: RegistryLane) -> Iterator[SettingsPage]:
    theme = Theme("dark")
    theme.install(qapp)
    around = Surroundings(CameraDirectory(()), theme, put=lambda _c: None, go=lambda _w: None, leave=lambda: None,
                          dispatcher=Dispatcher(table(), Context), registry=lane)
    page = SettingsPage(around)
    page.resize(1100, 700)
    page.show()
    page.activateWindow()
    until(page.isActiveWindow)
    yield page
    page.close()
    page.deleteLater()
    theme.deleteLater()


def text_of(widget: QWidget) -> str:
    assert isinstance(widget, QLineEdit)
    return widget.text()


def type_into(field: QWidget, text: str) -> None:
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_every_setting_that_is_shown_stands_on_the_page(page: SettingsPage) -> None:
    assert set(page.rows) == {setting.key for rows in groups().values() for setting in rows}
    assert "pane.header" in page.rows and "kiosk.password" not in page.rows
    assert all(row.setting.help for row in page.rows.values())


def test_a_value_is_kept_and_put_back(page: SettingsPage, lane: RegistryLane) -> None:
    row = page.rows["freshness.frozen_seconds"]
    type_into(row.field, "4,5")                             # as Indonesians write it
    until(lambda: lane.settings["freshness.frozen_seconds"] == 4.5)
    until(lambda: text_of(row.field) == "4.5" and row._back.isEnabled())
    row._back.click()
    until(lambda: lane.settings["freshness.frozen_seconds"] == 3.0)
    until(lambda: text_of(row.field) == "3" and not row._back.isEnabled())


@pytest.mark.parametrize(("key", "typed", "told"), [
    ("freshness.frozen_seconds", "soon", "a number is needed"), ("freshness.frozen_seconds", "900", "from 1 to 60"),
    ("freshness.frozen_seconds", "1", "may not be below"), ("decoder.caching_ms", "30.5", "whole number"),
])
def test_a_wrong_value_is_told_beside_its_field_and_kept_nowhere(
        page: SettingsPage, lane: RegistryLane, key: str, typed: str, told: str) -> None:
    before = dict(lane.settings)
    row = page.rows[key]
    type_into(row.field, typed)
    assert told in row.wrong and text_of(row.field) == typed
    assert row.field.accessibleDescription() == row.wrong
    assert dict(lane.settings) == before
    type_into(row.field, "4" if key != "decoder.caching_ms" else "40")
    until(lambda: row.wrong == "" and lane.settings[key] == (4.0 if key != "decoder.caching_ms" else 40))


def test_another_program_s_change_is_shown(page: SettingsPage, lane: RegistryLane) -> None:
    with Registry.open(lane.path) as other:
        other.set_setting("window.zone", "WIT")
    field = page.rows["window.zone"].field
    assert isinstance(field, QComboBox)
    until(lambda: field.currentIndex() == 3)


def test_a_search_finds_in_all_groups(page: SettingsPage) -> None:
    page.search.setText("pointer")
    assert page.rows["pane.header"].isVisibleTo(page) and not page.rows["pane.fit"].isVisibleTo(page)
    page.search.setText("Ctrl+K")
    assert page.keys.isVisibleTo(page) and not page.rows["pane.header"].isVisibleTo(page)
    page.search.setText("no such thing")
    assert page._nothing.isVisibleTo(page)


def test_by_keyboard_alone(page: SettingsPage, lane: RegistryLane) -> None:
    """Down to the groups, down to the second, Tab to its first field, another choice with the arrow."""
    page.search.setFocus()
    QTest.keyClick(page.search, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is page.groups
    QTest.keyClick(page.groups, Qt.Key.Key_Down)
    QTest.keyClick(page.groups, Qt.Key.Key_Tab)
    field = page.rows["pane.header"].field
    until(lambda: QApplication.focusWidget() is field)
    QTest.keyClick(field, Qt.Key.Key_Down)
    until(lambda: lane.settings["pane.header"] == "hover")


def choose(page: SettingsPage, command: str) -> None:
    page.search.clear()
    page.groups.setCurrentRow(page.groups.count() - 1)
    tree = page.keys.list
    for at in range(tree.topLevelItemCount()):
        head = tree.topLevelItem(at)
        for place in range(head.childCount()):
            if head.child(place).data(0, Qt.ItemDataRole.UserRole) == command:
                tree.setCurrentItem(head.child(place))
                return
    raise AssertionError(command)


def keymap(page: SettingsPage) -> KeyMap:
    return page._around.dispatcher.keymap


def test_a_key_is_set_by_pressing_it(page: SettingsPage) -> None:
    choose(page, "layout.next")
    QTest.keyClick(page.keys.list, Qt.Key.Key_Return)
    until(lambda: page.keys.catcher.waiting)
    QTest.keyClick(page.keys.list, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert keymap(page).keys_of("layout.next") == ("Ctrl+J",)
    file = paths.config_dir() / "keys.toml"
    until(file.exists)
    assert KeyMap.load(keymap(page).table, file).keys_of("layout.next") == ("Ctrl+J",)
    page.keys.back.click()
    assert keymap(page).keys_of("layout.next") == ("L",)


def test_a_conflict_is_told_and_asked_about(page: SettingsPage) -> None:
    choose(page, "layout.next")
    page.keys.change.click()
    until(lambda: page.keys.catcher.waiting)
    QTest.keyClick(page.keys.list, Qt.Key.Key_Delete)           # empties a pane
    assert "empty this pane" in page.keys.told.text()
    assert keymap(page).keys_of("layout.next") == ("L",)
    page.keys.leave_it.click()
    assert keymap(page).keys_of("pane.clear") == ("Delete",)
    page.keys.change.click()
    until(lambda: page.keys.catcher.waiting)
    QTest.keyClick(page.keys.list, Qt.Key.Key_Delete)
    page.keys.take.click()
    assert keymap(page).keys_of("layout.next") == ("Delete",) and keymap(page).keys_of("pane.clear") == ()
    page.keys.everything_back.click()
    assert keymap(page).keys_of("pane.clear") == ("Delete",)


def test_esc_leaves_the_keys_as_they_are(page: SettingsPage) -> None:
    choose(page, "layout.next")
    page.keys.add.click()
    until(lambda: page.keys.catcher.waiting)
    QTest.keyClick(page.keys.list, Qt.Key.Key_Escape)
    assert not page.keys.catcher.waiting and keymap(page).keys_of("layout.next") == ("L",)
    page.keys.none.click()
    assert keymap(page).keys_of("layout.next") == ()
