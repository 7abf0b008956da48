"""A thousand times: random keys, lost focus and crashes over every misbehaviour; the camera always stands in the end.

    .venv/bin/python -m pytest -m soak tests/ptz/test_runaway.py        # LAWANG_SOAK_SEQUENCES=1000

Each sequence is a desk of its own: the real Steering and lanes as the guardian process holds them, a device with a
random set of faults that also change while keys are held.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from app.demo.onvif.answers import Camera as DemoCamera
from app.demo.onvif.answers import Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.ptz import messages
from app.ptz.journal import Journal, left_moving
from app.ptz.lane import Lane
from app.ptz.motion import Velocity
from app.ptz.steering import Steering
from tests.ptz.conftest import until

SEQUENCES = int(os.environ.get("LAWANG_SOAK_SEQUENCES", "1000"))
AT_A_TIME = 8
STEPS = (3, 9)
WAYS = ("left", "right", "up", "down", "in", "out")


class Guardian:
    """The worker's part in this process: lanes by device; ``crash`` loses them as a kill does, but for what is under
    way on the network, which is the worst a kill can leave."""

    def __init__(self, journal: Path) -> None:
        self.path, self.lanes = journal, dict[str, Lane]()
        self.dead: list[Lane] = []
        self.hear: Callable[[bytes], None] = lambda _body: None
        self._journal = Journal(journal)
        self._device: messages.Device | None = None

    def send(self, message: msgspec.Struct) -> None:
        match message:
            case messages.Device(camera=camera):
                self._device = message
                if camera in self.lanes:
                    self.lanes[camera].update(message)
            case messages.Move(camera, pan, tilt, zoom):
                self._lane(camera).move(Velocity(pan, tilt, zoom))
            case messages.Stop(camera, again):
                self._lane(camera).stop(again)
            case messages.Warm(camera):
                self._lane(camera).warm()

    def _lane(self, camera: str) -> Lane:
        if camera not in self.lanes:
            assert self._device is not None
            self.lanes[camera] = Lane(self._device, lambda m: self.hear(msgspec.msgpack.encode(m)), self._journal)
        return self.lanes[camera]

    def crash(self) -> tuple[str, ...]:
        """The cameras that its journal names."""
        self.dead += self.lanes.values()
        for lane in self.lanes.values():
            lane.close()
        self.lanes.clear()
        self._journal = Journal(self.path)
        return left_moving(self.path)


def _misbehave(head: Head, chance: random.Random) -> None:
    faults = head.faults
    faults.late_s = chance.choice((0.0, 0.0, 0.0, 0.02, 0.1, 0.3))
    faults.acts_late = faults.late_s > 0 and chance.random() < 0.5
    faults.resets = chance.random() < 0.1
    faults.broken_xml = chance.random() < 0.1


def _sequence(seed: int, folder: Path) -> str:
    """"" when it stood in the end, else what was amiss."""
    chance, head = random.Random(seed), Head()
    server = OnvifServer(DemoCamera(Identity("Soak", str(seed), {"main": "rtsp://127.0.0.1/main"}), head), {})
    server.start()
    faults = head.faults
    faults.ignores_timeout = chance.random() < 0.7
    faults.no_timeout, faults.not_together = chance.random() < 0.2, chance.random() < 0.3
    faults.no_stop = chance.random() < 0.25
    faults.zero_ignored = not faults.no_stop and chance.random() < 0.25
    guardian = Guardian(folder / f"{seed}.json")
    steering = Steering(guardian, {"a": Camera("a", 1, "Soak"), "b": Camera("b", 2, "Fixed")}.get)
    guardian.hear = steering.heard
    url = f"{server.base}/onvif/ptz_service"
    try:
        steering.set_facts({"a": DeviceFacts(url, ptz=url, profile="main")})
        steering.select("a")
        for _step in range(chance.randint(*STEPS)):
            _misbehave(head, chance)
            match chance.randrange(10):
                case 0:
                    steering.release_all()                              # another program has the keyboard
                case 1:
                    steering.select("b")
                    steering.select("a")
                case 2:
                    left = guardian.crash()
                    for order in steering.restarted():
                        guardian.send(order)
                    for camera in left:
                        guardian.send(messages.Stop(camera, again=True))
                case 3:
                    steering.scan()
                case 4 | 5:
                    for way in WAYS:
                        steering.hold(way, False)
                case _:
                    steering.hold(chance.choice(WAYS), chance.random() < 0.7)
            threading.Event().wait(chance.choice((0.0, 0.0, 0.01, 0.05, 0.15)))
            steering.tick()
        faults.resets = faults.broken_xml = False
        steering.release_all()
        steering.select("b")
        until(lambda: all(lane.standing for lane in guardian.lanes.values()), 20)
        return "" if not head.moving else f"seed {seed} runs away: {faults}, {server.requests[-8:]}"
    finally:
        guardian.crash()
        until(lambda: all(lane.finished for lane in guardian.dead), 20)
        server.close()


def _run(seeds: Sequence[int], folder: Path) -> None:
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        amiss = [told for told in pool.map(lambda seed: _sequence(seed, folder), seeds) if told]
    assert not amiss, f"{len(amiss)} of {len(seeds)}: " + "\n".join(amiss[:10])


def test_a_few_random_sequences_end_standing(tmp_path: Path) -> None:
    _run(range(16), tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_a_thousand_random_sequences_end_standing(tmp_path: Path) -> None:
    _run(range(1000, 1000 + SEQUENCES), tmp_path)
