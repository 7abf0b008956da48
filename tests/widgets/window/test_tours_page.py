"""The page of tours by keyboard alone: a tour is made, started, and the report is looked at."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QStandardPaths, Qt

from app.model.scene import Order, StopKind
from app.registry.seen import Seen
from app.runtime.language import set_language
from app.tours.shifts import hour_of
from layouts import named
from tests.widgets.window.conftest import Shown, until
from tests.widgets.window.test_touring import feature
from widgets.tours.page import ToursPage

pytestmark = pytest.mark.screen


def page_of(shown: Shown) -> ToursPage:
    shown.key(Qt.Key.Key_F6)
    until(lambda: shown.frame.cover.built("tours") is not None)
    page = shown.frame.cover.built("tours")
    assert isinstance(page, ToursPage)
    return page


def walk_to(shown: Shown, widget) -> None:
    """Tab until that widget has the keyboard."""
    for _step in range(40):
        if shown.app.focusWidget() is widget:
            return
        shown.key(Qt.Key.Key_Tab)
    raise AssertionError("Tab does not lead there")


def test_a_tour_is_made_and_started_by_keyboard_alone(shown):
    page = page_of(shown)
    editor = page.editor
    shown.key(Qt.Key.Key_Insert)
    shown.write("Malam")
    walk_to(shown, editor.dwell)
    shown.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    shown.write("30")
    walk_to(shown, editor.order)
    shown.key(Qt.Key.Key_Down)
    walk_to(shown, editor.add_stop.field)
    shown.write("tallo")
    until(lambda: editor.add_stop.offers.count() > 1)
    for row in range(editor.add_stop.offers.count()):
        if "Makassar › Tallo" in editor.add_stop.offers.item(row).text():
            break
    for _step in range(row):
        shown.key(Qt.Key.Key_Down)
    shown.key(Qt.Key.Key_Return)
    shown.write("losari utara")
    until(lambda: editor.add_stop.offers.count() and "Losari Utara" in editor.add_stop.offers.item(0).text())
    shown.key(Qt.Key.Key_Return)
    shown.key(Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    walk_to(shown, editor.stops)
    shown.key(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    shown.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    until(lambda: page.told.text())
    kept, = shown.station.registry.tours.all()
    assert (kept.name, kept.number, kept.dwell, kept.order) == ("Malam", 1, 30.0, Order.LEAST_SEEN)
    assert [stop.kind for stop in kept.stops] == [StopKind.CAMERA, StopKind.AREA]
    assert kept.stops[1].ref == "Makassar > Tallo" and "*1" in page.told.text()
    walk_to(shown, editor.start_it)
    shown.key(Qt.Key.Key_Space)
    until(lambda: feature(shown).touring.of("w1") is not None)
    assert shown.frame.page == "", "back on the wall"


def test_what_is_of_no_use_is_said_and_nothing_is_lost(shown):
    page = page_of(shown)
    shown.key(Qt.Key.Key_Insert)
    shown.write("Kosong")
    shown.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    until(lambda: "stop" in page.told.text())
    assert page.editor.name.text() == "Kosong" and shown.station.registry.tours.all() == []


def test_the_report_says_who_was_not_seen_and_goes_out_as_csv(shown, tmp_path, monkeypatch):
    from datetime import UTC, datetime
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _kind: str(tmp_path))
    hour = hour_of(datetime.now(UTC))
    shown.station.registry.seen.add([Seen(f"cam{i:04d}", hour, "w1", 60.0, "x") for i in range(30)])
    page = page_of(shown)
    page.show_part(1)
    until(lambda: page.seen.table.rowCount() == 10)
    page.seen.kind.setCurrentIndex(1)
    assert page.seen.table.rowCount() == 40
    page.seen.kind.setCurrentIndex(2)
    assert page.seen.table.rowCount() == 5
    set_language("id")
    page.seen.csv.click()
    until(lambda: page.told.text())
    file, = tmp_path.glob("*.csv")
    assert len(file.read_text("utf-8-sig").splitlines()) == 41


def test_it_is_counted_in_pages_of_the_window_that_it_would_start_in(shown):
    page = page_of(shown)
    shown.key(Qt.Key.Key_Insert)
    walk_to(shown, page.editor.add_stop.field)
    shown.write("losari utara")
    until(lambda: page.editor.add_stop.offers.count() and "Losari Utara" in page.editor.add_stop.offers.item(0).text())
    shown.key(Qt.Key.Key_Return)
    until(lambda: "with 16 panes 1 page," in page.editor._sum.text())
    shown.key(Qt.Key.Key_F2)
    shown.key(Qt.Key.Key_L)
    panes = len(named(shown.state.layout))
    assert panes != 16
    page_of(shown)
    until(lambda: f"with {panes} panes 1 page," in page.editor._sum.text())
