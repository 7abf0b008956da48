"""layouts and app.model import the standard library and themselves, nothing else: read from the syntax tree."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = {"layouts": "layouts", "app/model": "app.model"}


def imports_of(source: str) -> Iterator[str]:
    """The modules that a file names in its import statements, wherever they stand."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def strangers(source: str, own: str) -> set[str]:
    return {name for name in imports_of(source)
            if name.split(".")[0] not in sys.stdlib_module_names and not (name == own or name.startswith(own + "."))}


@pytest.mark.parametrize(("folder", "own"), PURE.items())
def test_only_the_standard_library(folder: str, own: str) -> None:
    found = {f"{path.relative_to(ROOT)}: {name}" for path in sorted((ROOT / folder).rglob("*.py"))
             for name in strangers(path.read_text("utf-8"), own)}
    assert found == set()


def test_a_stranger_is_seen() -> None:
    assert strangers("def f():\n    import numpy as np\n", "layouts") == {"numpy"}
    assert strangers("from app.runtime import paths", "app.model") == {"app.runtime"}
    assert strangers("import math\nfrom app.model.camera import Camera", "app.model") == set()
