"""kill -9 at random moments of an import: the file is whole and holds all of the list or nothing of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
# One program that has loaded everything forks a child per kill: 0.2 s each instead of a second for a new Python.
PROGRAM = '''
import json, os, random, shutil, signal, sys, time
from pathlib import Path
from app.registry.exchange.bring import import_list
from app.registry.exchange.known import Options
from app.registry.registry import Registry
from app.runtime.secrets import Vault

folder, kills = Path(sys.argv[1]), int(sys.argv[2])
random.seed(kills)

def opened(path):
    return Registry(path, vault=Vault(folder / "key"), station="here")

def rows(first, last, name):
    return "number,name,main_url,username,password,area,owner,tags\\n" + "".join(
        f"{n},{name} {n},rtsp://10.0.0.1/{n},u,{name}{n},Makassar > {name},{name},{name}\\n"
        for n in range(first, last))

(folder / "old.csv").write_text(rows(1, 201, "lama"))
(folder / "new.csv").write_text(rows(1, 801, "baru"))
with opened(folder / "seed.db") as registry:
    assert import_list(registry, folder / "old.csv").written
    registry.settle()

def child(path, go):
    with opened(path) as registry:
        os.write(go, b"x")
        assert import_list(registry, folder / "new.csv").written
    os.write(go, b"y")
    time.sleep(60)

longest, found, told = 0.0, {"old": 0, "new": 0}, []
for turn in range(kills + 1):
    path = folder / f"r{turn}.db"
    shutil.copy(folder / "seed.db", path)
    ear, mouth = os.pipe()
    pid = os.fork()
    if not pid:
        child(path, mouth)
    os.close(mouth)
    os.read(ear, 1)
    began = time.monotonic()
    if turn:
        time.sleep(random.random() * longest * 1.1)
    else:
        assert os.read(ear, 1) == b"y"          # the first one is let finish: it tells how long an import takes
        longest = time.monotonic() - began
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(ear)
    with opened(path) as registry:
        assert registry._store.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert registry._store.query("PRAGMA foreign_key_check") == []
        cameras = registry.list_cameras()
        state = "new" if len(cameras) == 800 else "old"
        word = {"new": "baru", "old": "lama"}[state]
        assert len(cameras) == {"new": 800, "old": 200}[state], len(cameras)
        for camera in cameras:
            assert camera.name == f"{word} {camera.number}" and camera.area == ("Makassar", word)
            assert camera.tags == (word,) and camera.credentials.password.reveal() == f"{word}{camera.number}"
        assert [o.name for o in registry.owners.all()] == (["baru", "lama"] if state == "new" else ["lama"])
        assert registry.imports.last().file == {"new": "new.csv", "old": "old.csv"}[state]
        if state == "new":
            registry.imports.undo()
            assert {c.name.split()[0] for c in registry.list_cameras()} == {"lama"}
    found[state] += turn > 0
    for file in folder.glob(f"r{turn}.db*"):
        file.unlink()
print(json.dumps(found))
'''


def killed(folder: Path, times: int) -> dict[str, int]:
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(folder), str(times)], cwd=ROOT, capture_output=True,
                          text=True, timeout=1200)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_an_import_killed_at_20_random_moments_is_whole_or_absent(tmp_path):
    assert sum(killed(tmp_path, 20).values()) == 20


@pytest.mark.soak
@pytest.mark.timeout(1500)
def test_an_import_killed_at_200_random_moments_is_whole_or_absent(tmp_path):
    found = killed(tmp_path, 200)
    assert sum(found.values()) == 200 and all(found.values()), f"kills hit both sides of the commit: {found}"
