"""One virtual camera's door: HTTP, SOAP envelopes, WS-Security or HTTP digest, and how it misbehaves on the wire.

Runs on: one thread that listens and one per connection, all daemons of the demo's process.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import ssl
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lxml import etree

from app.demo.onvif.answers import NAMESPACES, Camera, Fault
from app.demo.onvif.head import Head

OPEN_TO_ALL = {"GetSystemDateAndTime", "GetServices", "GetCapabilities"}    # asked before a login (ONVIF Core 5.12)
CLOCK_SLACK_S = 300.0           # how old a WS-Security token may be by the camera's own clock
LONGEST_REQUEST = 256 << 10     # bytes
HANG_S = 30.0
_PREFIXES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
_SOAP = "http://www.w3.org/2003/05/soap-envelope"


class OnvifServer:
    """Serves one camera on one port of this machine. ``logins``: user -> password; empty lets everybody in.

    ``tls``: serve https with that certificate; ``told``: the base of the addresses that it tells, which may be a lie.
    """

    def __init__(self, camera: Camera, logins: dict[str, str], host: str = "127.0.0.1", port: int = 0, *,
                 tls: ssl.SSLContext | None = None, told: str = "") -> None:
        self.camera, self.logins = camera, logins
        self.requests: list[tuple[float, str]] = []         # monotonic time and name, for proofs
        self.refusals = 0
        self.refuse_late_s = 0.0                            # a camera that thinks before it refuses
        self.nonce = secrets.token_hex(16)
        self._open: set[socket.socket] = set()
        server = self

        class Door(_Door):
            onvif = server

        self._server = _Server((host, port), Door)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        if tls is not None:
            # The handshake belongs to the thread of the connection: a client that never ends it holds up nobody.
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True,
                                                  do_handshake_on_connect=False)
        self.base = f"{'https' if tls is not None else 'http'}://{host}:{self.port}"
        self.told = told or self.base
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1},
                                        name=f"onvif {self.port}", daemon=True)

    @property
    def head(self) -> Head:
        return self.camera.head

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop listening and hang up on everybody."""
        self.camera.points.end()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        for connection in tuple(self._open):
            self.hang_up(connection)

    def hang_up(self, connection: socket.socket) -> None:
        self._open.discard(connection)
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return                                          # it had gone already


class _Server(ThreadingHTTPServer):
    """Says nothing of clients that hang up in the middle."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Door(BaseHTTPRequestHandler):
    """One connection."""

    onvif: OnvifServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1                                           # headers and body leave in one segment

    def setup(self) -> None:
        super().setup()
        self.onvif._open.add(self.connection)

    def finish(self) -> None:
        self.onvif._open.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """A demo says nothing."""

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(min(length, LONGEST_REQUEST))
        faults = self.onvif.head.faults
        try:
            root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
            request = next(iter(root.find(f"{{{_SOAP}}}Body")))
        except (etree.XMLSyntaxError, TypeError, StopIteration):
            self._send(400, "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code></s:Fault>")
            return
        name = etree.QName(request).localname
        self.onvif.requests.append((time.monotonic(), name))
        if faults.hangs:
            time.sleep(HANG_S)
            self.close_connection = True
            return
        if name not in OPEN_TO_ALL and not self._may(root):
            return
        if faults.acts_late and name == "ContinuousMove":
            time.sleep(faults.late_s)
        try:
            inside, status = self.onvif.camera.answer(request, self.onvif.told, self.path), 200
        except Fault as fault:
            inside, status = _fault(fault.subcode, fault.reason), fault.status
        if faults.late_s:
            time.sleep(faults.late_s)
        if faults.resets:
            self.onvif.hang_up(self.connection)
            self.close_connection = True
            return
        self._send(status, inside[:len(inside) // 2] if faults.broken_xml else inside, broken=faults.broken_xml)

    def _may(self, root: etree._Element) -> bool:
        if not self.onvif.logins or self._digest() or (not self.onvif.head.faults.no_wsse and self._token(root)):
            return True
        self.onvif.refusals += 1
        time.sleep(self.onvif.refuse_late_s)
        if self.onvif.head.faults.no_wsse:
            self._send(401, "", {"WWW-Authenticate":
                                 f'Digest realm="demo", qop="auth", nonce="{self.onvif.nonce}", algorithm=MD5'})
        else:
            self._send(400, _fault("ter:NotAuthorized", "Sender not authorized"))
        return False

    def _token(self, root: etree._Element) -> bool:
        """WS-Security UsernameToken with a digest that is fresh by the camera's clock."""
        def text(name: str) -> str:
            found = next((e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname == name), None)
            return (found.text or "").strip() if found is not None else ""
        user, created = text("Username"), text("Created")
        if user not in self.onvif.logins or not created:
            return False
        try:
            at = datetime.fromisoformat(created.replace("Z", "+00:00"))
            nonce = base64.b64decode(text("Nonce"))
        except ValueError:
            return False
        now = datetime.fromtimestamp(time.time() + self.onvif.head.faults.clock_ahead_s, UTC)
        if abs((now - at).total_seconds()) > CLOCK_SLACK_S:
            return False
        wanted = hashlib.sha1(nonce + created.encode() + self.onvif.logins[user].encode(),
                              usedforsecurity=False).digest()
        return secrets.compare_digest(base64.b64encode(wanted).decode(), text("Password"))

    def _digest(self) -> bool:
        given = self.headers.get("Authorization", "")
        if not given.startswith("Digest "):
            return False
        fields = {key.strip(): value.strip().strip('"') for key, _eq, value in
                  (part.partition("=") for part in given.removeprefix("Digest ").split(","))}
        password = self.onvif.logins.get(fields.get("username", ""))
        if password is None or fields.get("nonce") != self.onvif.nonce:
            return False

        def md5(text: str) -> str:
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        secret = md5(f"{fields['username']}:{fields.get('realm', '')}:{password}")
        middle = f"{fields['nonce']}:{fields.get('nc', '')}:{fields.get('cnonce', '')}:auth"
        return secrets.compare_digest(md5(f"{secret}:{middle}:{md5('POST:' + fields.get('uri', ''))}"),
                                      fields.get("response", ""))

    def _send(self, status: int, inside: str, headers: dict[str, str] | None = None, broken: bool = False) -> None:
        text = (f'<s:Envelope xmlns:s="{_SOAP}" xmlns:ter="http://www.onvif.org/ver10/error" {_PREFIXES}>'
                f"<s:Body>{inside}")
        body = (text if broken else f"{text}</s:Body></s:Envelope>").encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _fault(subcode: str, reason: str) -> str:
    return (f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
            f'<s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason></s:Fault>')
