"""The operator mends a camera in the registry while the wall shows it: a wrong password, a wrong address."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.demo.city import DemoCity
from tests.endtoend.conftest import HEAD, LOGIN, LOGIN_PLACE, MakeRegistry
from tests.endtoend.program import Program, run_command, unsteady
from tests.fixtures.screen import Display

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(90)]

MENDED_S = 2 * (2.0 + 5.0 + 1.2)    # noticed, connected, told; twice what is usual


def test_a_mended_password_and_address_need_no_restart(
        city: DemoCity, make_registry: MakeRegistry, rows: Callable[[int], str], screen: Display,
        tmp_path: Path) -> None:
    registry = make_registry(tmp_path, range(1, 3))
    table = tmp_path / "more.csv"

    def bring(text: str) -> float:
        table.write_text(HEAD + text, "utf-8")
        run_command(tmp_path, "cameras", "import", str(table), "--registry", str(registry))
        return time.monotonic()

    locked = rows(LOGIN_PLACE)
    bring(locked.replace(LOGIN[1], "salah"))
    words = ["wall", "--registry", str(registry), "--cameras", f"{LOGIN_PLACE},1,2", "--layout", "2x2", "--window",
             "900x600+0+0", "--language", "en"]
    with Program(tmp_path, screen, words) as program, city.control() as control:
        program.until(lambda line: line.pane(0)["state"] == "refused" and line.live([1, 2]), 30,
                      "two live panes and a refusal")
        mended = bring(locked)
        program.until(lambda line: line.live([0]), MENDED_S, "the camera with its right password", mended)

        old, new = city.cameras[0], city.cameras[4]
        began = time.monotonic()
        moved = bring(rows(1).replace(city.url(old.number), city.url(new.number)).replace(
            city.url(old.number, "sub"), city.url(new.number, "sub")))
        until = time.monotonic() + MENDED_S
        while not control.state()[new.label]["clients"]:
            assert time.monotonic() < until, "the new address was never asked"
        program.until(lambda line: line.live([1]), MENDED_S, "the camera at its new address", moved + 1.0)
        while control.state()[old.label]["clients"]:
            assert time.monotonic() < until + 10, "the old address is still pulled"
        assert not unsteady(program.lines(began), ["w1/2", "w1/0"])
        seconds = [line.pane(1) for line in program.lines(began)]
        assert all(pane["state"] in ("live", "late", "connecting") for pane in seconds), seconds
