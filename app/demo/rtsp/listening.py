"""The control port of the demo's RTSP server: commands of people and tests, a line each.

Runs on: a thread that listens, one daemon thread per connection.
"""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable
from typing import Any


def control_port(answer: Callable[[bytes], dict[str, Any]], host: str) -> int:
    """Listens on a free port of ``host`` and returns it; each line is answered by what ``answer`` makes of it."""

    class Lines(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                self.wfile.write(json.dumps(answer(line)).encode() + b"\n")

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    listener = Listener((host, 0), Lines)
    threading.Thread(target=listener.serve_forever, name="control", daemon=True).start()
    return int(listener.server_address[1])
