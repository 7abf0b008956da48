"""Serves pre-encoded clips as endless RTSP cameras and misbehaves on demand; run by the system's own Python.

``python3 -m rtsp`` beside this folder: imports nothing else of this project, so that it runs under the
distribution's interpreter, which has ``gi``.
First line on standard input: JSON ``{"host", "port", "logins": {"0101": [user, password]}}``; answers with one line
``{"rtsp_port", "login_port", "control_port", "pid"}``. Every further line there, and every line on the control port,
is a command, answered by one line ``{"ok": true, ...}`` or ``{"ok": false, "error"}``:

  {"do": "expect", "camera": "0101"}          it has no clips yet: "not now" (503), until they come
  {"do": "give-up", "camera": "0101"}         they will never come: no such address (404)
  {"do": "add", "camera": "0101", "role": "main", "index": "/path/clip.json"}    a clip is ready
  {"do": "live", "camera": "0107", "role": "main", "path": "/path/film.sock", "fps": 15}   a film is made live
  {"do": "freeze" | "silent" | "drop" | "refuse" | "stutter" | "lose" | "garbage" | "resize" | "slow" | "back",
   "camera": "0101"}                                                              a fault begins or all is well
  {"do": "state"}                                                                 cameras, faults, clients

Runs on: GLib main loop (paces all cameras), GStreamer's own threads, one thread per control connection.
Ends when standard input ends, which happens whichever way its parent dies.
"""

from __future__ import annotations

import heapq
import json
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import gi

from .clips import Clip, headers, spoil
from .listening import control_port
from .live import LiveStream

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

_CODES = GstRtsp.RTSPStatusCode     # looked up here: of two threads at its first use one may find it half filled
OK, UNAUTHORIZED, UNAVAILABLE = _CODES.OK, _CODES.UNAUTHORIZED, _CODES.SERVICE_UNAVAILABLE
FAULTS = ("freeze", "silent", "drop", "refuse", "stutter", "lose", "garbage", "resize", "slow")
LOSS = 0.05                 # share of RTP packets that "lose" takes away
LOSSLESS_TICKS = 15         # a media must open (caps, first pictures) before it may lose packets
STUTTER_S = (1.0, 3.0)      # pause between two bursts
SLOW_FACTOR = 3             # "slow": a third of the pictures per second
QUEUE_AUS = 4               # access units that may wait in appsrc before a tick is skipped
BURST_AUS = 90              # the same for a burst after a stutter
CAPS = {
    "h264": "video/x-h264,stream-format=byte-stream,alignment=au",
    "h265": "video/x-h265,stream-format=byte-stream,alignment=au",
    "mjpeg": "image/jpeg",
}
PAYLOADERS = {
    "h264": "rtph264pay name=pay0 pt=96 config-interval=-1 mtu=1400",
    "h265": "rtph265pay name=pay0 pt=96 config-interval=-1 mtu=1400",
    "mjpeg": "rtpjpegpay name=pay0 pt=26 mtu=1400",
}


class Feed:
    """Pushes one clip into one running media, a picture per tick; where every fault of the pictures happens."""

    def __init__(self, stream: Stream, media: Any) -> None:
        self.stream, self.media = stream, media
        self.source = media.get_element().get_child_by_name("src")
        self.clip = stream.clip
        now = int(time.monotonic() * self.clip.fps)       # all clients see the same moment of the street
        self.at = self.clip.key_before(now + stream.phase)     # next unit
        self.due_ns = time.monotonic_ns()
        self.zero_ns: int | None = None                   # monotonic time of running time 0
        self.held_until_ns = 0
        self.owed = 0                                     # pictures held back by a stutter
        self.last_pts = -1
        self.ticks = 0
        self.ended = False
        pad = media.get_element().get_child_by_name("pay0").get_static_pad("src")
        pad.add_probe(Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST, self.lose)

    def lose(self, pad: Any, info: Any) -> Any:
        """Takes RTP packets away on the streaming thread while the fault lasts."""
        if self.stream.camera.fault != "lose" or self.ticks < LOSSLESS_TICKS:
            return Gst.PadProbeReturn.OK
        if info.type & Gst.PadProbeType.BUFFER:
            return Gst.PadProbeReturn.DROP if random.random() < LOSS else Gst.PadProbeReturn.OK
        whole = info.get_buffer_list()
        peer = pad.get_peer()
        for n in range(whole.length()):
            if random.random() >= LOSS:
                peer.chain(whole.get(n).copy())
        return Gst.PadProbeReturn.DROP

    def running_ns(self) -> int | None:
        """The pipeline's running time now, or None before it plays."""
        element = self.media.get_element()
        top = element.get_parent() or element
        if top.current_state != Gst.State.PLAYING or top.get_clock() is None:
            return None
        return int(top.get_clock().get_time() - top.get_base_time())

    def tick(self) -> None:
        """Send what this moment owes; called at each ``due_ns``."""
        camera, clip = self.stream.camera, self.clip
        self.ticks += 1
        fault = camera.fault
        if fault == "resize" and self.stream.other_clip is not None:
            self.switch(self.stream.other_clip)
        elif fault != "resize":
            self.switch(self.stream.clip)
        clip = self.clip
        if fault in ("silent", "drop", "refuse"):
            self.owed = 0
            if self.last_pts < 0:
                self.push("headers", 0)     # lets a new client's DESCRIBE be answered, without any picture
            return
        if fault == "slow" and self.ticks % SLOW_FACTOR:
            return
        now = time.monotonic_ns()
        if fault == "stutter":
            self.owed += 1
            if now < self.held_until_ns:
                return
            self.held_until_ns = now + int(random.uniform(*STUTTER_S) * 1e9)
        step = Gst.SECOND // clip.fps
        due, self.owed = max(1, self.owed), 0
        limit = BURST_AUS if due > 1 else QUEUE_AUS
        for back in range(due - 1, -1, -1):
            if self.source.get_property("current-level-buffers") >= limit:
                return                                    # nobody plays yet: keep the order, wait
            self.push(fault, back * step)

    def switch(self, clip: Clip) -> None:
        """Go on with another clip of the same camera from its next key picture."""
        if clip is not self.clip:
            self.clip, self.at = clip, clip.key_before(self.at)

    def push(self, fault: str, ago_ns: int) -> None:
        """One access unit into the pipeline, stamped with running time, which only grows."""
        clip = self.clip
        if fault == "freeze":
            self.at = clip.key_before(self.at)
        data = clip.units[self.at % len(clip.units)]
        if fault == "garbage":
            data = GLib.Bytes.new(spoil(data.get_data(), clip.codec))
        if fault == "headers":
            data = GLib.Bytes.new(headers(data.get_data(), clip.codec))
        if fault not in ("freeze", "headers"):
            self.at = (self.at + 1) % len(clip.units)
        running = self.running_ns()
        step = Gst.SECOND // clip.fps
        pts = self.last_pts + step if running is None else max(running - ago_ns, self.last_pts + step // 8)
        buffer = Gst.Buffer.new_wrapped_bytes(data)
        buffer.pts = buffer.dts = self.last_pts = max(0, pts)
        buffer.duration = step
        self.source.emit("push-buffer", buffer)


class Stream(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]  # gi has no types
    """One mount, ``/0101/main``: each client gets a feed of its own, beginning with a key picture."""

    def __init__(self, city: City, camera: Camera, role: str, clip: Clip, phase: int) -> None:
        super().__init__()
        self.city, self.camera, self.role, self.clip, self.phase = city, camera, role, clip, phase
        self.set_shared(False)      # a shared media that its last client leaves fails the next client for a moment
        self.set_latency(0)
        self.set_stop_on_disconnect(True)
        self.set_protocols(GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP)
        caps = f"{CAPS[clip.codec]},framerate={clip.fps}/1"
        if clip.codec == "mjpeg":
            caps += f",width={clip.width},height={clip.height}"
        self.set_launch(f'( appsrc name=src is-live=true format=time max-bytes=0 max-buffers=0 caps="{caps}" ! '
                        f"{PAYLOADERS[clip.codec]} )")
        self.connect("media-configure", self.configure)
        if camera.label in city.logins:
            self.set_permissions(city.permissions(camera.label))

    @property
    def other_clip(self) -> Clip | None:
        """The clip of the camera's other size, for a change of resolution in mid-stream."""
        other = self.camera.streams.get("sub" if self.role == "main" else "main")
        return other.clip if other is not None else None

    def configure(self, _factory: Any, media: Any) -> None:
        """A client asked: a feed starts with the media and ends with it."""
        feed = Feed(self, media)
        media.connect("unprepared", lambda _media: setattr(feed, "ended", True))
        GLib.idle_add(self.city.pace, feed)


class Camera:
    """Both streams of one camera and its present fault ("" when well)."""

    def __init__(self, label: str) -> None:
        self.label, self.fault = label, ""
        self.streams: dict[str, Stream] = {}


class City:
    """All cameras, the RTSP server and the timer that paces them."""

    def __init__(self, host: str, port: int, logins: dict[str, list[str]]) -> None:
        self.cameras: dict[str, Camera] = {}
        self.expected: set[str] = set()                   # labels of cameras whose clips are being made
        self.clients: dict[Any, set[str]] = {}            # connected client -> camera labels it asked for
        self.logins = logins
        self.feeds: list[tuple[int, int, Feed]] = []      # heap by due time
        self.lock = threading.RLock()
        self.serial = 0
        self.open = self.listen(host, port)
        # Cameras with a login answer on a port of their own: one server either asks everybody or nobody.
        self.locked = self.listen(host, 0, self.auth()) if logins else None
        GLib.timeout_add_seconds(5, self.clean)

    def listen(self, host: str, port: int, auth: Any = None) -> Any:
        """One RTSP server on one port. Raises OSError when the port is taken."""
        server = GstRtspServer.RTSPServer()
        server.set_address(host)
        server.set_service(str(port))
        server.get_thread_pool().set_max_threads(16)      # 64 panes may ask at once
        if auth is not None:
            server.set_auth(auth)
        server.connect("client-connected", self.greet)
        if not server.attach(None):
            raise OSError(f"cannot listen on {host}:{port}")
        return server

    def home(self, label: str) -> Any:
        """The server on which a camera answers."""
        return self.locked if self.locked is not None and label in self.logins else self.open

    def auth(self) -> Any:
        """Digest logins: one user per camera that has one."""
        auth = GstRtspServer.RTSPAuth()
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        for label, (user, password) in self.logins.items():
            token = GstRtspServer.RTSPToken()
            token.set_string("media.factory.role", f"camera-{label}")
            auth.add_digest(user, password, token)
        return auth

    def permissions(self, label: str) -> Any:
        """Only its own user may see a camera with a login."""
        allowed = GstRtspServer.RTSPPermissions.new()
        for what in ("media.factory.access", "media.factory.construct"):
            allowed.add_permission_for_role(f"camera-{label}", what, True)
        return allowed

    def clean(self) -> bool:
        """Sessions whose client went away without a word."""
        for server in (self.open, self.locked):
            if server is not None:
                server.get_session_pool().cleanup()
        return True

    def greet(self, _server: Any, client: Any) -> None:
        """A connection opened: watch what it asks for."""
        with self.lock:
            self.clients[client] = set()
        for request in ("pre-describe-request", "pre-setup-request", "pre-play-request"):
            client.connect(request, self.judge)
        client.connect("closed", self.forget)

    def forget(self, client: Any) -> None:
        with self.lock:
            self.clients.pop(client, None)

    def judge(self, client: Any, context: Any) -> Any:
        """Before a request about a camera is served: dropped cameras hang up, refusing ones say 401, new ones 503."""
        label, _, rest = context.uri.abspath.strip("/").partition("/") if context.uri is not None else ("", "", "")
        with self.lock:
            camera = self.cameras.get(label)
            self.clients.setdefault(client, set()).add(label)
            ready = camera is not None and rest.partition("/")[0] in camera.streams
            if label in self.expected and not ready:
                return UNAVAILABLE
        if camera is not None and camera.fault == "drop":
            self.hang_up(client)
            return UNAVAILABLE
        return UNAUTHORIZED if camera is not None and camera.fault == "refuse" else OK

    @staticmethod
    def hang_up(client: Any) -> None:
        """Close the connection as a camera that lost its power would; the client's own thread cleans up."""
        connection = client.get_connection()
        if connection is not None:
            try:
                connection.get_read_socket().shutdown(True, True)
            except GLib.Error:
                return                                    # it was closed already

    def pace(self, feed: Feed) -> bool:
        """Take a new feed into the timer."""
        self.serial += 1
        heapq.heappush(self.feeds, (feed.due_ns, self.serial, feed))
        if self.serial == 1:
            GLib.timeout_add(1, self.beat)
        return False

    def beat(self) -> bool:
        """Tick every feed that is due, then sleep until the next one is."""
        now = time.monotonic_ns()
        while self.feeds and self.feeds[0][0] <= now:
            _due, serial, feed = heapq.heappop(self.feeds)
            if feed.ended:
                continue
            feed.tick()
            feed.due_ns += 1_000_000_000 // feed.clip.fps
            if feed.due_ns < now - 1_000_000_000:
                feed.due_ns = now                         # the machine slept: do not race through the night
            heapq.heappush(self.feeds, (feed.due_ns, serial, feed))
        wait_ns = (self.feeds[0][0] if self.feeds else now + 20_000_000) - time.monotonic_ns()
        GLib.timeout_add(min(20, max(1, wait_ns // 1_000_000)), self.beat)
        return False

    def obey(self, command: dict[str, Any]) -> dict[str, Any]:
        """Carry out one command; the answer says ``ok`` or the reason why not."""
        do, label = command.get("do", ""), str(command.get("camera", ""))
        with self.lock:
            if do == "state":
                return {"ok": True, "cameras": {c.label: {"fault": c.fault, "streams": sorted(c.streams), "clients":
                        sum(c.label in asked for asked in self.clients.values())} for c in self.cameras.values()}}
            if do in ("expect", "give-up"):
                (self.expected.add if do == "expect" else self.expected.discard)(label)
                return {"ok": True}
            if do == "add":
                return self.add(label, str(command["role"]), Path(command["index"]))
            if do == "live":
                return self.live(label, str(command["role"]), str(command["path"]), int(command["fps"]))
            camera = self.cameras.get(label)
            if camera is None:
                return {"ok": False, "error": f"no camera {label} here"}
            if do not in (*FAULTS, "back"):
                return {"ok": False, "error": f"unknown: {do}; known: {', '.join((*FAULTS, 'back'))}"}
            camera.fault = "" if do == "back" else do
            hit = [c for c, asked in self.clients.items() if label in asked] if do in ("drop", "refuse") else []
        for client in hit:
            self.hang_up(client)
        return {"ok": True, "camera": label, "fault": camera.fault}

    def add(self, label: str, role: str, index: Path) -> dict[str, Any]:
        camera = self.cameras.setdefault(label, Camera(label))
        clip = Clip(index)
        phase = int(label) * 7919 % len(clip.units)       # key pictures of many cameras must not coincide
        camera.streams[role] = Stream(self, camera, role, clip, phase)      # from now on its mount is there
        self.home(label).get_mount_points().add_factory(f"/{label}/{role}", camera.streams[role])
        return {"ok": True}

    def live(self, label: str, role: str, path: str, fps: int) -> dict[str, Any]:
        camera = self.cameras.setdefault(label, Camera(label))
        camera.streams[role] = LiveStream(camera, role, path, fps)
        self.home(label).get_mount_points().add_factory(f"/{label}/{role}", camera.streams[role])
        return {"ok": True}


def answer(city: City, line: bytes | str) -> dict[str, Any]:
    """One command line to one answer; a bad line is answered, never fatal."""
    try:
        return city.obey(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)          # Ctrl+C is for the parent, which ends us in order
    setup = json.loads(sys.stdin.readline())
    Gst.init(None)
    city = City(setup["host"], int(setup["port"]), setup.get("logins") or {})
    port = control_port(lambda line: answer(city, line), setup["host"])

    def say(words: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(words) + "\n")
        sys.stdout.flush()

    say({"rtsp_port": city.open.get_bound_port(), "login_port": city.locked.get_bound_port() if city.locked else 0,
         "control_port": port, "pid": os.getpid()})

    def parent() -> None:
        for line in sys.stdin:
            say(answer(city, line))
        os._exit(0)                                       # the parent is gone; nothing here needs saving

    threading.Thread(target=parent, name="parent", daemon=True).start()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
