"""The page of recording rules by keyboard: for an area, a tag, all; who decides about a camera; less waits; undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox

from app.model.camera import Camera, StreamRole
from app.recording.policy import policy_of
from app.recording.rules import Mode, Priority, Rule, Scope, from_text, to_text
from app.registry.lane import RegistryLane
from tests.fakes.city_of import make_registry
from tests.widgets.window.conftest import Shown, opening, until
from tests.widgets.window.stage import FakeStation
from widgets.recording.rules_page import RulesPage
from widgets.recording.rules_table import COUNT, HERE
from widgets.register import recording_fields as fields
from widgets.window.console import Console

pytestmark = pytest.mark.screen
__all__ = ["opening"]
CAMERAS = 40
CONTROL = Qt.KeyboardModifier.ControlModifier


class Page:
    """The opened page with short names for what tests touch."""

    def __init__(self, shown: Shown, lane: RegistryLane) -> None:
        self.shown, self.lane = shown, lane
        shown.key(Qt.Key.Key_F12)
        frame = shown.frame
        assert isinstance(frame, Console) and frame.cover is not None
        page = frame.cover.built("recording")
        assert isinstance(page, RulesPage)
        self.page = page
        until(lambda: page.table.ruled.areas)
        until(lambda: page.view.hasFocus())

    @property
    def rules(self) -> tuple[Rule, ...]:
        return from_text(str(self.lane.settings["recording.rules"]))

    def choose(self, key: str, value: str) -> None:
        box = self.page.form.rows[key].editor
        assert isinstance(box, QComboBox)
        box.setCurrentIndex(box.findData(value))

    def write(self, key: str, text: str) -> None:
        self.page.form.rows[key].put(text)

    def apply(self) -> None:
        self.shown.key(Qt.Key.Key_Return)

    def set(self, *rules: Rule) -> None:
        self.lane.submit(lambda registry: registry.set_setting(fields.SETTING, to_text(rules)))
        until(lambda: self.page.table.ruled.rules == rules)

    def cell(self, row: int, column: int) -> str:
        return str(self.page.table.index(row, column).data())


@pytest.fixture
def page(opening: Callable[..., Shown], tmp_path: Path) -> Iterator[Page]:
    lane = RegistryLane(make_registry(tmp_path / "city.db", CAMERAS))
    lane.start()
    lane.wait_open()
    station = FakeStation()
    station.registry, station.directory = lane, lane.directory  # type: ignore[assignment]
    yield Page(opening(station), lane)
    lane.close()


def area_of(lane: RegistryLane) -> tuple[str, tuple[Camera, ...]]:
    """The widest area of a camera, as rules name it, and its cameras."""
    top = lane.directory.all()[0].area[0]
    return top, tuple(camera for camera in lane.directory.all() if camera.area[:1] == (top,))


def test_a_rule_for_an_area_is_made_changed_and_taken_back_by_keyboard(page: Page) -> None:
    QAbstractItemModelTester(page.page.table, QAbstractItemModelTester.FailureReportingMode.Warning)
    top, cameras = area_of(page.lane)
    page.shown.key(Qt.Key.Key_Insert)
    form = page.page.form
    until(lambda: form.rows["rule_scope"].editor.hasFocus())
    assert not form.apply.isEnabled() and form.rows["rule_of"].editor.accessibleDescription() == ""
    page.shown.key(Qt.Key.Key_Tab)
    page.shown.write(top)
    until(lambda: str(len(cameras)) in form.rows["rule_of"].editor.accessibleDescription())
    page.choose(fields.MODE, "schedule")
    assert not form.rows[fields.HOURS].isHidden()
    until(lambda: "needs hours" in form.rows[fields.HOURS].editor.accessibleDescription())
    page.write(fields.HOURS, "fri-mon 7-18")
    until(lambda: form.rows[fields.HOURS].editor.accessibleDescription() and not form.apply.isEnabled())
    page.write(fields.HOURS, "mon-fri 07:00-18:00")
    page.write(fields.DAYS, "30")
    page.choose(fields.STREAM, "main")
    page.choose(fields.PRIORITY, "last")
    form.rows[fields.DAYS].editor.setFocus()
    page.apply()
    kept = Rule(Scope.AREA, top, Mode.SCHEDULE, 30, "mon-fri 07:00-18:00", StreamRole.MAIN, Priority.LAST)
    until(lambda: page.rules == (kept,))
    until(lambda: page.page.table.ruled.counts.get(kept) == len(cameras))
    assert page.cell(0, COUNT) == str(len(cameras)) and page.page.view.hasFocus()
    page.shown.key("e")
    until(lambda: form.isVisible())
    assert form.rows["rule_of"].isHidden(), "whom a rule is for does not change"
    page.write(fields.DAYS, "3")
    until(lambda: "24 hours" in form.rows[fields.DAYS].editor.accessibleDescription())
    form.rows[fields.DAYS].editor.setFocus()
    page.apply()
    until(lambda: page.rules[0].days == 3)
    until(lambda: f"Of {len(cameras)} less is kept" in page.page.told.text())
    page.shown.key("z", CONTROL)
    until(lambda: page.rules == (kept,))
    page.shown.key("z", CONTROL)
    until(lambda: page.rules == ())


def test_who_decides_about_a_camera_stands_beside_the_rules(page: Page) -> None:
    top, _cameras = area_of(page.lane)
    camera = next(one for one in page.lane.directory.all() if one.area[:1] == (top,) and one.tags)
    tag = Rule(Scope.TAG, camera.tags[0], Mode.EVENT)
    area, everyone = Rule(Scope.AREA, top, Mode.ALWAYS), Rule(Scope.ALL, "", Mode.WALL)
    page.set(tag, area, everyone)
    page.shown.key("/")
    until(lambda: page.page.finder.hasFocus())
    page.shown.write(camera.label)
    until(lambda: page.page.camera == camera and page.page.table.fitting == [tag, area, everyone])
    assert [page.cell(row, HERE) for row in range(4)] == ["decides", *2 * ["is for it too, stands below"], ""]
    page.shown.key(Qt.Key.Key_Return)
    assert page.page.view.hasFocus() and not page.page.form.isVisible()
    page.set(Rule(Scope.CAMERA, camera.id, Mode.NEVER), tag)
    until(lambda: page.cell(0, HERE) == "decides: nothing is recorded")
    assert camera.name in page.cell(0, 0)
    page.set(Rule(Scope.AREA, "Elsewhere", Mode.ALWAYS))
    until(lambda: page.cell(1, HERE) == "holds: no rule is for it")


def test_a_tag_of_the_settings_is_a_rule_like_any_other_and_goes_with_undo(page: Page) -> None:
    tag = next(one.tags[0] for one in page.lane.directory.all() if one.tags)
    page.lane.submit(lambda registry: registry.set_setting("recording.tags", f"yard, {tag}"))
    until(lambda: {rule.of for rule in page.page.table.ruled.rules} == {"yard", tag})
    page.page.view.setCurrentIndex(page.page.table.index(
        next(row for row, rule in enumerate(page.page.table.ruled.rules) if rule.of == tag), 0))
    page.shown.key(Qt.Key.Key_Delete)
    until(lambda: page.lane.settings["recording.tags"] == "yard")
    assert [rule.of for rule in policy_of(page.lane.settings).rules] == ["yard"]
    page.shown.key("z", CONTROL)
    until(lambda: page.lane.settings["recording.tags"] == f"yard, {tag}")


def test_what_cannot_be_is_said_and_a_change_of_cameras_is_not_taken_back_here(page: Page) -> None:
    top, _cameras = area_of(page.lane)
    page.set(Rule(Scope.AREA, top, Mode.ALWAYS))
    page.shown.key(Qt.Key.Key_Insert)
    page.write("rule_of", top)
    page.page.form.rows["rule_of"].editor.setFocus()
    page.apply()
    until(lambda: "already" in page.page.form.foot.text())
    page.shown.key(Qt.Key.Key_Escape)
    until(lambda: not page.page.form.isVisible())
    page.page.view.setCurrentIndex(page.page.table.index(1, 0))
    page.shown.key(Qt.Key.Key_Delete)
    assert "settings" in page.shown.frame.bar.notice.text, "the last row is no rule"     # type: ignore[attr-defined]
    camera = page.lane.directory.all()[0]
    page.lane.submit(lambda registry: registry.edit([camera.id], {"height": 3.0}))
    until(lambda: page.lane.directory.all()[0].height == 3.0)
    page.page.view.setFocus()
    page.shown.key("z", CONTROL)
    until(lambda: "page Cameras" in page.page.told.text())
    assert page.lane.directory.all()[0].height == 3.0
