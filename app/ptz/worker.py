"""The PTZ worker: moves cameras, and guards that they stop. Started as ``python -m app.ptz.worker JOURNAL``.

Threads: ``orders`` (reads the desktop's messages), two per steered camera (app.ptz.lane) and one that asks where it
looks (app.ptz.looking), and the main thread, which beats and watches the desktop. It parses no WSDL and opens no files
while a camera moves, so that nothing of ours can delay a stop. When the pipe of the desktop breaks, or it is silent for
DEAD_S, every camera that may move is stopped.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.ptz import messages, orders, soap
from app.ptz.gate import Gate
from app.ptz.journal import Journal
from app.ptz.lane import Lane
from app.ptz.looking import Looker
from app.ptz.motion import Velocity
from app.runtime.process import Message, Parent

BEAT_S = 0.5
DEAD_S = 0.8                # the desktop's GUI thread says "alive" four times a second
WATCH_S = 0.1
IDLE_S = 120.0              # a camera that nobody steered for two minutes loses its threads and connections
LAST_STOPS_S = 3.0          # how long the end of the desktop may be outlived for answers to stops
SWITCH_S = 0.0005           # between threads: 10 times as often as usual, measured to keep a stop under 5 ms

_decoder = msgspec.msgpack.Decoder(messages.ToWorker)


class Worker:
    """Takes orders; one lane per camera that was ordered anything."""

    def __init__(self, journal: Path) -> None:
        self._journal = Journal(journal)
        self._devices: dict[str, messages.Device] = {}
        self._lanes: dict[str, Lane] = {}
        self._lookers: dict[str, Looker] = {}
        self._watched = ""
        self._gates: dict[str, Gate] = {}       # outlive the lanes: a refused password stays refused
        self._lock = threading.Lock()
        self._alive_at = time.monotonic()
        self.parent = Parent(self._order, self._desktop_gone)

    def run(self) -> None:
        """Serve until the desktop goes away."""
        sys.setswitchinterval(SWITCH_S)
        self.parent.listen()
        beat_at = 0.0
        while True:
            now = time.monotonic()
            if now >= beat_at:
                beat_at = now + BEAT_S
                self.parent.send(messages.Beat())
                self._tidy()
            if now - self._alive_at > DEAD_S:
                for lane in self._all():
                    if not lane.standing:
                        lane.stop()
                self._alive_at = now
            time.sleep(WATCH_S)

    def _order(self, body: bytes) -> None:
        order = _decoder.decode(body)
        self._alive_at = time.monotonic()
        match order:
            case messages.Alive():
                pass
            case messages.Device(camera=camera):
                self._devices[camera] = order
                if camera not in self._gates or not self._gates[camera].fits(order):
                    self._gates[camera] = Gate(order)
                self._gates[camera].warn(order)
                if camera in self._lanes:
                    self._lanes[camera].update(order, self._gates[camera])
                    self._lookers[camera].renew()
            case messages.Move(camera, pan, tilt, zoom):
                self._with(camera, lambda lane: lane.move(Velocity(pan, tilt, zoom)))
                if (looker := self._lookers.get(camera)) is not None:
                    looker.wake()
            case messages.Imaging(camera, action):
                self._with(camera, lambda lane: lane.order(orders.imaging(lane.device, action)))
            case messages.Watch(camera):
                self._watch(camera)
            case messages.Stop(camera, again):
                self._with(camera, lambda lane: lane.stop(again))
            case messages.Warm(camera):
                self._with(camera, Lane.warm)
            case messages.Runaway(camera):
                self._with(camera, Lane.stop_both)
            case messages.Preset(camera):
                self._with(camera, lambda lane: lane.order(orders.preset(lane.device, order)))
            case messages.Relative(camera):
                self._with(camera, lambda lane: lane.order(orders.relative(lane.device, order)))
            case messages.Tour(camera):
                self._with(camera, lambda lane: lane.order(orders.tour(lane.device, order)))
            case messages.Auxiliary(camera, command):
                self._with(camera, lambda lane: lane.order(
                    orders.Order(command, soap.auxiliary(lane.device.profile, command))))

    def _with(self, camera: str, do: Callable[[Lane], None]) -> None:
        device = self._devices.get(camera)
        if device is None:
            self.parent.send(messages.Refused(camera, "unknown"))
            return
        with self._lock:
            lane = self._lanes.get(camera)
            if lane is None:
                lane = self._lanes[camera] = Lane(device, self._tell, self._journal, self._gates[camera])
                self._lookers[camera] = Looker(lane, self.parent.send)
                self._lookers[camera].watch(camera == self._watched)
            do(lane)            # under the lock: a lane that rests may be taken away at this moment, order and all

    def _tell(self, message: Message) -> None:
        """From a lane: a camera that is said to stand is watched whether it does."""
        self.parent.send(message)
        if isinstance(message, messages.Standing) and (looker := self._lookers.get(message.camera)) is not None:
            looker.stood()

    def _watch(self, camera: str) -> None:
        before, self._watched = self._watched, camera
        for name in {before, camera}:
            if (looker := self._lookers.get(name)) is not None:
                looker.watch(name == camera)

    def _all(self) -> list[Lane]:
        with self._lock:
            return list(self._lanes.values())

    def _tidy(self) -> None:
        with self._lock:
            for camera, lane in list(self._lanes.items()):
                if lane.idle_s > IDLE_S and camera != self._watched:
                    lane.close()
                    self._lookers.pop(camera).close()
                    del self._lanes[camera]

    def _desktop_gone(self) -> None:
        """The pipe broke: stop what moves, wait for the answers, leave."""
        moving = [lane for lane in self._all() if not lane.standing]
        for lane in moving:
            lane.stop()
        deadline = time.monotonic() + LAST_STOPS_S
        while time.monotonic() < deadline and not all(lane.standing for lane in moving):
            time.sleep(0.02)


if __name__ == "__main__":
    Worker(Path(sys.argv[1])).run()
