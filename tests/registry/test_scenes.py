"""Scenes in the file: as they were given, refused where the number is taken, whole whatever happens."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.model.errors import OperatorError
from app.model.pane import Fit, StreamWish
from app.model.scene import Scene, Stop, StopKind, Tour
from app.model.wall import Pane, ScreenId, View, WindowKind, WindowState
from app.registry.lane import RegistryLane
from app.registry.registry import Registry
from app.runtime.secrets import Vault
from app.scenes.book import SceneBook

ROOT = Path(__file__).resolve().parents[2]
WINDOW = WindowState("w2", WindowKind.WALL, ScreenId("DP-1", "M", "S", 0, 0, 1920, 1080), (1, 2, 3, 4), True, "1+7",
                     (Pane("c1", StreamWish.MAIN, View(0.4, 0.5, 2.0)), Pane()), 1, 0, Fit.FILL)
SCENE = Scene("", 7, "  Losari   malam ", (WINDOW,), whole=True)


def test_a_scene_comes_back_as_it_was_given(registry: Registry) -> None:
    kept = registry.scenes.save(SCENE)
    assert registry.scenes.all() == [kept] == [replace(SCENE, id=kept.id, name="Losari malam")]
    registry.scenes.save(replace(kept, number=3))
    assert [scene.number for scene in registry.scenes.all()] == [3]
    assert registry.scenes.remove(kept.id) and not registry.scenes.remove(kept.id)
    assert registry.scenes.save(kept) == kept and registry.scenes.all() == [kept]       # undo keeps its id


def test_a_number_belongs_to_one_scene_or_tour(registry: Registry) -> None:
    registry.scenes.save(SCENE)
    registry.tours.save(Tour("", 8, "Malam rutin", (Stop(StopKind.AREA, "Tallo"),)))
    for number, owner in ((7, "Losari malam"), (8, "Malam rutin")):
        with pytest.raises(OperatorError, match=owner):
            registry.scenes.save(replace(SCENE, number=number, name="other"))
    for wrong in (replace(SCENE, number=0), replace(SCENE, name=" "), replace(SCENE, windows=())):
        with pytest.raises(OperatorError):
            registry.scenes.save(wrong)


def test_saving_the_same_again_is_no_write(registry: Registry) -> None:
    kept = registry.scenes.save(SCENE)
    before = registry.last_change()
    registry.scenes.save(kept)
    assert registry.last_change() == before


@pytest.mark.parametrize(("json", "windows"), [
    ("nonsense", 0), ('{"windows": 3}', 0), ('{"windows": [{"id": "w1", "layout": "9000x2"}]}', 0),
    ('{"windows": [{"id": "w1", "layout": "2x2", "selected": 99, "panes": [{"camera": "c"}]}]}', 1)])
def test_a_row_edited_by_hand_into_nonsense_keeps_its_number(registry: Registry, json: str, windows: int) -> None:
    registry.scenes.save(SCENE)
    with registry._store.write():
        registry._store.run("UPDATE scenes SET json = ?", [json])
    scene = registry.scenes.all()[0]
    assert (scene.number, scene.name, len(scene.windows)) == (7, "Losari malam", windows)


def test_another_program_sees_it(open_registry: Callable[..., Registry]) -> None:
    one, other = open_registry(), open_registry()
    seen = other.last_change()
    kept = one.scenes.save(SCENE)
    assert "scenes" in other.changed_tables(seen) and other.scenes.all() == [kept]


def test_two_programs_see_each_other(tmp_path: Path, vault: Vault) -> None:
    lanes = [RegistryLane(tmp_path / "shared.db", open_registry=lambda path: Registry(path, vault=vault, station="x"))
             for _i in range(2)]
    for lane in lanes:                                   # one after the other: the first makes the file
        lane.start()
        lane.wait_open(10)
    told: queue.Queue[frozenset[str]] = queue.Queue()
    lanes[1].tables_changed.connect(told.put)
    books = [SceneBook(lane.submit, lambda work: work()) for lane in lanes]
    books[0].save(replace(SCENE, id="s1"))
    while "scenes" not in told.get(timeout=20):
        pass
    seen = threading.Event()
    books[1].changed.connect(seen.set)
    books[1].refresh()
    assert seen.wait(20)
    assert [scene.number for scene in books[1].all()] == [7]
    assert all(lane.close() for lane in lanes)


def _kill(tmp_path: Path, moments: int, seed: int) -> str:
    environment = os.environ | {"LAWANG_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", "tests.registry.killed_scenes", str(tmp_path / "r.db"), str(moments),
                           str(seed)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_killed_at_twenty_moments_of_saving(tmp_path: Path) -> None:
    assert _kill(tmp_path, 20, 3).startswith("20 kills")


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
def test_killed_at_two_hundred_moments_of_saving(tmp_path: Path, seed: int) -> None:
    assert _kill(tmp_path, 50, seed).startswith("50 kills")
