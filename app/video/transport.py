"""Packets -> bytes that libVLC reads: MPEG transport stream, or bare JPEG pictures one after the other.

The transport stream closes every access unit at once (PES length written, a delimiter appended), which is what brings
the delay below 200 ms (reference/video.md section 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import av
import av.container
import av.stream

from app.video.annexb import DELIMITER

CLOCK = 90_000                       # ticks per second of MPEG time stamps (ISO/IEC 13818-1)
_TICK = Fraction(1, CLOCK)


@dataclass(frozen=True, slots=True)
class Unit:
    """One access unit as it goes to a decoder: complete, with parameter sets before each key picture.

    ``arrived_ns``: CLOCK_MONOTONIC when the packet was there. ``stamp`` is its decode time in 90 kHz ticks on the
    hub's own clock, ``lead`` = presentation minus decode time in ticks.
    """

    data: bytes
    key: bool
    arrived_ns: int
    stamp: int
    lead: int = 0


class Stream(Protocol):
    """Turns units into bytes for one reader."""

    demux: str                       # libVLC's demuxer for these bytes

    def write(self, unit: Unit, stamp: int) -> tuple[bytes, int]:
        """The bytes of one unit presented at ``stamp`` ticks, and how many of them libVLC's demuxer will count."""

    def close(self) -> None:
        """Let the multiplexer go."""


def stream_for(codec: str) -> Stream:
    """The way to feed a codec: "mjpeg" as pictures, all others as transport stream."""
    return JpegPictures() if codec == "mjpeg" else TransportStream(codec)


class JpegPictures:
    """MJPEG has no place in a transport stream; libVLC's own MJPEG demuxer takes the pictures bare."""

    demux = "mjpeg"

    def write(self, unit: Unit, stamp: int) -> tuple[bytes, int]:  # noqa: ARG002 - the demuxer stamps by arrival itself
        return unit.data, len(unit.data)

    def close(self) -> None:
        pass


class _Sink:
    """A file that collects what the multiplexer writes."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self.parts)
        self.parts.clear()
        return taken


class TransportStream:
    """MPEG-TS with one video stream. Stamps must rise strictly."""

    demux = "ts"

    def __init__(self, codec: str) -> None:
        self._sink = _Sink()
        self._container = av.open(
            self._sink, "w", format="mpegts", options={"omit_video_pes_length": "0", "flush_packets": "1"}
        )
        self._stream = self._container.add_mux_stream(codec, rate=25)
        self._stream.time_base = _TICK
        self._delimiter = DELIMITER.get(codec, b"")
        self._opening = self._delimiter[:5]

    def write(self, unit: Unit, stamp: int) -> tuple[bytes, int]:
        # The multiplexer puts a delimiter before a unit that has none; doing it here keeps the count of bytes exact.
        leading = b"" if unit.data.startswith(self._opening) else self._delimiter
        payload = leading + unit.data + self._delimiter
        packet = av.Packet(payload)
        packet.stream = self._stream
        packet.time_base = _TICK
        packet.dts = stamp
        packet.pts = stamp + unit.lead
        packet.is_keyframe = unit.key
        self._container.mux_one(packet)
        return self._sink.take(), len(payload)

    def close(self) -> None:
        self._container.close()
        self._sink.take()
