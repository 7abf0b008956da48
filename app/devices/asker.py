"""The desktop's side of the devices worker: whom to ask, and what came back. It rests when nobody is asked.

Runs on: ``ask`` on the GUI thread; signals are emitted on the worker's reading thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec
from psygnal import Signal

from app.devices import messages
from app.devices.refusals import MOST_TRIES, Refusals
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.secret import Credentials
from app.runtime.certificates import CAUSES
from app.runtime.worker import Worker

FACT = "onvif"              # the name under which the registry keeps what a device told
TRUSTED = "certificate"     # and the certificate that an operator trusts, {"sha256": pin}
CHANNEL = "channel"         # of a camera that is one lens of a recorder: {"source": token}
SHOWN = "certificate-shown" # what it shows while nobody trusts it, {"sha256": pin, "cause": cause key}
AGAIN_S = 60.0              # a device that did not answer is left alone for this long
REST_S = 30.0               # after the last answer its process ends: devices that are known cost no memory
_decode = msgspec.msgpack.Decoder(messages.FromWorker).decode


class Asker:
    """``learned`` (camera id, DeviceFacts); ``failed`` (camera id, cause key); ``certificate`` (camera id, cause key,
    what it shows) when it shows one that nobody trusted, after ``failed``.

    ``pins``: the certificates that operators trust, by camera id; ``refusals``: whose login was refused, by anybody.
    """

    learned = Signal(str, object)
    failed = Signal(str, str)
    certificate = Signal(str, str, str)

    def __init__(self, clock: Callable[[], float] = time.monotonic, rest_s: float = REST_S) -> None:
        self._clock, self._rest_s = clock, rest_s
        self.pins: dict[str, str] = {}
        self.refusals = Refusals()
        self._asked: dict[str, float] = {}
        self._tried: dict[str, tuple[Credentials, str]] = {}    # login and pin with which each was asked last
        self._refused: dict[str, tuple[Credentials, str]] = {}
        self._cameras: dict[str, Camera] = {}                   # as they were asked
        self._lock = threading.Lock()
        self._open: set[str] = set()                            # who owes an answer
        self._worker = Worker("devices", "app.devices.worker", received=self._heard, started=self._started)

    def ask(self, camera: Camera, *, now: bool = False) -> bool:
        """Learn this camera; False when it has no ONVIF address, was asked a moment ago, or refused this login.

        ``now``: the operator asks, so that the moment ago does not count.
        """
        address, trial = camera.device.service, (camera.credentials, self.pins.get(camera.id, ""))
        if not address or self._refused.get(camera.id) == trial or self.refusals.tries(camera):
            return False
        at = self._clock()
        if not now and at - self._asked.get(camera.id, -AGAIN_S) < AGAIN_S:
            return False
        self._asked[camera.id] = at
        self._refused.pop(camera.id, None)
        self._tried[camera.id] = trial
        self._cameras[camera.id] = camera
        with self._lock:
            self._open.add(camera.id)
        login, pin = trial
        self._worker.send(messages.Learn(camera.id, address, login.username, login.password.reveal(), pin,
                                         tuple(stream.url for stream in camera.streams)))
        return True

    def try_again(self, camera: Camera) -> bool:
        """The operator wants a login tried that was refused: it is as if it never had been."""
        self.refusals.note(camera, 0)
        self._refused.pop(camera.id, None)
        return self.ask(camera, now=True)

    def refused_elsewhere(self, camera: Camera, cause: str, shown: str) -> None:
        """Somebody else was refused (whoever hears events): it is not asked again as it is, and the operator is told.

        ``shown``: its certificate, for the causes of one.
        """
        self._refused[camera.id] = camera.credentials, self.pins.get(camera.id, "")
        if cause == "unauthorised":
            self.refusals.note(camera, MOST_TRIES)
        self.failed.emit(camera.id, cause)
        if cause in CAUSES:
            self.certificate.emit(camera.id, cause, shown)

    @property
    def busy(self) -> bool:
        """Whether somebody owes an answer."""
        return bool(self._open)

    def waits(self, camera: str) -> bool:
        """Whether its certificate or login was refused when it was asked last."""
        return camera in self._refused

    @property
    def pid(self) -> int:
        """Of the worker, 0 while nobody was asked."""
        return self._worker.pid

    def close(self) -> None:
        self._worker.close()

    def _heard(self, body: bytes) -> None:
        match _decode(body):
            case messages.Learned(camera, facts):
                self._answered(camera)
                self.learned.emit(camera, facts)
            case messages.Failed(camera, cause, detail):
                if cause in ("unauthorised", *CAUSES) and camera in self._tried:
                    self._refused[camera] = self._tried[camera]
                if cause == "unauthorised" and camera in self._cameras:
                    self.refusals.note(self._cameras[camera], MOST_TRIES)
                self._answered(camera)
                self.failed.emit(camera, cause)
                if cause in CAUSES:
                    self.certificate.emit(camera, cause, detail)

    def _answered(self, camera: str) -> None:
        with self._lock:
            self._open.discard(camera)
            idle = not self._open
        if idle:
            self._worker.rest(self._rest_s)

    def _started(self) -> list[msgspec.Struct]:
        """A worker that died takes its questions along; one that rested had none."""
        if self._worker.deaths:
            with self._lock:
                lost = list(self._open)
            for camera in lost:
                self._answered(camera)
                self.failed.emit(camera, "worker")
        return []


def facts_from(value: object) -> DeviceFacts | None:
    """Kept facts back from JSON, or None when they make no sense any more."""
    try:
        return msgspec.convert(value, DeviceFacts)
    except msgspec.ValidationError:
        return None


def facts_to(facts: DeviceFacts) -> Any:
    """Facts as JSON values."""
    return msgspec.to_builtins(facts)
