"""What counts as watched: a pane on a lit screen, not covered, whose picture is live or late."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.model.pane import PaneReport, PaneState
from app.runtime.clock import ManualClock
from app.runtime.darkness import Dark
from app.tours.recorder import Recorder
from tests.widgets.window.conftest import Shown, until
from tests.widgets.window.test_touring import feature

pytestmark = pytest.mark.screen


def lit(shown: Shown) -> set[tuple[str, str]]:
    return set(feature(shown).watching.lit())


def test_only_what_an_operator_can_see_live_counts(shown):
    until(lambda: len(lit(shown)) == 16)
    reports = shown.station.engine.report_by_key
    for index, state in enumerate((PaneState.LATE, PaneState.FROZEN, PaneState.LOST, PaneState.CONNECTING)):
        reports[f"w1/{index}"] = PaneReport(state)
    assert lit(shown) == {(f"cam{i:04d}", "w1") for i in (0, *range(4, 16))}


def test_one_pane_alone_hides_the_others_and_a_page_hides_all(shown):
    until(lambda: len(lit(shown)) == 16)
    shown.key(Qt.Key.Key_Return)
    assert lit(shown) == {("cam0000", "w1")}
    shown.key(Qt.Key.Key_Escape)
    shown.key(Qt.Key.Key_F6)
    until(lambda: shown.frame.page == "tours")
    assert lit(shown) == set()
    shown.key(Qt.Key.Key_F2)
    until(lambda: len(lit(shown)) == 16)
    shown.frame.park()
    assert lit(shown) == set()


def test_who_looks_into_the_past_does_not_watch_the_camera(shown):
    until(lambda: len(lit(shown)) == 16 and "cam0000" in shown.ui.desk.states)
    shown.station.recording.taping = frozenset({"cam0000"})
    shown.key(Qt.Key.Key_Space)
    until(lambda: shown.frame.view.faces[0].badges.replay)
    assert len(lit(shown)) == 15 and ("cam0000", "w1") not in lit(shown)
    until(lambda: "cam0000" not in shown.ui.desk.states)
    assert shown.frame.view.counts().total == 15
    shown.key(Qt.Key.Key_Space)
    until(lambda: len(lit(shown)) == 16 and "cam0000" in shown.ui.desk.states)


def test_a_locked_session_watches_nothing(shown):
    until(lambda: len(lit(shown)) == 16)
    darkness = feature(shown).darkness
    assert darkness.close()
    darkness.now = Dark.LOCKED
    assert lit(shown) == set()
    darkness.now = None
    assert len(lit(shown)) == 16


def test_a_minute_is_written_at_once_and_the_rest_when_the_windows_close(shown):
    watching, clock = feature(shown).watching, ManualClock()
    watching._second.stop()
    watching.recorder = Recorder(clock)
    until(lambda: len(lit(shown)) == 16)
    for _second in range(61):
        watching.look()
        clock.advance(1)
    watching.keep()
    rows = shown.station.registry.seen.rows
    assert len(rows) == 16 and sum(row.seconds for row in rows) == pytest.approx(16 * 60.0)
    shown.close()
    assert sum(row.seconds for row in rows) == pytest.approx(16 * 61.0)


def test_what_the_registry_refuses_is_kept_for_the_next_minute(shown, monkeypatch):
    from app.model.errors import OperatorError
    watching, clock = feature(shown).watching, ManualClock()
    watching._second.stop()
    watching.recorder = Recorder(clock)
    until(lambda: len(lit(shown)) == 16)
    watching.look()
    clock.advance(1)
    watching.look()
    seen = shown.station.registry.seen

    def full(_rows):
        raise OperatorError("the disk is full")
    with monkeypatch.context() as patched:
        patched.setattr(seen, "add", full)
        watching.keep()
    until(lambda: watching.recorder._seconds)
    watching.keep()
    assert len(seen.rows) == 16
