"""What a wall does not need at its start it does not load: each of these costs every desktop memory and start time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Who brings them in when they are needed: exports, reports, Excel lists, devices' SOAP, decoders. qtpy stands for the
# code of qtawesome, of which the icons' files alone are read.
LATE = ("PIL", "av", "fpdf", "onvif", "openpyxl", "qtawesome", "qtpy", "requests", "vlc", "zeep")


@pytest.mark.parametrize("modules", ["main, app.cli.front", "main, app.cli.front, app.station, widgets.application"],
                         ids=["command line", "wall"])
def test_the_program_starts_without_what_only_some_work_needs(modules: str) -> None:
    program = f"import sys, {modules}\nprint(*sorted(sys.modules.keys() & set({LATE!r})))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120,
                          check=True)
    assert done.stdout.split() == []
