"""Where to look: this machine's own interfaces, and the ranges of addresses that an operator wrote down."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

import psutil

from app.model.errors import OperatorError
from app.runtime.language import gettext as _

MOST_ADDRESSES = 65_536         # in one search: with one port 22 minutes at 50 a second


@dataclass(frozen=True, slots=True)
class Interface:
    """One IPv4 address of this machine: "eth0", "10.12.1.5", "10.12.1.0/24"."""

    name: str
    address: str
    network: str

    @property
    def loopback(self) -> bool:
        return ipaddress.ip_address(self.address).is_loopback


def interfaces() -> tuple[Interface, ...]:
    """Every interface that is up and has an IPv4 address; this machine itself last."""
    up = {name for name, about in psutil.net_if_stats().items() if about.isup}
    found = []
    for name, addresses in psutil.net_if_addrs().items():
        for each in addresses:
            if name in up and each.family == socket.AF_INET:
                network = ipaddress.ip_network(f"{each.address}/{each.netmask or 32}", strict=False)
                found.append(Interface(name, each.address, str(network)))
    return tuple(sorted(found, key=lambda one: (one.loopback, one.name, one.address)))


def addresses_in(text: str) -> range:
    """The addresses of "10.12.1.0/24", "10.12.1.10-10.12.1.60", "10.12.1.10-60" or "10.12.1.7", as numbers.

    Raises OperatorError for anything else and for more than MOST_ADDRESSES.
    """
    try:
        first, last = _ends(text.strip())
    except ValueError:
        raise OperatorError(_("“{text}” is no range of addresses. Write 10.12.1.0/24 or 10.12.1.10-60.").format(
            text=text)) from None
    if last - first >= MOST_ADDRESSES:
        raise OperatorError(_("“{text}” has more than {most} addresses. Take a smaller part.").format(
            text=text, most=MOST_ADDRESSES))
    return range(first, last + 1)


def ports_in(text: str) -> tuple[int, ...]:
    """"80,8080" as numbers. Raises OperatorError."""
    ports = []
    for part in text.replace(",", " ").split():
        if not (part.isascii() and part.isdigit() and len(part) <= 5 and 1 <= int(part) <= 65_535):
            raise OperatorError(_("“{text}” is no port; they go from 1 to 65535.").format(text=part))
        ports.append(int(part))
    return tuple(dict.fromkeys(ports))


def _ends(text: str) -> tuple[int, int]:
    if "/" in text:
        network = ipaddress.IPv4Network(text, strict=False)
        first, last = int(network.network_address), int(network.broadcast_address)
        # The network's own and the broadcast address are no devices.
        return (first + 1, last - 1) if network.prefixlen < 31 else (first, last)
    start, dash, end = (part.strip() for part in text.partition("-"))
    first = int(ipaddress.IPv4Address(start))
    if not dash:
        return first, first
    last = int(ipaddress.IPv4Address(end if "." in end else f"{start.rpartition('.')[0]}.{int(end)}"))
    if last < first:
        raise ValueError(text)
    return first, last
