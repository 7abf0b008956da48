"""The application on a fake station, as for the windows; a real registry for those who seal something."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.registry.lane import RegistryLane
from tests.widgets.window.conftest import opening, shown  # noqa: F401   (fixtures)


@pytest.fixture
def lane(lawang_home: Path, tmp_path: Path) -> Iterator[RegistryLane]:
    lane = RegistryLane(tmp_path / "cameras.db")
    lane.start()
    lane.wait_open()
    yield lane
    assert lane.close()
