"""What is kept of a camera's presets comes back from the registry, and a preset that goes takes everything with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.model.device import Preset
from app.model.wall import Pane
from app.ptz.patrol import Stop
from app.registry.device_facts import Fact
from app.video.engine import Picture
from widgets.ptz import keeping
from widgets.ptz.keeping import Kept

pytestmark = pytest.mark.screen


@dataclass
class Facts:
    """The registry's device facts of one camera, in memory."""

    values: dict[str, Any] = field(default_factory=dict)

    def of(self, _camera: str) -> dict[str, Fact]:
        return {name: Fact(value, "") for name, value in self.values.items()}

    def put(self, _camera: str, fact: str, value: Any) -> bool:
        self.values[fact] = value
        return True

    def forget(self, _camera: str, fact: str) -> int:
        return int(self.values.pop(fact, None) is not None)


class Station:
    """As much of a station as is asked for; the registry works at once."""

    def __init__(self, picture: Picture | None) -> None:
        self.facts = Facts()
        self.registry, self.settings = self, {"window.zone": "WITA"}
        self.engine = SimpleNamespace(picture=lambda key: picture if key == "w1/0" else None)
        self.wall = SimpleNamespace(state=SimpleNamespace(windows=(SimpleNamespace(id="w1"),)))

    def submit(self, work: Callable[[Any], Any], then: Callable[[Any], None] | None = None,
               *, replaces: str | None = None) -> bool:
        value = work(SimpleNamespace(device_facts=self.facts))
        if then is not None:
            then(SimpleNamespace(value=value))
        return True


@pytest.fixture
def station(monkeypatch: pytest.MonkeyPatch) -> Station:
    monkeypatch.setattr(keeping, "panes_of", lambda _window: (Pane("a"),))
    pixels = np.full((360, 640, 4), 255, np.uint8)
    pixels[:, :, 0] = 40
    return Station(Picture.of(pixels))


def make(qapp: QApplication, station: Station, owner: QObject) -> Kept:
    kept = Kept(station, lambda: None, owner)  # type: ignore[arg-type]
    kept.load("a")
    qapp.processEvents()
    return kept


def test_a_picture_a_name_and_a_patrol_come_back(qapp: QApplication, station: Station) -> None:
    owner = QObject()
    kept = make(qapp, station, owner)
    kept.photograph("a", "Arah 1")
    kept.rename("Arah 1", "Gerbang tol")
    kept.toggle_patrol("Arah 1")
    kept.toggle_patrol("2")
    kept.set_pace(20.0, 0.3)
    again = make(qapp, station, owner)
    assert again.pictures["Arah 1"].size() == keeping._SIZE
    assert again.named([Preset("Arah 1", "x"), Preset("2", "y")]) == (Preset("Arah 1", "Gerbang tol"), Preset("2", "y"))
    assert again.patrol == (Stop("Arah 1", 20.0, 0.3), Stop("2", 20.0, 0.3))
    again.forget("Arah 1")
    assert not again.pictures and not again.names and again.patrol == (Stop("2", 20.0, 0.3),)
    assert not make(qapp, station, owner).pictures


def test_without_a_picture_nothing_is_kept(qapp: QApplication, station: Station) -> None:
    owner = QObject()
    kept = make(qapp, station, owner)
    kept.photograph("elsewhere", "1")
    kept.photograph("a", "")
    assert not kept.pictures and not station.facts.values


def test_a_picture_of_the_past_is_no_preset_s(qapp: QApplication, station: Station) -> None:
    kept = make(qapp, station, QObject())
    kept.past = lambda: {"w1/0"}
    kept.photograph("a", "1")
    assert not kept.pictures and not station.facts.values


def test_nonsense_in_the_registry_is_passed_over(qapp: QApplication, station: Station) -> None:
    station.facts.values = {"ptz.picture.1": {"token": "1", "jpeg": "!!"},
                            "ptz.picture.2": {"token": "2", "jpeg": "YWJj"}, "ptz.names": ["a"], "ptz.patrol": 7}
    kept = make(qapp, station, QObject())
    assert (kept.pictures, kept.names, kept.patrol) == ({}, {}, ())
