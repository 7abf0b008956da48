"""A recorder has many lenses and one address: a channel's keys move its own dome and no other, over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.demo.onvif.answers import Camera as Virtual
from app.demo.onvif.answers import Identity
from app.demo.onvif.head import Head, Look
from app.demo.onvif.recorder import Recorder
from app.demo.onvif.server import OnvifServer
from app.devices.learning import learn
from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.device import DeviceFacts, Preset
from app.model.errors import OperatorError
from app.model.register import Device
from app.model.secret import Credentials, Secret
from app.ptz.patrol import Stop
from app.ptz.steering import Steering
from app.runtime.process import Process
from tests.ptz.conftest import LEAST_S, until

LOGIN = Credentials("operator", Secret("rahasia"))
CHANNELS = ("ch1", "ch2", "ch3")        # the second one does not turn
ROLES = tuple(role for name in CHANNELS for role in (name, f"{name}-sub"))


@pytest.fixture
def recorder() -> Iterator[OnvifServer]:
    streams = {role: f"rtsp://10.9.9.9/{role}?live=1" for role in ROLES}
    heads = {name: Head(presets={"1": (f"Arah {name}", Look(pan=30.0))}) for name in ("ch1", "ch3")}
    server = OnvifServer(Recorder(Identity("Perekam", "NVR-1", streams), {"ch2": None, **heads}),
                         {"operator": "rahasia"})
    server.start()
    yield server
    server.close()


def channel(recorder: OnvifServer, name: str, stream: str = "") -> Camera:
    return Camera(name, 1, name, credentials=LOGIN, device=Device(service=f"{recorder.base}/onvif/device_service"),
                  streams=(StreamProfile(StreamRole.SUB, f"rtsp://127.0.0.1:554/{stream or name + '-sub'}?live=1"),))


def learned(recorder: OnvifServer, camera: Camera) -> DeviceFacts:
    return learn(camera.device.service, LOGIN, streams=tuple(stream.url for stream in camera.streams))


def head(recorder: OnvifServer, name: str) -> Head:
    camera = recorder.camera
    assert isinstance(camera, Recorder)
    return camera.channels[name].head


@pytest.mark.parametrize("service", ["media2", "media1"])
def test_each_channel_learns_its_own_dome(recorder: OnvifServer, monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    if service == "media1":
        monkeypatch.delattr(Virtual, "_tr2_GetStreamUri")
    facts = {name: learned(recorder, channel(recorder, name)) for name in CHANNELS}
    assert [(facts[name].profile, facts[name].lens) for name in CHANNELS] == [
        ("ch1-sub", "vs-ch1"), ("", "vs-ch2"), ("ch3-sub", "vs-ch3")]
    assert facts["ch3"].presets == (Preset("1", "Arah ch3"),) and facts["ch3"].source == "vs-ch3"
    assert not facts["ch2"].turns and not facts["ch2"].presets
    stranger = learned(recorder, channel(recorder, "ch9"))
    assert not stranger.turns and stranger.lens == ""


def test_a_lone_camera_under_another_address_still_turns() -> None:
    dome = OnvifServer(Virtual(Identity("Kubah", "SN-1", {"main": "rtsp://10.9.9.9/main"}), Head()), {})
    dome.start()
    try:
        facts = learn(f"{dome.base}/onvif/device_service", Credentials(), streams=("rtsp://127.0.0.1/elsewhere",))
        assert facts.profile == "main" and facts.source == "vs"
    finally:
        dome.close()


@pytest.fixture
def desk(recorder: OnvifServer, tmp_path: Path) -> Iterator[tuple[Steering, dict[str, Camera]]]:
    cameras = {name: channel(recorder, name) for name in CHANNELS}
    heard: list[Steering] = []

    def hear(body: bytes) -> None:
        for hand in heard:
            hand.heard(body)
    worker = Process("ptz", "app.ptz.worker", arguments=[str(tmp_path / "moving.json")],
                     received=hear, ended=lambda code: None)
    steering = Steering(worker, cameras.get)
    heard.append(steering)
    steering.set_facts({name: learned(recorder, camera) for name, camera in cameras.items()})
    yield steering, cameras
    steering.release_all()
    worker.close(4.0)


def ticking(steering: Steering, holds: Callable[[], object]) -> Callable[[], bool]:
    def look() -> bool:
        steering.tick()
        return bool(holds())
    return look


def test_channel_threes_hand_moves_channel_three_alone(
        desk: tuple[Steering, dict[str, Camera]], recorder: OnvifServer) -> None:
    steering, _cameras = desk
    recorder.head.faults.ignores_timeout = True
    one, three = head(recorder, "ch1"), head(recorder, "ch3")
    stands = one.look()
    steering.select("ch2")
    steering.hold("right", True)                        # a fixed channel: nothing is sent, and the next one's is
    steering.select("ch3")
    steering.hold("right", True)
    until(ticking(steering, lambda: three.moving), LEAST_S)
    steering.hold("right", False)
    until(ticking(steering, lambda: three.stops and not three.moving), LEAST_S)
    steering.imaging("autofocus")
    steering.auxiliary("tt:Wiper|On")
    steering.preset("go", "1")
    until(ticking(steering, lambda: three.look().pan == pytest.approx(30.0)), LEAST_S)
    assert three.auxiliary == {"Wiper": "On"} and three.moves == 1
    assert (one.moves, one.stops, one.auxiliary, one.look()) == (0, 0, {}, stands)
    two = head(recorder, "ch2")
    assert (two.moves, two.stops, two.look()) == (0, 0, stands)
    assert [name for _at, name in recorder.requests].count("ContinuousMove") == 1


def test_what_was_learned_of_another_channel_moves_nothing(
        desk: tuple[Steering, dict[str, Camera]], recorder: OnvifServer) -> None:
    """Facts that were kept before channels were told apart, and a row whose stream was changed to another channel."""
    steering, cameras = desk
    first = steering.facts["ch1"]
    steering.set_facts({"ch2": replace(first, lens=""), "ch3": first})
    assert not steering.turns("ch2") and not steering.turns("ch3") and steering.turns("ch1")
    with pytest.raises(OperatorError):
        steering.select("ch3")
        steering.preset("go", "1")
    assert not steering.visit("ch3", "1")
    cameras["ch1"] = channel(recorder, "ch1", "ch2")
    assert not steering.turns("ch1")
    steering.patrols.start("ch1", [Stop("1"), Stop("1")])   # one that was remembered goes to its first stop at once
    assert steering.ordered == {} and "GotoPreset" not in [name for _at, name in recorder.requests]


def test_a_row_that_becomes_another_channel_while_it_moves_is_stopped(
        desk: tuple[Steering, dict[str, Camera]], recorder: OnvifServer) -> None:
    steering, cameras = desk
    recorder.head.faults.ignores_timeout = True
    steering.select("ch1")
    steering.hold("left", True)
    until(ticking(steering, lambda: head(recorder, "ch1").moving), LEAST_S)
    cameras["ch1"] = channel(recorder, "ch1", "ch2")
    steering.hold("left", False)
    until(ticking(steering, lambda: not head(recorder, "ch1").moving), LEAST_S)
