"""What the operator sees: screenshots in both languages and sizes, kept in tests/output, and a few pixels of each."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from app.demo.city import DemoCity
from tests.endtoend.conftest import MakeRegistry
from tests.endtoend.program import Program
from tests.endtoend.shots import pixels, shot
from tests.fixtures.screen import Display
from widgets.theme.tokens import DARK

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(120)]

PANES = 6
RUN = 60                    # pixels
FROZEN = 2                  # camera, by its place from 1


def frame_pixels(seen: npt.NDArray[np.uint8], colour: str) -> int:
    """Pixels of exactly that colour in straight runs: a frame, not a red car."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    exact = (seen == (red, green, blue)).all(axis=2)
    so_far = np.cumsum(np.pad(exact, ((0, 0), (1, 0))), axis=1)
    return int((so_far[:, RUN:] - so_far[:, :-RUN] == RUN).sum())


@pytest.mark.parametrize(("language", "size"), [("en", (1280, 720)), ("id", (1920, 1080))])
def test_a_live_wall_has_no_red_and_a_frozen_pane_has(
        language: str, size: tuple[int, int], city: DemoCity, make_registry: MakeRegistry, screen: Display,
        tmp_path: Path) -> None:
    registry = make_registry(tmp_path, range(1, PANES + 1))
    words = ["wall", "--registry", str(registry), "--cameras", f"1-{PANES}", "--layout", "1+5", "--window",
             f"{size[0]}x{size[1]}+0+0", "--language", language]
    with Program(tmp_path, screen, words) as program, city.control() as control:
        program.until(lambda line: line.live(range(PANES)), 30, "live panes")
        live = pixels(shot(screen, f"live-{language}-{size[0]}", size))
        number = city.cameras[FROZEN - 1].number
        try:
            control.do(number, "freeze")
            at = time.monotonic()
            program.until(lambda line: line.pane(FROZEN - 1)["state"] == "frozen", 8, "a frozen pane", at)
            frozen = pixels(shot(screen, f"frozen-{language}-{size[0]}", size))
        finally:
            control.do(number, "back")
        at = time.monotonic()
        program.until(lambda line: line.live(range(PANES)), 8, "live panes", at)
        again = pixels(shot(screen, f"again-{language}-{size[0]}", size))
    assert frame_pixels(live, DARK.red) == 0
    assert frame_pixels(frozen, DARK.red) > 200
    assert frame_pixels(again, DARK.red) == 0
    assert all(float(picture.std()) > 20 for picture in (live, frozen, again)), "no picture on the screen"
