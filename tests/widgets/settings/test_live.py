"""A setting acts when it changes, whoever changed it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.model.pane import Fit
from app.runtime.language import current_language
from app.runtime.settings import SETTINGS, Value
from app.runtime.zone import Zone
from tests.widgets.window.conftest import Shown, until
from tests.widgets.window.stage import FakeStation
from widgets.wall import Strips
from widgets.window.console import Console

pytestmark = pytest.mark.screen


def change(shown: Shown, **values: Value) -> None:
    """As the registry lane tells what another program has written."""
    settings = {s.key: s.default for s in SETTINGS} | {key.replace("__", "."): value for key, value in values.items()}
    shown.station.registry.settings = settings
    shown.station.registry.settings_changed.emit(settings)


def test_language_theme_and_zone_of_another_program_are_taken_over(shown: Shown) -> None:
    assert isinstance(shown.frame, Console)
    change(shown, window__language="id", window__theme="light", window__zone="WIT")
    until(lambda: current_language() == "id" and shown.ui.theme.tokens.name == "light")
    until(lambda: shown.frame.bar._zone is Zone.WIT and shown.frame.view._stage.zone is Zone.WIT)
    assert "WIT" in shown.frame.bar._clock.accessibleName()
    change(shown, window__language="en")
    until(lambda: current_language() == "en" and shown.ui.theme.tokens.name == "dark")


def test_headers_that_show_when_something_is_wrong_leave_the_picture_its_room(shown: Shown) -> None:
    view = shown.frame.view
    before = view.faces[0].box
    change(shown, pane__header="wrong")
    until(lambda: view._look.strips is Strips.WRONG)
    after = view.faces[0].box
    assert before is not None and after is not None
    assert after.picture.height() > before.picture.height() and after.picture == after.cell
    until(lambda: view.faces[0].strip_area.isEmpty())


def test_headers_under_the_pointer(shown: Shown) -> None:
    view = shown.frame.view
    change(shown, pane__header="hover")
    until(lambda: view._look.strips is Strips.HOVER)
    steps = itertools.cycle((0, 1))

    def over(pane: int) -> bool:
        """Move the hand about in a pane, as hands do: a window that was just shown may miss the first movement."""
        QTest.mouseMove(view, view.logical_rect(pane).center().toPoint() + QPoint(next(steps), 0))
        return not view.faces[pane].strip_area.isEmpty()

    until(lambda: over(5))
    assert view.faces[4].strip_area.isEmpty()
    until(lambda: over(6) and view.faces[5].strip_area.isEmpty())


def test_the_fit_of_all_windows_and_of_a_new_one(shown: Shown) -> None:
    change(shown, pane__fit="fill")
    until(lambda: shown.state.fit is Fit.FILL)
    shown.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    until(lambda: len(shown.station.wall.state.windows) == 2)
    assert shown.station.wall.state.windows[1].fit is Fit.FILL


def test_a_wall_opens_with_the_headers_that_were_chosen(opening: Callable[..., Shown]) -> None:
    station = FakeStation()
    station.registry.settings["pane.header"] = "wrong"
    assert opening(station).frame.view._look.strips is Strips.WRONG


def test_the_wheel_of_steered_panes(shown: Shown) -> None:
    pointer = shown.frame.view._pointer
    assert not pointer.optical
    change(shown, pane__wheel="optical")
    until(lambda: pointer.optical)
