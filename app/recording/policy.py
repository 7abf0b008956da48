"""Which cameras are recorded, and how long what was recorded is kept. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.model.camera import Camera
from app.runtime.settings import Value

GIGABYTE = 1_000_000_000        # as disks are sold
DAY_US = 86_400_000_000
MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Policy:
    """``minutes`` of every camera on a wall; ``days`` of the cameras that bear one of ``tags``, shown or not."""

    on: bool = True
    minutes: int = 5
    tags: frozenset[str] = frozenset()
    days: int = 7
    seconds: int = 60               # one file
    quota: int = 2 * GIGABYTE       # bytes
    floor: int = GIGABYTE           # bytes that stay free on the disk

    def always(self, camera: Camera) -> bool:
        """Recorded whether a pane shows it or not."""
        return bool(self.tags.intersection(camera.tags))

    def keep_us(self, camera: Camera | None) -> int:
        """Microseconds after which what was recorded of a camera goes; of one that is gone as of one on a wall."""
        if camera is not None and self.always(camera):
            return self.days * DAY_US
        return self.minutes * MINUTE_US

    def wanted(self, shown: Iterable[Camera], cameras: Iterable[Camera]) -> dict[str, tuple[Camera, bool]]:
        """Camera id -> (camera, whether it is pulled also while no pane shows it). Those always recorded come first."""
        if not self.on:
            return {}
        found = {camera.id: (camera, True) for camera in cameras if self.always(camera)} if self.tags else {}
        for camera in shown:
            found.setdefault(camera.id, (camera, False))
        return found


def policy_of(settings: Mapping[str, Value]) -> Policy:
    """The policy that the settings in force describe."""
    tags = frozenset(tag.strip() for tag in str(settings["recording.tags"]).split(",") if tag.strip())
    return Policy(bool(settings["recording.on"]), int(settings["recording.minutes"]), tags,
                  int(settings["recording.days"]), int(settings["recording.seconds"]),
                  int(float(settings["recording.quota_gb"]) * GIGABYTE),
                  int(float(settings["recording.free_gb"]) * GIGABYTE))


type KeepOf = Callable[[str], int]      # camera id -> microseconds
