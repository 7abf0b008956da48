"""The panel where operators meet it: at the foot of the page of cameras, in the real console."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.widgets.register.conftest import CAMERAS, Register, register  # noqa: F401   (fixture)
from tests.widgets.window.conftest import opening, until  # noqa: F401   (fixture)

pytestmark = pytest.mark.screen


def test_a_list_is_imported_on_the_page_and_taken_back_by_its_key(register: Register, tmp_path) -> None:  # noqa: F811
    path = tmp_path / "list.csv"
    path.write_text("no,nama,rtsp\n990001,Baru,rtsp://10.9.9.1/m\n990002,Lama,rtsp://10.9.9.2/m\n")
    register.page.lists.try_out(path)
    panel = register.page.lists.panel
    assert panel is not None
    until(lambda: panel.plan is not None and panel.write_button.isEnabled())
    assert panel.write_button.text() == "Write 2 cameras"
    panel.write_button.click()
    until(lambda: len(register.lane.directory) == CAMERAS + 2)
    panel.leave()
    assert panel.isHidden()
    register.shown.key(Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    until(lambda: len(register.lane.directory) == CAMERAS)
