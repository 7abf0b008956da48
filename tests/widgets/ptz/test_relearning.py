"""Facts of an older program: nobody is asked when the wall starts, the camera that is selected is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from app.devices.asker import Asker
from app.model.camera import Camera
from app.model.device import FACTS
from tests.widgets.ptz.one_dome import one_dome
from tests.widgets.window.conftest import Shown, opening, until
from widgets.ptz.feature import PtzDesk

pytestmark = pytest.mark.screen
__all__ = ["opening"]


@pytest.mark.parametrize("version", [0, FACTS])
def test_a_camera_that_an_older_program_knew_is_learned_when_it_is_selected(
        opening: Callable[..., Shown], monkeypatch: pytest.MonkeyPatch, version: int) -> None:
    asked: list[str] = []

    def ask(_self: Asker, camera: Camera, *, now: bool = False) -> bool:
        asked.append(camera.id)
        return True
    monkeypatch.setattr(Asker, "ask", ask)
    taken: list[PtzDesk] = []
    inner = PtzDesk._take

    def take(self: PtzDesk, outcome: object) -> None:
        inner(self, outcome)
        taken.append(self)
    monkeypatch.setattr(PtzDesk, "_take", take)
    with one_dome(0) as (_head, station, camera):
        station.registry.device_facts._known[camera].value["version"] = version
        shown = opening(station)
        until(lambda: taken)
        assert taken[0].steering.selected == camera and asked == [], "a wall starts without asking"
        shown.key(Qt.Key.Key_Tab)
        until(lambda: taken[0].steering.selected != camera)
        shown.key(Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
        until(lambda: taken[0].steering.selected == camera)
        assert asked == ([camera] if version < FACTS else [])
