"""WS-Discovery on the wire: the questions, and what can be believed of the answers. Pure.

Sources: WS-Discovery 2005/04 and OASIS 1.1 (2009/01), ONVIF Core section 7. Both dialects are read by local name.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from lxml import etree

from app.model.found import FoundDevice

GROUP, PORT = "239.255.255.250", 3702
LONGEST_ANSWER = 8 << 10            # bytes of a datagram; real answers have 1 to 3 kB
LONGEST_TEXT = 80                   # characters of a name that is shown
MOST_TRANSPORTS = 16                # addresses and scopes that are looked at: 64
# The 2005 dialect is the one of ONVIF; answers in the other are read too.
_WSD = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
_WSA = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TYPES = ("dn:NetworkVideoTransmitter", "tds:Device", "")
_PROBE = ('<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
          'xmlns:w="{wsa}" xmlns:d="{wsd}" xmlns:dn="http://www.onvif.org/ver10/network/wsdl" '
          'xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><e:Header><w:MessageID>uuid:{id}</w:MessageID>'
          "<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To><w:Action>{wsd}/Probe</w:Action></e:Header>"
          "<e:Body><d:Probe>{types}</d:Probe></e:Body></e:Envelope>")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]")
_MAC = re.compile(r"(?i)(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}")
_UUID = re.compile(r"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}([0-9a-f]{12})")
# Whom the name of a device may begin with; WS-Discovery has no field for the make.
_MAKES = ("Axis", "Bosch", "Dahua", "Hanwha", "Hikvision", "Honeywell", "Lawang", "Panasonic", "Pelco", "Reolink",
          "Sony", "Tapo", "Tiandy", "TP-Link", "Uniview", "Vivotek")


@dataclass(frozen=True, slots=True)
class Match:
    """One device in an answer, as it stands there: cleaned text, http(s) addresses."""

    endpoint: str
    addresses: tuple[str, ...]
    name: str = ""
    make: str = ""
    model: str = ""
    macs: tuple[str, ...] = ()


def probe(types: str = "") -> bytes:
    """A question for devices of one type, or for all. It holds nothing of us but a fresh id."""
    inside = f"<d:Types>{types}</d:Types>" if types else ""
    return _PROBE.format(wsa=_WSA, wsd=_WSD, id=uuid.uuid4(), types=inside).encode()


def matches(datagram: bytes) -> list[Match]:
    """The devices of a ProbeMatches; empty for anything else, hostile or not."""
    if len(datagram) > LONGEST_ANSWER:
        return []
    root = parsed(datagram)
    if root is None or named(root, "ProbeMatches") is None:
        return []
    found = [_match(each) for each in root.iter() if local(each) == "ProbeMatch"]
    return [match for match in found if match is not None]


def device(match: Match, source: str, *, foreign: bool = False) -> FoundDevice | None:
    """The device as we would reach it: its port and path at the host that answered. None without a usable address.

    A device behind NAT, with a former address or with bad intent names other hosts: they are shown, never called.
    """
    parts = [urlsplit(address) for address in match.addresses]
    chosen = next((part for part in parts if part.hostname == source), parts[0] if parts else None)
    if chosen is None:
        return None
    try:
        usual = {"http": 80, "https": 443}[chosen.scheme]       # left out, so that one device has one address
        port = f":{chosen.port}" if chosen.port and chosen.port != usual else ""
    except ValueError:                  # host:port:port, or 99999
        port = ""
    told = clean(chosen.hostname or "") if chosen.hostname != source else ""
    address = f"{chosen.scheme}://{source}{port}{clean(chosen.path, 200) or '/onvif/device_service'}"
    return FoundDevice(match.endpoint or address, address, source, told, match.name, match.make, match.model,
                       match.macs, foreign)


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """Text of a stranger as one short line: without control characters and without those that turn text around."""
    return " ".join(_UNSEEN.sub(" ", text[:4 * longest]).split())[:longest]


def mac_of(text: str) -> str:
    """"AA:BB:CC:DD:EE:FF" of a hardware address in any of its forms, "" for what is none."""
    if not _MAC.fullmatch(text.strip()):
        return ""
    digits = re.sub(r"[^0-9A-F]", "", text.upper())
    plain = ":".join(digits[at:at + 2] for at in range(0, 12, 2))
    return "" if plain in ("00:00:00:00:00:00", "FF:FF:FF:FF:FF:FF") else plain


def parsed(body: bytes) -> etree._Element | None:
    """The root of an XML text from the network, or None: no entities, no network, no huge trees, no DTD."""
    if b"<!" in body[:1024]:            # a DTD has no place in SOAP; comments do not come first either
        return None
    try:
        root: etree._Element | None = etree.fromstring(body, etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=False, recover=True, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root


def local(element: etree._Element) -> str:
    """The name without its namespace, also without a prefix that nobody declared; "" for comments."""
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def named(element: etree._Element, name: str) -> etree._Element | None:
    """The first element of that local name, itself or below."""
    return next((each for each in element.iter() if local(each) == name), None)


def text_of(element: etree._Element | None, name: str) -> str:
    """The text of the first element of that local name, "" without one."""
    found = named(element, name) if element is not None else None
    return (found.text or "").strip() if found is not None else ""


def _match(element: etree._Element) -> Match | None:
    endpoint = clean(text_of(named(element, "EndpointReference"), "Address"), 200)
    addresses = tuple(word for word in text_of(element, "XAddrs").split()[:MOST_TRANSPORTS] if _usable(word))
    if not addresses:
        return None
    said: dict[str, str] = {}
    for scope in text_of(element, "Scopes").split()[:4 * MOST_TRANSPORTS]:
        head, _slash, value = scope.partition("onvif://www.onvif.org/")[2].partition("/")
        if not _slash or head.lower() in said:
            continue
        said[head.lower()] = clean(unquote(value))
    name, model = said.get("name", ""), said.get("hardware", "")
    make = said.get("manufacturer", "") or said.get("mfr", "") or next(
        (known for known in _MAKES if name.lower().startswith(known.lower())), "")
    own = _UUID.search(endpoint)
    macs = (mac_of(said.get("mac", "")), mac_of(own[1]) if own else "")
    return Match(endpoint, addresses, name, make, model, tuple(dict.fromkeys(mac for mac in macs if mac)))


def _usable(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False
