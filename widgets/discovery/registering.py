"""What the search panel asks of the register: what it has of a device, and new cameras with what their devices told.

Runs on: the registry lane.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.devices.adding import Added, cameras_from, missing
from app.devices.asker import CHANNEL, FACT, TRUSTED, facts_from, facts_to
from app.devices.known import KnownDevices
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.lens import lens, single
from app.model.secret import Credentials
from app.registry.registry import Registry


def sources(registry: Registry) -> dict[str, str]:
    """Of which video source each camera is that is a recorder's channel, by camera id."""
    return {camera: str(fact.value.get("source", "")) for camera, fact in registry.device_facts.named(CHANNEL).items()
            if isinstance(fact.value, dict)}


def missing_of(registry: Registry, camera: Camera, known: KnownDevices) -> tuple[int, tuple[Camera, ...]]:
    """See app.devices.adding.missing; a camera of which nothing was learned is the whole device."""
    fact = registry.device_facts.get(camera.id, FACT)
    facts = facts_from(fact.value) if fact is not None else None
    return (1, (camera,)) if facts is None else missing(facts, known)


def keep(registry: Registry, learned: Sequence[tuple[str, DeviceFacts]], login: Credentials, first: int,
         area: tuple[str, ...]) -> Added:
    """All or none, as one edit that can be undone; see app.devices.adding.cameras_from. Raises OperatorError."""
    with registry.transaction():
        made = cameras_from(learned, registry.list_cameras(), login, first, area, sources(registry))
        kept = registry.edits.keep([camera for camera, _facts in made.cameras]) if made.cameras else []
        by_number = {camera.number: camera for camera in kept}
        for camera, facts in made.cameras:
            key = by_number[camera.number].id
            registry.device_facts.put(key, FACT, facts_to(facts))
            if not single(facts):
                registry.device_facts.put(key, CHANNEL, {
                    "source": lens((stream.url for stream in camera.streams), facts)})
            if facts.pin:
                registry.device_facts.put(key, TRUSTED, {"sha256": facts.pin})
    return Added(tuple((by_number[camera.number], facts) for camera, facts in made.cameras), made.passed)
