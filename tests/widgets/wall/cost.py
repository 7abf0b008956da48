"""What the wall costs the desktop process: synthetic panes at 15 pictures a second, the figure in % of one core.

    python -m tests.widgets.wall.cost [wall|bare|console] [PANES] [LAYOUT] [SECONDS] [--profile] [--paint]

The pictures lie in shared memory and change hands without a decoder, so the figure is what it takes to show them.
``--paint``: by painting alone, as where the X server is not on this machine.
"""

from __future__ import annotations

import cProfile
import pstats
import resource
import sys
import time

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.model.camera import StreamRole
from app.model.wall import Pane, WindowState
from app.video.engine import PaneKey, Picture
from app.video.frames import SharedBlock, row_stride
from tests.widgets.wall.conftest import camera
from tests.widgets.wall.synthetic import LIVE, Cameras, Recorder, SyntheticEngine
from widgets.common import PictureClock
from widgets.theme import Theme
from widgets.wall import Style, WallView

RATE = 15.0             # pictures per second and pane
BUFFERS = 3             # a decoder rotates that many per pane
WARM_UP_MS = 1500       # first paints, glyph caches


class Steady(SyntheticEngine):
    """Every pane has a new picture each 1/15 s, spread evenly over the time between."""

    def start(self, sizes: dict[PaneKey, tuple[int, int]]) -> None:
        rng = np.random.default_rng(1)
        room = sum(row_stride(width) * height * BUFFERS for width, height in sizes.values())
        self.block = SharedBlock.create(room, "cost")
        self.slots: dict[PaneKey, list[Picture]] = {}
        offset = 0
        for key, (width, height) in sizes.items():
            for _ in range(BUFFERS):
                stride = row_stride(width)
                self.block.bytes[offset : offset + stride * height] = rng.integers(0, 255, stride * height, np.uint8)
                self.slots.setdefault(key, []).append(Picture(
                    self.block.address + offset, self.block.bytes, offset, width, height, stride, 0, 0, StreamRole.SUB,
                    None if "--paint" in sys.argv else self.block.share))
                offset += stride * height
        now = time.monotonic()
        self.due = {key: now + n / len(sizes) / RATE for n, key in enumerate(sizes)}
        self.serial = dict.fromkeys(sizes, 0)

    def changed(self) -> list[PaneKey]:
        now = time.monotonic()
        ready = [key for key, due in self.due.items() if now >= due]
        for key in ready:
            self.due[key] = max(self.due[key] + 1 / RATE, now)
            self.serial[key] += 1
        return ready

    def picture(self, key: PaneKey) -> Picture:
        return self.slots[key][self.serial[key] % BUFFERS]._replace(serial=self.serial[key])


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    style, panes, layout, seconds = [*words, *("wall", "64", "8x8", "10")[len(words):]]
    application = QApplication(sys.argv[:1])
    Theme().install(application)
    engine = Steady()
    view = WallView("w", engine, Cameras(camera(i) for i in range(int(panes))), Recorder(), style=Style(style))
    view.resize(1920, 1080)
    view.show_state(WindowState("w", layout=layout, panes=tuple(Pane(f"cam{i}") for i in range(int(panes)))))
    view.show()
    engine.start({key: (want.width, want.height) for key, want in view.wants().items()})
    engine.report_by_key = dict.fromkeys(view.wants(), LIVE)
    clock = PictureClock(engine, view)
    clock.add(view)
    profile = cProfile.Profile(time.process_time) if "--profile" in sys.argv else None
    begun: list[float] = []

    def begin() -> None:
        begun[:] = [cpu_seconds(), time.monotonic(), sum(view.painted().values())]
        if profile:
            profile.enable()

    def end() -> None:
        if profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(20)
        took = time.monotonic() - begun[1]
        share, painted = 100 * (cpu_seconds() - begun[0]) / took, (sum(view.painted().values()) - begun[2]) / took
        print(f"{style} {layout}: {share:.1f} % of a core, {painted:.0f} pictures/s painted "       # noqa: T201
              f"of {RATE * int(panes):.0f}, tick {clock.interval_ms} ms")
        application.quit()

    QTimer.singleShot(WARM_UP_MS, begin)
    QTimer.singleShot(WARM_UP_MS + round(float(seconds) * 1000), end)
    application.exec()


if __name__ == "__main__":
    main()
