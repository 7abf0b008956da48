"""A recorder is one device with many lenses: what channel 3 notices alarms channel 3's camera and no other."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from app.demo.onvif.answers import Camera as Virtual
from app.demo.onvif.answers import Identity
from app.demo.onvif.recorder import Recorder
from app.demo.onvif.server import OnvifServer
from app.devices.learning import learn
from app.devices.listener import Listener, lenses
from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.device import DeviceFacts
from app.model.event import CameraEvent, EventKind
from app.model.register import Device
from app.model.secret import Credentials, Secret
from tests.ptz.conftest import until

WAIT_S = 60.0
LOGIN = Credentials("operator", Secret("rahasia"))
CHANNELS = ("ch1", "ch3")


@pytest.fixture
def recorder() -> Iterator[OnvifServer]:
    streams = {name: f"rtsp://10.9.9.9/{name}?live=1" for name in CHANNELS}
    server = OnvifServer(Recorder(Identity("Perekam", "NVR-1", streams), dict.fromkeys(CHANNELS)),
                         {"operator": "rahasia"})
    server.start()
    yield server
    server.close()


def channel(recorder: OnvifServer, name: str) -> Camera:
    return Camera(name, 1, name, credentials=LOGIN, device=Device(service=f"{recorder.base}/onvif/device_service"),
                  streams=(StreamProfile(StreamRole.MAIN, f"rtsp://127.0.0.1/{name}?live=1"),))


@pytest.mark.parametrize("service", ["media2", "media1"])
def test_each_channel_knows_its_own_lens(recorder: OnvifServer, monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    if service == "media1":
        monkeypatch.delattr(Virtual, "_tr2_GetStreamUri")
    facts = learn(f"{recorder.base}/onvif/device_service", LOGIN)
    assert lenses(channel(recorder, "ch3"), facts) == (("vs-ch3", "vsc-ch3"), ("vs-ch1", "vsc-ch1"))
    assert lenses(channel(recorder, "elsewhere"), facts) == ((), ())


def test_channel_threes_motion_does_not_alarm_channel_one(recorder: OnvifServer) -> None:
    facts: DeviceFacts = learn(f"{recorder.base}/onvif/device_service", LOGIN)
    listener, noticed, hearing = Listener(), queue.Queue[CameraEvent](), list[str]()
    listener.noticed.connect(noticed.put)
    listener.hearing.connect(hearing.append)
    try:
        listener.hear({name: (channel(recorder, name), facts) for name in CHANNELS})
        until(lambda: set(hearing) == set(CHANNELS), WAIT_S)
        recorder.camera.points.happen("motion", True, "vsc-ch3")
        recorder.camera.points.happen("tamper", True, "vs-ch1")
        recorder.camera.points.happen("input", True)            # of the recorder itself: everybody's
        told = sorted((event.camera, event.kind) for event in (noticed.get(timeout=WAIT_S) for _n in range(4)))
        assert told == sorted([("ch3", EventKind.MOTION), ("ch1", EventKind.TAMPER), ("ch1", EventKind.INPUT),
                               ("ch3", EventKind.INPUT)])
        assert noticed.empty()
    finally:
        listener.close()
