"""A camera whose pictures are made while it is watched: access units come from a local socket, framed.

Frame: length (4 bytes, little endian), key picture or not (1 byte), access unit in Annex B.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

HEAD = struct.Struct("<I?")
LONGEST_UNIT = 4 << 20


def hang_up(film: socket.socket) -> None:
    """Wakes the reader of a film whose client went; it may have ended by itself already."""
    with contextlib.suppress(OSError):
        film.shutdown(socket.SHUT_RDWR)


class LiveStream(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]  # gi has no types
    """One mount, ``/0107/main``: each client gets a reader of its own, which begins with a key picture."""

    def __init__(self, camera: Any, role: str, path: str, fps: int) -> None:
        super().__init__()
        self.camera, self.role, self.path = camera, role, path
        self.set_shared(False)
        self.set_latency(0)
        self.set_stop_on_disconnect(True)
        self.set_protocols(GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP)
        self.set_launch('( appsrc name=src is-live=true format=time do-timestamp=true max-bytes=0 max-buffers=60 '
                        f'leaky-type=upstream caps="video/x-h264,stream-format=byte-stream,alignment=au,'
                        f'framerate={fps}/1" ! rtph264pay name=pay0 pt=96 config-interval=-1 mtu=1400 )')
        self.connect("media-configure", self.configure)

    def configure(self, _factory: Any, media: Any) -> None:
        """A client asked: read the film until the client goes."""
        source = media.get_element().get_child_by_name("src")
        film = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        film.connect(self.path)
        media.connect("unprepared", lambda _media: hang_up(film))
        threading.Thread(target=self.read, args=(film, source), name=f"live {self.camera.label}", daemon=True).start()

    def read(self, film: socket.socket, source: Any) -> None:
        """Every unit into the pipeline; faults of the pictures happen here."""
        begun, kept = False, b""
        with film, film.makefile("rb") as units:
            while len(head := units.read(HEAD.size)) == HEAD.size:
                size, key = HEAD.unpack(head)
                if size > LONGEST_UNIT:
                    break
                data = units.read(size)
                begun = begun or key
                kept = data if key else kept
                if not begun or (self.camera.fault in ("silent", "drop", "refuse")):
                    continue
                if self.camera.fault == "freeze":
                    data = kept
                if source.emit("push-buffer", Gst.Buffer.new_wrapped_bytes(GLib.Bytes.new(data))) != Gst.FlowReturn.OK:
                    break
