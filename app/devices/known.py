"""Which found devices the register has already: by hardware address, serial number and address. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from app.devices.probing import mac_of
from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.found import FoundDevice


class KnownDevices:
    """The cameras of the register at one moment. Of a recorder with many cameras, any of them is told."""

    def __init__(self, cameras: Iterable[Camera]) -> None:
        self._macs: dict[str, Camera] = {}
        self._serials: dict[tuple[str, str], Camera] = {}
        self._services: dict[tuple[str, int], Camera] = {}
        self._streams: dict[str, Camera] = {}
        self._hosts: dict[str, Camera] = {}
        for camera in cameras:
            self.add(camera)

    def add(self, camera: Camera) -> None:
        """One camera more."""
        about = camera.device
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
