"""The main tasks by keyboard alone, with real key events in real windows."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from app.model.errors import OperatorError
from tests.widgets.window.conftest import Shown, until
from tests.widgets.window.stage import FakeStation
from widgets.cameras.tree_model import CAMERA_MIME
from widgets.help.rows import FAMILIES
from widgets.recording.plate import TroublePlate
from widgets.wall import PANE_MIME
from widgets.window.console import Console

pytestmark = pytest.mark.screen
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_a_camera_is_found_and_put_into_a_pane(shown: Shown) -> None:
    shown.key(Qt.Key.Key_Tab)
    assert shown.state.selected == 1
    shown.key("/")
    assert isinstance(shown.app.focusWidget(), QLineEdit)
    shown.write("pelabuhan 122")
    shown.key(Qt.Key.Key_Return)
    camera = shown.station.directory.by_id(shown.state.panes[1].camera)
    assert camera is not None and camera.name == "Pelabuhan 1"


def test_the_list_is_walked_with_arrows(shown: Shown) -> None:
    """Down leaves the field for the list, Enter puts, Esc gives the keyboard back to the wall."""
    shown.key("/")
    shown.write("losari")
    shown.key(Qt.Key.Key_Down)
    before = shown.state.panes[0].camera
    shown.key(Qt.Key.Key_Down)
    shown.key(Qt.Key.Key_Return)
    camera = shown.station.directory.by_id(shown.state.panes[0].camera)
    assert camera is not None and "Losari" in camera.name and camera.id != before
    shown.key(Qt.Key.Key_Escape)
    assert shown.app.focusWidget() is shown.frame.view


def test_alone_and_back_is_exactly_the_same(shown: Shown) -> None:
    before = shown.state
    shown.key(Qt.Key.Key_Return)
    assert shown.state.alone == 0
    until(lambda: shown.station.engine.wants["w1/0"].width > 1000)
    shown.key(Qt.Key.Key_Escape)
    assert shown.state == before


def test_layouts_by_letter_and_back(shown: Shown) -> None:
    cameras = [pane.camera for pane in shown.state.panes]
    shown.key("l")
    assert shown.state.layout == "5x5"
    shown.key("l", SHIFT)
    assert shown.state.layout == "4x4"
    assert [pane.camera for pane in shown.state.panes[:16]] == cameras[:16]


def test_a_number_calls_a_camera_up(shown: Shown) -> None:
    shown.write("120")
    assert shown.ui.handlers.call_up.text == "120"
    shown.key(Qt.Key.Key_Return)
    camera = shown.station.directory.by_number(120)
    assert camera is not None and shown.state.panes[0].camera == camera.id


def test_undo_stops_at_the_start(shown: Shown) -> None:
    """Undoing the first wall itself once left no window at all."""
    shown.key("z", CTRL)
    assert isinstance(shown.frame, Console) and shown.frame.bar.notice.text == "There is nothing to undo."
    shown.key("l")
    shown.key("z", CTRL)
    assert shown.state.layout == "4x4"


def test_a_number_calls_a_camera_up_while_the_list_or_a_chip_has_the_keyboard(shown: Shown) -> None:
    """Enter belongs to the number that is half typed, not to the row or button below it."""
    shown.key("/")
    shown.key(Qt.Key.Key_Down)
    shown.write("120")
    shown.key(Qt.Key.Key_Return)
    shown.key("/")
    shown.key(Qt.Key.Key_Tab)
    assert isinstance(shown.app.focusWidget(), QPushButton)
    shown.write("121")
    shown.key(Qt.Key.Key_Return)
    first, second = shown.station.directory.by_number(120), shown.station.directory.by_number(121)
    assert first is not None and second is not None
    assert shown.state.panes[0].camera == second.id and first.id in shown.state.panes[0].past


def test_enter_in_the_search_field_gives_the_keyboard_back(shown: Shown) -> None:
    """Find one, then the next pane and a number: no key lands in the field."""
    shown.key("/")
    shown.write("pelabuhan 122")
    shown.key(Qt.Key.Key_Return)
    assert shown.app.focusWidget() is shown.frame.view
    shown.key(Qt.Key.Key_Tab)
    assert shown.state.selected == 1


def test_an_unknown_number_is_told_in_a_line(shown: Shown) -> None:
    shown.write("9876")
    shown.key(Qt.Key.Key_Return)
    assert isinstance(shown.frame, Console)
    assert "9876" in shown.frame.bar.notice.text


def test_that_nothing_is_saved_any_more_stands_on_the_window_and_above_its_pages(shown: Shown) -> None:
    assert isinstance(shown.frame, Console)
    assert not shown.frame.findChildren(TroublePlate, options=Qt.FindChildOption.FindDirectChildrenOnly)
    shown.station.registry.ended.emit(OperatorError("Nothing is saved any more."))
    until(lambda: shown.frame.findChildren(TroublePlate, options=Qt.FindChildOption.FindDirectChildrenOnly))
    [plate] = shown.frame.findChildren(TroublePlate, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert plate.isVisible() and plate.text == "Nothing is saved any more."
    shown.frame.show_page("settings")
    cover = shown.frame.cover
    until(lambda: cover is not None and shown.frame.children().index(plate) > shown.frame.children().index(cover))
    shown.frame.show_page("")
    shown.key("l")
    assert shown.state.layout == "5x5", "the wall goes on"


def test_trouble_with_the_registry_is_told_and_the_wall_goes_on(shown: Shown) -> None:
    shown.station.registry.trouble.emit(OperatorError("The registry cannot be read."))
    until(lambda: isinstance(shown.frame, Console) and shown.frame.bar.notice.text == "The registry cannot be read.")
    shown.key("l")
    assert shown.state.layout == "5x5"


def test_typing_in_a_field_fires_no_letters(shown: Shown) -> None:
    """"l" would change the layout, "1" would begin a number."""
    shown.key("/")
    shown.write("l1l")
    assert shown.state.layout == "4x4"
    assert shown.ui.handlers.call_up.text == ""
    field = shown.app.focusWidget()
    assert isinstance(field, QLineEdit) and field.text() == "l1l"


def test_letters_are_commands_while_the_list_has_the_keyboard(shown: Shown) -> None:
    shown.key("/")
    shown.key(Qt.Key.Key_Down)
    shown.key("l")
    assert shown.state.layout == "5x5"


def test_the_palette_runs_a_command_and_gives_the_keyboard_back(shown: Shown) -> None:
    shown.key("k", CTRL)
    palette = shown.ui.overlays.palettes["w1"]
    assert palette.isVisible() and palette.field.hasFocus()
    shown.write("layout 3×3")
    shown.key(Qt.Key.Key_Escape)
    assert not palette.isVisible() and shown.app.focusWidget() is shown.frame.view
    shown.key("k", CTRL)
    shown.write("layout 3x3")
    shown.key(Qt.Key.Key_Return)
    assert shown.state.layout == "3x3"
    assert not palette.isVisible() and shown.app.focusWidget() is shown.frame.view


def test_a_click_on_the_wall_closes_the_palette(shown: Shown) -> None:
    shown.key("k", CTRL)
    palette = shown.ui.overlays.palettes["w1"]
    at = shown.frame.view.logical_rect(8).center().toPoint()
    QTest.mouseClick(shown.frame.view, Qt.MouseButton.LeftButton, pos=at)
    until(lambda: not palette.isVisible())
    assert shown.state.selected == 8 and shown.app.focusWidget() is shown.frame.view


def test_a_new_wall_window_and_the_way_back(shown: Shown) -> None:
    """Ctrl+N, F8 between the windows, Ctrl+W closes the new one."""
    shown.key("n", CTRL)
    until(lambda: len(shown.ui.windows.frames) == 2 and shown.ui.windows.frames["w2"].isVisible())
    shown.key(Qt.Key.Key_F8)
    until(lambda: shown.frame.window_id == "w2")
    until(lambda: shown.app.focusWidget() is shown.frame.view)
    shown.write("105")
    shown.key(Qt.Key.Key_Return)
    assert shown.station.wall.window("w2").panes[0].camera == "cam0004"
    until(lambda: "w2/0" in shown.station.engine.wants)
    shown.key("w", CTRL)
    until(lambda: list(shown.ui.windows.frames) == ["w1"])
    until(lambda: "w2/0" not in shown.station.engine.wants)


def test_the_palette_lies_away_from_the_selected_pane(shown: Shown) -> None:
    shown.key("k", CTRL)
    palette = shown.ui.overlays.palettes["w1"]
    assert palette.x() > 0                                  # pane 1 is at the left
    for _pane in range(3):
        shown.key(Qt.Key.Key_Tab)
    until(lambda: palette.x() == 0)
    assert shown.state.selected == 3


def test_the_palette_tells_why_a_command_does_nothing(shown: Shown) -> None:
    shown.key("k", CTRL)
    palette = shown.ui.overlays.palettes["w1"]
    shown.write("exactly as before")
    entry = palette.list.current()
    assert entry is not None and entry.why_not == "needs one pane alone"
    shown.key(Qt.Key.Key_Return)
    assert palette.isVisible()


def test_the_palette_finds_cameras(shown: Shown) -> None:
    shown.key("k", CTRL)
    shown.write("0122")
    shown.key(Qt.Key.Key_Return)
    camera = shown.station.directory.by_number(122)
    assert camera is not None and shown.state.panes[0].camera == camera.id


def test_help_shows_the_keys_in_force_and_filters(shown: Shown) -> None:
    shown.key(Qt.Key.Key_F1)
    page = shown.ui.overlays.helps["w1"]
    assert page.isVisible()
    everything = [title for _group, titles in page.shown() for title in titles]
    with_keys = [row.text for row in shown.station.dispatcher.table if shown.station.dispatcher.keymap.keys_of(row.id)]
    assert "preset 1 … 9" in everything and "preset 4" not in everything       # nine of a kind are one row
    assert "neighbouring pane" in everything and "pane above" not in everything         # so are the four arrows
    everything += [f"{text[:-5]}{digit}" for text in everything if text.endswith(" 1 … 9") for digit in range(1, 10)]
    everything += [shown.station.dispatcher.table[member].text for members, text in FAMILIES if text in everything
                   for member in members]
    assert set(with_keys) <= set(everything)
    shown.write("next layout")
    # Words of the group count too: the tour's pages stand among the layouts.
    assert [titles for _group, titles in page.shown()] == [("next layout", "next page of the tour")]
    shown.key(Qt.Key.Key_Escape)
    assert not page.isVisible() and shown.app.focusWidget() is shown.frame.view


def test_both_languages_at_run_time(shown: Shown) -> None:
    assert isinstance(shown.frame, Console)
    shown.station.dispatcher.run("language.id")
    texts = shown.station.registry.settings["window.language"]
    assert texts == "id"
    until(lambda: shown.frame.windowTitle() == translated("Lawang · console"))
    shown.station.dispatcher.run("language.en")
    until(lambda: shown.frame.windowTitle() == "Lawang · console")


def translated(text: str) -> str:
    from app.runtime.language import gettext
    return gettext(text)


def test_the_theme_is_switched_and_kept(shown: Shown) -> None:
    shown.station.dispatcher.run("theme.light")
    assert shown.ui.theme.tokens.name == "light"
    assert shown.station.registry.settings["window.theme"] == "light"


def test_a_held_key_is_released_with_the_window(shown: Shown) -> None:
    """Zoom in goes on while + is down; a window that loses the focus lets go."""
    view = shown.frame.view
    QTest.keyPress(view, "+")
    until(lambda: shown.state.panes[0].view.zoom > 1.3)
    assert shown.station.dispatcher.held == {"view.zoom_in"}
    shown.app.sendEvent(shown.frame, QEvent(QEvent.Type.WindowDeactivate))
    assert shown.station.dispatcher.held == set()
    QTest.keyRelease(view, "+")


def test_dropping_a_pane_swaps_and_keeps_both_running(shown: Shown) -> None:
    first, sixth = shown.state.panes[0].camera, shown.state.panes[5].camera
    data = QMimeData()
    data.setData(PANE_MIME, b"w1/0")
    shown.station.engine.order.clear()
    drop(shown, data, 5)
    assert shown.state.panes[5].camera == first and shown.state.panes[0].camera == sixth
    until(lambda: "show" in shown.station.engine.order)
    assert shown.station.engine.order[0] == "rename"


def test_dropping_a_camera_from_the_list_puts_it(shown: Shown) -> None:
    camera = shown.station.directory.by_number(130)
    assert camera is not None and isinstance(shown.frame, Console)
    tree = next(w for w in shown.frame.panels.values() if hasattr(w, "search")).view.tree  # type: ignore[attr-defined]
    data = tree.mimeData([tree.index_of_camera(camera)])
    assert data.hasFormat(CAMERA_MIME)
    drop(shown, data, 7)
    assert shown.state.panes[7].camera == camera.id


def test_a_real_drag_swaps_two_panes(shown: Shown) -> None:
    """With the pointer of the X server, through Qt's own drag and drop."""
    before = [pane.camera for pane in shown.state.panes]
    view = shown.frame.view
    start, end = (view.mapToGlobal(view.logical_rect(i).center().toPoint()) for i in (0, 5))
    words = ["mousemove", start.x(), start.y(), "mousedown", 1]
    for part in range(1, 9):
        words += ["mousemove", start.x() + (end.x() - start.x()) * part // 8,
                  start.y() + (end.y() - start.y()) * part // 8, "sleep", 0.05]
    mouse = subprocess.Popen(["xdotool", *map(str, words), "mouseup", "1"])
    until(lambda: [pane.camera for pane in shown.state.panes][:6] == [before[5], *before[1:5], before[0]])
    assert mouse.wait(10) == 0


def drop(shown: Shown, data: QMimeData, pane: int) -> None:
    """Let go of ``data`` over the middle of a pane."""
    view = shown.frame.view
    at: QPointF = view.logical_rect(pane).center()
    actions, buttons = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    view.dropEvent(QDropEvent(at, actions, data, buttons, none))


def test_a_restart_brings_the_wall_back(opening: Callable[..., Shown]) -> None:
    first = opening()
    first.write("120")
    first.key(Qt.Key.Key_Return)
    first.key("l")
    first.key(Qt.Key.Key_F11)
    until(lambda: first.station.registry.saved and first.station.registry.saved[-1] == first.station.wall.state)
    kept = first.station.registry.saved[-1]
    first.close()
    again = opening(FakeStation(state=kept))
    assert again.station.wall.state == kept
    assert again.frame.isFullScreen() and again.state.docks_folded


def test_folding_gives_the_wall_the_room(shown: Shown) -> None:
    assert isinstance(shown.frame, Console)
    narrow = shown.frame.view.width()
    shown.key(Qt.Key.Key_F10)
    until(lambda: shown.frame.view.width() > narrow + 200)
    shown.key(Qt.Key.Key_F11)
    until(lambda: shown.frame.isFullScreen() and not shown.frame.bar.isVisible())
    shown.key(Qt.Key.Key_F11)
    until(lambda: not shown.frame.isFullScreen() and shown.frame.view.width() == narrow)


def test_closing_the_last_window_ends_the_program(shown: Shown) -> None:
    ended: list[bool] = []
    shown.app.aboutToQuit.connect(lambda: ended.append(True))
    shown.frame.close()
    assert shown.frame.isVisible()                          # nothing closes before it is said to
    assert shown.ui._quitting




def test_every_command_is_bound_and_every_control_has_a_name(shown: Shown) -> None:
    assert shown.station.dispatcher.unbound() == ()
    nameless = [widget for widget in shown.frame.findChildren(QWidget)
                if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
                and not widget.accessibleName() and not getattr(widget, "text", str)()]
    assert nameless == []
