"""What cameras, devices and lists call themselves is shown as it stands, never as HTML, whose pictures are files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolTip, QWidget

from app.model.device import Preset
from app.model.scene import Scene
from widgets.common.plain import entry, tip
from widgets.common.sheet import Sheet
from widgets.ptz.presets import PresetButton
from widgets.scenes.scene_list import SceneList
from widgets.theme import Theme

pytestmark = pytest.mark.screen


def test_words_without_a_sign_stay_as_they_are() -> None:
    assert tip("0107 Jl Ahmad Yani & Co") == "0107 Jl Ahmad Yani & Co"
    assert entry("Kota & Desa\t5") == "Kota && Desa 5"
    assert tip("a <b>\nc") == "<qt>a &lt;b&gt;<br>c</qt>"


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    """A name with a picture that is there."""
    picture = QPixmap(200, 200)
    picture.fill("red")
    assert picture.save(str(tmp_path / "p.png"))
    return f'<img src="{tmp_path}/p.png">'


def shown_tip(widget: QWidget, words: str) -> QLabel:
    QToolTip.showText(widget.mapToGlobal(QPoint(0, 0)), words, widget)
    label = next(one for one in QApplication.topLevelWidgets() if one.inherits("QTipLabel"))
    assert isinstance(label, QLabel)
    return label


def test_tool_tips_of_presets_and_scenes_open_no_file(qapp: QApplication, hostile: str) -> None:
    theme = Theme()
    button = PresetButton(theme, 1, Preset("1", hostile), None, False)
    scenes = SceneList(theme)
    scenes.show_scenes([Scene("s", 1, hostile, ())], "")
    try:
        button.show()
        QTest.qWaitForWindowExposed(button)
        for words in (button.toolTip(), scenes.item(0).toolTip()):
            assert shown_tip(button, words).height() < 100
    finally:
        QToolTip.hideText()
        for widget in (button, scenes):
            widget.close()
            widget.deleteLater()
        theme.deleteLater()


class _Form(Sheet):
    def __init__(self, window: QWidget) -> None:
        super().__init__(window, 300)
        self.arrange((QLineEdit(),))

    def submit(self) -> None: ...

    def clear(self) -> None: ...

    def words(self) -> tuple[str, str, tuple[str, ...]]:
        return "Form", "Go", ("Field",)


def test_what_a_form_is_about_is_no_page(qapp: QApplication, hostile: str) -> None:
    window = QWidget()
    window.resize(800, 600)
    try:
        form = _Form(window)
        window.show()
        form.rise("plain", QPoint(0, 0))
        low = form.height()
        form.rise(hostile, QPoint(0, 0))
        assert form.height() < low + 150
    finally:
        window.close()
        window.deleteLater()
