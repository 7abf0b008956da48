"""Trouble with recording stands on every window until it is over; a pane tells why it is recorded, and gets a rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from app.model.errors import OperatorError
from app.recording.rules import Mode, Rule, Scope, from_text
from tests.widgets.window.conftest import Shown, opening, until
from tests.widgets.window.stage import FakeStation
from widgets.recording.feature import RecordingDesk
from widgets.recording.plate import TroublePlate

pytestmark = pytest.mark.screen
__all__ = ["opening"]

SENTENCE = "There is no room for recordings at /disk. " * 6


@pytest.fixture
def shown(opening: Callable[..., Shown]) -> Shown:
    return opening(FakeStation())


def tell(shown: Shown, sentence: str) -> None:
    """As the keeper does."""
    shown.station.recording.said = sentence
    shown.station.recording.trouble.emit(sentence)


def plate_of(shown: Shown) -> TroublePlate:
    return next(iter(shown.frame.view.findChildren(TroublePlate)))


def test_trouble_stands_until_it_is_over_and_takes_no_keyboard(shown: Shown) -> None:
    plate = plate_of(shown)
    assert not plate.isVisible()
    tell(shown, SENTENCE)
    until(plate.isVisible)
    assert plate.text == plate.accessibleName() == SENTENCE
    assert shown.frame.view.rect().contains(plate.geometry())
    assert shown.app.focusWidget() is shown.frame.view
    shown.frame.resize(700, 420)                    # broken into lines where one does not do
    until(lambda: shown.frame.view.rect().contains(plate.geometry()))
    assert plate.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    shown.station.recording.looks_on = True         # another program records: no trouble
    tell(shown, SENTENCE)
    until(lambda: not plate.isVisible())
    shown.station.recording.looks_on = False
    tell(shown, SENTENCE)
    until(plate.isVisible)
    tell(shown, "")
    until(lambda: not plate.isVisible())


def test_a_window_that_opens_in_trouble_says_so(opening: Callable[..., Shown]) -> None:
    station = FakeStation()
    station.recording.said = SENTENCE
    assert plate_of(opening(station)).isVisible()


def test_why_is_told_of_the_selected_camera(shown: Shown) -> None:
    shown.station.dispatcher.run("recording.why")
    until(lambda: "nothing is recorded of" in shown.ui.windows.active.bar.notice.text)
    with pytest.raises(OperatorError):
        desk = next(one for one in shown.ui.findChildren(RecordingDesk))
        shown.station.directory.replace(())
        desk.why()


def test_a_camera_is_given_a_rule_of_its_own_and_loses_it(shown: Shown) -> None:
    station = shown.station
    camera = shown.state.panes[shown.state.selected].camera

    def rules() -> tuple[Rule, ...]:
        return from_text(str(station.registry.settings["recording.rules"]))
    station.dispatcher.run("recording.always")
    until(lambda: rules() == (Rule(Scope.CAMERA, camera, Mode.ALWAYS),))
    until(lambda: "the rule for this camera says: always" in shown.ui.windows.active.bar.notice.text)
    station.dispatcher.run("recording.never")
    until(lambda: rules() == (Rule(Scope.CAMERA, camera, Mode.NEVER),))
    station.dispatcher.run("recording.default")
    until(lambda: not rules())


def test_what_another_program_records_already_bears_its_sign_from_the_start(opening: Callable[..., Shown]) -> None:
    station = FakeStation()
    station.recording.taping = frozenset({"cam0001"})
    shown = opening(station)
    until(lambda: shown.frame.view.faces[1].badges.recording)
