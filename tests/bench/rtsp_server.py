#!/usr/bin/python3
"""N RTSP mounts /cam0 ... from ONE encoded H.264 file (Annex B), looped, never encoded again.

    nice -n 19 /usr/bin/python3 rtsp_server.py -n 16 -f clip.h264 [-p 8554] [--fps 15] [--hi main.h264]
        [--state FILE.json] [--user u --password p]

--hi serves a second file as /camN/main; --state tells when frame 0 of each mount's loop was sent (for the delay).
One media per mount, shared by all its clients; TCP and UDP unicast. Time stamps grow steadily, so the seam of the loop
is invisible to a client. Mount i starts i * 7919 frames into the file (at the next key picture), so that key pictures
do not coincide. Runs in the system's Python, which has GStreamer's bindings: no part of the project is imported.
"""

# ruff: noqa: T201, E402 - a program of the command line; GStreamer wants its versions before its imports
import argparse
import bisect
import contextlib
import itertools
import json
import os
import sys
import time
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

MOUNT_STEP = 7919           # frames between the beginnings of neighbouring mounts; prime, so that none are alike
CLEAN_UP_S = 5              # how often sessions of clients that left are forgotten
KEY_PICTURE, DELIMITER = 5, 9


class Clip:
    """Access units of an Annex B file: (bytes, is key picture). Splits at delimiters, else at each first slice."""

    def __init__(self, path):
        data = Path(path).read_bytes()
        starts, complete = [], True
        units = self._nal_units(data)
        for start, kind, first in units:
            opens = kind in (6, 7, 8, DELIMITER) or (kind in (1, KEY_PICTURE) and first)
            if complete and opens:
                starts.append(start)
                complete = False
            if kind in (1, KEY_PICTURE):
                complete = True
        starts.append(len(data))
        keys = sorted(start for start, kind, _ in units if kind == KEY_PICTURE)
        self.units = []
        for start, end in itertools.pairwise(starts):
            at = bisect.bisect_left(keys, start)
            self.units.append((GLib.Bytes.new(data[start:end]), at < len(keys) and keys[at] < end))
        self.keys = [index for index, (_, key) in enumerate(self.units) if key]

    @staticmethod
    def _nal_units(data):
        found, at = [], data.find(b"\0\0\1")
        while at >= 0:
            start = at - 1 if at and data[at - 1] == 0 else at
            found.append((start, data[at + 3] & 31, data[at + 4] & 0x80))
            at = data.find(b"\0\0\1", at + 3)
        return found


class Mount(GstRtspServer.RTSPMediaFactory):
    """One camera."""

    def __init__(self, server, name, clip, index):
        super().__init__()
        self.server, self.name, self.clip, self.fps = server, name, clip, server.fps
        wanted = index * MOUNT_STEP % len(clip.units)
        self.first = min(clip.keys, key=lambda key: abs(key - wanted))
        self.set_shared(True)
        self.set_latency(0)
        self.set_stop_on_disconnect(True)
        self.set_protocols(GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP)
        self.set_launch(
            "( appsrc name=src is-live=true format=time max-bytes=0 max-buffers=3 "
            f'caps="video/x-h264,stream-format=byte-stream,alignment=au,framerate={self.fps}/1" ! '
            "rtph264pay name=pay0 pt=96 config-interval=-1 mtu=1400 )")
        self.connect("media-configure", self.configure)
        if server.user:
            permissions = GstRtspServer.RTSPPermissions.new()
            permissions.add_permission_for_role("user", "media.factory.access", True)
            permissions.add_permission_for_role("user", "media.factory.construct", True)
            self.set_permissions(permissions)

    def configure(self, _factory, media):
        source, count = media.get_element().get_child_by_name("src"), 0

        def need(source, _length):
            nonlocal count
            data, _ = self.clip.units[(self.first + count) % len(self.clip.units)]
            buffer = Gst.Buffer.new_wrapped_bytes(data)
            buffer.pts = buffer.dts = count * Gst.SECOND // self.fps
            buffer.duration = Gst.SECOND // self.fps
            count += 1
            source.emit("push-buffer", buffer)

        def playing(media, state):
            pipeline = media.get_element().get_parent() or media.get_element()
            clock = pipeline.get_clock() if state == Gst.State.PLAYING else None
            if clock:
                began = time.time() - (clock.get_time() - pipeline.get_base_time()) / 1e9
                self.server.tell(self.name, began, self.first, len(self.clip.units))

        source.connect("need-data", need)
        media.connect("new-state", playing)


class Server:
    """The RTSP server and the file that tells of its mounts."""

    def __init__(self, options):
        self.fps, self.user, self._file = options.fps, options.user, options.state
        self._state = {"fps": options.fps, "pid": os.getpid(), "mounts": {}}
        self._server = GstRtspServer.RTSPServer()
        self._server.set_address(options.host)
        self._server.set_service(str(options.p))
        if options.user:
            auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
            token.set_string("media.factory.role", "user")
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(options.user, options.password, token)
            self._server.set_auth(auth)
        low, high = Clip(options.f), Clip(options.hi) if options.hi else None
        mounts = self._server.get_mount_points()
        for index in range(options.n):
            mounts.add_factory(f"/cam{index}", Mount(self, f"cam{index}", low, index))
            if high:
                mounts.add_factory(f"/cam{index}/main", Mount(self, f"cam{index}/main", high, index))
        if not self._server.attach(None):
            sys.exit(f"cannot bind {options.host}:{options.p}")
        GLib.timeout_add_seconds(CLEAN_UP_S, lambda: (self._server.get_session_pool().cleanup(), True)[1])
        self._save()
        print(f"rtsp://{options.host}:{options.p}/cam0..cam{options.n - 1}  {len(low.units)} frames, "
              f"{len(low.keys)} key pictures, pid {os.getpid()}", flush=True)

    def tell(self, name, began, first, frames):
        self._state["mounts"][name] = {"t0": began, "first": first, "frames": frames}
        self._save()

    def _save(self):
        if self._file:
            half = Path(self._file + ".tmp")
            half.write_text(json.dumps(self._state))
            half.replace(self._file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-n", type=int, default=4)
    parser.add_argument("-f", required=True)
    parser.add_argument("--hi")
    parser.add_argument("-p", type=int, default=8554)
    parser.add_argument("--fps", type=int, default=15)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--state")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    Gst.init(None)
    server = Server(parser.parse_args())
    with contextlib.suppress(KeyboardInterrupt):
        GLib.MainLoop().run()
    del server


if __name__ == "__main__":
    main()
