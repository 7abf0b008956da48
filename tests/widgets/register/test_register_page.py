"""The page of cameras by keyboard: find, mark, change many, take back, delete, add; nothing untouched changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QLineEdit

from app.recording.rules import Mode, Rule, Scope, from_text
from tests.widgets.register.conftest import CAMERAS, Register
from tests.widgets.window.conftest import until
from widgets.register.rows import Chip, Column

pytestmark = pytest.mark.screen
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_marks_by_keyboard_and_the_form_follows(register: Register) -> None:
    shown, page = register.shown, register.page
    QAbstractItemModelTester(page.view.table, QAbstractItemModelTester.FailureReportingMode.Warning)
    until(lambda: page.view.hasFocus())
    shown.key(Qt.Key.Key_Space)
    until(lambda: page.form.isVisible() and len(page.form.cameras) == 1)
    shown.key(Qt.Key.Key_Down, SHIFT)
    shown.key(Qt.Key.Key_Down, SHIFT)
    until(lambda: len(page.form.cameras) == 3)
    assert page.form.rows["number"].isHidden(), "a number is for one camera"
    assert "varied, 3 values" in page.form.rows["main"].editor.placeholderText()
    shown.key("a", CONTROL)
    until(lambda: len(page.form.cameras) == CAMERAS)
    assert page.view.head.marks is True
    shown.key(Qt.Key.Key_Escape)
    until(lambda: not page.form.isVisible())
    assert register.frame.page == "cameras", "Esc closes the form first"


def test_typing_narrows_the_list(register: Register) -> None:
    page, target = register.page, register.lane.directory.all()[40]
    register.shown.key("/")
    until(lambda: page.bar.search.hasFocus())
    register.shown.write(str(target.number))
    until(lambda: len(page.view.table.cameras) < CAMERAS)
    assert target in page.view.table.cameras
    register.shown.key(Qt.Key.Key_Down)
    assert page.view.hasFocus()
    register.shown.key("/")
    register.shown.key(Qt.Key.Key_Escape)
    until(lambda: len(page.view.table.cameras) == CAMERAS)


def test_a_bulk_edit_touches_only_what_was_touched_and_is_undone(register: Register) -> None:
    cameras = register.lane.directory.all()[:3]
    register.mark(*(camera.number for camera in cameras))
    register.write("tags", "banjir, -malam")
    register.write("height", "7,5")
    register.apply()
    now = [register.lane.directory.by_id(camera.id) for camera in cameras]
    for before, after in zip(cameras, now, strict=True):
        tags = tuple(sorted({*before.tags, "banjir"} - {"malam"}))
        assert after == replace(before, height=7.5, tags=tags), "passwords and all other columns stay"
    assert "3 cameras kept" in register.frame.bar.notice.text
    register.page.view.setFocus()
    register.shown.key("z", CONTROL)
    until(lambda: [register.lane.directory.by_id(camera.id) for camera in cameras] == list(cameras))


def test_what_is_wrong_stands_beside_its_field_in_words(register: Register) -> None:
    first, second = register.lane.directory.all()[:2]
    register.mark(first.number)
    form = register.page.form
    register.write("number", str(second.number))
    until(lambda: second.name in form.rows["number"].editor.accessibleDescription())
    assert not form.apply.isEnabled()
    register.write("number", str(first.number))
    register.write("main", "gopher://x/")
    until(lambda: "gopher" in form.rows["main"].editor.accessibleDescription())
    assert form.rows["number"].text is None and not form.apply.isEnabled()


def test_a_stored_password_is_never_shown(register: Register) -> None:
    camera = register.lane.directory.all()[0]
    secret = camera.credentials.password.reveal()
    register.mark(camera.number)
    field = register.page.form.rows["password"].editor
    assert isinstance(field, QLineEdit) and field.text() == "" and field.echoMode() is QLineEdit.EchoMode.Password
    register.write("password", "baru-sekali")
    register.apply()
    after = register.lane.directory.by_id(camera.id)
    assert after is not None and after.credentials.password.reveal() == "baru-sekali" != secret
    assert after.credentials.username == camera.credentials.username and field.text() == ""
    words = " ".join(row.editor.accessibleName() + row.editor.accessibleDescription()
                     for row in register.page.form.rows.values())
    assert secret not in words and "baru-sekali" not in words


def test_typed_words_are_not_lost_by_marking_others(register: Register) -> None:
    first, second = register.lane.directory.all()[:2]
    register.mark(first.number)
    register.write("name", "Nama Baru")
    register.page.view.mark([second.id])
    until(lambda: register.page.view.marked() == [second.id])
    assert register.page.form.ids == (first.id,) and register.page.form.draft() == {"name": "Nama Baru"}
    register.apply()
    after = register.lane.directory.by_id(first.id)
    assert after is not None and after.name == "Nama Baru"


def test_add_and_delete_and_take_back(register: Register) -> None:
    page, directory = register.page, register.lane.directory
    register.shown.key(Qt.Key.Key_Insert)
    until(lambda: page.form.isVisible() and page.form.rows["name"].editor.hasFocus())
    free = int(page.form.draft()["number"])
    register.write("name", "Pos Ronda")
    register.write("main", "rtsp://admin:rahasia@10.9.9.9/main")
    register.apply()
    until(lambda: directory.by_number(free) is not None)
    added = directory.by_number(free)
    assert added is not None and added.name == "Pos Ronda"
    assert "rahasia" not in added.streams[0].url and added.credentials.password.reveal() == "rahasia"
    until(lambda: page.view.marked() == [added.id])
    page.view.setFocus()
    register.shown.key(Qt.Key.Key_Delete)
    until(lambda: directory.by_number(free) is None)
    register.shown.key("z", CONTROL)
    until(lambda: directory.by_number(free) is not None)


def test_filters_and_order(register: Register) -> None:
    page, directory = register.page, register.lane.directory
    owner = next(iter(directory.owners()))
    page.bar.narrow_owner(owner)
    until(lambda: all(camera.owner == owner for camera in page.view.table.cameras))
    page.bar.narrow_owner("")
    page.bar.chips[Chip.RESTRICTED].click()
    until(lambda: len(page.view.table.cameras) == sum(camera.restricted for camera in directory.all()))
    page.bar.chips[Chip.ALL].click()
    page.view.order_asked.emit(Column.NAME)
    names = [camera.name.casefold() for camera in page.view.table.cameras]
    assert names == sorted(names) and len(names) == CAMERAS
    page.view.order_asked.emit(Column.NAME)
    assert [camera.name.casefold() for camera in page.view.table.cameras] == sorted(names, reverse=True)


def test_an_owner_is_changed_in_a_form_of_its_own(register: Register) -> None:
    directory = register.lane.directory
    camera = next(camera for camera in directory.all() if camera.owner)
    register.mark(camera.number)
    box = register.page.form.owners
    box.edit.click()
    box.lines["hours"].setText("25:00-26:00")
    box.save.click()
    until(lambda: "06:00-22:00" in box._told.text())
    box.lines["hours"].setText("05:00-06:00")
    box.save.click()
    until(lambda: directory.owners()[camera.owner].hours == "05:00-06:00")


def test_esc_and_enter_in_the_form_of_an_owner_leave_the_camera_s_form_alone(register: Register) -> None:
    directory = register.lane.directory
    camera = next(camera for camera in directory.all() if camera.owner)
    register.mark(camera.number)
    register.write("notes", "lensa retak")
    form, box = register.page.form, register.page.form.owners
    box.edit.click()
    box.lines["hours"].setFocus()
    register.shown.key(Qt.Key.Key_Escape)
    assert form.isVisible() and form.draft() == {"notes": "lensa retak"}
    assert not box.lines["hours"].isVisible()
    box.edit.click()
    box.lines["hours"].setText("04:00-05:00")
    box.lines["hours"].setFocus()
    register.shown.key(Qt.Key.Key_Return)
    until(lambda: directory.owners()[camera.owner].hours == "04:00-05:00")
    assert form.draft() == {"notes": "lensa retak"}


def test_what_the_wall_shows_is_recorded_as_available(register: Register) -> None:
    shown = register.shown
    recorder = next(feature for feature in shown.ui._features if hasattr(feature, "_recorder"))._recorder
    camera = register.lane.directory.all()[0]
    register.frame.show_page("")
    shown.ui.desk.put(register.frame.window_id, camera.id)
    until(lambda: shown.ui.desk.states.get(camera.id) is not None)
    until(lambda: camera.id in recorder._open and recorder._last > recorder._open[camera.id].began)
    shown.close()
    kept: list[str] = []
    register.lane.submit(lambda registry: kept.extend(s.camera for s in registry.availability.spans(0, 9e9)))
    until(lambda: camera.id in kept)


def test_when_cameras_are_recorded_stands_in_the_form_of_one_and_of_many_and_is_undone(register: Register) -> None:
    first, second, third = register.lane.directory.all()[:3]
    page, rules = register.page, lambda: from_text(str(register.lane.settings["recording.rules"]))
    register.mark(first.number)
    assert page.form.rows["recording_hours"].isHidden()
    assert page.form.rows["recording_days"].isHidden()
    register.write("recording", "schedule")
    until(lambda: "needs hours" in page.form.rows["recording_hours"].editor.accessibleDescription())
    assert not page.form.apply.isEnabled()
    register.write("recording_hours", "sen-jum 7:00-18:00")
    register.write("recording_days", "30")
    until(page.form.apply.isEnabled)
    register.apply()
    assert rules() == (Rule(Scope.CAMERA, first.id, Mode.SCHEDULE, 30, "mon-fri 07:00-18:00"),)
    assert page.form.rows["recording_days"].editor.text() == "30"       # type: ignore[attr-defined]
    assert "1 camera kept" in register.frame.bar.notice.text

    register.mark(first.number, second.number, third.number)
    editor = page.form.rows["recording"].editor
    assert isinstance(editor, QComboBox)
    assert "varied, 2 values" in editor.placeholderText()
    register.write("recording_days", "5")       # of those that have a rule
    register.apply()
    assert rules() == (Rule(Scope.CAMERA, first.id, Mode.SCHEDULE, 5, "mon-fri 07:00-18:00"),)
    register.write("recording", "never")
    register.write("tags", "sekolah")
    register.apply()
    assert {(rule.of, rule.mode) for rule in rules()} == {
        (one.id, Mode.NEVER) for one in (first, second, third)}
    page.view.setFocus()
    register.shown.key("z", CONTROL)
    until(lambda: len(rules()) == 1)
    until(lambda: register.lane.directory.by_id(third.id) == third)
    until(lambda: "varied, 2 values" in editor.placeholderText())
    register.write("recording", "default")
    register.apply()
    assert rules() == ()
