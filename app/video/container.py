"""Streams that libav opens: every protocol and codec that our own RTSP receiver does not speak."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import av
import av.error

from app.model.errors import CameraError
from app.model.secret import Credentials
from app.runtime.addresses import reveal
from app.video.annexb import START, PictureSize
from app.video.causes import cause_of
from app.video.rtsp.rtp import Packet
from app.video.stamps import TICKS_PER_S

OPEN_S = 6.0            # a camera that has not answered everything by then is tried again later
SILENT_S = 12.0         # reference/video.md section 7: 12 s without a packet -> connect anew

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
    sound: bool = False         # wanted too

    @property
    def scheme(self) -> str:
        return self.url.partition("://")[0].lower()


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


class LibavStream:
    """One open container; see :class:`app.video.source.Opened`."""

    def __init__(self, target: Target) -> None:
        self._paced = target.scheme == "file"
        self._start: float | None = None
        self._container = open_container(target)
        try:
            self._prepare()
        except BaseException:
            self._container.close()
            raise

    def _prepare(self) -> None:
        if not self._container.streams.video:
            raise CameraError("no-video")
        self._stream = self._container.streams.video[0]
        self.codec = str(self._stream.codec_context.name)
        self._converter: Any = None
        extradata = self._stream.codec_context.extradata or b""
        if self.codec in ("h264", "hevc") and extradata[:1] == b"\x01":
            name = f"{self.codec}_mp4toannexb"          # MP4 and FLV keep lengths instead of start codes
            self._converter = av.BitStreamFilterContext(name, self._stream)
            extradata = b""
        self.parameter_sets = extradata if extradata.startswith((START, START[1:])) else b""

    def close(self) -> None:
        self._container.close()

    def size(self) -> PictureSize:
        """What libav believes, for codecs whose parameter sets we do not read."""
        context = self._stream.codec_context
        return PictureSize(context.width, context.height)

    def packets(self) -> Generator[Packet]:
        """Read until the connection breaks; raises libav's errors."""
        for packet in self._converted():
            if packet.size == 0:
                continue
            if self._paced:
                self._pace(packet)
            base = packet.time_base
            camera, lead = None, 0
            if packet.dts is not None and base:
                camera = int(packet.dts * base * TICKS_PER_S)
                if packet.pts is not None and packet.pts > packet.dts:
                    lead = min(int((packet.pts - packet.dts) * base * TICKS_PER_S), TICKS_PER_S)
            yield Packet(bytes(packet), packet.is_keyframe, camera, lead, packet.is_corrupt)

    def _converted(self) -> Iterator[Any]:
        for packet in self._container.demux(self._stream):
            if self._converter is None:
                yield packet
            elif packet.size:
                yield from self._converter.filter(packet)

    def _pace(self, packet: Any) -> None:
        """A file has no clock of its own: its packets come when their time has come."""
        if packet.dts is None or not packet.time_base:
            return
        due = float(packet.dts * packet.time_base)
        now = time.monotonic()
        if self._start is None:
            self._start = now - due
        if self._start + due > now:
            time.sleep(min(self._start + due - now, 1.0))
