"""The search panel, by keyboard alone: found, ticked, logged in to, added; and what is refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from app.demo.onvif.answers import Camera as Virtual
from app.demo.onvif.answers import Identity
from app.demo.onvif.head import Head
from app.demo.onvif.recorder import Recorder
from app.demo.onvif.server import OnvifServer
from app.devices.asker import CHANNEL, FACT
from app.model.found import Asked, FoundDevice
from app.registry.lane import Outcome, RegistryLane
from app.runtime.language import set_language
from tests.fakes.city_of import make_registry
from widgets.discovery import DiscoveryPanel
from widgets.discovery.rows import Column
from widgets.theme import Theme

pytestmark = pytest.mark.screen
CAMERAS = 12
WAIT_S = 25.0
HERE = "127.0.0.1"


@pytest.fixture
def domes() -> Iterator[list[OnvifServer]]:
    servers = [OnvifServer(Virtual(Identity(f"Kubah {n}", f"SN-{n}", {
        "main": f"rtsp://10.9.9.9/{n}/main", "sub": f"rtsp://10.9.9.9/{n}/sub"}), Head()), {"operator": "rahasia"})
        for n in (1, 2)]
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.close()


def until(what: Callable[[], object]) -> None:
    """Lets Qt work until ``what()`` is true."""
    end = time.monotonic() + WAIT_S
    while not what():
        assert time.monotonic() < end, "it never came"
        QApplication.processEvents()
        threading.Event().wait(0.005)


@pytest.fixture
def lane(lawang_home: Path, tmp_path: Path) -> Iterator[RegistryLane]:
    made = RegistryLane(make_registry(tmp_path / "city.db", CAMERAS))
    made.start()
    made.wait_open()
    yield made
    assert made.close()


@pytest.fixture
def panel(qapp: QApplication, lane: RegistryLane) -> Iterator[DiscoveryPanel]:
    theme = Theme("dark")
    theme.install(qapp)
    made = DiscoveryPanel(lane, lane.directory, theme)
    made.resize(1440, 320)
    made.show()
    made.activateWindow()
    made.open()
    until(lambda: made.interfaces.count() > 0 and made.interfaces.hasFocus())
    for place in range(made.interfaces.count()):
        made.interfaces.item(place).setCheckState(Qt.CheckState.Unchecked)
    yield made
    made.shut()
    delete(made)


def search(panel: DiscoveryPanel, domes: list[OnvifServer]) -> None:
    panel.ranges.setFocus()
    QTest.keyClicks(panel.ranges, HERE)
    panel.ports.setFocus()
    QTest.keyClicks(panel.ports, ",".join(str(dome.port) for dome in domes))
    QTest.keyClick(panel.ports, Qt.Key.Key_Return)
    until(lambda: len(panel.table.rows) == len(domes) and panel.search_button.text() == "Search")


def state(panel: DiscoveryPanel, row: int) -> str:
    return str(panel.table.index(row, Column.STATE).data())


def test_cameras_are_found_ticked_and_added_by_keyboard(lane: RegistryLane, panel: DiscoveryPanel,
                                                        domes: list[OnvifServer]) -> None:
    taken = {camera.number for camera in lane.directory.all()}
    search(panel, domes)
    assert f"{HERE}: 2 of 2" in panel.asked.text()
    assert not panel.add_button.isEnabled()
    panel.found.setFocus()
    QTest.keyClick(panel.found, Qt.Key.Key_Space)                       # the first one only
    assert [row.ticked for row in panel.table.rows] == [True, False]
    QTest.keyClick(panel.found, Qt.Key.Key_Return)
    assert panel.user.hasFocus()
    QTest.keyClicks(panel.user, "operator")
    QTest.keyClicks(panel.password, "rahasia")
    QTest.keyClicks(panel.area, "Makassar > Panakkukang")
    panel.number.setText(str(min(taken)))                                         # taken: the next free one is found
    QTest.keyClick(panel.number, Qt.Key.Key_Return)
    until(lambda: panel.table.rows[0].added)
    camera = panel.table.rows[0].known
    assert camera is not None and camera.number > min(taken) and camera.number not in taken
    until(lambda: lane.directory.by_number(camera.number) is not None)
    kept = lane.directory.by_number(camera.number)
    assert kept is not None
    assert [stream.url for stream in kept.streams] == ["rtsp://127.0.0.1/1/main", "rtsp://127.0.0.1/1/sub"]
    assert kept.area == ("Makassar", "Panakkukang") and kept.device.serial == "SN-1" and kept.device.mac
    facts: list[object] = []
    lane.submit(lambda registry: registry.device_facts.get(kept.id, FACT), facts.append)
    until(lambda: bool(facts))
    assert facts[0].value.value["serial"] == "SN-1"  # type: ignore[attr-defined]
    # The other one was asked for its clock and nothing else.
    assert {name for _at, name in domes[1].requests} == {"GetSystemDateAndTime"}
    # What is in the register now is not found as new again.
    panel.ports.setFocus()
    QTest.keyClick(panel.ports, Qt.Key.Key_Return)
    until(lambda: len(panel.table.rows) == 2 and not any(row.added for row in panel.table.rows))
    assert sorted(state(panel, row) for row in (0, 1)) == [f"is camera {kept.label}", "new"]


def add_all(panel: DiscoveryPanel) -> None:
    panel.found.setFocus()
    QTest.keyClick(panel.found, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    panel.user.setText("operator")
    panel.password.setText("rahasia")
    panel.add_button.click()


def test_a_recorder_becomes_sixteen_cameras_and_only_what_is_missing_is_added_again(
        lane: RegistryLane, panel: DiscoveryPanel) -> None:
    names = [f"ch{n}" for n in range(1, 17)]
    streams = {f"{name}{kind}": f"rtsp://10.9.9.9/{name}{kind}" for name in names for kind in ("", "-sub")}
    recorder = OnvifServer(Recorder(Identity("Perekam", "NVR-1", streams), dict.fromkeys(names)),
                           {"operator": "rahasia"})
    recorder.start()
    try:
        search(panel, [recorder])
        panel.number.setText("801")
        add_all(panel)
        until(lambda: panel.table.rows[0].added)
        assert state(panel, 0) == "recorder, 16 channels, added as 0801–0816"
        assert panel.said == "16 cameras added"
        until(lambda: lane.directory.by_number(816) is not None)
        third = lane.directory.by_number(803)
        assert third is not None and third.name == "Virtual PTZ – channel 3"
        assert [one.url for one in third.streams] == ["rtsp://127.0.0.1/ch3", "rtsp://127.0.0.1/ch3-sub"]
        told: list[Outcome[Any]] = []
        lane.submit(lambda registry: registry.device_facts.get(third.id, CHANNEL).value, told.append)
        until(lambda: told)
        assert told[0].value == {"source": "vs-ch3"}
        # One is removed: the recorder is still known, and that channel alone is offered.
        lane.submit(lambda registry: registry.cameras.remove([third.id]))
        until(lambda: lane.directory.by_number(803) is None)
        panel.search()
        until(lambda: panel.table.rows and not panel.table.rows[0].added and panel.table.rows[0].cameras
              and panel.search_button.text() == "Search")
        assert state(panel, 0) == "recorder, 16 channels, is camera 0801 … 0816, 1 new"
        panel.number.setText("803")
        add_all(panel)
        until(lambda: panel.table.rows[0].added)
        assert state(panel, 0) == "recorder, 16 channels, added as 0803"
        until(lambda: lane.directory.by_number(803) is not None)
        panel.search()
        until(lambda: panel.table.rows and not panel.table.rows[0].added and panel.table.rows[0].cameras
              and panel.search_button.text() == "Search")
        assert not panel.table.rows[0].free
    finally:
        recorder.close()


def test_a_wrong_password_is_told_and_not_sent_again(panel: DiscoveryPanel, domes: list[OnvifServer]) -> None:
    search(panel, domes[:1])
    panel.found.setFocus()
    QTest.keyClick(panel.found, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    panel.user.setText("operator")
    panel.password.setText("falsch")
    panel.add_button.click()
    until(lambda: panel.table.rows[0].cause == "unauthorised")
    assert "refused the password" in state(panel, 0) and panel.said == "Nobody let us in."
    assert domes[0].refusals == 1
    panel.add_button.click()
    assert not panel.table.rows[0].asking and domes[0].refusals == 1


def test_esc_ends_the_search_and_its_process_and_forgets_the_password(panel: DiscoveryPanel) -> None:
    closed: list[bool] = []
    panel.closed.connect(lambda: closed.append(True))
    panel.ranges.setText("127.3.0.0/20")
    panel.password.setText("rahasia")
    panel.search_button.click()
    until(lambda: panel._searcher is not None and panel._searcher.pid > 0)
    searcher = panel._searcher
    assert searcher is not None
    until(lambda: panel.search_button.text() == "Stop")
    QTest.keyClick(panel.ranges, Qt.Key.Key_Escape)
    assert closed and panel.password.text() == ""
    until(lambda: searcher.pid == 0)


@pytest.mark.parametrize(("ranges", "words"), [("", "Tick an interface"), ("somewhere", "no range of addresses")])
def test_what_cannot_be_asked_is_said(panel: DiscoveryPanel, ranges: str, words: str) -> None:
    panel.ranges.setText(ranges)
    panel.search_button.click()
    until(lambda: words in panel.said)
    assert panel.search_button.text() == "Search"


def test_a_new_search_does_not_lose_who_is_being_logged_in_to(lane: RegistryLane, panel: DiscoveryPanel,
                                                             domes: list[OnvifServer]) -> None:
    search(panel, domes[:1])
    domes[0].head.faults.late_s = 0.1
    panel.table.tick([0])
    panel.user.setText("operator")
    panel.password.setText("rahasia")
    panel.add_button.click()
    panel.table.clear()
    until(lambda: any(camera.device.serial == "SN-1" for camera in lane.directory.all()))
    assert not panel._waiting


def test_other_languages_and_lying_devices(panel: DiscoveryPanel) -> None:
    panel._on_found(FoundDevice("a", "http://10.1.1.5/onvif/device_service", "10.1.1.5", told="192.168.1.9"))
    panel._on_found(FoundDevice("b", "http://10.7.1.5/onvif/device_service", "10.7.1.5", foreign=True))
    panel._on_asked(Asked("10.1.1.0/24 · 10.1.1.2", 0, 3, "No such device"))
    assert state(panel, 0) == "new, says 192.168.1.9" and "10.1.1.5" in str(
        panel.table.index(0, Column.STATE).data(Qt.ItemDataRole.ToolTipRole))
    assert state(panel, 1) == "new, outside this network"
    assert "not asked (No such device)" in panel.asked.text()
    set_language("id")
    try:
        panel.retranslate()
        assert panel.search_button.text() == "Cari"
    finally:
        set_language("en")
        panel.retranslate()
