"""A stranger's device or simulator, named by the environment: learned, turned for 0.3 s, stopped, heard.

    LAWANG_ONVIF_HOST=10.12.1.9 LAWANG_ONVIF_PORT=80 LAWANG_ONVIF_USER=... LAWANG_ONVIF_PASSWORD=... make test-device

It really moves. Whatever happens, the last thing that it is sent is a stop.
"""

# ruff: noqa: T201 - what the stranger said is told
from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.devices.adding import streams_of
from app.devices.learning import learn
from app.devices.listener import Listener
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.event import CameraEvent
from app.model.register import Device
from app.model.secret import Credentials, Secret
from app.ptz import messages
from app.ptz.journal import Journal
from app.ptz.knowing import device_of
from app.ptz.lane import Lane
from app.ptz.motion import Velocity
from tests.ptz.conftest import Told, until

pytestmark = [pytest.mark.device, pytest.mark.timeout(120)]
HELD_S = 0.3
HEARD_S = 3.0
WAIT_S = 15.0               # a slow device answers within 3 s; a stop is sent up to five times


@pytest.fixture(scope="module")
def login() -> Credentials:
    return Credentials(os.environ.get("LAWANG_ONVIF_USER", ""), Secret(os.environ.get("LAWANG_ONVIF_PASSWORD", "")))


@pytest.fixture(scope="module")
def facts(login: Credentials) -> DeviceFacts:
    """Asked once for all tests: a refused password is not tried again."""
    host = os.environ.get("LAWANG_ONVIF_HOST", "")
    if not host:
        pytest.fail("name a device: LAWANG_ONVIF_HOST, _PORT, _USER, _PASSWORD")
    return learn(f"http://{host}:{os.environ.get('LAWANG_ONVIF_PORT', '80')}/onvif/device_service", login)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def lane(facts: DeviceFacts, login: Credentials, told: Told, tmp_path: Path) -> Iterator[Lane]:
    if not facts.turns:
        pytest.skip(f"{facts.make} {facts.model} cannot be steered")
    camera = Camera("stranger", 1, "Stranger", credentials=login, device=Device(service=facts.address))
    made = Lane(device_of(camera, facts), told.append, Journal(tmp_path / "moving.json"))
    yield made
    made.stop()
    made.close()
    until(lambda: made.finished, WAIT_S)


def test_it_is_learned(facts: DeviceFacts) -> None:
    assert facts.make or facts.model
    assert abs(facts.clock_offset) < 100 * 366 * 86_400     # one whose battery died begins in 1970 or 2000
    assert facts.profiles and streams_of(facts), "no stream that a wall can show"
    assert all(one.token for one in facts.profiles)


def test_it_turns_and_stands(lane: Lane, told: Told) -> None:
    lane.move(Velocity(pan=0.3))
    threading.Event().wait(HELD_S)          # how long it moves is the point, not a wait for something
    lane.stop()
    until(lambda: told.of(messages.Standing), WAIT_S)
    assert lane.standing


def test_its_events_are_subscribed_and_given_back(facts: DeviceFacts, login: Credentials) -> None:
    if not facts.events:
        pytest.skip(f"{facts.make} {facts.model} tells no events")
    listener, hearing, deaf, noticed = Listener(), list[str](), list[str](), list[CameraEvent]()
    listener.hearing.connect(hearing.append)
    listener.deaf.connect(lambda _camera, *why: deaf.append(" ".join(why)))
    listener.noticed.connect(noticed.append)
    try:
        camera = Camera("stranger", 1, "Stranger", credentials=login, device=Device(service=facts.address))
        listener.hear({camera.id: (camera, facts)})
        until(lambda: hearing or deaf, WAIT_S)
        assert hearing, deaf
        threading.Event().wait(HEARD_S)         # a quiet device is none that fails: what it says is told
        print(f"events within {HEARD_S:g} s: {', '.join(event.kind for event in noticed) or 'none'}")
        assert not deaf, deaf
    finally:
        listener.close()


def test_presets_are_listed(facts: DeviceFacts) -> None:
    assert len({preset.token for preset in facts.presets}) == len(facts.presets)
    print(f"{facts.make} {facts.model} {facts.firmware}: {len(facts.presets)} presets, "
          + ", ".join(preset.name for preset in facts.presets[:10]))
