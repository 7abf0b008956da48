"""``main.py demo`` killed in the middle of making clips: no server, no encoder, no worker, no folder is left."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from tests.endtoend.program import Program
from tests.endtoend.test_workers import traces
from tests.fixtures.screen import Display

pytestmark = [pytest.mark.screen, pytest.mark.city, pytest.mark.timeout(90)]


def test_a_killed_demo_leaves_nothing(screen: Display, tmp_path: Path) -> None:
    program = Program(tmp_path, screen, ["demo", "--cameras", "1-2", "--layout", "1x2", "--window", "900x500+0+0"])
    with program:
        program.until(lambda line: any(pane["painted"] > 3 for pane in line.panes.values()), 60, "a first picture")
        everyone = [child for child in psutil.Process(program.process.pid).children(recursive=True)
                    if child.status() != psutil.STATUS_ZOMBIE]      # an encoder that has just finished
        lines = [" ".join(process.cmdline()) for process in everyone]
        assert any("rtsp" in line for line in lines) and any("decoder_worker" in line for line in lines), lines
        program.kill()
    psutil.wait_procs(everyone, 3)
    # A container's first process may leave the dead unburied: those are no programs any more.
    assert not [process for process in everyone if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
    assert not traces(program.process.pid)
