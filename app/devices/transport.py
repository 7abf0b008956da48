"""zeep's transport with everything bounded: time, size, no redirects, no proxies; HTTP digest when a camera asks.

Runs on: the device thread that owns it, with an event loop of its own: only there is a whole answer bounded in time,
also one that drips in byte by byte.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import requests
from lxml import etree
from zeep.transports import Transport

from app.devices.talking import Talk
from app.model.errors import CameraError
from app.model.secret import Credentials

WHOLE_S = 8.0                                   # 300 presets of a slow camera come in 5 s
MOST_BYTES = 2 << 20                            # 300 presets and 20 profiles are under 300 kB; more is hostile


class CappedTransport(Transport):
    """One per device: it keeps the connection. ``challenged`` tells that a 401 asked for HTTP digest."""

    def __init__(self, address: str, credentials: Credentials | None = None, pin: str = "") -> None:
        super().__init__()
        self._digest = credentials is not None
        self._loop = asyncio.new_event_loop()
        self._talk = Talk(address, credentials or Credentials(), pin=pin, most=MOST_BYTES)
        self.challenged = False

    def post_xml(self, address: str, envelope: etree._Element, headers: dict[str, str]) -> Any:
        """As ``s:Envelope`` that declares all its namespaces: who reads requests by patterns takes neither the hyphen
        of zeep's ``soap-env:`` nor an attribute within ``<wsu:Created>`` (docs/ptz.md, simulators of strangers)."""
        names = {"s": etree.QName(envelope).namespace}
        for each in envelope.iter(etree.Element):
            names |= {prefix: name for prefix, name in each.nsmap.items() if name not in names.values()}
        plain = etree.Element(envelope.tag, nsmap=names)
        plain.extend(envelope)
        etree.cleanup_namespaces(plain, top_nsmap=names)
        return self.post(address, etree.tostring(plain, encoding="utf-8", xml_declaration=True), headers)

    def post(self, address: str, message: str | bytes, headers: dict[str, str]) -> Any:
        """The whole answer within WHOLE_S and MOST_BYTES, from our host and port whatever the address says.

        Raises CameraError.
        """
        parts = urlsplit(address)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        body = message if isinstance(message, bytes) else message.encode()
        status, challenges, content = self._loop.run_until_complete(self._talk.post(
            path, body, kind=headers.get("Content-Type", "application/soap+xml; charset=utf-8"), answer_s=WHOLE_S,
            digest=self._digest))
        if 300 <= status < 400:
            raise CameraError("nonsense", "redirect")
        if status == 401:
            self.challenged = any("digest" in line.lower() for line in challenges)
            raise CameraError("unauthorised")
        if status >= 400 and b"Envelope" not in content:
            raise CameraError("fault", f"HTTP {status}")        # "501 Not Implemented", in plain words
        answer = requests.Response()            # what zeep reads
        answer.status_code, answer._content = status, content
        answer.headers["Content-Type"] = "application/soap+xml; charset=utf-8"
        return answer

    def close(self) -> None:
        """Hang up."""
        if not self._loop.is_closed():
            self._loop.run_until_complete(self._talk.close())
            self._loop.close()
        self.session.close()
