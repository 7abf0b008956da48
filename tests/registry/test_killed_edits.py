"""kill -9 at random moments of bulk edits and their undo: the file is whole and holds all or nothing of each."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.registry.registry import Registry
from app.runtime.secrets import Vault

CAMERAS = 300
# Imports once and forks for each kill: 200 kills would otherwise take minutes of loading.
EDITOR = """
import os, signal, sys, time
from pathlib import Path
from app.registry.registry import Registry
from app.runtime.secrets import Vault

for line in sys.stdin:
    path, after = line.split("|")
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        registry = Registry(Path(path), vault=Vault(Path("none")), station="here")
        ids = [camera.id for camera in registry.list_cameras()]
        os.write(told, b"x")
        for n in range(1, 10_000):
            registry.edit(ids, {"height": float(n % 900), "add_tags": [f"t{n % 3}"], "notes": str(n)})
            if n % 3 == 0:
                registry.undo_edit()
    os.read(ready, 1)
    time.sleep(float(after))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(ready), os.close(told)
    print("killed", flush=True)
"""


def states_of(registry: Registry) -> set[tuple[float | None, tuple[str, ...], str]]:
    return {(c.height, c.tags, c.notes) for c in registry.list_cameras()}


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=[pytest.mark.soak, pytest.mark.timeout(900)])])
def test_a_bulk_edit_killed_at_any_moment_is_there_whole_or_not_at_all(kills, tmp_path, camera):
    vault = Vault(Path("none"))
    with Registry(tmp_path / "template.db", vault=vault, station="here") as registry:
        registry.save_cameras(*(camera(n, height=950.0) for n in range(1, CAMERAS + 1)))
        registry.settle()
    dice = random.Random(kills)
    seen = set()
    with subprocess.Popen([sys.executable, "-c", EDITOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as editor:
        assert editor.stdin is not None
        assert editor.stdout is not None
        try:
            for kill in range(kills):
                path = tmp_path / f"{kill}.db"
                shutil.copy(tmp_path / "template.db", path)
                editor.stdin.write(f"{path}|{dice.uniform(0.0, 0.25 if len(seen) != 1 else 0.25 * kill):.4f}\n")
                editor.stdin.flush()
                assert editor.stdout.readline() == "killed\n"
                seen.add(look_at(path, vault))
                for file in tmp_path.glob(f"{kill}.db*"):
                    file.unlink()
        finally:
            editor.stdin.close()
    assert len(seen) > 1, "some kills came before the first edit was done, some after: the moments were real"


def look_at(path: Path, vault: Vault) -> int:
    """All cameras are of one state; log and undo agree with it. Gives how many edits and undos were done."""
    with Registry(path, vault=vault, station="here") as registry:
        assert registry._store.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert registry._store.query("PRAGMA foreign_key_check") == []
        [(height, tags, notes)] = states_of(registry)
        [(logged,)] = registry._store.rows(
            "SELECT count(*) FROM change_log WHERE tbl = 'cameras' AND action = 'changed'")
        assert logged % CAMERAS == 0
        assert registry.can_undo() == (height != 950.0)
        if registry.can_undo():
            registry.undo_edit()
            [before] = states_of(registry)
            assert before != (height, tags, notes)
        return logged // CAMERAS
