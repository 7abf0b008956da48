"""Between what a camera scans outlives the program, and goes with the camera's own wish; with a real register."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.ptz import messages
from app.ptz.scanning import Ends
from app.ptz.steering import Steering
from app.registry.lane import RegistryLane
from tests.fakes.city_of import make_registry
from tests.ptz.test_steering import Worker
from tests.widgets.window.conftest import until
from widgets.ptz.remembering import Remembered

pytestmark = pytest.mark.screen


@pytest.fixture
def path(tmp_path: Path, lawang_home: Path) -> Path:
    return make_registry(tmp_path / "city.db", 2)


class Program:
    """Steering with what it remembers, on a registry lane of its own."""

    def __init__(self, path: Path) -> None:
        self.lane = RegistryLane(path)
        self.lane.start()
        self.lane.wait_open()
        self.camera = self.lane.directory.all()[0].id
        self.owner = QObject()
        self.steering = Steering(Worker(), self.lane.directory.by_id)
        self.remembered = Remembered(self.steering, self.lane, self.owner)
        self.remembered.begin()
        until(lambda: self.remembered._begun)

    def mark(self, end: str, pan: float) -> None:
        """As the command does."""
        self.steering.scanning.mark(self.camera, end, messages.Position(self.camera, pan, 0.0, 0.0))
        self.remembered.scan_ends(self.camera)

    def facts(self) -> dict[str, Any]:
        told: list[Any] = []
        self.lane.submit(lambda registry: registry.device_facts.named("ptz.scan"), told.append)
        until(lambda: told)
        return {camera: fact.value for camera, fact in told[0].value.items()}

    def end(self) -> None:
        self.remembered.close()
        assert self.lane.close(30)
        self.owner.deleteLater()
        QApplication.processEvents()


@pytest.fixture
def programs(qapp: QApplication, path: Path) -> Iterator[list[Program]]:
    running: list[Program] = []
    yield running
    for one in running:
        one.end()


def test_the_ends_of_a_scan_are_there_the_next_day(programs: list[Program], path: Path) -> None:
    first = Program(path)
    programs.append(first)
    first.mark("first", -170.0)
    first.mark("last", 12.5)
    assert first.facts() == {first.camera: {"first": -170.0, "last": 12.5}}
    programs.pop().end()
    second = Program(path)
    programs.append(second)
    assert second.steering.scanning.ends(second.camera) == Ends(-170.0, 12.5)
    second.mark("none", 0.0)
    assert second.facts() == {}
