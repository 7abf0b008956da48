"""Shows every state and the usual walls with demo plates, to be looked at and compared with the mock-ups.

    python -m tests.widgets.wall.gallery FOLDER-OF-PLATES OUT-FOLDER [id|en] [dark|light]

Writes states.png, console-4x4.png, wall-8x8.png, wall-1plus7.png, entry.png and bare.png into OUT-FOLDER.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from app.model.camera import Camera, Place, StreamRole
from app.model.pane import PaneReport, PaneState, StreamWish
from app.model.wall import Pane, WindowKind, WindowState
from app.runtime.language import set_language
from tests.widgets.wall.synthetic import LIVE, Cameras, Recorder, SyntheticEngine
from widgets.theme import Theme
from widgets.wall import Badges, Style, WallView

MOMENT = datetime(2026, 11, 21, 13, 14, 8, tzinfo=UTC).timestamp()      # 21:14:08 WITA, the mock-ups' moment
NAMES = ("Losari Utara", "Losari Selatan", "Jl Ahmad Yani", "Jl Sudirman", "Pasar Sentral", "Pelabuhan",
         "Balai Kota", "Halte Veteran", "Simpang Pettarani", "Layang Pettarani", "Lorong 7 Maccini",
         "Gerbang Tol Tallo", "Jembatan Tallo", "Bundaran Mandai", "RS Budi Mulia", "Pintu Air Jongaya")
NUMBERS = (101, 102, 107, 108, 110, 111, 112, 114, 201, 203, 207, 301, 303, 305, 309, 402)
SCENES = ("losari-night", "losari-day", "simpang-night", "arteri-night", "pasar-night", "pelabuhan-ir",
          "balaikota-night", "halte-night", "simpang-night", "flyover-night", "lorong-ir", "tol-night",
          "sungai-night", "bundaran-night", "parkir-ir", "pintuair-ir")


def plate(folder: Path, scene: str, width: int, height: int) -> npt.NDArray[np.uint8]:
    """The first quarter of a plate sheet scaled to the pane, as a decoder would hand it over."""
    image = QImage(str(folder / f"{scene}.jpg")).convertToFormat(QImage.Format.Format_RGB32)
    image = image.scaled(QSize(width, height), Qt.AspectRatioMode.IgnoreAspectRatio,
                         Qt.TransformationMode.SmoothTransformation)
    return np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine() // 4, 4)[:, :width].copy()


def cameras(count: int) -> list[Camera]:
    return [Camera(f"cam{i}", NUMBERS[i] if i < 16 else 500 + i, NAMES[i % 16],
                   ("Makassar", "Ujung Pandang" if i % 3 else "Tallo"), Place(-5.14, 119.4)) for i in range(count)]


def reports_of_the_moment(window: str, count: int) -> dict[str, PaneReport]:
    reports = {f"{window}/{i}": LIVE for i in range(count)}
    at = {camera: index for index, camera in enumerate(NUMBERS)}
    said = {111: PaneReport(PaneState.FROZEN, age=7.2, last_picture=MOMENT - 7),
            112: PaneReport(PaneState.LOST, age=268, cause="no-route", retry_in=3.4, last_picture=MOMENT - 268),
            201: PaneReport(PaneState.LATE, age=3.1, stream=StreamRole.SUB, delay=3.1)}
    for number, report in said.items():
        if at[number] < count:
            reports[f"{window}/{at[number]}"] = report
    return reports


class Stage:
    """Builds a view with ``count`` cameras, gives it pictures and reports, and saves what it looks like."""

    def __init__(self, theme: Theme, plates: Path, out: Path) -> None:
        self.theme, self.plates, self.out = theme, plates, out

    def view(self, count: int, layout: str, size: tuple[int, int], style: Style, selected: int = 2,
             parent: QWidget | None = None, wish: dict[int, StreamWish] | None = None) -> WallView:
        engine = SyntheticEngine()
        view = WallView("w", engine, Cameras(cameras(count)), Recorder(), tokens=self.theme.tokens, style=style,
                        now=lambda: MOMENT, parent=parent)
        view.resize(*size)
        panes = tuple(Pane(f"cam{i}", (wish or {}).get(i, StreamWish.AUTO)) for i in range(count))
        kind = WindowKind.CONSOLE if style is Style.CONSOLE else WindowKind.WALL
        view.show_state(WindowState("w", kind=kind, layout=layout, panes=panes, selected=selected))
        view.show()
        for key, want in view.wants().items():
            scene = SCENES[int(key.rpartition("/")[2]) % 16]
            engine.publish(key, plate(self.plates, scene, want.width, want.height))
        return view

    def save(self, widget: QWidget, name: str) -> None:
        QApplication.processEvents()
        widget.grab().save(str(self.out / name))
        widget.close()
        widget.deleteLater()


def states(stage: Stage) -> None:
    sheet = QWidget()
    sheet.setStyleSheet(f"background: {stage.theme.tokens.ground}")
    sheet.resize(1280, 720)
    connecting = PaneReport(PaneState.CONNECTING, age=3)
    late = PaneReport(PaneState.LATE, age=2.4, delay=2.4)
    frozen = PaneReport(PaneState.FROZEN, age=7, last_picture=MOMENT - 7)
    lost = PaneReport(PaneState.LOST, age=268, cause="no-route", retry_in=3.4, last_picture=MOMENT - 268)
    refused = PaneReport(PaneState.REFUSED, age=90, cause="unauthorised", last_picture=MOMENT - 95)
    for index, report in enumerate((connecting, LIVE, late, frozen, lost, refused)):
        x, y = 32 + 416 * (index % 3), 60 + 330 * (index // 3)
        for size, at in (((384, 216), (x, y)), ((128, 72), (x, y + 228))):
            view = stage.view(3, "1x1", size, Style.WALL, selected=9, parent=sheet)
            view.show_state(WindowState("w", kind=WindowKind.WALL, layout="1x1", panes=(Pane("cam2"),), selected=9))
            engine = view._painter._engine
            engine.publish("w/0", plate(stage.plates, "simpang-night", *size))
            view.move(*at)
            view.reports_changed({"w/0": report})
            view.set_badges({"w/0": Badges(recording=report is LIVE)})
            view._stage.plate = None
    sheet.show()
    stage.save(sheet, "states.png")


def main() -> None:
    plates, out = Path(sys.argv[1]), Path(sys.argv[2])
    application = QApplication(sys.argv[:1])
    set_language(sys.argv[3] if len(sys.argv) > 3 else "id")
    theme = Theme(sys.argv[4] if len(sys.argv) > 4 else "dark")
    theme.install(application)
    out.mkdir(parents=True, exist_ok=True)
    stage = Stage(theme, plates, out)
    states(stage)
    rec = {f"w/{i}": Badges(recording=True) for i in (0, 1, 2, 4, 8, 11, 12)}
    rec["w/2"] = Badges(True, "Anda", 42.0)
    rec["w/11"] = Badges(True, "Bripka Andi · Polrestabes")
    for name, count, layout, size, style in (
        ("console-4x4.png", 16, "4x4", (1392, 872), Style.CONSOLE),
        ("wall-8x8.png", 64, "8x8", (1920, 1080), Style.WALL),
        ("wall-1plus7.png", 8, "1+7", (1920, 1080), Style.WALL),
        ("bare.png", 16, "4x4", (1280, 720), Style.BARE),
    ):
        view = stage.view(count, layout, size, style, selected=0 if layout == "1+7" else 2,
                          wish={2: StreamWish.MAIN})
        view.reports_changed(reports_of_the_moment("w", count))
        view.set_badges(rec)
        stage.save(view, name)
    view = stage.view(14, "4x4", (1392, 872), Style.CONSOLE)
    view.reports_changed(reports_of_the_moment("w", 14))
    view.show_entry("01", "Losari Utara")
    view.show_landing(9)
    stage.save(view, "entry.png")
    application.processEvents()
    print(f"written to {out} at {time.strftime('%H:%M:%S')}")      # noqa: T201


if __name__ == "__main__":
    main()
