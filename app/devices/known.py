"""Which found devices the register has already: by hardware address, serial number and address. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import urlsplit

from app.devices.probing import mac_of
from app.model.camera import Camera, StreamProfile
from app.model.device import DeviceFacts
from app.model.found import FoundDevice
from app.model.lens import lens, place

type _Key = tuple[str, str] | None


class KnownDevices:
    """The cameras of the register at one moment. Of a recorder with many cameras, any of them is told before a login.

    ``sources``: the token of the video source that was noted for cameras which are a recorder's channel, by their id.
    """

    def __init__(self, cameras: Iterable[Camera], sources: Mapping[str, str] = MappingProxyType({})) -> None:
        self._sources = sources
        self._channels: dict[tuple[_Key, str], Camera] = {}
        self._devices: dict[_Key, list[Camera]] = {}
        self._macs: dict[str, Camera] = {}
        self._serials: dict[tuple[str, str], Camera] = {}
        self._services: dict[tuple[str, int], Camera] = {}
        self._streams: dict[str, Camera] = {}
        self._hosts: dict[str, Camera] = {}
        for camera in cameras:
            self.add(camera)

    def add(self, camera: Camera, source: str = "") -> None:
        """One camera more; ``source``: of which channel it is."""
        about = camera.device
        if key := _key(about.model, about.serial, about.service):
            self._devices.setdefault(key, []).append(camera)
            if source or (source := self._sources.get(camera.id, "")):
                self._channels.setdefault((key, source), camera)
        if mac := mac_of(about.mac):
            self._macs.setdefault(mac, camera)
        if about.serial:
            self._serials.setdefault((about.model.casefold(), about.serial.casefold()), camera)
        if about.service:
            self._services.setdefault(_place(about.service), camera)
        for stream in camera.streams:
            self._streams.setdefault(stream.url, camera)
            host = urlsplit(stream.url).hostname or ""
            # A list of cameras names no ONVIF address: then the host of the stream tells. This machine's own host
            # is everybody's.
            if host and not about.service and not _own(host):
                self._hosts.setdefault(host, camera)

    def found(self, device: FoundDevice) -> Camera | None:
        """The camera that this device is, as far as one can tell without a login."""
        for mac in device.macs:
            if mac in self._macs:
                return self._macs[mac]
        return self._services.get(_place(device.address)) or self._hosts.get(device.source)

    def learned(self, facts: DeviceFacts) -> Camera | None:
        """The camera that this device is, by what it told after the login."""
        if facts.mac and facts.mac in self._macs:
            return self._macs[facts.mac]
        serial = (facts.model.casefold(), facts.serial.casefold())
        if facts.serial and serial in self._serials:
            return self._serials[serial]
        by_stream = next((self._streams[url] for url in facts.streams.values() if url in self._streams), None)
        return by_stream or self._services.get(_place(facts.address))

    def channel(self, facts: DeviceFacts, source: str, streams: Sequence[StreamProfile]) -> Camera | None:
        """The camera that shows this lens of the device; ``source`` "" for a device with one."""
        if not source:
            return self.learned(facts)
        key = _key(facts.model, facts.serial, facts.address)
        if there := self._channels.get((key, source)):
            return there
        # Cameras that came from a list or before channels were noted tell by the address of their stream.
        mine = {place(one.url) for one in streams}
        for camera in self._devices.get(key, ()):
            own = [one.url for one in camera.streams]
            if lens(own, facts) == source or mine & {place(url) for url in own}:
                return camera
        return next((self._streams[url] for url in facts.streams.values() if url in self._streams
                     and lens((url,), facts) == source), None)


def _key(model: str, serial: str, service: str) -> _Key:
    """What names a device: its serial number, else where it is."""
    if serial:
        return model.casefold(), serial.casefold()
    return (f"{_place(service)}", "") if service else None


def _place(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    try:
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return parts.hostname or "", 0


def _own(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
