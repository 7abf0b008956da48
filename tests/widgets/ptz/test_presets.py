"""The presets of the panel: by click, by keyboard, by menu; and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.model.device import Preset
from widgets.ptz.keeping import _fact
from widgets.ptz.presets import PresetGrid
from widgets.theme import Theme

pytestmark = pytest.mark.screen
PRESETS = (Preset("1", "Simpang utara"), Preset("t 2", "Arah timur"), Preset("3", "Tol"))


class Asked(list[tuple[str, ...]]):
    """What the grid asked for."""


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def grid(qapp: QApplication, asked: Asked) -> Iterator[PresetGrid]:
    made = PresetGrid(Theme())
    made.go = lambda token: asked.append(("go", token))
    made.rename = lambda token, name: asked.append(("rename", token, name))
    made.remove = lambda token: asked.append(("remove", token))
    made.patrol = lambda token: asked.append(("patrol", token))
    image = QImage(232, 130, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    made.show_presets(PRESETS, {"1": QPixmap.fromImage(image)}, frozenset({"3"}))
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    yield made
    made.close()
    made.deleteLater()
    qapp.processEvents()


def test_a_click_and_enter_go_there(grid: PresetGrid, asked: Asked) -> None:
    QTest.mouseClick(grid.buttons[1], Qt.MouseButton.LeftButton)
    grid.buttons[2].setFocus()
    QTest.keyClick(grid.buttons[2], Qt.Key.Key_Return)
    assert asked == [("go", "t 2"), ("go", "3")]
    assert "Simpang utara" in grid.buttons[0].accessibleName()


def test_a_preset_is_named_by_f2_and_not_by_escape_or_leaving(grid: PresetGrid, asked: Asked) -> None:
    for text, ends, wanted in (("  Gerbang   tol ", Qt.Key.Key_Return, [("rename", "1", "Gerbang tol")]),
                               ("", Qt.Key.Key_Return, [])):
        asked.clear()
        QTest.keyClick(grid.buttons[0], Qt.Key.Key_F2)
        field = grid.buttons[0].findChildren(QLineEdit)[-1]
        assert field.selectedText() == "Simpang utara"
        field.setText(text)
        QTest.keyClick(field, ends)
        assert asked == wanted
    QTest.keyClick(grid.buttons[0], Qt.Key.Key_F2)
    field = grid.buttons[0].findChildren(QLineEdit)[-1]
    field.setText("thrown away")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert asked == []


def test_who_named_a_preset_has_the_keyboard_on_it_still(grid: PresetGrid) -> None:
    def rename(token: str, name: str) -> None:
        shown = [Preset(one.token, name if one.token == token else one.name) for one in PRESETS]
        grid.show_presets(shown, {}, frozenset())           # as the panel does: all buttons are made anew
    grid.rename = rename
    grid.buttons[1].setFocus()
    QTest.keyClick(grid.buttons[1], Qt.Key.Key_F2)
    field = grid.buttons[1].findChildren(QLineEdit)[-1]
    field.setText("Jembatan lama")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert grid.buttons[1].preset.name == "Jembatan lama" and grid.buttons[1].hasFocus()


def test_it_takes_two_deletes_to_take_one_away(grid: PresetGrid, asked: Asked) -> None:
    one, two = grid.buttons[:2]
    one.setFocus()
    QTest.keyClick(one, Qt.Key.Key_Delete)
    two.setFocus()
    one.setFocus()
    QTest.keyClick(one, Qt.Key.Key_Delete)
    assert asked == []                          # it was left in between
    QTest.keyClick(one, Qt.Key.Key_Delete)
    assert asked == [("remove", "1")]


def test_presets_that_go_leave_nothing_behind(grid: PresetGrid) -> None:
    grid.show_presets(PRESETS[:1], {}, frozenset())
    assert [button.preset.token for button in grid.buttons] == ["1"]
    QApplication.processEvents()
    assert grid._grid.count() == 1


@pytest.mark.parametrize("token", ["1", "Preset 7", "../../x", "", "a" * 300, "é"])
def test_any_token_has_a_name_in_the_registry(token: str) -> None:
    from app.registry.device_facts import _NAME
    assert _NAME.fullmatch(_fact(token)) and (token == "1" or _fact(token) != _fact("1"))
