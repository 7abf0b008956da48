"""Whose login was refused, and how often: everybody who would try it asks here first. Two tries, ever.

Any thread. The register keeps it beyond this program (app.registry.refusals); a changed login takes it away there.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from psygnal import Signal

from app.model.camera import Camera
from app.model.secret import Credentials

MOST_TRIES = 2              # cameras lock out whoever tries more (reference: onvif.md section 4)


class Refusals:
    """``noted`` (Camera with the login that was tried, tries spent) is to be kept; ``changed`` (camera id) when its
    count may be another."""

    noted = Signal(object, int)
    changed = Signal(str)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[str, int]] = {}                         # device service, tries: of the register
        self._seen: dict[str, tuple[str, Credentials, int]] = {}            # of this program

    def tries(self, camera: Camera) -> int:
        """How many of two tries this login has spent at this device; 0 for a camera without a login."""
        if not camera.credentials:
            return 0
        with self._lock:
            service, login, seen = self._seen.get(camera.id, ("", Credentials(), 0))
            if (service, login) == (camera.device.service, camera.credentials):
                return seen
            service, kept = self._kept.get(camera.id, ("", 0))
            return kept if service == camera.device.service else 0

    def note(self, camera: Camera, tries: int) -> None:
        """So many are spent; 0: it was let in again."""
        if not camera.credentials or self.tries(camera) == tries:
            return
        with self._lock:
            self._seen[camera.id] = camera.device.service, camera.credentials, tries
        self.noted.emit(camera, tries)
        self.changed.emit(camera.id)

    def take(self, kept: Mapping[str, tuple[str, int]]) -> None:
        """All that the register knows now: what it has no longer was forgiven."""
        with self._lock:
            before, self._kept = self._kept, dict(kept)
            for camera in before.keys() - kept.keys():
                self._seen.pop(camera, None)
        for camera in before.keys() | kept.keys():
            if before.get(camera) != kept.get(camera):
                self.changed.emit(camera)
