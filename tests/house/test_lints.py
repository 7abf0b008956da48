"""House rules that no general tool knows, read from the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "layouts", "widgets", "tests", "tools")
MOST_LINES = 400                # house.md section 7: near 250, never a god object
# Shared memory and pipes tell nobody when they change: these wait for a condition by looking again and again.
MAY_SLEEP = frozenset({"tests/video/conftest.py", "tests/video/test_feed.py", "tests/video/test_hostile_cameras.py",
                       "tests/video/test_workers.py"})
# Files outside the command line that may print: programs of their own, started by another process.
MAY_PRINT = {"app/demo/rtsp/__main__.py": "answers its owner on stdout"}


def files(*rooms: str) -> list[Path]:
    return [ROOT / "main.py", *(path for room in rooms for path in sorted((ROOT / room).rglob("*.py")))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(source: str) -> Iterator[str]:
    """The dotted names that are called: "time.sleep", "print"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def sleeps(source: str) -> bool:
    """Calls time.sleep, or sleep taken from time."""
    tree = ast.parse(source)
    taken = any(isinstance(node, ast.ImportFrom) and node.module == "time" and
                any(alias.name == "sleep" for alias in node.names) for node in ast.walk(tree))
    return "time.sleep" in set(calls(source)) or taken


def test_files_stay_small() -> None:
    """Split a long file by what its parts do."""
    long = {name_of(path): lines for path in files(*ROOMS)
            if (lines := path.read_text("utf-8").count("\n")) > MOST_LINES}
    assert long == {}


def test_modules_open_with_their_purpose() -> None:
    silent = [name_of(path) for path in files("app", "layouts", "widgets")
              if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []


def test_tests_do_not_sleep() -> None:
    """Await a condition, or use ManualClock."""
    # Those of the bench measure over time.
    sleepers = [name_of(path) for path in files("tests") if sleeps(path.read_text("utf-8"))
                and not name_of(path).startswith("tests/bench/")]
    assert sorted(sleepers) == sorted(MAY_SLEEP)


def test_only_the_command_line_prints() -> None:
    """Elsewhere: log it, or tell the operator."""
    talkers = [name_of(path) for path in files("app", "layouts", "widgets")
               if "cli" not in path.parts and path.name != "main.py" and name_of(path) not in MAY_PRINT
               and "print" in set(calls(path.read_text("utf-8")))]
    assert talkers == []


def test_the_lints_see_what_they_look_for() -> None:
    assert sleeps("import time\ntime.sleep(1)") and sleeps("from time import sleep\nsleep(1)")
    assert not sleeps("import threading\nthreading.Event().wait(1)")
    assert "print" in set(calls("if True:\n    print('x')"))
