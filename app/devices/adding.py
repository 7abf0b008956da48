"""Devices that were learned become cameras: numbers, names, a large and a small stream; a recorder one for each of its
channels. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from app.devices.known import KnownDevices
from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.device import DeviceFacts, MediaProfile
from app.model.errors import OperatorError
from app.model.lens import lens_of, single
from app.model.register import Device
from app.model.secret import Credentials
from app.runtime.addresses import parse
from app.runtime.language import gettext as _

SMALL = 640 * 360               # pixels of a pane on a full wall
_SHOWN = ("h264", "hevc", "")   # what a wall shows; the codec of some is not told


@dataclass(frozen=True, slots=True)
class Channel:
    """One lens of a device, counted from 1 as the device lists them; ``source`` its token, "" of a device with one."""

    number: int
    source: str
    streams: tuple[StreamProfile, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """New cameras with what each told, and the devices and channels that the register had already (address, camera) or
    that stream nothing (address, None)."""

    cameras: tuple[tuple[Camera, DeviceFacts], ...] = ()
    passed: tuple[tuple[str, Camera | None], ...] = ()


def cameras_from(learned: Iterable[tuple[str, DeviceFacts]], here: Sequence[Camera], login: Credentials,
                 first: int, area: tuple[str, ...], sources: Mapping[str, str] = MappingProxyType({})) -> Added:
    """Cameras with the next free numbers from ``first`` on; ``learned``: the name that was found, and the facts;
    ``sources``: of cameras here that are channels, by their id."""
    taken = {camera.number for camera in here}
    known, number = KnownDevices(here, sources), first
    made: list[tuple[Camera, DeviceFacts]] = []
    passed: list[tuple[str, Camera | None]] = []
    for name, facts in learned:
        title = name or facts.model or (urlsplit(facts.address).hostname or "")
        channels = channels_of(facts)
        if not channels:
            passed.append((facts.address, known.learned(facts)))
        for channel in channels:
            there = known.channel(facts, channel.source, channel.streams)
            if there is not None:
                passed.append((facts.address, there))
                continue
            while number in taken:
                number += 1
            taken.add(number)
            name = _("{device} – channel {number}").format(device=title, number=channel.number) if channel.source \
                else title
            camera = Camera("", number, name, area, streams=channel.streams, credentials=login, device=Device(
                facts.make, facts.model, facts.serial, facts.mac, facts.address))
            made.append((camera, facts))
            known.add(camera, channel.source)   # the same device twice among those that were ticked is one camera too
    return Added(tuple(made), tuple(passed))


def channels_of(facts: DeviceFacts) -> tuple[Channel, ...]:
    """What of a device streams something that a wall shows: of a recorder each of its lenses."""
    if single(facts):
        streams = streams_of(facts)
        return (Channel(1, "", streams),) if streams else ()
    sources = dict.fromkeys(lens_of(one) for one in facts.profiles if one.sources)
    return tuple(Channel(number, source, streams) for number, source in enumerate(sources, 1)
                 if (streams := streams_of(facts, source)))


def missing(facts: DeviceFacts, known: KnownDevices) -> tuple[int, tuple[Camera, ...]]:
    """How many channels a device has, and the cameras of those that the register has."""
    channels = channels_of(facts)
    here = (known.channel(facts, one.source, one.streams) for one in channels)
    return len(channels), tuple(one for one in here if one is not None)


def streams_of(facts: DeviceFacts, source: str = "") -> tuple[StreamProfile, ...]:
    """The largest stream as main, and as sub the smaller one that comes next to a pane's size; of this lens only."""
    offered = [one for one in facts.profiles if one.codec in _SHOWN and (not source or lens_of(one) == source)
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
