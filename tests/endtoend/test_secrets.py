"""A camera's password is nowhere: not in logs, command lines, environments, statistics, files or printed words."""

from __future__ import annotations

import base64
import os
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from app.demo.city import DemoCity
from tests.endtoend.conftest import LOGIN, LOGIN_PLACE, MakeRegistry
from tests.endtoend.program import ROOT, Program, run_command
from tests.fixtures.screen import Display

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(120)]

PASSWORD = LOGIN[1]
PHRASE = "tujuh-perahu-di-Losari"
# As it is, as an address carries it, as Basic login carries it, and as a pair.
SPELLINGS = {PASSWORD.encode(), quote(PASSWORD, safe="").encode(), base64.b64encode(PASSWORD.encode()),
             base64.b64encode(":".join(LOGIN).encode())}


def holds(data: bytes) -> bool:
    return any(spelling in data for spelling in SPELLINGS)


def test_a_password_is_in_no_table_log_list_copy_or_crash_report(
        make_registry: MakeRegistry, city: DemoCity, tmp_path: Path) -> None:
    """After import, change, another key, export in every format, the daily copy and a crash with it in hand."""
    registry = make_registry(tmp_path, range(LOGIN_PLACE - 1, LOGIN_PLACE + 1))
    path = str(registry)
    phrase = tmp_path / "phrase"
    phrase.write_text(PHRASE, "utf-8")
    for kind in ("csv", "xlsx", "geojson"):
        run_command(tmp_path, "cameras", "export", str(tmp_path / f"out.{kind}"), "--registry", path)
    run_command(tmp_path, "cameras", "rekey", "--to", "passphrase", "--passphrase-file", str(phrase),
                "--registry", path)
    phrase.unlink()
    crash = subprocess.run([sys.executable, "-c", CRASH, path, PASSWORD], cwd=ROOT, capture_output=True, timeout=60,
                           env=os.environ | {"LAWANG_HOME": str(tmp_path), "LAWANG_PASSPHRASE_FILE": "/dev/stdin"},
                           input=PHRASE.encode())
    assert b"an error of its own" in crash.stderr, crash.stderr
    assert not holds(crash.stdout + crash.stderr)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {registry, Path(f"{path}-wal"), *(tmp_path / f"out.{kind}" for kind in ("csv", "xlsx", "geojson"))} <= set(
        files), "the crash leaves the WAL behind, which is looked at too"
    assert any(file.parent.name.endswith("-copies") for file in files), "the daily copy"
    assert any(b"CrashOnPurpose" in file.read_bytes() for file in files if file.suffix == ".log"), "the crash report"
    for file in files:
        assert not holds(whole(file)), file
        assert PHRASE.encode() not in whole(file), file
    with closing(sqlite3.connect(path)) as db:
        log = " ".join(map(str, db.execute("SELECT * FROM change_log").fetchall()))
        assert "credentials" in log and not holds(log.encode())


# The password and the passphrase are in hand, in local variables and in the exception's own text, when it falls over.
CRASH = """
import os, sys
from pathlib import Path
from app.model.secret import Credentials, Secret
from app.registry.registry import Registry
from app.runtime import log

class CrashOnPurpose(Exception):
    pass

running = log.start("desktop", ("all",))
log.install_crash_hook(running)
registry = Registry.open(Path(sys.argv[1]))
camera = next(c for c in registry.list_cameras() if c.credentials.password)
assert camera.credentials.password.reveal() == sys.argv[2]
registry.keep_copy()
from dataclasses import replace
registry.save_cameras(replace(camera, credentials=Credentials("other", camera.credentials.password)))
try:
    raise CrashOnPurpose(f"with {camera} and {camera.credentials!r}")
except CrashOnPurpose:
    sys.excepthook(*sys.exc_info())
running.close()
sys.stderr.flush()
os._exit(1)
"""


def whole(file: Path) -> bytes:
    """What is in a file; of a packed one (xlsx) what is in its parts too."""
    data = file.read_bytes()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as parts:
            data += b"".join(parts.read(name) for name in parts.namelist())
    return data


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
