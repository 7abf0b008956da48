"""Logins that devices refused: how many tries of two were spent, so that no program of any day tries a third.

Runs on: the registry lane. It is the fact ``login-refused`` of a camera: the password is not in it. A login that is
changed takes the fact away with it (app.registry.cameras).
"""

from __future__ import annotations

from app.model.camera import Camera
from app.registry.camera_reading import logins_of
from app.registry.device_facts import DeviceFacts
from app.registry.store import Store

FACT = "login-refused"


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
