"""Devices that were learned become cameras: numbers, names, a large and a small stream. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.devices.known import KnownDevices
from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.device import DeviceFacts, MediaProfile
from app.model.errors import OperatorError
from app.model.lens import lens_of, single
from app.model.register import Device
from app.model.secret import Credentials
from app.runtime.addresses import parse

SMALL = 640 * 360               # pixels of a pane on a full wall
_SHOWN = ("h264", "hevc", "")   # what a wall shows; the codec of some is not told


@dataclass(frozen=True, slots=True)
class Added:
    """New cameras with what each told, and the devices that the register had already (address, camera) or that stream
    nothing (address, None)."""

    cameras: tuple[tuple[Camera, DeviceFacts], ...] = ()
    passed: tuple[tuple[str, Camera | None], ...] = ()


def cameras_from(learned: Iterable[tuple[str, DeviceFacts]], here: Sequence[Camera], login: Credentials,
                 first: int, area: tuple[str, ...]) -> Added:
    """Cameras with the next free numbers from ``first`` on; ``learned``: the name that was found, and the facts."""
    taken = {camera.number for camera in here}
    known, number = KnownDevices(here), first
    made: list[tuple[Camera, DeviceFacts]] = []
    passed: list[tuple[str, Camera | None]] = []
    for name, facts in learned:
        title = name or facts.model or (urlsplit(facts.address).hostname or "")
        streams = streams_of(facts)
        there = known.learned(facts)
        if there is not None or not streams:
            passed.append((facts.address, there))
            continue
        while number in taken:
            number += 1
        taken.add(number)
        camera = Camera("", number, title, area, streams=streams, credentials=login, device=Device(
            facts.make, facts.model, facts.serial, facts.mac, facts.address))
        made.append((camera, facts))
        known.add(camera)           # the same device twice among those that were ticked is one camera too
    return Added(tuple(made), tuple(passed))


def streams_of(facts: DeviceFacts) -> tuple[StreamProfile, ...]:
    """The largest stream as main, and as sub the smaller one that comes next to a pane's size."""
    offered = [one for one in facts.profiles if one.codec in _SHOWN
               and _usable(facts.streams.get(one.token, ""))]
    if not offered:
        return ()
    # Of two that are as large, H.264 costs every machine less; among equals the device's own order holds.
    main = max(offered, key=lambda one: (one.width * one.height, one.codec == "h264"))
    # Of a recorder, only of the same channel.
    smaller = [one for one in offered if facts.streams[one.token] != facts.streams[main.token]
               and (single(facts) or lens_of(one) == lens_of(main))
               and (one.width * one.height < main.width * main.height or not main.width)]
    sub = min(smaller, key=lambda one: (abs(one.width * one.height - SMALL), one.codec != "h264"), default=None)
    return tuple(_stream(role, one, facts) for role, one in ((StreamRole.MAIN, main), (StreamRole.SUB, sub)) if one)


def _usable(address: str) -> bool:
    """Whether the register takes it: the device wrote it, and a strange one must not spoil the adding of others."""
    try:
        return bool(parse(address).url)
    except OperatorError:
        return False


def _stream(role: StreamRole, profile: MediaProfile, facts: DeviceFacts) -> StreamProfile:
    return StreamProfile(role, facts.streams[profile.token], profile.width, profile.height)
