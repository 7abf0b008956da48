"""Real windows of the wall on synthetic pictures, closed after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.model.camera import Camera
from app.model.wall import EMPTY_PANE, Pane, WindowState
from tests.widgets.wall.synthetic import LIVE, Cameras, Recorder, SyntheticEngine, plain
from widgets.theme import DARK, Theme, Tokens
from widgets.wall import Style, WallView
from widgets.wall.asks import Directory

MOMENT = 1795266848.0       # 2026-11-21 13:14:08 UTC, 21:14:08 WITA


class CountingView(WallView):
    """Remembers what Qt asked it to paint."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.regions: list[QRegion] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        self.regions.append(QRegion(event.region()))
        super().paintEvent(event)


@dataclass
class Shown:
    """A window on the screen with all that stands behind it."""

    view: CountingView
    engine: SyntheticEngine
    recorder: Recorder
    cameras: Cameras

    def settle(self) -> None:
        for _ in range(3):
            QApplication.processEvents()

    def truth(self, **reports: Any) -> None:
        """Reports by pane: ``truth(p0=LIVE)``."""
        self.engine.report_by_key |= {f"w/{name[1:]}": report for name, report in reports.items()}
        self.view.reports_changed(self.engine.reports())

    def tick(self) -> None:
        keys = list(self.engine.changed())
        self.view.pictures_changed(keys)

    def image(self) -> QImage:
        self.settle()
        return self.view.grab().toImage()

    def colour(self, x: float, y: float) -> QColor:
        image = self.image()
        ratio = image.devicePixelRatio()
        return image.pixelColor(QPoint(round(x * ratio), round(y * ratio)))


def camera(index: int, number: int = 0) -> Camera:
    return Camera(f"cam{index}", number or 101 + index, f"Simpang {index}", ("Makassar", "Tallo"))


type Show = Callable[..., Shown]


@pytest.fixture
def show(qapp: QApplication) -> Iterator[Show]:
    """``show(16, "4x4", 1392, 872, Style.CONSOLE)``: cameras in the first panes, everything live, red pictures."""
    opened: list[WallView] = []
    Theme().install(qapp)

    def build(count: int, layout: str, width: int, height: int, style: Style = Style.WALL, *, selected: int = 0,
              tokens: Tokens = DARK, colours: Callable[[int], tuple[int, int, int]] = lambda _i: (0, 0, 200)) -> Shown:
        engine, recorder = SyntheticEngine(), Recorder()
        cameras: Directory = Cameras(camera(i) for i in range(count))
        view = CountingView("w", engine, cameras, recorder, tokens=tokens, style=style, now=lambda: MOMENT)
        opened.append(view)
        view.resize(width, height)
        panes = tuple(Pane(f"cam{i}") for i in range(count)) or (EMPTY_PANE,)
        view.show_state(WindowState("w", layout=layout, panes=panes, selected=selected))
        view.show()
        assert QTest.qWaitForWindowExposed(view)    # before that a repaint paints nothing
        shown = Shown(view, engine, recorder, cameras)  # type: ignore[arg-type]
        for key, want in view.wants().items():
            engine.publish(key, plain(want.width, want.height, *colours(int(key[2:]))))
            engine.report_by_key[key] = LIVE
        view.reports_changed(engine.reports())
        shown.settle()
        return shown

    yield build
    for view in opened:
        view.close()
        view.deleteLater()
