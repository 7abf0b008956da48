"""One device asked over SOAP: onvif-zeep's service on shared documents, every trouble told as a CameraError.

Runs on: the device thread that owns it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import zeep
from lxml.etree import _Element
from onvif import ONVIFService
from onvif.exceptions import ONVIFError
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault
from zeep.wsse.username import UsernameToken

from app.devices.documents import SETTINGS, binding, document, folder
from app.devices.transport import CappedTransport
from app.model.errors import CameraError
from app.model.secret import Credentials

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
    """A device at ``address`` (its device service). ``login``: "none", "wsse" or "digest"."""

    def __init__(self, address: str, credentials: Credentials, *, login: str = "none", offset_s: float = 0.0) -> None:
        self.address = address
        self.login = login
        self._token = CameraToken(credentials, timedelta(seconds=offset_s)) if login == "wsse" and credentials else None
        self.transport = CappedTransport(credentials if login == "digest" else None)
        self._services: dict[tuple[str, str], Any] = {}

    def ask(self, service: str, operation: str, address: str = "", **parameters: Any) -> Any:
        """One operation of "devicemgmt", "media", "ptz" ... at ``address`` (the device's own by default).

        Raises CameraError: "unauthorised", "fault" with its words, "timeout", "closed", "no-route", "nonsense".
        """
        try:
            return getattr(self._service(service, address or self.address), operation)(parameters)
        except ONVIFError as error:
            raise _cause(error.__context__ or error) from None

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


def _cause(error: BaseException) -> CameraError:
    if isinstance(error, CameraError):
        return error
    if isinstance(error, Fault):
        said = f"{error.message or ''} {' '.join(str(code) for code in error.subcodes or ())}"
        if any(word in said.lower() for word in _LOGIN_WORDS):
            return CameraError("unauthorised")
        return CameraError("fault", said.strip()[:200])
    if isinstance(error, (ZeepError, ValueError, TypeError, AttributeError, KeyError)):
        return CameraError("nonsense", type(error).__name__)
    return CameraError("nonsense", type(error).__name__)
