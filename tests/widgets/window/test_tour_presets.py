"""A preset is found in the editor of tours, named as operators named it, and kept in the tour."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.devices.asker import FACT, facts_to
from app.model.device import DeviceFacts, Preset
from app.model.scene import Stop, StopKind
from app.registry.device_facts import Fact
from tests.widgets.window.conftest import Shown, until
from tests.widgets.window.stage import FakeStation
from widgets.tours.editor import TourEditor
from widgets.tours.presets import NAMES

pytestmark = pytest.mark.screen
DOME = DeviceFacts("http://10.0.0.1/onvif", ptz="http://10.0.0.1/ptz", profile="p",
                   presets=(Preset("1", "Preset 1"), Preset("gate/n", "North")))




def test_a_preset_becomes_a_stop(opening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    station = FakeStation(40)
    told = {FACT: {"cam0003": Fact(facts_to(DOME), "")}, NAMES: {"cam0003": Fact({"1": "Jembatan"}, "")}}
    monkeypatch.setattr(station.registry.device_facts, "named", lambda fact: told.get(fact, {}))
    shown: Shown = opening(station)
    shown.key(Qt.Key.Key_F6)
    until(lambda: shown.frame.page == "tours")
    editor = shown.frame.findChild(TourEditor)
    until(lambda: editor.add_stop._presets.of("cam0003"))
    camera = station.directory.by_id("cam0003")
    QTest.keyClicks(editor.add_stop.field, camera.name)
    offers = editor.add_stop.offers

    def offered() -> list[str]:
        return [offers.item(row).text().strip() for row in range(offers.count())]
    until(lambda: any("Jembatan" in text for text in offered()))
    assert any(text.startswith(f"{camera.label} {camera.name} › North") for text in offered())
    offers.setCurrentRow(next(row for row, text in enumerate(offered()) if "Jembatan" in text))
    before = editor.stops.count()
    QTest.keyClick(editor.add_stop.field, Qt.Key.Key_Return)
    until(lambda: editor.stops.count() == before + 1)
    assert editor.stops.stops()[-1] == Stop(StopKind.PRESET, "cam0003/1")
    assert "Jembatan" in editor.stops.item(before).text()
