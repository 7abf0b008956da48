"""What a search of the network found, before anybody logged in anywhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """One device that answered. All text but ``source`` and ``address``'s host is its own word: cleaned, not trusted.

    ``key`` names it within one search; ``address`` its device service at the host that answered; ``told`` the host
    that it names itself when that is another one, else ""; ``macs`` upper case with colons, for comparing: the second
    may only be the tail of its id; ``foreign``: it answered from outside the network that was asked.
    """

    key: str
    address: str
    source: str
    told: str = ""
    name: str = ""
    make: str = ""
    model: str = ""
    macs: tuple[str, ...] = ()
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search asked so far: a network or range as text, ``done`` of ``total`` questions. ``cause`` when it could
    not be asked."""

    what: str
    done: int
    total: int
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """What an operator wants asked: addresses of this machine's own interfaces, and ranges of addresses."""

    interfaces: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    ports: tuple[int, ...] = (80, 8000, 8080, 8899, 2020, 5000)     # where ONVIF services are met (onvif.md section 9)
