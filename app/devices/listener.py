"""The desktop's side of hearing events: whose, and what they said.

Runs on: ``hear`` on the GUI thread; signals are emitted on the worker's reading thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

import msgspec
from psygnal import Signal

from app.devices import messages
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.lens import own_profiles
from app.runtime.worker import Worker

log = logging.getLogger("lawang.devices")

MOST_TOPICS = 64            # strange topics that are written to the log, of all cameras together
REST_S = 30.0               # the process goes when nobody has been heard for so long
_decode = msgspec.msgpack.Decoder(messages.FromListening).decode


class Listener:
    """``noticed`` (CameraEvent); ``hearing`` (camera id); ``deaf`` (camera id, cause key, detail)."""

    noticed = Signal(object)
    hearing = Signal(str)
    deaf = Signal(str, str, str)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: dict[str, messages.Listen] = {}
        self._topics: set[str] = set()
        self._worker = Worker("device events", "app.devices.listening", received=self._said, started=self._again)

    @property
    def cameras(self) -> frozenset[str]:
        """Who is to be heard."""
        with self._lock:
            return frozenset(self._heard)

    @property
    def pid(self) -> int:
        """Of the process, 0 while nobody is heard."""
        return self._worker.pid

    def hear(self, wanted: Mapping[str, tuple[Camera, DeviceFacts]]) -> None:
        """These cameras, as they were learned, and no others. Those beyond messages.MOST_HEARD are left out."""
        orders = {camera: _order(*wanted[camera]) for camera in list(wanted)[:messages.MOST_HEARD]}
        with self._lock:
            before, self._heard = self._heard, orders
        for camera in before.keys() - orders.keys():
            self._worker.send(messages.Ignore(camera))
        for camera, order in orders.items():
            if before.get(camera) != order:
                self._worker.send(order)
        if before and not orders:
            self._worker.rest(REST_S)

    def close(self) -> None:
        """Ends the process, which gives every subscription back first."""
        self._worker.close()

    def _again(self) -> list[msgspec.Struct]:
        """At its first start what waits is what is wanted; after a death everything is asked for anew."""
        with self._lock:
            return list(self._heard.values()) if self._worker.deaths else []

    def _said(self, body: bytes) -> None:
        match _decode(body):
            case messages.Noticed(event):
                if event.camera in self._heard:
                    self.noticed.emit(event)
            case messages.Hearing(camera):
                self.hearing.emit(camera)
            case messages.Deaf(camera, cause, detail):
                if cause == "unauthorised":         # nor does a process that comes after this one try it
                    with self._lock:
                        self._heard.pop(camera, None)
                self.deaf.emit(camera, cause, detail)
            case messages.StrangeTopic(camera, topic):
                if topic not in self._topics and len(self._topics) < MOST_TOPICS:
                    self._topics.add(topic)
                    log.warning("camera %s tells of %s, which nobody here knows", camera, topic)


def _order(camera: Camera, facts: DeviceFacts) -> messages.Listen:
    login = camera.credentials
    return messages.Listen(camera.id, facts.events, facts.address, login.username, login.password.reveal(), facts.login,
                           facts.clock_offset, facts.pin, *lenses(camera, facts))


def lenses(camera: Camera, facts: DeviceFacts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tokens of the lens that this camera's streams come from, and those of the device's other lenses: a recorder
    tells what all its channels notice to everybody. Both empty when none of its profiles is this camera's."""
    mine = own_profiles((stream.url for stream in camera.streams), facts)
    own = dict.fromkeys(token for one in mine for token in one.sources)
    others = dict.fromkeys(token for one in facts.profiles for token in one.sources if token not in own)
    return (tuple(own), tuple(others)) if own else ((), ())
