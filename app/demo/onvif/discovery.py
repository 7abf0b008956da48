"""The virtual cameras answer WS-Discovery: a multicast probe on this machine's own interface, or one sent to it alone.

Runs on: one thread named "discovery", a daemon of the demo's process.
"""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape

from lxml import etree

from app.demo.onvif.answers import Identity

GROUP, PORT = "239.255.255.250", 3702
LONGEST_PROBE = 8 << 10
_KNOWN = {"NetworkVideoTransmitter", "Device"}
_WSD = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
_WSA = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_ANSWER = ('<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
           'xmlns:a="{wsa}" xmlns:d="{wsd}" xmlns:dn="http://www.onvif.org/ver10/network/wsdl" '
           'xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><s:Header><a:MessageID>uuid:{id}</a:MessageID>'
           "<a:RelatesTo>{asked}</a:RelatesTo><a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"
           "<a:Action>{wsd}/ProbeMatches</a:Action></s:Header><s:Body><d:ProbeMatches><d:ProbeMatch><a:EndpointReference>"
           "<a:Address>{endpoint}</a:Address></a:EndpointReference>"
           "<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>{scopes}</d:Scopes>"
           "<d:XAddrs>{address}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
           "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>")


class Discovery:
    """``devices``: who they are and their device service. Raises OSError when the port cannot be had."""

    def __init__(self, devices: Sequence[tuple[Identity, str]], host: str = "127.0.0.1", port: int = PORT) -> None:
        self.devices = list(devices)
        self.probes = 0                     # answered, for proofs
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            # Two demo cities on one machine both hear what is asked of all.
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind(("", port))
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                                    socket.inet_aton(GROUP) + socket.inet_aton(host))
        except OSError:
            self._socket.close()
            raise
        self._socket.settimeout(0.2)        # how long ``close`` may wait
        self.port = int(self._socket.getsockname()[1])
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="discovery", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                datagram, asker = self._socket.recvfrom(LONGEST_PROBE)
            except OSError:                 # nobody asked just now, or a former asker is gone
                continue
            asked = _asked(datagram)
            if asked is None:
                continue
            self.probes += 1
            for identity, address in self.devices:
                try:
                    self._socket.sendto(answer(identity, address, asked), asker)
                except OSError:
                    break


def answer(identity: Identity, address: str, asked: str) -> bytes:
    """One camera's ProbeMatches."""
    scopes = " ".join(f"onvif://www.onvif.org/{word}" for word in (
        "type/video_encoder", "type/ptz", f"name/{quote(identity.name)}", f"hardware/{quote(identity.model)}",
        f"manufacturer/{quote(identity.make)}", "Profile/Streaming", "Profile/T"))
    endpoint = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, identity.serial)}"
    return _ANSWER.format(wsa=_WSA, wsd=_WSD, id=uuid.uuid4(), asked=escape(asked), endpoint=endpoint,
                          scopes=escape(scopes), address=escape(address)).encode()


def _asked(datagram: bytes) -> str | None:
    """The id of a probe that is meant for cameras, or None."""
    try:
        root = etree.fromstring(datagram, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return None
    texts = {etree.QName(each).localname: (each.text or "").strip()
             for each in root.iter() if isinstance(each.tag, str)}
    wanted = {word.rpartition(":")[2] for word in texts.get("Types", "").split()}
    return texts.get("MessageID", "") if "Probe" in texts and (not wanted or wanted & _KNOWN) else None
