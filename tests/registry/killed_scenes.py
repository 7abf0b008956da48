"""A program for tests: scenes are saved without pause and the writer is killed at random moments, again and again.

    python -m tests.registry.killed_scenes FILE MOMENTS SEED

After each kill the file is opened, must be whole, and must hold all or nothing of each save. The writers are forks of
this program, so that a moment costs milliseconds; it has no threads.
"""

# ruff: noqa: T201 - a program of the command line
from __future__ import annotations

import itertools
import os
import random
import signal
import sys
import threading
from pathlib import Path

from app.model.scene import Scene
from app.model.wall import Pane, WindowState
from app.registry.registry import Registry

SCENES = 3                  # written in turn
PANES = 64                  # 10 kB a scene: several pages of the file


def scene(turn: int) -> Scene:
    """The ``turn``-th save; its number is in the name and in every pane."""
    which = turn % SCENES
    panes = tuple(Pane(f"camera-{turn}-{i:036d}") for i in range(PANES))
    windows = tuple(WindowState(f"w{n}", layout="8x8", panes=panes) for n in (1, 2))
    return Scene(f"scene-{which}", which + 1, f"turn {turn}", windows, whole=True)


def write(path: Path, first: int) -> None:
    """Save until killed; every seventh turn deletes instead."""
    with Registry(path) as registry:
        for turn in itertools.count(first):
            if turn % 7 == 6:
                registry.scenes.remove(scene(turn).id)
            else:
                registry.scenes.save(scene(turn))


def look(path: Path) -> int:
    """The highest turn that the file holds. Raises AssertionError for a file that is not whole."""
    with Registry(path) as registry:
        store = registry._store
        assert [row["integrity_check"] for row in store.query("PRAGMA integrity_check")] == ["ok"]
        assert not store.query("PRAGMA foreign_key_check")
        for kept in registry.scenes.all():
            turn = int(kept.name.removeprefix("turn "))
            assert kept == scene(turn), f"half of turn {turn}"
            told = store.query("SELECT count(*) AS n, max(id) AS last FROM change_log WHERE tbl = 'scenes' AND row = ? "
                               "AND id > coalesce((SELECT max(id) FROM change_log WHERE tbl = 'scenes' AND row = ? "
                               "AND action = 'removed'), 0)", [kept.id, kept.id])[0]
            revision = store.query("SELECT revision FROM scenes WHERE id = ?", [kept.id])[0]["revision"]
            assert told["n"] == revision, "a write without its change-log entry, or an entry without its write"
        last = store.query("SELECT count(*) AS n FROM change_log WHERE tbl = 'scenes'")[0]["n"]
        return int(last)


def main(path: Path, moments: int, seed: int) -> None:
    chance = random.Random(seed)
    Registry(path).close()
    reached = 0
    for moment in range(moments):
        child = os.fork()
        if child == 0:
            try:
                write(path, moment * 1000)
            finally:
                os._exit(1)
        threading.Event().wait(chance.uniform(0.002, 0.06))          # the moment of the kill; nothing is awaited
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        now = look(path)
        assert now >= reached, "writes that were there are gone"
        reached = now
    print(f"{moments} kills, {reached} saves kept")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
