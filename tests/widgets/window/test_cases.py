"""A case by keyboard in a real window: asked about, made for real, told, written down; never a dialog in the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.evidence.checking import check
from app.runtime import paths
from tests.fakes.segments import SECOND, T, recording
from tests.widgets.window.conftest import Shown, until
from widgets.evidence import feature
from widgets.evidence.form import CaseForm
from widgets.evidence.gathering import concerns
from widgets.evidence.plate import ExportPlate

pytestmark = pytest.mark.screen


@pytest.fixture
def form(shown: Shown, tmp_path: Path) -> CaseForm:
    """The form, opened on a span of the first two cameras, of which the first is recorded."""
    cameras = [pane.camera for pane in shown.state.panes[:2]]
    shown.station.recording.segments[cameras[0]] = recording(tmp_path, 1).segments
    assert shown.station.dispatcher.run("case.export", cameras=cameras, t0=T + SECOND, t1=T + 9 * SECOND)
    found = shown.frame.findChild(CaseForm)
    assert found is not None and found.isVisible() and not found.isModal()
    until(lambda: shown.app.focusWidget() is found.case)
    return found


def until_made(condition: Callable[[], object]) -> None:
    """A package has real clips, a real key and a real signature: a loaded machine gets time."""
    for left in reversed(range(6)):
        try:
            return until(condition)
        except AssertionError:
            if not left:
                raise


def acts(shown: Shown) -> list[str]:
    return [link.line.split('"act":"')[1].partition('"')[0] for link in shown.station.registry.custody.links]


def test_a_case_is_made_told_and_written_down(shown: Shown, form: CaseForm) -> None:
    shown.write("Banjir")
    shown.key(Qt.Key.Key_Return)
    until(lambda: shown.app.focusWidget() is shown.frame.view)
    until_made(lambda: "exported" in acts(shown))
    plate = shown.frame.findChild(ExportPlate)
    assert plate is not None and "Exported" in plate.told.text() and plate.isVisible()
    assert shown.app.focusWidget() is shown.frame.view
    folder = next(one for one in (paths.data_dir() / "exports").glob("banjir*") if one.is_dir())
    told = check(folder)
    assert told.good and "custody.good" in {finding.key for finding in told.findings}
    assert "1 camera gave no picture." in plate.told.text()
    assert acts(shown) == ["export", "hold", "exported", "release"]
    assert shown.station.recording.held == {}
    assert shown.station.dispatcher.run("case.show")
    until(lambda: shown.app.focusWidget() is plate.leave)
    shown.key(Qt.Key.Key_Escape)
    until(lambda: not plate.isVisible() and shown.app.focusWidget() is shown.frame.view)


def test_without_a_name_it_asks_and_escape_leaves(shown: Shown, form: CaseForm) -> None:
    shown.key(Qt.Key.Key_Return)
    assert form.isVisible() and form._wrong.isVisible() and "name" in form._wrong.text()
    shown.key(Qt.Key.Key_Escape)
    until(lambda: not form.isVisible() and shown.app.focusWidget() is shown.frame.view)
    assert acts(shown) == []


def test_what_cannot_be_handed_out_is_told(shown: Shown) -> None:
    told: list[str] = []
    shown.station.dispatcher.refused.connect(lambda outcome: told.append(outcome.reason))
    for command, given in (("case.export", {"cameras": (), "t0": 1, "t1": 2}), ("case.cancel", {}), ("case.show", {})):
        assert not shown.station.dispatcher.run(command, **given)
    assert [text.partition(":")[0] for text in told] == ["Nothing to hand out", "Nothing is being exported.",
                                                         "Nothing was exported since the start."]


def test_the_plate_shows_how_far_it_is_and_cancels(shown: Shown, form: CaseForm,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    made = feature._identity

    def slow(name: str) -> object:
        begun.set()
        go_on.wait(30)
        return made(name)
    desk = shown.ui.findChild(feature.CaseDesk)
    assert desk is not None
    monkeypatch.setattr(desk.exporter, "_identity", slow)
    shown.write("Banjir")
    shown.key(Qt.Key.Key_Return)
    until_made(begun.is_set)
    until(lambda: (one := shown.frame.findChild(ExportPlate)) is not None and one.bar.isVisible())
    plate = shown.frame.findChild(ExportPlate)
    assert plate is not None
    height = shown.frame.view.height()
    shown.station.dispatcher.run("timeline.show")
    until(lambda: shown.frame.view.height() < height)
    wall = shown.frame.view
    until(lambda: plate.geometry().bottom() < wall.mapTo(shown.frame, wall.rect().bottomLeft()).y())
    assert shown.station.dispatcher.run("case.show")
    shown.key(Qt.Key.Key_Space)             # the button that has the keyboard: cancel
    go_on.set()
    until_made(lambda: "Cancelled" in plate.told.text())
    assert not list((paths.data_dir() / "exports").glob("banjir*")) and shown.station.recording.held == {}


def test_a_line_concerns_its_cameras_and_its_bookmark() -> None:
    what = {"bookmark": "b1", "cameras": ["c1"], "in_us": 100, "out_us": 200}
    for told, wanted in (({"bookmark": "b1"}, True), ({"cameras": ["c1"], "in_us": 150, "out_us": 300}, True),
                         ({"cameras": ["c1"], "in_us": 200, "out_us": 300}, False),
                         ({"cameras": ["c2"], "in_us": 150, "out_us": 300}, False)):
        assert concerns({"at_us": 500, "what": told}, what) is wanted
    assert concerns({"at_us": 150, "what": {"camera": "c1"}}, what)
    assert not concerns({"at_us": 50, "what": {"camera": "c1"}}, what)
