"""Pages of a console: they cover the wall, which goes on below; keys stay off the wall; Esc and F2 lead back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, Qt

from app.model.pane import PaneState
from app.model.wall import WindowKind
from tests.widgets.window.conftest import Shown, until
from widgets.window.console import Console

pytestmark = pytest.mark.screen


def console(shown: Shown) -> Console:
    frame = shown.frame
    assert isinstance(frame, Console)
    return frame


def test_a_page_covers_the_wall_whose_streams_stay(shown: Shown) -> None:
    frame, wants = console(shown), dict(shown.station.engine.wants)
    size = frame.view.size()
    shown.key(Qt.Key.Key_F3)
    cover = frame.cover
    assert frame.page == "cameras" and cover is not None and cover.isVisible()
    assert cover.geometry().top() == frame.bar.height() and cover.geometry().bottom() == frame.rect().bottom()
    assert not frame.view.updatesEnabled(), "the wall below is not painted"
    QCoreApplication.processEvents()
    assert shown.station.engine.wants == wants and frame.view.size() == size, "but goes on playing, in its size"
    assert not frame.bar.layouts.isVisible() and frame.bar.counts.isVisible()
    shown.key(Qt.Key.Key_Escape)
    assert frame.page == "" and frame.view.updatesEnabled() and frame.view.isEnabled()
    assert frame.bar.layouts.isVisible()
    until(lambda: shown.app.focusWidget() is frame.view)


def test_keys_on_a_page_do_not_steer_the_wall(shown: Shown) -> None:
    before = shown.state
    shown.key(Qt.Key.Key_F3)
    for key in ("l", "1", "0", "5"):
        shown.key(key)
    shown.key(Qt.Key.Key_Return)
    shown.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    shown.key(Qt.Key.Key_Escape)
    shown.key(Qt.Key.Key_Escape)
    assert shown.state == before and console(shown).page == ""


def test_every_page_opens_by_tab_and_by_key(shown: Shown) -> None:
    frame = console(shown)
    for name, button in frame.bar.tabs.buttons.items():
        button.click()
        assert frame.page == name and button.isChecked()
    shown.key(Qt.Key.Key_F4)
    assert frame.page == "availability"
    shown.key(Qt.Key.Key_F2)
    assert frame.page == ""


def test_the_counts_stay_true_under_a_page(shown: Shown) -> None:
    frame = console(shown)
    shown.key(Qt.Key.Key_F3)
    engine = shown.station.engine
    key = next(iter(engine.wants))
    engine.report_by_key[key] = engine.report_by_key[key].__class__(PaneState.LOST, 4.0, "no-route")
    until(lambda: "15 of 16" in frame.bar.counts.accessibleName())


def test_a_camera_from_the_palette_is_shown_on_the_wall(shown: Shown) -> None:
    frame = console(shown)
    shown.key(Qt.Key.Key_F3)
    shown.ui.desk.put(frame.window_id, "cam0030")
    assert frame.page == "" and shown.state.panes[shown.state.selected].camera == "cam0030"


def test_a_page_asked_for_in_a_wall_window_opens_in_the_console(shown: Shown) -> None:
    shown.station.dispatcher.run("window.new")
    until(lambda: len(shown.ui.windows.frames) == 2)
    wall = next(w for w in shown.station.wall.state.windows if w.kind is WindowKind.WALL)
    shown.ui.windows.go(wall.id)
    assert shown.station.dispatcher.run("page.availability")
    assert console(shown).page == "availability"


def test_a_narrow_console_has_one_drop_down_of_pages(opening: Callable[..., Shown]) -> None:
    shown = opening()
    frame = console(shown)
    assert not frame.bar.tabs.menu.isVisible()
    frame.setGeometry(0, 0, 960, 600)
    until(lambda: frame.bar.tabs.menu.isVisible())
    bar = frame.bar
    assert not bar.tabs.buttons[""].isVisible()
    until(lambda: bar._clock.geometry().right() < bar._buttons[0].geometry().left())


@pytest.mark.parametrize("width", [1280, 1920])
def test_no_column_of_the_availability_page_lies_beyond_its_edge(shown: Shown, width: int) -> None:
    from widgets.register.availability_page import AvailabilityPage
    shown.key(Qt.Key.Key_F4)
    until(lambda: isinstance(console(shown).cover.built("availability"), AvailabilityPage))
    page = console(shown).cover.built("availability")
    assert isinstance(page, AvailabilityPage)
    page.setParent(None)
    page.resize(width, 640)
    page.show()
    until(lambda: page.view.viewport().width() > width - 40)
    view = page.view
    seen = [section for section in range(view.model().columnCount()) if not view.isColumnHidden(section)]
    right = max(view.columnViewportPosition(section) + view.columnWidth(section) for section in seen)
    last = view.model().columnCount() - 1
    page.hide()
    page.deleteLater()
    assert last in seen and right <= view.viewport().width()
