"""``main.py cameras discover``: asks the network which ONVIF devices there are; nobody is logged in to."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.cli.options import add_common
from app.devices.asker import SHOWN, TRUSTED
from app.devices.ranges import interfaces, ports_in
from app.model.errors import CameraError, OperatorError
from app.model.found import Asked, FoundDevice, Search
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.certificates import pin_in, shown_by
from app.runtime.language import gettext as _
from app.runtime.language import ngettext

if TYPE_CHECKING:
    from app.devices.known import KnownDevices

HANDSHAKE_S = 3.0       # of TLS with one device
INTERRUPTED = 130       # what shells expect of a program that Ctrl+C ended


def add(verbs: Any) -> None:
    """The verb, below ``cameras``."""
    parser = verbs.add_parser("discover", help=_("ask the network which cameras there are"), description=_(
        "Asks by WS-Discovery on this machine's interfaces, and addresses of the given ranges one by one, at most 50 a "
        "second. No password is sent to anybody."))
    parser.add_argument("--interface", metavar="IP", action="append", default=[], help=_(
        "ask on the interface with this address only; may be given several times"))
    parser.add_argument("--range", metavar="RANGE", action="append", default=[], dest="ranges", help=_(
        "ask these addresses, such as 10.12.1.0/24 or 10.12.1.10-60; may be given several times"))
    parser.add_argument("--ports", metavar="PORTS", default="", help=_(
        "ports that are asked in ranges; without it {ports}").format(ports=",".join(map(str, Search().ports))))
    parser.add_argument("--trust", metavar="FINGERPRINT", action="append", default=[], help=_(
        "trust the certificate with this SHA-256 fingerprint where a camera of the register shows it; may be given "
        "several times"))
    parser.add_argument("--json", action="store_true", help=_("write one line of JSON for each device and question"))
    add_common(parser, below=True)
    parser.set_defaults(run=discover)


def discover(given: argparse.Namespace) -> int:
    """Prints devices as they answer, then what was asked. 1 when nothing could be asked."""
    from app.devices.finding import Finding  # asyncio and lxml: the other verbs need neither
    from app.devices.known import KnownDevices
    known = KnownDevices(_cameras(given))
    trusted = frozenset(pin_in(text) for text in given.trust)
    search = search_of(given)
    paper = _Paper(known, given.json)
    try:
        Finding(search, paper.take).run()
    except KeyboardInterrupt:
        paper.finish()
        return INTERRUPTED
    _trust(given, paper.certificates(), trusted)
    paper.finish()
    return 0 if any(not asked.cause for asked in paper.asked.values()) else 1


def search_of(given: argparse.Namespace) -> Search:
    """What is to be asked. Raises OperatorError for an interface that this machine does not have."""
    own = interfaces()
    there = {one.address for one in own}
    for address in given.interface:
        if address not in there:
            raise OperatorError(_("This machine has no interface {address}. It has {known}.").format(
                address=address, known=", ".join(f"{one.address} ({one.name})" for one in own) or "-"))
    # Ranges alone mean only them; without a word every interface is asked.
    chosen = given.interface or ([] if given.ranges else [one.address for one in own])
    ports = ports_in(given.ports) if given.ports else Search().ports
    return Search(tuple(chosen), tuple(given.ranges), ports)


class _Paper:
    """Lines for people or for programs."""

    def __init__(self, known: KnownDevices, as_json: bool) -> None:
        self._known, self._json = known, as_json
        self.devices: dict[str, FoundDevice] = {}
        self.asked: dict[str, Asked] = {}

    def take(self, told: FoundDevice | Asked) -> None:
        if isinstance(told, Asked):
            self.asked[told.what] = told
            return
        new = told.key not in self.devices
        self.devices[told.key] = told
        camera = self._known.found(told)
        if self._json:
            self._line({"kind": "device", **asdict(told), "camera": camera.number if camera else None})
        elif new:
            words = [" ".join(word for word in (told.make, told.model) if word) or "-", told.name or "-"]
            words.append(_("camera {number}").format(number=camera.label) if camera else _("new"))
            if told.told:
                words.append(_("says it is at {address}").format(address=told.told))
            if told.foreign:
                words.append(_("outside this network"))
            print(told.address, *words, sep="\t", flush=True)

    def certificates(self) -> dict[str, str]:
        """What https devices show, told in a line each; camera id -> fingerprint of those that the register has."""
        shown: dict[str, str] = {}
        for device in self.devices.values():
            parts = urlsplit(device.address)
            if parts.scheme != "https":
                continue
            try:
                pin = shown_by(parts.hostname or "", parts.port or 443, HANDSHAKE_S)
            except CameraError:
                continue
            if self._json:
                self._line({"kind": "certificate", "address": device.address, "sha256": pin})
            else:
                print(device.address, _("certificate {pin}").format(pin=pin), sep="\t", flush=True)
            camera = self._known.found(device)
            if camera is not None:
                shown[camera.id] = pin
        return shown

    def finish(self) -> None:
        """What was asked, and how much was found."""
        if self._json:
            for asked in self.asked.values():
                self._line({"kind": "asked", **asdict(asked)})
            return
        for asked in self.asked.values():
            if asked.cause:
                print(_("{what}: not asked ({reason})").format(what=asked.what, reason=asked.cause), file=sys.stderr)
            else:
                print(_("{what}: {done} of {total} questions asked").format(
                    what=asked.what, done=asked.done, total=asked.total), file=sys.stderr)
        count = len(self.devices)
        print(ngettext("{count} device answered. Nobody was sent a password.",
                       "{count} devices answered. Nobody was sent a password.", count).format(count=count),
              file=sys.stderr)

    @staticmethod
    def _line(words: dict[str, object]) -> None:
        print(json.dumps(words, ensure_ascii=False), flush=True)


def _trust(given: argparse.Namespace, shown: dict[str, str], trusted: frozenset[str]) -> None:
    meant = {camera: pin for camera, pin in shown.items() if pin in trusted}
    if not meant:
        return
    with Registry.open(given.registry or paths.registry_path()) as registry:
        for camera, pin in meant.items():
            registry.device_facts.put(camera, TRUSTED, {"sha256": pin})
            registry.device_facts.forget(camera, SHOWN)
    print(ngettext("{count} certificate is trusted now.", "{count} certificates are trusted now.", len(meant)).format(
        count=len(meant)), file=sys.stderr)


def _cameras(given: argparse.Namespace) -> list[Any]:
    path: Path = given.registry or paths.registry_path()
    if not path.exists():
        return []
    with Registry.open(path) as registry:
        return list(registry.list_cameras())
