"""The rooms below widgets work on a machine that has no Qt: proved by a process in which it cannot be imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Files that start processes, screens or cities of their own prove nothing more here and take minutes.
# Of the registry, which alone has as many tests as the rest, what everything else stands on.
CORE_TESTS = ("tests/layouts", "tests/wall", "tests/commands", "tests/runtime", "tests/ptz/test_motion.py",
              "tests/registry/test_cameras.py", "tests/registry/test_opening.py", "tests/registry/test_directory.py")

PROGRAM = """
import sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6", "qtpy", "qtawesome"):
            raise ModuleNotFoundError(f"{name} is taken away in this process", name=name)

sys.meta_path.insert(0, NoQt())
try:
    import PySide6
except ModuleNotFoundError:
    pass
else:
    sys.exit("PySide6 is still there: this test would prove nothing")
"""

IMPORT_ALL = PROGRAM + """
import importlib, pkgutil
import app, layouts, main
for package in (app, layouts):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        # Programs, the demo's RTSP server (for the system's Python with gi), and the only room that loads libVLC.
        if not module.name.endswith(".__main__") and not module.name.startswith(("app.demo.rtsp", "app.video.decoder")):
            importlib.import_module(module.name)
"""

RUN_TESTS = PROGRAM + """
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True,
                          timeout=170)


def test_every_module_of_the_core_imports() -> None:
    result = run(IMPORT_ALL)
    assert result.returncode == 0, result.stderr


def test_the_core_tests_pass() -> None:
    result = run(RUN_TESTS, "-q", "-x", "-p", "no:cacheprovider", "-m", "not screen and not soak and not bench",
                 *CORE_TESTS)
    assert result.returncode == 0, result.stdout + result.stderr
