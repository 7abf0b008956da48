"""Whose events are heard: cameras on the walls first, then those of a tag, as many as the setting allows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.model.camera import Camera
from app.runtime.settings import Value


@dataclass(frozen=True, slots=True)
class Policy:
    """``walls``: cameras on a wall; ``tags``: also those that bear one of them; ``most`` at once."""

    walls: bool = True
    tags: frozenset[str] = frozenset()
    most: int = 64


def policy_of(settings: Mapping[str, Value]) -> Policy:
    """The policy in force."""
    tags = frozenset(word.strip() for word in str(settings["events.tags"]).split(",") if word.strip())
    return Policy(settings["events.hear"] == "wall", tags, int(settings["events.most"]))


def wanted(policy: Policy, shown: Iterable[str], tagged: Iterable[str], find: Callable[[str], Camera | None]
           ) -> list[Camera]:
    """The cameras that have a device to ask, each once, in the order of their right to be heard."""
    found: dict[str, Camera] = {}
    for camera_id in (*(shown if policy.walls else ()), *tagged):
        camera = find(camera_id) if camera_id and camera_id not in found else None
        if camera is not None and camera.device.service:
            found[camera_id] = camera
            if len(found) >= policy.most:
                break
    return list(found.values())
