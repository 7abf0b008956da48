"""F9 in real windows: what it locks, what stays, what opens it again, and that it survives a restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.commands import KIOSK
from app.model.secret import Secret
from app.registry.lane import RegistryLane
from app.runtime.passphrase import hashed
from tests.widgets.window.conftest import Shown, until
from tests.widgets.window.stage import FakeStation
from widgets.kiosk.kiosk import Kiosk
from widgets.kiosk.password import KEY
from widgets.window.console import Console

pytestmark = pytest.mark.screen
CTRL = Qt.KeyboardModifier.ControlModifier
PASSWORD = "Palapa-1365"


def kiosk(shown: Shown) -> Kiosk:
    return next(feature for feature in shown.ui._features if isinstance(feature, Kiosk))


@pytest.fixture
def locked(shown: Shown) -> Shown:
    shown.key(Qt.Key.Key_F9)
    assert kiosk(shown).on
    return shown


def test_nothing_can_be_changed_by_keys_mouse_or_menu(locked: Shown) -> None:
    assert isinstance(locked.frame, Console)
    before = locked.station.wall.state
    for key in ("l", "[", "]"):
        locked.key(key)
    locked.write("120")
    locked.key(Qt.Key.Key_Delete)
    locked.key(Qt.Key.Key_N, CTRL)
    locked.key(Qt.Key.Key_F11)
    locked.key(Qt.Key.Key_Z, CTRL)
    for command, words in (("pane.put", {"camera": "cam0030", "window": "w1", "pane": 2}),
                           ("pane.swap", {"pane": 0, "to_pane": 3}), ("layout.set", {"name": "2x2"})):
        outcome = locked.station.dispatcher.run(command, **words)
        assert not outcome and "locked by kiosk" in outcome.reason
    assert locked.station.wall.state == before
    locked.key(Qt.Key.Key_Q, CTRL)
    locked.frame.close()
    assert not locked.ui._quitting and locked.frame.isVisible()
    assert not any(button.isEnabled() for button in locked.frame.bar._buttons)
    assert not any(panel.isEnabled() for panel in locked.frame.panels.values())
    locked.station.dispatcher.run("page.settings")
    assert locked.frame.page == ""
    assert not locked.station.dispatcher.run("theme.light")


def test_looking_goes_on(locked: Shown) -> None:
    """Selecting, one pane alone and back, zoom, help."""
    locked.key(Qt.Key.Key_Tab)
    assert locked.state.selected == 1
    locked.key(Qt.Key.Key_Return)
    assert locked.state.alone == 1
    locked.key(Qt.Key.Key_Escape)
    assert locked.state.alone is None
    view = locked.frame.view
    QTest.keyPress(view, "+")
    until(lambda: locked.state.panes[1].view.zoom > 1.1)
    QTest.keyRelease(view, "+")
    locked.key(Qt.Key.Key_F1)
    assert locked.ui.overlays.helps["w1"].isVisible()
    locked.key(Qt.Key.Key_Escape)


def test_two_presses_unlock_when_there_is_no_password(locked: Shown) -> None:
    assert isinstance(locked.frame, Console)
    locked.key(Qt.Key.Key_F9)
    assert kiosk(locked).on and "once more" in locked.frame.bar.notice.text
    locked.key(Qt.Key.Key_F9)
    assert not kiosk(locked).on
    assert all(panel.isEnabled() for panel in locked.frame.panels.values())
    locked.key("l")
    assert locked.state.layout == "5x5"


def test_the_plate_says_so_quietly(locked: Shown) -> None:
    plate = kiosk(locked)._plates[locked.frame][0]
    assert plate.isVisible() and "F9" in plate.accessibleName()
    locked.key(Qt.Key.Key_F9)
    locked.key(Qt.Key.Key_F9)
    assert not plate.isVisible()


def test_a_password_unlocks_and_is_neither_shown_nor_logged(
        lane: RegistryLane, opening: Callable[..., Shown], caplog: pytest.LogCaptureFixture) -> None:
    lane.submit(lambda registry: registry.settings.put_secret(KEY, hashed(Secret(PASSWORD))))
    until(lambda: lane.settings[KEY])
    station: Any = FakeStation()
    station.registry = lane
    shown = opening(station)
    shown.key(Qt.Key.Key_F9)
    shown.key(Qt.Key.Key_F9)
    unlock = kiosk(shown)._unlocks[shown.frame]
    field = shown.app.focusWidget()
    assert field is unlock.field and field.echoMode() is QLineEdit.EchoMode.Password
    layout = shown.state.layout
    for wrong in ("l1l1", "palapa-1365"):
        shown.write(wrong)
        assert field.displayText() == "●" * len(wrong) or PASSWORD not in field.displayText()
        shown.key(Qt.Key.Key_Return)
        assert field.text() == ""
        until(lambda: "not the password" in unlock._told.text())
    assert kiosk(shown).on and shown.state.layout == layout, "what is typed there is no command"
    shown.key(Qt.Key.Key_Escape)
    assert not unlock.isVisible() and shown.app.focusWidget() is shown.frame.view
    shown.key(Qt.Key.Key_F9)
    shown.write(PASSWORD)
    shown.key(Qt.Key.Key_Return)
    until(lambda: not kiosk(shown).on)
    assert not unlock.isVisible() and shown.app.focusWidget() is shown.frame.view
    assert PASSWORD not in caplog.text and "a wrong kiosk password" in caplog.text


def test_every_window_says_so(shown: Shown) -> None:
    shown.key(Qt.Key.Key_N, CTRL)
    until(lambda: len(shown.ui.windows.frames) == 2 and shown.ui.windows.frames["w2"].isVisible())
    shown.station.dispatcher.run("kiosk.toggle")
    plates = [plate for plates in kiosk(shown)._plates.values() for plate in plates]
    assert len(plates) == 2 and all(plate.isVisible() for plate in plates)


def test_it_survives_a_restart(opening: Callable[..., Shown]) -> None:
    first = opening()
    first.key(Qt.Key.Key_F9)
    kept, state = first.station.registry.settings["kiosk.on"], first.station.wall.state
    assert kept is True
    first.close()
    station = FakeStation(state=state)
    station.registry.settings["kiosk.on"] = True
    again = opening(station)
    assert kiosk(again).on
    assert all(plates[0].isVisible() for plates in kiosk(again)._plates.values())
    before = again.state.layout
    again.key("l")
    assert again.state.layout == before


def test_another_program_s_switch_is_followed(shown: Shown) -> None:
    registry = shown.station.registry
    registry.settings_changed.emit({**registry.settings, "kiosk.on": True})
    until(lambda: kiosk(shown).on)
    registry.settings_changed.emit({**registry.settings, "kiosk.on": False})
    until(lambda: not kiosk(shown).on)


def test_whatever_changes_the_wall_is_locked(shown: Shown) -> None:
    """A new command is free in kiosk only when it is listed here: looking, help, and the key itself."""
    free = {row.id for row in shown.station.dispatcher.table if row.when.overlaps(KIOSK)}
    looking = {"number.back", "number.cancel", "pane.next", "pane.previous", "pane.select", "pane.alone", "pane.back",
               "pane.retry", "view.zoom_in", "view.zoom_out", "view.reset", "view.set", "window.next_screen",
               "window.identify", "window.go", "miniature.focus", "ptz.stop", "palette.open", "help.keys",
               "camera.find", "kiosk.toggle", "page.wall",
               # Who watches must be able to say "I saw it", and to look at it once more: neither changes the wall.
               "bookmark.mark", "bookmark.describe", "bookmark.jump", "page.leave",
               "event.acknowledge", "event.acknowledge_all", "recording.why",
               "ptz.visit",         # the tour itself: it also goes on behind a locked wall
               *(f"replay.{what}" for what in (
                   "back", "live", "leave", "earlier", "pause", "faster", "backward", "slower", "speed", "frame_back",
                   "frame_on", "step_back", "step_on", "minute_back", "minute_on", "jump", "together", "mark_begin",
                   "mark_end", "unmark", "next_bookmark", "previous_bookmark")),
               "timeline.closer", "timeline.farther", "timeline.calendar",
               *(f"{what}_{way}" for what in ("pane.go", "view.pan")
                               for way in ("left", "up", "right", "down"))}
    assert free <= looking, "lock these, or say here why not"
