"""One stream opened with PyAV: units with their true arrival time, opened again and again until nobody wants it.

Runs on: its own thread, named after the stream. libav waits inside; time limits end every wait, and a stream that is
no longer wanted leaves at its next packet or time limit without anyone waiting for it.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import av
import av.error

from app.model.errors import CameraError
from app.model.secret import Credentials
from app.video.addresses import reveal
from app.video.annexb import START, PictureSize, claimed_size, has_parameter_sets
from app.video.backoff import Backoff
from app.video.board import StreamRecord
from app.video.causes import cause_of
from app.video.decodable import CODECS, LONGEST_SIDE
from app.video.stamps import TICKS_PER_S, Stamper
from app.video.transport import Unit

OPEN_S = 6.0            # a camera that has not answered everything by then is tried again later
SILENT_S = 12.0         # reference/video.md section 7: 12 s without a packet -> connect anew
SEEN_PACKETS = 64       # fingerprints kept to notice a camera that sends the same packets again

# Which protocols libav may use under each scheme: a playlist or redirect must not lead to files or other services.
_PROTOCOLS = {
    "rtsp": "rtsp,rtp,udp,tcp", "rtsps": "rtsps,rtsp,rtp,srtp,udp,tcp,tls", "srt": "srt,udp", "udp": "udp",
    "http": "http,tcp", "https": "https,http,tls,tcp,crypto", "file": "file", "v4l2": "file",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What to open. ``url`` holds no user or password."""

    stream: str
    url: str
    credentials: Credentials
    transport: str = "tcp"

    @property
    def scheme(self) -> str:
        return self.url.partition("://")[0].lower()


class Listener(Protocol):
    """What a source tells; called on the source's thread."""

    def opened(self, codec: str, width: int, height: int) -> None:
        """It runs and the first key picture is there; again when the size changes."""

    def failed(self, cause: str, detail: str, retry_in: float) -> None:
        """It broke or did not open; seconds until the next attempt, -1 when a person has to ask for it."""

    def unit(self, unit: Unit) -> None:
        """The next access unit."""


def open_container(target: Target) -> Any:
    """Open with libav; raises CameraError. Credentials are revealed here and nowhere else."""
    scheme = target.scheme
    # The time limit on reading is libav's own: PyAV's would take the GIL for each poll of each socket, which costs
    # more than everything else that this process does.
    limit = str(int(SILENT_S * 1e6))
    options = {"fflags": "nobuffer", "analyzeduration": "0", "protocol_whitelist": _PROTOCOLS.get(scheme, "none")}
    container_format = None
    url = reveal(target.url, target.credentials)
    if scheme in ("rtsp", "rtsps"):
        options |= {"probesize": "32", "rtsp_transport": target.transport, "allowed_media_types": "video",
                    "timeout": limit}
    elif scheme == "v4l2":
        container_format, url = "v4l2", url.removeprefix("v4l2://")
        options |= {"input_format": "mjpeg"}
    elif scheme == "file":
        url = url.removeprefix("file://")
    else:
        options |= {"probesize": "65536", "rw_timeout": limit}
    began = time.monotonic()
    try:
        return av.open(url, format=container_format, options=options, timeout=(OPEN_S, None))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        if time.monotonic() - began >= OPEN_S:
            raise CameraError("timeout") from None      # libav calls what our time limit cut off invalid data
        raise cause_of(error) from None         # the original text holds the address with its password


class Source:
    """Pulls one stream for as long as it is wanted."""

    def __init__(self, target: Target, record: StreamRecord, listener: Listener) -> None:
        self._target = target
        self._record = record
        self._listener = listener
        self._wanted = True
        self._wake = threading.Event()
        self._backoff = Backoff()
        self._asked = False
        self._thread = threading.Thread(target=self._run, name=f"pull {target.stream}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def retry(self) -> None:
        """The operator asks for an attempt now."""
        self._asked = True
        self._wake.set()

    def close(self) -> None:
        """No longer wanted; returns at once."""
        self._wanted = False
        self._wake.set()

    @property
    def finished(self) -> bool:
        return not self._thread.is_alive()

    def _run(self) -> None:
        while self._wanted:
            began = 0.0
            try:
                with OPENING:
                    if not self._wanted:
                        return
                    container = open_container(self._target)
                with container:
                    began = time.monotonic()
                    self._record.opened(time.monotonic_ns())
                    _Reading(self._target, container, self._record, self._listener).run(lambda: self._wanted)
                error = CameraError("closed")
            except CameraError as caught:
                error = caught
            except (av.error.FFmpegError, OSError, ValueError) as caught:
                error = cause_of(caught)
            self._record.opened(0)
            if not self._wanted:
                return
            ran = time.monotonic() - began if began else 0.0
            attempt = self._backoff.failed(refused=error.cause == "unauthorised", ran_seconds=ran,
                                           chance=random.random())
            self._listener.failed(error.cause, error.detail, -1.0 if attempt.seconds is None else attempt.seconds)
            self._wake.wait(attempt.seconds)
            self._wake.clear()
            if self._asked:
                self._asked = False
                self._backoff.asked()


# Start-up staggered: so many cameras of one worker are being opened at the same time (PyAV#1257, cctv-viewer#98).
OPENING = threading.Semaphore(8)


class _Reading:
    """One connection: packets become units until it breaks."""

    def __init__(self, target: Target, container: Any, record: StreamRecord, listener: Listener) -> None:
        self._target = target
        self._container = container
        self._record = record
        self._listener = listener
        if not container.streams.video:
            raise CameraError("no-video")
        self._stream = container.streams.video[0]
        self._codec = str(self._stream.codec_context.name)
        if self._codec not in CODECS:
            raise CameraError("unsupported", self._codec)
        self._stamper = Stamper()
        self._size: PictureSize | None = None
        self._told: PictureSize | None = None
        self._seen: deque[int] = deque(maxlen=SEEN_PACKETS)
        self._converter: Any = None
        extradata = self._stream.codec_context.extradata or b""
        if self._codec in ("h264", "hevc") and extradata[:1] == b"\x01":
            name = f"{self._codec}_mp4toannexb"         # MP4 and FLV keep lengths instead of start codes
            self._converter = av.BitStreamFilterContext(name, self._stream)
            extradata = b""
        self._parameter_sets = extradata if extradata.startswith((START, START[1:])) else b""

    def run(self, wanted: Callable[[], bool]) -> None:
        """Read until the connection breaks or nobody wants it; raises CameraError or libav's errors."""
        paced = self._target.scheme == "file"
        for packet in self._packets():
            if not wanted():
                return
            if packet.size == 0:
                continue
            if paced:
                self._pace(packet)
            unit = self._unit(packet)
            if unit is not None:
                self._listener.unit(unit)

    def _packets(self) -> Iterator[Any]:
        for packet in self._container.demux(self._stream):
            if self._converter is None:
                yield packet
            elif packet.size:
                yield from self._converter.filter(packet)

    def _unit(self, packet: Any) -> Unit | None:
        arrived = time.monotonic_ns()
        data = bytes(packet)
        self._observe(data, packet, arrived)
        if packet.is_keyframe and self._codec in ("h264", "hevc"):
            if self._parameter_sets and not has_parameter_sets(self._codec, data):
                data = self._parameter_sets + data
            self._size = claimed_size(self._codec, data) or self._size
        elif self._size is None:
            context = self._stream.codec_context
            self._size = PictureSize(context.width, context.height)
        if self._size is not None and max(self._size.width, self._size.height) > LONGEST_SIDE:
            raise CameraError("too-big", f"{self._size.width}×{self._size.height}")
        if packet.is_keyframe and self._size != self._told:
            self._told = self._size
            size = self._size or PictureSize(0, 0)
            self._listener.opened(self._codec, size.width, size.height)
        if self._told is None:
            return None                         # nothing before the first key picture is of use to anyone
        base = packet.time_base
        camera = lead = None
        if packet.dts is not None and base:
            camera = int(packet.dts * base * TICKS_PER_S)
            if packet.pts is not None and packet.pts > packet.dts:
                lead = min(int((packet.pts - packet.dts) * base * TICKS_PER_S), TICKS_PER_S)
        return Unit(data, packet.is_keyframe, arrived, self._stamper.stamp(camera, arrived), lead or 0)

    def _observe(self, data: bytes, packet: Any, arrived: int) -> None:
        fingerprint = hash(data)
        news = fingerprint not in self._seen
        self._seen.append(fingerprint)
        self._record.packet(len(data), arrived, key=packet.is_keyframe, news=news, broken=packet.is_corrupt)

    def _pace(self, packet: Any) -> None:
        """A file has no clock of its own: its packets come when their time has come."""
        if packet.dts is None or not packet.time_base:
            return
        due = float(packet.dts * packet.time_base)
        now = time.monotonic()
        start = getattr(self, "_start", None)
        if start is None:
            self._start = start = now - due
        if start + due > now:
            time.sleep(min(start + due - now, 1.0))
