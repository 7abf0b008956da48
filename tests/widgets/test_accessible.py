"""Every window, page, dock and overlay: each control that takes the keyboard says its name to a screen reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from tests.widgets.window.with_registry import Shown, opening, shown, station, until
from widgets.kiosk.unlock import Unlock
from widgets.pages import PAGES
from widgets.window.console import Console

pytestmark = pytest.mark.screen
__all__ = ["opening", "shown", "station"]
_CONTROLS = (QAbstractButton, QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox, QAbstractItemView)


def parents(widget: QWidget) -> Iterator[QWidget]:
    while (above := widget.parentWidget()) is not None:
        yield above
        widget = above


def nameless(root: QWidget) -> list[str]:
    """Controls without a name, hidden ones too: they show when their moment comes."""
    found = []
    for widget in root.findChildren(QWidget):
        # Inner parts of Qt's own controls (a spin box's field, a list's header) speak through the control around them.
        inner = isinstance(widget, (QAbstractSlider, QHeaderView)) or widget.objectName().startswith("qt_") \
            or any(isinstance(above, (QAbstractSpinBox, QComboBox, QLineEdit)) for above in parents(widget))
        takes_keys = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if inner or not (isinstance(widget, _CONTROLS) or takes_keys):
            continue
        words = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not widget.accessibleName() and not words:
            path, above = [type(widget).__name__], widget.parentWidget()
            while above is not None and above is not root:
                path.append(type(above).__name__)
                above = above.parentWidget()
            found.append(" < ".join(path))
    return found


def test_the_console_with_all_its_docks(shown: Shown) -> None:
    assert isinstance(shown.frame, Console)
    assert nameless(shown.frame) == []
    assert shown.frame.accessibleName() and shown.frame.view.accessibleName()


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_every_page(shown: Shown, name: str) -> None:
    assert shown.station.dispatcher.run(f"page.{name}")
    assert isinstance(shown.frame, Console) and shown.frame.cover is not None
    page = shown.frame.cover.built(name)
    assert page is not None and page.accessibleName(), "the page itself"
    assert nameless(page) == []
    if name == "cameras":
        assert shown.station.dispatcher.run("register.add"), "its form"
        assert nameless(page) == []


def test_wall_window_palette_help_and_unlocking(shown: Shown) -> None:
    shown.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    shown.key(Qt.Key.Key_Escape)
    shown.key(Qt.Key.Key_F1)
    shown.key(Qt.Key.Key_Escape)
    unlock = Unlock(shown.frame)
    unlock.open()
    unlock.shut()
    assert nameless(shown.frame) == []
    shown.station.dispatcher.run("window.new")
    until(lambda: len(shown.ui.windows.frames) == 2)
    assert nameless(shown.ui.windows.frames["w2"]) == [] and shown.ui.windows.frames["w2"].accessibleName()
