"""The windows with a real registry behind them, which the pages ask: fixtures for whoever looks at all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.registry.lane import RegistryLane
from tests.widgets.window.conftest import Shown, opening, until
from tests.widgets.window.stage import FakeStation

__all__ = ["Shown", "opening", "shown", "station", "until"]


@pytest.fixture
def station(lawang_home: Path, tmp_path: Path) -> Iterator[FakeStation]:
    """The windows' station with a real registry, which the pages ask."""
    lane = RegistryLane(tmp_path / "cameras.db")
    lane.start()
    lane.wait_open()
    made: Any = FakeStation()
    made.registry = lane
    yield made
    assert lane.close()


@pytest.fixture
def shown(station: FakeStation, opening: Callable[..., Shown]) -> Shown:
    return opening(station)
