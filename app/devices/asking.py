"""One device asked over SOAP: onvif-zeep's service on shared documents, every trouble told as a CameraError.

Runs on: the device thread that owns it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import zeep
from lxml import etree
from lxml.etree import _Element
from onvif import ONVIFService
from onvif.exceptions import ONVIFError
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault
from zeep.wsse.username import UsernameToken

from app.devices.documents import SETTINGS, binding, document, folder
from app.devices.probing import clean, named, parsed
from app.devices.transport import CappedTransport
from app.model.errors import CameraError
from app.model.secret import Credentials

_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_LOGIN_WORDS = ("notauthorized", "not authorized", "failedauthentication")


class CameraToken:
    """A WS-Security UsernameToken in the camera's own time, made anew for each request: zeep's own keeps the time of
    its creation in itself, which two threads would share."""

    def __init__(self, credentials: Credentials, offset: timedelta) -> None:
        self._credentials, self._offset = credentials, offset

    def apply(self, envelope: _Element, headers: dict[str, str]) -> tuple[_Element, dict[str, str]]:
        token = UsernameToken(self._credentials.username, self._credentials.password.reveal(), use_digest=True,
                              created=datetime.now(UTC).replace(tzinfo=None) + self._offset, zulu_timestamp=True)
        applied: tuple[_Element, dict[str, str]] = token.apply(envelope, headers)
        return applied

    def verify(self, envelope: _Element) -> None:
        """Cameras do not sign their answers."""


class Asking:
    """A device at ``address`` (its device service). ``login``: "none", "wsse" or "digest"; ``pin`` of an https one."""

    def __init__(self, address: str, credentials: Credentials, *, login: str = "none", offset_s: float = 0.0,
                 pin: str = "") -> None:
        self.address = address
        self.login = login
        self._token = CameraToken(credentials, timedelta(seconds=offset_s)) if login == "wsse" and credentials else None
        self.transport = CappedTransport(address, credentials if login == "digest" else None, pin)
        self._services: dict[tuple[str, str], Any] = {}

    def ask(self, service: str, operation: str, address: str = "", **parameters: Any) -> Any:
        """One operation of "devicemgmt", "media", "ptz" ... at ``address`` (the device's own by default).

        Raises CameraError: "unauthorised", "fault" with its words, "timeout", "closed", "no-route", "nonsense".
        """
        try:
            return getattr(self._service(service, address or self.address), operation)(parameters)
        except ONVIFError as error:
            raise _cause(error.__context__ or error) from None

    def send(self, body: str, address: str, action: str = "") -> _Element:
        """What onvif-zeep has no description for: a hand-written body to ``address``; gives the answer's Body.

        Raises CameraError as ``ask`` does.
        """
        envelope = etree.fromstring(f'<s:Envelope xmlns:s="{_SOAP}"><s:Header/><s:Body>{body}</s:Body></s:Envelope>')
        named_action = f'; action="{action}"' if action else ""
        headers = {"Content-Type": f"application/soap+xml; charset=utf-8{named_action}"}
        if self._token is not None:
            envelope, headers = self._token.apply(envelope, headers)
        answer = parsed(self.transport.post_xml(address, envelope, headers).content)
        inside = named(answer, "Body") if answer is not None else None
        if inside is None:
            raise CameraError("nonsense", "no SOAP")
        fault = named(inside, "Fault")
        if fault is not None:
            raise told_by_fault(" ".join(str(word) for word in fault.itertext()))
        return inside

    def close(self) -> None:
        self.transport.close()

    def _service(self, service: str, address: str) -> Any:
        made = self._services.get((service, address))
        if made is None:
            client = zeep.Client(document(service), wsse=self._token, transport=self.transport, settings=SETTINGS)
            made = ONVIFService(address, "", "", str(folder() / f"{service}.wsdl"), zeep_client=client,
                                binding_name=binding(service))
            self._services[service, address] = made
        return made


def at_our_host(told: str, ours: str) -> str:
    """The address that a device told, with the host and port by which we reach it: behind NAT and on cheap firmware
    it names hosts that nobody reaches. Only the path is the device's own to say."""
    return urlunsplit((*urlsplit(ours)[:2], urlsplit(told.strip()).path or "/", urlsplit(told).query, ""))


def stream_at_our_host(told: str, ours: str) -> str:
    """A stream's address as the device told it, at the host by which we reach it, without any login; "" for none.

    Its port is the stream's own: RTSP has another than ONVIF.
    """
    parts = urlsplit(clean(told, 500))
    if parts.scheme not in ("rtsp", "rtsps"):
        return ""
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:              # host:port:port
        port = ""
    return urlunsplit((parts.scheme, f"{urlsplit(ours).hostname or ''}{port}", parts.path, parts.query, ""))


def told_by_fault(said: str) -> CameraError:
    """A fault in the words of the device: its wording of a refused login varies."""
    if any(word in said.lower() for word in _LOGIN_WORDS):
        return CameraError("unauthorised")
    return CameraError("fault", clean(said, 200))


def _cause(error: BaseException) -> CameraError:
    if isinstance(error, CameraError):
        return error
    if isinstance(error, Fault):
        said = f"{error.message or ''} {' '.join(str(code) for code in error.subcodes or ())}"
        return told_by_fault(said)
    if isinstance(error, (ZeepError, ValueError, TypeError, AttributeError, KeyError)):
        return CameraError("nonsense", type(error).__name__)
    return CameraError("nonsense", type(error).__name__)
