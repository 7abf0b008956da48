"""Key texts, counts, reasons, the starting wall, saving, statistics: the parts that need no window."""

from __future__ import annotations

import json
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from app.commands import Context
from app.features import table
from app.model.errors import OperatorError
from app.model.pane import PaneReport, PaneState
from app.model.wall import Pane, WallState, WindowKind, WindowState
from tests.widgets.window.conftest import OPTIONS, until
from tests.widgets.window.stage import Engine, cameras
from widgets.window.closing import ClosingSignals
from widgets.window.counts import Count, camera_states, count
from widgets.window.demand import Demand
from widgets.window.key_caps import parts
from widgets.window.key_text import key_text
from widgets.window.reasons import why_not
from widgets.window.saving import Saving
from widgets.window.starting import starting_wall
from widgets.window.stats import Stats

KEY, MOD = Qt.Key, Qt.KeyboardModifier
NONE, CTRL, SHIFT, ALT, PAD = (MOD.NoModifier, MOD.ControlModifier, MOD.ShiftModifier, MOD.AltModifier,
                               MOD.KeypadModifier)


@pytest.mark.parametrize(("key", "modifiers", "text"), [
    (KEY.Key_K, CTRL, "Ctrl+K"), (KEY.Key_L, SHIFT, "Shift+L"), (KEY.Key_L, NONE, "L"),
    (KEY.Key_Plus, SHIFT, "+"), (KEY.Key_Plus, PAD, "Num +"), (KEY.Key_4, PAD, "Num 4"), (KEY.Key_4, NONE, "4"),
    (KEY.Key_Enter, PAD, "Num Enter"), (KEY.Key_Return, NONE, "Enter"), (KEY.Key_Backtab, SHIFT, "Shift+Tab"),
    (KEY.Key_Exclam, ALT | SHIFT, "Alt+Shift+1"), (KEY.Key_1, CTRL, "Ctrl+1"), (KEY.Key_Left, CTRL, "Ctrl+Left"),
    (KEY.Key_I, CTRL | SHIFT, "Ctrl+Shift+I"), (KEY.Key_F11, NONE, "F11"), (KEY.Key_Slash, NONE, "/"),
    (KEY.Key_Control, CTRL, ""), (KEY.Key_Space, NONE, "Space"), (KEY.Key_BracketLeft, NONE, "["),
    (KEY.Key_PageUp, NONE, "PgUp"), (KEY.Key_Comma, PAD, "Num ,"), (KEY.Key_Delete, PAD, "Num ."),
])
def test_key_texts(key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str) -> None:
    assert key_text(QKeyEvent(QEvent.Type.KeyPress, key, modifiers)) == text


@pytest.mark.parametrize(("key", "caps"), [
    ("Ctrl+Shift+I", ("Ctrl", "Shift", "I")), ("+", ("+",)), ("Ctrl++", ("Ctrl", "+")), ("Num 4", ("Num 4",)),
    ("Shift+Left", ("Shift", "←")), ("Alt+Shift+1", ("Alt", "Shift", "1")),
])
def test_keys_on_caps(key: str, caps: tuple[str, ...]) -> None:
    assert parts(key) == caps


WINDOW = WindowState("w1", layout="2x2", panes=(Pane("a"), Pane("b"), Pane("c"), Pane("")))


def test_late_counts_as_live_and_the_worst_is_among_the_live() -> None:
    reports = {"w1/0": PaneReport(PaneState.LIVE, delay=0.2), "w1/1": PaneReport(PaneState.LATE, age=3.1),
               "w1/2": PaneReport(PaneState.FROZEN, age=7)}
    assert count(WINDOW, 4, reports) == Count(2, 3, 3.1, late=True, wrong=True)
    assert count(replace(WINDOW, alone=0), 4, reports) == Count(1, 1, 0.2)
    assert count(WINDOW, 4, {}) == Count(0, 3)


def test_a_camera_in_two_panes_is_listed_by_the_worse() -> None:
    twice = WallState((replace(WINDOW, panes=(Pane("a"), Pane("a"), Pane("b"))),))
    reports = {"w1/0": PaneReport(PaneState.LIVE), "w1/1": PaneReport(PaneState.LOST)}
    assert camera_states(twice, reports) == {"a": PaneState.LOST}


def test_every_condition_of_the_table_has_a_reason_in_words() -> None:
    contexts = (Context(), Context(camera=True), Context(kiosk=True), Context(kind=WindowKind.WALL),
                Context(entry=True, camera=True), Context(camera=True, alone=True))
    for row in table():
        for context in contexts:
            assert bool(why_not(row, context)) is not row.when(context)
    assert why_not(table()["pane.clear"], Context()) == "needs a camera in the pane"


def test_the_first_wall_is_a_console_with_the_first_cameras() -> None:
    here = starting_wall(WallState(), OPTIONS, cameras(40)).windows[0]
    assert here.kind is WindowKind.CONSOLE and here.layout == "4x4"
    assert [pane.camera for pane in here.panes] == [c.id for c in cameras(16)]


def test_what_was_saved_comes_back_untouched() -> None:
    saved = WallState((WINDOW,))
    assert starting_wall(saved, OPTIONS, cameras(40)) == saved


def test_the_command_line_chooses_cameras_layout_and_place() -> None:
    asked = replace(OPTIONS, cameras=tuple(range(101, 126)), window=(1920, 1080, 5, 7), bare=True)
    here = starting_wall(WallState((WINDOW,)), asked, cameras(40)).windows[0]
    assert here.layout == "5x5" and here.kind is WindowKind.WALL and here.geometry == (5, 7, 1920, 1080)
    assert here.panes[24].camera == "cam0024"
    forced = starting_wall(WallState(), replace(asked, layout="1+7"), cameras(40)).windows[0]
    assert forced.layout == "1+7" and forced.panes[24].camera == "cam0024"
    with pytest.raises(OperatorError, match="not known"):
        starting_wall(WallState(), replace(OPTIONS, layout="17 by 4"), cameras(40))


@pytest.mark.screen
def test_saving_joins_what_follows_within_a_second(qapp: Any) -> None:
    written: list[WallState] = []
    saving = Saving(written.append)
    states = [WallState((replace(WINDOW, selected=i),)) for i in range(4)]
    for state in states[:3]:
        saving.changed(state)
    assert written == [states[0]]
    until(lambda: len(written) == 2)
    assert written[1] == states[2]
    saving.changed(states[3])
    saving.finish()
    assert written[2] == states[3]


def hold(seconds: float) -> None:
    """Keep this thread's processor so long."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


@pytest.mark.screen
def test_statistics_are_lines_of_json(qapp: Any, tmp_path: Path) -> None:
    painted = {"w1/0": 10}
    reports = {"w1/0": PaneReport(PaneState.LIVE, fps=15.0, delay=0.18, dropped=2)}
    file = tmp_path / "stats.json"
    stats = Stats(file, lambda: WallState((WINDOW,)), lambda _name: 4, lambda: reports,
                  lambda: {"desktop": {"pid": 7, "cpu_seconds": 1.5}}, lambda: dict(painted))
    painted["w1/0"] = 25
    QTimer.singleShot(0, lambda: hold(0.08))
    until(lambda: file.exists() and file.read_text())
    stats.close()
    line = json.loads(file.read_text().splitlines()[0])
    assert line["panes"]["w1/0"]["state"] == "live" and line["panes"]["w1/0"]["dropped"] == 2
    assert 0 < line["panes"]["w1/0"]["painted"] <= 15          # a second; a busy loop counts a longer one
    assert line["processes"]["desktop"]["pid"] == 7
    told = line["gui"]
    assert told["busy_ms"] >= 80
    # It was held for 80 ms between two beats that are 20 ms apart; what it stood in line beside that is no hold.
    assert 59 <= told["unqueued_ms"] <= told["stall_ms"] < 5000


@pytest.mark.screen
def test_a_signal_wakes_the_loop(qapp: Any) -> None:
    before = signal.getsignal(signal.SIGTERM)
    called: list[bool] = []
    closing = ClosingSignals(lambda: called.append(True))
    try:
        signal.raise_signal(signal.SIGTERM)
        until(lambda: called)
    finally:
        closing.restore()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.screen
def test_the_engine_is_asked_once_for_a_burst(qapp: Any) -> None:
    """Sixteen changes in one turn of the loop are one show; renames go before it, at once."""
    engine = Engine()
    demand = Demand(engine, lambda: [{}, {}])
    for _change in range(16):
        demand.mark()
    demand.moved({"w1/0": "w1/1"})
    assert engine.order == ["rename"]
    until(lambda: engine.shows)
    for _turn in range(3):
        qapp.processEvents()
    assert engine.order == ["rename", "show"]
    demand.mark()
    demand.close()
    qapp.processEvents()
    assert engine.shows == 1
