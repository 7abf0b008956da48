"""Subcommands as a stranger runs them: a process of its own, a throwaway profile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import front
from app.registry.registry import Registry
from app.runtime import paths

ROOT = Path(__file__).resolve().parents[2]
LIST = """number,name,main_url,sub_url,username,password,area,latitude,longitude
101,Losari Utara,rtsp://10.0.0.1/main,rtsp://10.0.0.1/sub,admin,geheim,Makassar/Ujung Pandang,-5.14,119.4
102,Losari Selatan,rtsp://10.0.0.2/main
"""


def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "main.py", *words], cwd=ROOT, capture_output=True, text=True, timeout=100,
                          env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"} | more)


def test_a_list_is_imported_and_shown_without_passwords(tmp_path: Path) -> None:
    table, registry = tmp_path / "c.csv", str(tmp_path / "r.db")
    table.write_text(LIST)
    first = run("cameras", "import", str(table), "--registry", registry)
    again = run("cameras", "--registry", registry, "import", str(table), "--language", "id")
    shown = run("cameras", "list", "--registry", registry)
    assert (first.returncode, again.returncode, shown.returncode) == (0, 0, 0), first.stderr + again.stderr
    assert "2" in first.stdout
    assert shown.stdout.splitlines()[0].split("\t")[:2] == ["0101", "Losari Utara"]
    assert "geheim" not in first.stdout + again.stdout + shown.stdout + shown.stderr


def test_a_wrong_list_imports_nothing_and_names_the_line(tmp_path: Path) -> None:
    table, registry = tmp_path / "c.csv", str(tmp_path / "r.db")
    table.write_text(LIST + "102,Again,rtsp://10.0.0.3/main\n")
    wrong = run("cameras", "import", str(table), "--registry", registry)
    assert wrong.returncode == 1
    assert "4" in wrong.stderr and "102" in wrong.stderr
    assert run("cameras", "list", "--registry", registry).stdout == ""


def test_cameras_need_no_qt(tmp_path: Path) -> None:
    code = ("import sys; sys.modules['PySide6'] = None; sys.argv = ['main.py', 'cameras', 'list', '--help']; "
            "import main; main.main()")
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0 and "usage" in result.stdout


@pytest.mark.parametrize("code", ["id", "en"])
def test_the_doctor_speaks_and_mends(code: str) -> None:
    """Without a display something lacks on every machine; each lack is followed by what mends it."""
    result = run("doctor", "--language", code, DISPLAY="", WAYLAND_DISPLAY="")
    assert result.returncode == 1, result.stdout
    lines = result.stdout.splitlines()
    lacks = [index for index, line in enumerate(lines) if "✗" in line]
    assert any("DISPLAY" in lines[index] for index in lacks)
    assert all(lines[index + 1].strip().startswith("→") for index in lacks)
    for word in ("Python", "libVLC", "PyAV", "PySide6", "GStreamer", "swscale"):
        assert word in result.stdout


def test_nobody_is_there_to_be_controlled() -> None:
    result = run("demo", "control", "1", "freeze")
    assert result.returncode == 2 and "make demo" in result.stderr


@pytest.mark.parametrize("verb", ["list", "seen", "availability"])
def test_without_a_path_it_is_your_own_registry(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    words = ("cameras", verb, "--language", "en")
    assert front.main(words, lambda _: 9) == 2 and "There is no registry at" in capsys.readouterr().err
    Registry.open(paths.ensure(paths.data_dir()) / paths.registry_path().name).close()
    assert front.main(words, lambda _: 9) == 0, capsys.readouterr().err


@pytest.mark.parametrize("figure", ["0", "-1", "nan", "inf"])
def test_a_plan_for_storage_needs_figures(capsys: pytest.CaptureFixture[str], figure: str) -> None:
    words = ("storage", "plan", "--language", "en", "--cameras", "10")
    for flag in ("--mbit", "--disk-tb"):
        assert front.main((*words, f"{flag}={figure}"), lambda _: 9) == 2
        assert "above zero" in capsys.readouterr().err
    assert front.main(words, lambda _: 9) == 0
