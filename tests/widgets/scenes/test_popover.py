"""Scenes by keyboard alone: saved, called, changed, deleted and taken back under the title bar, never modal."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QApplication, QPushButton

from app.model.scene import Scene
from app.model.wall import WindowKind
from app.runtime.language import set_language
from tests.widgets.window.conftest import Shown, until
from widgets.scenes.install import SceneDesk
from widgets.scenes.popover import ScenePopover
from widgets.wall.dropping import SCENE_MIME, drop
from widgets.window.console import Console

pytestmark = pytest.mark.screen
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def desk(shown: Shown) -> SceneDesk:
    return next(feature for feature in shown.ui._features if isinstance(feature, SceneDesk))


def popover(shown: Shown) -> ScenePopover:
    return desk(shown)._popovers[shown.frame.window_id]


def names(shown: Shown) -> list[tuple[int, str]]:
    return [(scene.number, scene.name) for scene in desk(shown).book.all()]


def title(shown: Shown) -> str:
    frame = shown.frame
    assert isinstance(frame, Console)
    return frame.bar.scenes.accessibleName()


def save(shown: Shown, name: str, number: str = "") -> None:
    shown.key(Qt.Key.Key_S, CTRL)
    shown.write(name)
    if number:
        shown.key(Qt.Key.Key_Tab)
        shown.write(number)
    shown.key(Qt.Key.Key_Return)


def wait_for_wall(shown: Shown) -> None:
    until(lambda: shown.app.focusWidget() is shown.frame.view)


def test_the_whole_life_of_a_scene_by_keyboard(shown: Shown) -> None:
    layout = shown.state.layout
    save(shown, "Losari malam", "7")
    wait_for_wall(shown)
    assert names(shown) == [(7, "Losari malam")] and title(shown).endswith("Losari malam")
    assert shown.station.registry.scenes.kept
    shown.key("l")
    assert shown.state.layout != layout and title(shown).endswith("Losari malam *")
    shown.key("7", CTRL)
    assert shown.state.layout == layout and title(shown).endswith("Losari malam")
    shown.key("s")
    shown.key(Qt.Key.Key_F2)
    shown.write("Losari siang")
    shown.key(Qt.Key.Key_Return)
    assert names(shown) == [(7, "Losari siang")]
    shown.key(Qt.Key.Key_Delete)
    assert names(shown) == []
    shown.key("z", CTRL)
    assert names(shown) == [(7, "Losari siang")]
    shown.key(Qt.Key.Key_Return)
    wait_for_wall(shown)
    assert not popover(shown).isVisible()


def test_letters_typed_there_never_fire_commands(shown: Shown) -> None:
    before = shown.state
    shown.key("s")
    for letter in "lLbt[]":
        shown.key(letter)
    shown.key(Qt.Key.Key_Delete)
    shown.key("n")
    button = popover(shown).save_as
    button.setFocus()
    shown.write("lL12")
    shown.key(Qt.Key.Key_S, CTRL)
    shown.write("llama 101")
    assert popover(shown).form.name.text() == "llama 101"
    shown.key(Qt.Key.Key_Escape)
    shown.key(Qt.Key.Key_Escape)
    wait_for_wall(shown)
    assert replace(shown.state, selected=before.selected) == before and names(shown) == []


def test_a_taken_number_is_refused_below_its_field_and_what_was_typed_stays(shown: Shown) -> None:
    save(shown, "A", "3")
    wait_for_wall(shown)
    save(shown, "B", "3")
    form = popover(shown).form
    assert "“A”" in form.why.text() and "4" in form.why.text() and form.why.isVisible()
    assert (form.name.text(), form.number.text()) == ("B", "3")
    assert QApplication.activeModalWidget() is None
    shown.key(Qt.Key.Key_Escape)


def test_the_choice_in_the_title_bar_opens_and_shuts(shown: Shown) -> None:
    frame = shown.frame
    assert isinstance(frame, Console)
    frame.bar.scenes.click()
    assert popover(shown).isVisible() and shown.app.focusWidget() is not frame.view
    frame.bar.scenes.click()
    assert not popover(shown).isVisible()
    frame.bar.scenes.click()
    frame.view.setFocus(Qt.FocusReason.MouseFocusReason)               # a click on the wall
    until(lambda: not popover(shown).isVisible())


def test_all_windows_or_this_one(opening: Callable[..., Shown]) -> None:
    shown = opening()
    shown.station.dispatcher.run("window.new", layout="2x2")
    until(lambda: len(shown.ui.windows.frames) == 2)
    shown.ui.windows.go("w1")
    wait_for_wall(shown)
    shown.key(Qt.Key.Key_S, CTRL)
    form = popover(shown).form
    chips = [chip.text() for chip in form.chips]
    assert len(chips) == 2 and form.this.isChecked() and not form.everything.isChecked()
    form.everything.click()
    assert [chip.isChecked() for chip in form.chips] == [True, True]
    form.name.setFocus()
    shown.write("Both")
    shown.key(Qt.Key.Key_Return)
    scene = desk(shown).book.all()[0]
    assert scene.whole and [w.id for w in scene.windows] == ["w1", "w2"]
    shown.station.dispatcher.run("window.close", window="w2")
    desk(shown).handlers.call_number(1)
    until(lambda: len(shown.ui.windows.frames) == 2)
    assert shown.station.wall.window("w2").kind is WindowKind.WALL
    shown.station.wall.undo()
    assert len(shown.station.wall.state.windows) == 1


def test_a_scene_dropped_on_a_pane_comes_onto_its_window(shown: Shown) -> None:
    save(shown, "A", "1")
    wait_for_wall(shown)
    shown.key("l")
    data = QMimeData()
    data.setData(SCENE_MIME, desk(shown).book.all()[0].id.encode())
    assert drop(data, shown.state.id, 2, shown.frame.view.runs)
    assert title(shown).endswith("A")


def test_scenes_of_another_program_come_in(shown: Shown) -> None:
    lane = shown.station.registry
    lane.scenes.kept["x"] = Scene("x", 5, "Theirs", shown.station.wall.state.windows)
    lane.tables_changed.emit(frozenset({"scenes"}))
    until(lambda: names(shown) == [(5, "Theirs")])
    assert title(shown).endswith("Theirs")                              # the wall shows just that
    del lane.scenes.kept["x"]
    lane.tables_changed.emit(frozenset({"cameras"}))
    lane.tables_changed.emit(frozenset({"scenes"}))
    until(lambda: names(shown) == [])


def test_the_palette_finds_scenes(shown: Shown) -> None:
    save(shown, "Losari malam", "1")
    wait_for_wall(shown)
    shown.key("l")
    shown.key("k", CTRL)
    shown.write("losari mal")
    shown.key(Qt.Key.Key_Return)
    assert title(shown).endswith("Losari malam")


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_control_has_a_name_in_both_languages(shown: Shown, language: str) -> None:
    set_language(language)
    save(shown, "A", "1")
    wait_for_wall(shown)
    shown.key("s")
    until(lambda: popover(shown).isVisible())
    for button in popover(shown).findChildren(QPushButton):
        assert button.accessibleName() or button.text()
    for field in (popover(shown).form.name, popover(shown).form.number, popover(shown).list):
        assert field.accessibleName()
    room = popover(shown).rect()
    for button in (popover(shown).save_as, popover(shown).undo):
        assert room.contains(button.mapTo(popover(shown), button.rect().bottomRight())), "a button is cut"
    shown.key(Qt.Key.Key_Escape)
