"""What a worker process costs in memory beside the pictures it is there for; there are up to seven beside one wall."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.clips import clip
from tests.fakes.hostile_rtsp import Fake
from tests.video.conftest import camera, want

RING_KIB = range(16 << 10, (16 << 10) + 128)        # libVLC's own choice for reading ahead, and its allocator's head


@pytest.mark.parametrize("worker", ["decoder_worker", "ingest_worker"])
def test_a_worker_loads_no_arrays_and_no_catalogues(worker):
    program = f"import sys, app.video.{worker}; print(*sorted({{'numpy', 'babel', 'PySide6'}} & sys.modules.keys()))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == []


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what a process has mapped")
def test_a_player_reads_ahead_into_little_memory(server, watch):
    server.add("a", Fake(clip("h264")))
    watch.engine.show({"w/0": want(camera("a", server.url("a")))})
    watch.live("w/0")
    watch.until(lambda: watch.engine.stats().get("decoder-1", {}).get("pid"), 5, "the decoder worker's process")
    pid = watch.engine.stats()["decoder-1"]["pid"]
    sizes = [_kib(line) for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    assert not [size for size in sizes if size in RING_KIB]


def _kib(line: str) -> int:
    begin, end = (int(side, 16) for side in line.split()[0].split("-"))
    return (end - begin) >> 10
