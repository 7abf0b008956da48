"""Logins that devices refused: how many tries of two were spent, so that no program of any day tries a third.

Runs on: the registry lane. They are facts of a camera, ``login-refused`` of its device and ``stream-refused`` of its
streams: many makes keep the users of ONVIF apart from those of RTSP. The password is not in them. A login that is
changed takes both away with it (app.registry.cameras).
"""

from __future__ import annotations

from app.model.camera import Camera
from app.model.refused import RefusedStream
from app.model.secret import Credentials
from app.registry.camera_reading import logins_of
from app.registry.device_facts import DeviceFacts
from app.registry.store import Store

FACT = "login-refused"
STREAM = "stream-refused"


class RefusedLogins:
    """The refused logins of one store."""

    def __init__(self, store: Store, facts: DeviceFacts) -> None:
        self._store, self._facts = store, facts

    def all(self) -> dict[str, tuple[str, int]]:
        """By camera id: the device service that refused, and the tries that were spent."""
        found: dict[str, tuple[str, int]] = {}
        for camera, fact in self._facts.named(FACT).items():
            value = fact.value
            if isinstance(value, dict) and isinstance(tries := value.get("tries"), int):
                found[camera] = str(value.get("service", "")), tries
        return found

    def note(self, camera: Camera, tries: int) -> bool:
        """``camera`` with the login that was tried; 0 tries: it was let in again. False when the register has another
        login by now."""
        with self._store.write():
            if logins_of(self._store, [camera.id], {}).get(camera.id) != camera.credentials:
                return False
            if tries <= 0:
                return self._facts.forget(camera.id, FACT) > 0
            return self._facts.put(camera.id, FACT, {"service": camera.device.service, "tries": tries})

    def streams(self) -> dict[str, tuple[Credentials, RefusedStream]]:
        """By camera id: the login that it has, and what its streams answered to it."""
        found = self._facts.named(STREAM)
        logins = logins_of(self._store, list(found), {}) if found else {}
        told: dict[str, tuple[Credentials, RefusedStream]] = {}
        for camera, fact in found.items():
            value = fact.value
            if camera in logins and isinstance(value, dict) and isinstance(tries := value.get("tries"), int):
                told[camera] = logins[camera], RefusedStream(str(value.get("door", "")), tries,
                                                             value.get("alone") is True)
        return told

    def note_stream(self, camera: str, login: Credentials, told: RefusedStream) -> bool:
        """``login`` is the one that was tried; otherwise as :meth:`note`."""
        with self._store.write():
            if logins_of(self._store, [camera], {}).get(camera) != login:
                return False
            if told.tries <= 0:
                return self._facts.forget(camera, STREAM) > 0
            return self._facts.put(camera, STREAM, {"door": told.door, "tries": told.tries, "alone": told.alone})
