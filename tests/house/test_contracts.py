"""Who may enter which room: every import contract holds, and a deliberately bad file proves that it bites."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "layouts", "widgets")

# contract -> files that break it: (where the bad file lies, what it says)
BAD = {
    "floors": [("app/runtime/bad.py", "import widgets"), ("layouts/bad.py", "import app.model.camera"),
               ("app/video/bad.py", "import widgets.theme")],
    "front-door": [("widgets/bad.py", "import main")],
    "layouts-alone": [("layouts/bad.py", "import numpy")],
    "model-alone": [("app/model/bad.py", "import app.runtime.paths"), ("app/model/worse.py", "import msgspec")],
    "no-qt-below-widgets": [("app/wall/bad.py", "from PySide6.QtCore import QTimer"),
                            ("layouts/bad.py", "import qtpy")],
    "sql-in-registry": [("app/video/bad.py", "import sqlite_utils"), ("widgets/bad.py", "import sqlite3")],
    "vlc-in-decoder": [("app/video/bad.py", "import vlc"), ("widgets/bad.py", "def play():\n    import vlc\n")],
    "av-in-video": [("app/wall/bad.py", "import av"), ("widgets/bad.py", "from av.container import InputContainer")],
    "onvif-in-devices": [("app/ptz/bad.py", "import zeep"), ("widgets/bad.py", "from onvif import ONVIFService")],
    "demo-apart": [("app/video/bad.py", "import app.demo.city"), ("widgets/bad.py", "import app.demo.cameras")],
    "features-apart": [("app/wall/bad.py", "import app.video.engine"), ("app/registry/bad.py", "import app.wall"),
                       ("app/demo/bad.py", "import app.registry.registry")],
}
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
CASES = [pytest.param(contract, *file, id=f"{contract}-{file[0]}") for contract, files in BAD.items() for file in files]


def lint(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-cache", *arguments], cwd=tree, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def test_every_contract_holds() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_contract_has_a_bad_file() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(BAD)


@pytest.mark.parametrize(("contract", "where", "text"), CASES)
def test_the_contract_bites(copy_of_the_house: Path, contract: str, where: str, text: str) -> None:
    bad = copy_of_the_house / where
    bad.write_text(text)
    try:
        result = lint(copy_of_the_house, "--contract", contract)
    finally:
        bad.unlink()
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout
    assert where.removesuffix(".py").replace("/", ".") in result.stdout
