"""A device that means harm or is broken, by name: what it answers over HTTP, whatever it is asked."""

from __future__ import annotations

import contextlib
import http.server
import socket
import threading

_SOAP = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>%b</s:Body></s:Envelope>'
_LAUGHS = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
BODIES = {
    "xml bomb": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "lol">' + _LAUGHS + b"]>" + _SOAP % b"&l9;",
    "external entity": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + _SOAP % b"&x;",
    "external over http": b'<?xml version="1.0"?><!DOCTYPE l SYSTEM "http://127.0.0.1:%d/l.dtd">' + _SOAP % b"",
    "late doctype": b"<!--" + b"x" * 2000 + b'--><!DOCTYPE l [<!ENTITY l0 "lol">' + _LAUGHS + b"]>" + _SOAP % b"&l9;",
    "deep": b"<a>" * 300_000,
    "noise": bytes(range(256)) * 40,
}
WIRES = ("50 MB", "endless chunks", "slow drip", "redirect", "huge header", "silence", "no end of headers")
KINDS = (*BODIES, *WIRES)
_PIECE = b"<a>" + b"x" * 65_533


class HostileDevice:
    """``asked`` counts requests; ``trapped`` those that came where a redirect or an entity leads: none may."""

    def __init__(self, kind: str) -> None:
        self.kind, self.asked, self.trapped = kind, 0, 0
        self._end = threading.Event()
        self._trap = self._serve(self._spring)
        self._door = self._serve(self._answer)
        self.address = f"http://127.0.0.1:{self._door.server_address[1]}/onvif/device_service"

    def close(self) -> None:
        self._end.set()
        for server in (self._door, self._trap):
            server.shutdown()
            server.server_close()

    # --- inside ---

    def _serve(self, answer: object) -> http.server.ThreadingHTTPServer:
        class Door(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                self.rfile.read(length)
                with contextlib.suppress(OSError):      # the client had enough, as it should
                    answer(self.connection)  # type: ignore[operator]
                self.close_connection = True

            do_GET = do_POST

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="hostile",
                         daemon=True).start()
        return server

    def _spring(self, line: socket.socket) -> None:
        self.trapped += 1
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def _answer(self, line: socket.socket) -> None:
        self.asked += 1
        port = self._trap.server_address[1]
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n"
        match self.kind:
            case "50 MB":
                line.sendall(head + b"Content-Length: %d\r\n\r\n" % (50 << 20))
                for _n in range(50 << 4):
                    line.sendall(_PIECE)
            case "endless chunks":
                line.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
                while not self._end.is_set():
                    line.sendall(b"%x\r\n%b\r\n" % (len(_PIECE), _PIECE))
            case "slow drip":
                line.sendall(head + b"Content-Length: 100000\r\n\r\n")
                while not self._end.wait(0.3):
                    line.sendall(b"<")
            case "redirect":
                line.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/trap\r\nContent-Length: 0\r\n\r\n"
                             % port)
            case "huge header":
                line.sendall(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * (4 << 20) + b"\r\n\r\n")
            case "no end of headers":
                line.sendall(b"HTTP/1.1 200 OK\r\n")
                while not self._end.is_set():
                    line.sendall(b"X-More: " + b"y" * 1000 + b"\r\n")
            case "silence":
                self._end.wait(60.0)
            case _:
                body = BODIES[self.kind]
                if self.kind == "external over http":
                    body = body.replace(b"%d", b"%d" % port)
                line.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
