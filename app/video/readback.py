"""The reading end of a feed where no FIFO exists: a local socket read by libVLC's media callbacks.

Runs on: libVLC's input thread of one player; ``close`` may come from any thread and wakes a waiting read.
"""

from __future__ import annotations

import contextlib
import ctypes
import socket


class CallbackFeed:
    """Bytes of one feed from the ingest worker; ``address`` is "HOST:PORT:TOKEN" on the loopback."""

    def __init__(self, address: str) -> None:
        host, port, self._token = address.rsplit(":", 2)
        self._place = (host, int(port))
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._connected = False

    def read_into(self, address: int, length: int) -> int:
        """Wait for bytes and put at most ``length`` of them at ``address``; 0 is the end, -1 an error."""
        target = (ctypes.c_char * length).from_address(address)
        try:
            if not self._connected:
                # Only now does libVLC read: what came earlier would stay as delay for ever.
                self._socket.connect(self._place)
                self._socket.sendall(self._token.encode("ascii"))
                self._connected = True
            return self._socket.recv_into(target, length)
        except OSError:
            return 0

    def close(self) -> None:
        """Wake a waiting read and end the feed."""
        with contextlib.suppress(OSError):      # the other side was quicker
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
