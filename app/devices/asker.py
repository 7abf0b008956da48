"""The desktop's side of the devices worker: whom to ask, and what came back.

Runs on: ``ask`` on the GUI thread; ``learned`` and ``failed`` are emitted on the worker's reading thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec
from psygnal import Signal

from app.devices import messages
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.secret import Credentials
from app.runtime.worker import Worker

FACT = "onvif"              # the name under which the registry keeps what a device told
AGAIN_S = 60.0              # a device that did not answer is left alone for this long
_decode = msgspec.msgpack.Decoder(messages.FromWorker).decode


class Asker:
    """``learned`` (camera id, DeviceFacts); ``failed`` (camera id, cause key)."""

    learned = Signal(str, object)
    failed = Signal(str, str)

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: dict[str, float] = {}
        self._logins: dict[str, Credentials] = {}           # with which each was asked last
        self._refused: dict[str, Credentials] = {}
        self._worker = Worker("devices", "app.devices.worker", received=self._heard)

    def ask(self, camera: Camera, *, now: bool = False) -> bool:
        """Learn this camera; False when it has no ONVIF address, was asked a moment ago, or refused this login.

        ``now``: the operator asks, so that the moment ago does not count.
        """
        address, login = camera.device.service, camera.credentials
        if not address or self._refused.get(camera.id) == login:
            return False
        at = self._clock()
        if not now and at - self._asked.get(camera.id, -AGAIN_S) < AGAIN_S:
            return False
        self._asked[camera.id] = at
        self._refused.pop(camera.id, None)
        self._logins[camera.id] = login
        self._worker.send(messages.Learn(camera.id, address, login.username, login.password.reveal()))
        return True

    @property
    def pid(self) -> int:
        """Of the worker, 0 while nobody was asked."""
        return self._worker.pid

    def close(self) -> None:
        self._worker.close()

    def _heard(self, body: bytes) -> None:
        match _decode(body):
            case messages.Learned(camera, facts):
                self.learned.emit(camera, facts)
            case messages.Failed(camera, cause):
                if cause == "unauthorised" and camera in self._logins:
                    self._refused[camera] = self._logins[camera]
                self.failed.emit(camera, cause)


def facts_from(value: object) -> DeviceFacts | None:
    """Kept facts back from JSON, or None when they make no sense any more."""
    try:
        return msgspec.convert(value, DeviceFacts)
    except msgspec.ValidationError:
        return None


def facts_to(facts: DeviceFacts) -> Any:
    """Facts as JSON values."""
    return msgspec.to_builtins(facts)
