"""The page of a 16-pane tour: no black pane, and all 16 live before the page turns.

    make bench ARGS="-k tour"

The real program's windows in this process, over live RTSP streams, so that each turn is looked at the moment it
happens: what every pane says, and what is painted.
"""

# ruff: noqa: T201 - figures are told as they come
from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.options import WallOptions
from app.model.pane import PaneState
from app.model.scene import Stop, StopKind, Tour
from app.registry.registry import Registry
from app.station import Station, StationOptions
from tests.bench import stage

pytestmark = [pytest.mark.bench, pytest.mark.screen, pytest.mark.timeout(0)]

PANES, PAGES = 16, 3
DWELL_S = 10.0
TURNS = int(os.environ.get("LAWANG_BENCH_TURNS", "6"))
GRACE_S = 5.0               # the setting's default: a page that waited so long turned without all its cameras
LONGEST_S = 90.0            # for the first page, on a loaded machine


@pytest.fixture
def wall(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Opens the program's windows in this process."""
    from widgets.application import Application
    opened: list[tuple[Any, Station]] = []

    def make(made: stage.Streams, path: Path) -> Any:
        monkeypatch.setenv("LAWANG_HOME", str(made.folder / "home"))
        station = Station(StationOptions(path))
        shown = Application(qapp, station, WallOptions(path, layout="4x4", cameras=tuple(range(1, PANES + 1)),
                                                       window=(*stage.SCREEN, 0, 0)))
        opened.append((shown, station))
        shown.open()
        return shown
    yield make
    for shown, station in opened:
        shown.close()
        shown.deleteLater()
        station.close()


def _until(condition: Callable[[], Any], seconds: float, each: Callable[[], None] = lambda: None) -> None:
    from PySide6.QtTest import QTest
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        QTest.qWait(10)             # the event loop runs meanwhile
        each()


def _dark_panes(view: Any) -> list[int]:
    """Panes whose picture, as painted, is one flat colour: the bench's clip has none such."""
    import numpy as np
    image = view.grab().toImage().convertToFormat(view.grab().toImage().Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = pixels[:, :image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3]
    ratio = image.devicePixelRatio()
    dark = []
    for index in range(PANES):
        box = view.shown_rect(index)
        left, top = round(box.left() * ratio), round(box.top() * ratio)
        part = pixels[top + 8:top + round(box.height() * ratio) - 8, left + 8:left + round(box.width() * ratio) - 8]
        if part.size == 0 or float(part.std()) < 4.0:
            dark.append(index)
    return dark


def _tour(path: Path) -> Tour:
    with Registry.open(path) as registry:
        cameras = registry.list_cameras()
        return registry.tours.save(Tour("", 1, "Bench", tuple(
            Stop(StopKind.CAMERA, camera.id) for camera in cameras), DWELL_S))


def test_a_page_of_a_tour_turns_with_all_pictures_live(wall: Callable[..., Any],
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    from widgets.tours.feature import TourFeature
    with stage.streams(PANES * PAGES) as streams:
        monkeypatch.setenv("LAWANG_HOME", str(streams.folder / "home"))
        path = stage.registry(streams)
        tour = _tour(path)
        shown = wall(streams, path)
        view = next(iter(shown.windows.frames.values())).view
        _until(lambda: sum(face.report.state is PaneState.LIVE for face in view.faces) == PANES, LONGEST_S)
        touring = next(each for each in shown._features if isinstance(each, TourFeature)).touring
        _until(lambda: touring.book.by_id(tour.id), 10)
        turns: list[dict[str, Any]] = []
        turn = touring._turn

        def watched(running: Any, window: Any, page: Any) -> None:
            late = -running.tour._due + time.monotonic() if running.tour.current is None else 0.0
            began = time.thread_time()          # the GUI thread's own: neighbours at work are none of its doing
            turn(running, window, page)
            took = time.thread_time() - began
            states = [face.report.state for face in view.faces[:PANES]]
            lacking = [index for index in range(PANES)
                       if shown._station.engine.picture(f"{window.id}/{index}") is None]
            turns.append({"live": sum(state is PaneState.LIVE for state in states), "without_picture": lacking,
                          "dark": _dark_panes(view), "gui_ms": round(took * 1000, 1), "late_s": round(late, 2),
                          "opened_s": round(running.tour._took_s, 2), "lead_s": round(running.tour.lead, 2),
                          "cameras": len({pane.camera for pane in shown._station.wall.window(window.id).panes})})
        monkeypatch.setattr(touring, "_turn", watched)
        touring.start(tour.id)
        after: list[int] = []

        def look() -> None:
            """Also between the turns no pane may fall back to "connecting"."""
            if turns:
                after.append(sum(not face.report.state.counts_as_live for face in view.faces[:PANES]))
        began = time.monotonic()
        _until(lambda: len(turns) >= TURNS, LONGEST_S + TURNS * (DWELL_S + GRACE_S), look)
        span = time.monotonic() - began
    figures = {"turns": turns, "span_s": round(span, 1), "dwell_s": DWELL_S,
               "least_live": min(one["live"] for one in turns), "dark": sum(len(one["dark"]) for one in turns),
               "looks": len(after), "looks_with_a_pane_not_live": sum(count > 0 for count in after),
               "gui_ms": max(one["gui_ms"] for one in turns),
               "opened_s": statistics.median(one["opened_s"] for one in turns)}
    stage.keep("tours", {"command": 'make bench ARGS="-k tour"'} | figures)
    print(f"{len(turns)} pages of {PANES} panes: least live at the turn {figures['least_live']}, black panes "
          f"{figures['dark']}, page open {figures['opened_s']} s after it was asked for, turn {figures['gui_ms']} ms "
          f"of the GUI thread; {figures['looks_with_a_pane_not_live']} of {figures['looks']} looks met a pane not live")
    assert figures["least_live"] == PANES
    assert figures["dark"] == 0
    assert all(not one["without_picture"] for one in turns)
    assert all(one["cameras"] == PANES for one in turns)
