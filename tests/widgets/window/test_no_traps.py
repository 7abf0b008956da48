"""No page keeps the keyboard: Tab goes round all of its controls and back, Esc leads to the wall from each of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.commands import PAGE_NAMES
from tests.widgets.window.conftest import Shown, until
from widgets.window.console import Console

pytestmark = pytest.mark.screen
MOST = 120                  # controls of one page; the page of cameras with its form open has some forty


def go_round(shown: Shown) -> list[QWidget]:
    """The widgets that Tab reaches until it comes back to where it began."""
    begin = shown.app.focusWidget()
    assert begin is not None, "nobody has the keyboard"
    passed: list[QWidget] = [begin]
    for _step in range(MOST):
        shown.key(Qt.Key.Key_Tab)
        here = shown.app.focusWidget()
        assert here is not None and here is not passed[-1], f"Tab stays in {passed[-1]} {passed[-1].accessibleName()}"
        if here is begin:
            return passed
        passed.append(here)
    raise AssertionError(f"Tab never came back: {[w.accessibleName() or type(w).__name__ for w in passed[-6:]]}")


@pytest.mark.parametrize("page", PAGE_NAMES)
def test_tab_goes_round_and_esc_leads_out(shown: Shown, page: str) -> None:
    run = shown.station.dispatcher.run
    assert run(f"page.{page}")
    until(lambda: shown.app.focusWidget() is not shown.frame.view)
    passed = go_round(shown)
    assert len(passed) > 4
    hidden = [w for w in passed if not w.isVisible() or not w.isEnabled()]
    assert hidden == []
    for widget in passed:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        for _esc in range(3):                               # a field that is filled is emptied first, a form closes
            if shown.station.dispatcher.context().page:
                shown.key(Qt.Key.Key_Escape)
        assert not shown.station.dispatcher.context().page, f"Esc stays in {widget} {widget.accessibleName()}"
        assert run(f"page.{page}")


def test_the_form_of_a_camera_is_no_trap(shown: Shown) -> None:
    run = shown.station.dispatcher.run
    assert run("page.cameras") and run("register.add")
    passed = go_round(shown)
    assert len(passed) > 20


def test_esc_in_the_title_bar_gives_the_wall_its_keyboard(shown: Shown) -> None:
    assert isinstance(shown.frame, Console)
    shown.frame.bar.scenes.setFocus(Qt.FocusReason.TabFocusReason)
    shown.key(Qt.Key.Key_Escape)
    assert shown.app.focusWidget() is shown.frame.view
