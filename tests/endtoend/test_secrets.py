"""A camera's password is nowhere: not in logs, command lines, environments, statistics, files or printed words."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from app.demo.city import DemoCity
from tests.endtoend.conftest import LOGIN, LOGIN_PLACE, MakeRegistry
from tests.endtoend.program import Program, run_command
from tests.fixtures.screen import Display

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(120)]

PASSWORD = LOGIN[1]
# As it is, as an address carries it, as Basic login carries it, and as a pair.
SPELLINGS = {PASSWORD.encode(), quote(PASSWORD, safe="").encode(), base64.b64encode(PASSWORD.encode()),
             base64.b64encode(":".join(LOGIN).encode())}


def holds(data: bytes) -> bool:
    return any(spelling in data for spelling in SPELLINGS)


def test_a_password_is_nowhere_while_its_camera_plays_and_fails(
        city: DemoCity, make_registry: MakeRegistry, screen: Display, tmp_path: Path) -> None:
    registry = make_registry(tmp_path, range(LOGIN_PLACE - 1, LOGIN_PLACE + 1))
    words = ["wall", "--registry", str(registry), "--cameras", f"{LOGIN_PLACE},{LOGIN_PLACE - 1}", "--layout", "1x2",
             "--window", "900x500+0+0", "--language", "en", "--log", "all"]
    number = city.cameras[LOGIN_PLACE - 1].number
    with Program(tmp_path, screen, words) as program, city.control() as control:
        program.until(lambda line: line.live(range(2)), 30, "the camera with a login")
        try:
            # Errors are where addresses slip out.
            control.do(number, "drop")
            program.until(lambda line: line.pane(0)["state"] == "lost", 10, "the loss", program.lines()[-1].at)
            control.do(number, "refuse")
            program.until(lambda line: line.pane(0)["state"] == "refused", 15, "the refusal", program.lines()[-1].at)
        finally:
            control.do(number, "back")
        run_command(tmp_path, "cameras", "list", "--registry", str(registry))
        everyone = [psutil.Process(program.process.pid), *psutil.Process(program.process.pid).children(recursive=True)]
        assert len(everyone) >= 3
        for process in everyone:
            for name in ("cmdline", "environ", "comm"):
                assert not holds(Path(f"/proc/{process.pid}/{name}").read_bytes()), (process, name)
            for thread in Path(f"/proc/{process.pid}/task").iterdir():
                assert not holds((thread / "comm").read_bytes())
        assert "unauthorised" in program.log()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {registry, program.stats, program.said} <= set(files)
    assert any(path.suffix == ".log" for path in files)
    for path in files:
        assert not holds(path.read_bytes()), path
    assert not holds(run_command(tmp_path, "cameras", "list", "--registry", str(registry)).encode())
    assert not list(tmp_path.rglob("core*"))
