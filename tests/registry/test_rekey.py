"""Another key for every password: all or none, also when the program is killed in the middle."""

from __future__ import annotations

import base64
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.model.secret import Credentials, Secret
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.key_store import Kept
from app.runtime.secrets import Vault, mark_of

ROOT = Path(__file__).resolve().parents[2]
KILLS = 8                   # each a process of 0.5 s; a bench kills 200 times
CAMERAS = 300               # sealing them anew takes long enough to be hit in the middle


def sealed(registry: Registry) -> list[bytes]:
    return [row["password"] for row in registry._store.query("SELECT password FROM credentials")]


def test_every_password_has_the_new_key_and_the_log_tells_no_secret(
        registry: Registry, camera: Callable[..., Camera]) -> None:
    registry.save_cameras(*(camera(n, f"pass-{n}") for n in range(1, 6)))
    registry.settings.put_secret("kiosk.password", Secret("$argon2id$hash"))
    before = {mark_of(one) for one in sealed(registry)}
    assert registry.rekey() == 6
    after = {mark_of(one) for one in sealed(registry)}
    assert len(after) == 1 and after.isdisjoint(before)
    assert [c.credentials.password.reveal() for c in registry.list_cameras()] == [f"pass-{n}" for n in range(1, 6)]
    assert registry.settings.secret("kiosk.password") == Secret("$argon2id$hash")
    entry = registry._store.query("SELECT tbl, action, what FROM change_log ORDER BY id DESC LIMIT 1")[0]
    assert (entry["tbl"], entry["action"]) == ("credentials", "rekeyed") and '"passwords":6' in entry["what"]
    written = "".join(row["what"] for row in registry._store.query("SELECT what FROM change_log"))
    assert "pass-" not in written and "argon2id" not in written


def test_what_can_be_undone_is_sealed_anew_too(registry: Registry, camera: Callable[..., Camera]) -> None:
    one, two = registry.save_cameras(camera(1, "first"), camera(2, "second"))
    registry.edits.keep([replace(one, credentials=Credentials("op", Secret("changed")))])
    with registry.transaction():
        kept = registry.cameras.save([replace(two, credentials=Credentials("op", Secret("imported")))])
        registry.imports.keep("list.csv", [(two, kept[0])], [], [])

    def marks() -> set[str]:
        texts = "".join(row[0] for row in registry._store.rows(
            "SELECT json FROM edits UNION ALL SELECT before FROM imports"))
        return {mark_of(base64.b64decode(text)) for text in re.findall(r'"credentials":\["[^"]*","([^"]+)"', texts)}
    before = marks()
    assert len(before) == 1
    registry.rekey()
    assert marks() == {mark_of(row) for row in sealed(registry)} and marks().isdisjoint(before)
    registry.imports.undo()
    registry.edits.undo()
    assert [c.credentials.password.reveal() for c in registry.list_cameras()] == ["first", "second"]


def test_an_undo_that_makes_no_sense_does_not_hinder_it(registry: Registry, camera: Callable[..., Camera]) -> None:
    registry.save_cameras(camera(1, "first"))
    for text in ("{", "7", '[["x", 1, 2]]', '[["x", {"credentials": ["a", "%%%"]}, null]]'):
        registry._store.db.execute("INSERT INTO edits (id, at, json, station) VALUES (?, '', ?, '')", [text, text])
    registry._store.db.conn.commit()
    assert registry.rekey() == 1


def test_one_password_that_does_not_open_leaves_everything_as_it_was(
        registry: Registry, vault: Vault, camera: Callable[..., Camera]) -> None:
    registry.save_cameras(camera(1, "one"), camera(2, "two"))
    key = vault.key_file.read_bytes()
    registry._store.db.execute("UPDATE credentials SET password = substr(password, 1, 10) WHERE rowid = 2")
    registry._store.db.conn.commit()
    before = sealed(registry)
    with pytest.raises(OperatorError, match="1 password cannot be opened"):
        registry.rekey()
    assert sealed(registry) == before and vault.key_file.read_bytes() == key


def test_a_program_that_runs_meanwhile_goes_on_sealing_and_opening(
        open_registry: Callable[..., Registry], vault: Vault, camera: Callable[..., Camera]) -> None:
    here, there = open_registry(), Registry(open_registry().path, vault=Vault(vault.key_file), station="there")
    try:
        here.save_cameras(camera(1, "one"))
        assert there.list_cameras()[0].credentials.password == Secret("one")
        here.rekey()
        there.save_cameras(camera(2, "two"))
        assert {c.credentials.password.reveal() for c in here.list_cameras()} == {"one", "two"}
        assert len({mark_of(one) for one in sealed(here)}) == 1
    finally:
        there.close()


_CHILD = """
import sys
from pathlib import Path
from app.registry.registry import Registry
with Registry.open(Path(sys.argv[1])) as registry:
    print("go", flush=True)
    while True:
        registry.rekey()
"""


def kill_at_random(path: Path, home: Path, kills: int, seed: int) -> None:
    """Kills a program that does nothing but change keys, and looks after each kill."""
    moments = random.Random(seed)
    for number in range(kills):
        with subprocess.Popen([sys.executable, "-c", _CHILD, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True,
                              env=os.environ | {"LAWANG_HOME": str(home)}) as child:
            assert child.stdout is not None and child.stdout.readline() == "go\n"
            threading.Event().wait(moments.uniform(0.0, 0.25))
            child.send_signal(signal.SIGKILL)
            child.wait()
        with Registry.open(path) as registry:
            assert registry._store.query("PRAGMA integrity_check")[0]["integrity_check"] == "ok"
            assert len({mark_of(one) for one in sealed(registry)}) == 1, f"two keys after kill {number}"
            opened = [camera.credentials.password.reveal() for camera in registry.list_cameras()]
            assert opened == [f"pass-{n}" for n in range(1, CAMERAS + 1)], f"after kill {number}"


def test_killed_in_the_middle_every_password_is_whole(
        lawang_home: Path, tmp_path: Path, camera: Callable[..., Camera]) -> None:
    path = tmp_path / "cameras.db"
    with Registry.open(path) as registry:
        registry.save_cameras(*(camera(n, f"pass-{n}") for n in range(1, CAMERAS + 1)))
    kill_at_random(path, lawang_home, KILLS, seed=20)
    assert (paths.config_dir() / "registry.key").exists()


def test_the_command_line_moves_the_key_under_a_passphrase(
        lawang_home: Path, tmp_path: Path, camera: Callable[..., Camera]) -> None:
    path, phrase = tmp_path / "cameras.db", tmp_path / "phrase"
    phrase.write_text("tujuh perahu\n", "utf-8")
    with Registry.open(path) as registry:
        registry.save_cameras(camera(1, "one"))

    def command(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "main.py", "cameras", *words, "--registry", str(path), "--language", "en"]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                              env=os.environ | {"LAWANG_HOME": str(lawang_home)} | more)
    done = command("rekey", "--to", "passphrase", "--passphrase-file", str(phrase))
    assert done.returncode == 0 and "under the passphrase" in done.stdout, done.stderr
    refused = command("rekey", "--to", "file")
    assert refused.returncode == 2 and "LAWANG_PASSPHRASE_FILE" in refused.stderr
    done = command("rekey", "--to", "file", LAWANG_PASSPHRASE_FILE=str(phrase))
    assert done.returncode == 0, done.stderr
    with Registry.open(path) as registry:
        assert registry.list_cameras()[0].credentials.password == Secret("one")
        assert registry._store.vault.kept is Kept.FILE
