"""Lists written into a throwaway folder and imported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.registry.exchange.bring import import_list
from app.registry.exchange.known import Options
from app.registry.exchange.plan import Plan
from app.registry.registry import Registry


@pytest.fixture
def load(registry: Registry, tmp_path: Path) -> Callable[..., Plan]:
    """``load(content, name="list.csv", dry_run=False, **options)``: writes a list and imports it."""
    def run(content: str | bytes, name: str = "list.csv", *, dry_run: bool = False, **options: object) -> Plan:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_list(registry, path, Options(**options), dry_run=dry_run)     # type: ignore[arg-type]
    return run
