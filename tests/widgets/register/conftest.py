"""The application on a real registry of a small city: what the register page is tried on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.registry.lane import RegistryLane
from tests.fakes.city_of import make_registry
from tests.widgets.window.conftest import Shown, opening, until  # noqa: F401   (fixtures)
from tests.widgets.window.stage import FakeStation
from widgets.register.page import RegisterPage
from widgets.window.console import Console

CAMERAS = 120


class Register:
    """The opened page with short names for what tests touch."""

    def __init__(self, shown: Shown, lane: RegistryLane) -> None:
        self.shown, self.lane = shown, lane
        shown.key(Qt.Key.Key_F3)
        frame = shown.frame
        assert isinstance(frame, Console) and frame.cover is not None
        page = frame.cover.built("cameras")
        assert isinstance(page, RegisterPage)
        self.page, self.frame = page, frame
        until(lambda: len(page.view.table.cameras) == CAMERAS)

    def mark(self, *numbers: int) -> None:
        found = [self.lane.directory.by_number(number) for number in numbers]
        ids = [camera.id for camera in found if camera is not None]
        self.page.view.mark(ids)
        until(lambda: self.page.form.isVisible() and self.page.form.ids == tuple(ids))

    def write(self, key: str, text: str) -> None:
        self.page.form.rows[key].put(text)

    def apply(self) -> None:
        assert self.page.form.apply.isEnabled(), "nothing to apply"
        self.page.form.apply.click()
        until(lambda: not self.page.form.is_touched)


@pytest.fixture
def register(opening: Callable[..., Shown], tmp_path: Path) -> Iterator[Register]:  # noqa: F811
    lane = RegistryLane(make_registry(tmp_path / "city.db", CAMERAS, passwords=True))
    lane.start()
    lane.wait_open()
    station = FakeStation()
    station.registry, station.directory = lane, lane.directory  # type: ignore[assignment]
    yield Register(opening(station), lane)
    lane.close()
