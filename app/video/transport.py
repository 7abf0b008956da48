"""Packets -> bytes that libVLC reads: MPEG program stream, or bare JPEG pictures one after the other.

The program stream closes every access unit at once (PES length written, a delimiter appended), which is what brings
the delay below 200 ms (reference/video.md section 1).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from app.video.annexb import DELIMITER

CLOCK = 90_000                       # ticks per second of MPEG time stamps (ISO/IEC 13818-1)


class Unit(NamedTuple):
    """One access unit as it goes to a decoder: complete, with parameter sets before each key picture.

    ``arrived_ns``: CLOCK_MONOTONIC when the packet was there. ``stamp`` is its decode time in 90 kHz ticks on the
    hub's own clock, ``lead`` = presentation minus decode time in ticks. A tuple, because one is made per picture.
    """

    data: bytes
    key: bool
    arrived_ns: int
    stamp: int
    lead: int = 0


FRAME_SAMPLES = 1024                 # of one frame of AAC
SLIP_S = 0.15                        # by which sound may stand off its time and follow what came before nevertheless
# Samples that are received as they are (RFC 3551): libav's name, bytes each, and a byte of silence.
PLAIN = {"PCMU": ("pcm_mulaw", 1, b"\xff"), "PCMA": ("pcm_alaw", 1, b"\xd5"), "L16": ("pcm_s16be", 2, b"\0")}


class Heard(NamedTuple):
    """One frame of sound for the tape; ``stamp`` as that of :class:`Unit`."""

    data: bytes
    arrived_ns: int
    stamp: int


@dataclass(frozen=True, slots=True)
class Sound:
    """AAC: its AudioSpecificConfig, and samples a second. ``made_of``: the codec that came, when it was another one.

    ``plain``: no AAC but samples as they are, one of PLAIN; there is no config then.
    """

    config: bytes
    rate: int
    channels: int = 1
    plain: str = ""
    made_of: str = ""


class Stream(Protocol):
    """Turns units into bytes for one reader."""

    demux: str                       # libVLC's demuxer for these bytes
    alone: bool                      # the next unit may be seconds away

    def write(self, unit: Unit, stamp: int) -> tuple[bytes, int]:
        """The bytes of one unit presented at ``stamp`` ticks, and how many of them libVLC's demuxer will count."""

    def clock(self, stamp: int) -> tuple[bytes, int]:
        """Bytes that tell the reader that its time goes on to ``stamp`` before the next unit comes."""

    def nudge(self, stamp: int) -> tuple[bytes, int]:
        """Bytes after a first unit that no other one follows: the reader's clock goes on to ``stamp``, and shows it."""

    def close(self) -> None:
        """No more units."""


def stream_for(codec: str) -> Stream:
    """The way to feed a codec: "mjpeg" as pictures, all others as program stream."""
    return JpegPictures() if codec == "mjpeg" else ProgramStream(codec)


class JpegPictures:
    """MJPEG has no place in a program stream; libVLC's own MJPEG demuxer takes the pictures bare.

    It looks for a picture's end in so many bytes at a time, 15 KiB at first and 5 KiB more whenever one was longer, and
    waits until they are there (modules/demux/mjpeg.c, Peek): small pictures would come out two to six later. So each
    is made as long as what it waits for, by comments behind its first marker (ITU-T T.81 B.2.4.5), which nobody reads.
    """

    demux = "mjpeg"
    alone = False

    def __init__(self) -> None:
        self._peek = _FIRST_PEEK
        self._newest = b""

    def write(self, unit: Unit, stamp: int) -> tuple[bytes, int]:  # noqa: ARG002 - the demuxer stamps by arrival itself
        data = unit.data
        if data.startswith(_JPEG):
            self._peek += -(-max(0, len(data) - self._peek) // _PEEK_STEP) * _PEEK_STEP
            data = b"".join((_JPEG, _comments(self._peek - len(data)), memoryview(data)[len(_JPEG):]))
        self._newest = data
        return data, len(data)

    def clock(self, stamp: int) -> tuple[bytes, int]:  # noqa: ARG002 - as above
        return b"", 0

    def nudge(self, stamp: int) -> tuple[bytes, int]:  # noqa: ARG002 - as above
        return self._newest, len(self._newest)

    def close(self) -> None:
        pass


_JPEG = b"\xff\xd8"                  # start of image
_FIRST_PEEK, _PEEK_STEP = 15 << 10, 5 << 10
_LONGEST_COMMENT = 2 + 65_535        # bytes: its marker, and what its length counts


def _comments(length: int) -> bytes:
    """Segments of so many bytes that say nothing; too few for one are fill bytes before the next marker."""
    parts = []
    while length >= 4:              # marker and length
        take = min(length, _LONGEST_COMMENT)
        parts.append(b"\xff\xfe" + (take - 2).to_bytes(2) + bytes(take - 4))
        length -= take
    return b"".join(parts) + b"\xff" * length


class ProgramStream:
    """MPEG program stream with one video stream (ISO/IEC 13818-1 2.5). Stamps must rise strictly.

    A unit travels in one piece behind 14 + 14 bytes, where a transport stream cuts it into packets of 188 bytes that
    libVLC takes one by one; and it is written with one join of bytes.
    """

    demux = "ps"

    def __init__(self, codec: str) -> None:
        self._delimiter = DELIMITER.get(codec, b"")
        self._opening = self._delimiter[:5]
        self.alone = False
        self._map = _stream_map(_TYPES[codec])
        self._begun = False
        self._clock = 0                 # of the last pack

    def write(self, unit: Unit, stamp: int) -> tuple[bytes, int]:
        # A picture that has its own delimiter in front gets none more: the count of bytes stays small and exact.
        leading = b"" if unit.data.startswith(self._opening) else self._delimiter
        # A packetizer knows where a NAL unit ends when the next one begins: a second delimiter ends the first, and
        # that ends the picture. Without it a key picture alone comes out with the next one, seconds late.
        ending = self._delimiter * 2 if self.alone else self._delimiter
        length = len(leading) + len(unit.data) + len(ending)
        times = _time(3, stamp + unit.lead) + _time(1, stamp) if unit.lead else _time(2, stamp)
        head = _pack(stamp) if stamp - self._clock <= CLOCK_STEP else self._bridge(stamp)
        self._clock = stamp
        if unit.key or not self._begun:
            head += self._map
            self._begun = True
        if length <= _PIECE_BYTES:
            return b"".join((head, _pes(length, times), leading, unit.data, ending)), length
        payload = memoryview(b"".join((leading, unit.data, ending)))
        parts: list[bytes | memoryview] = [head]
        for at in range(0, length, _PIECE_BYTES):
            piece = payload[at : at + _PIECE_BYTES]
            parts += (_pes(len(piece), b"" if at else times), piece)     # only the first piece of a unit has times
        return b"".join(parts), length

    def clock(self, stamp: int) -> tuple[bytes, int]:
        self._clock = stamp                     # libVLC looks at the clock of a pack when a packet follows it
        return b"".join((_pack(stamp), _pes(len(self._delimiter), b""), self._delimiter)), len(self._delimiter)

    nudge = clock

    def _bridge(self, stamp: int) -> bytes:
        """Packs over a pause up to ``stamp``: libVLC starts its clock anew, and drops pictures, where one jumps by 1 s.

        A pause of over a minute may: whoever looks has seen long ago that nothing came.
        """
        begin = self._clock if self._begun and stamp - self._clock <= LONGEST_BRIDGE else stamp
        return b"".join(_pack(clock) for clock in (*range(begin + CLOCK_STEP, stamp, CLOCK_STEP), stamp))

    def close(self) -> None:
        pass


CLOCK_STEP = CLOCK * 7 // 10         # modules/demux/mpeg/ps.c, CheckPCR: 1 s is a jump
LONGEST_BRIDGE = 60 * CLOCK
_PIECE_BYTES = 65_000                # a PES packet tells its length in 16 bits
_TYPES = {"h264": 0x1B, "hevc": 0x24, "mpeg4": 0x10}     # ISO/IEC 13818-1 table 2-34
_VIDEO = 0xE0                        # stream id: the first of the video streams
_START_OF_PES = struct.Struct(">4sHBBB")
_PES_FLAGS = {0: 0x00, 5: 0x80, 10: 0xC0}               # by the length of the times: none, PTS, PTS and DTS
_MUX_RATE = bytes([0x01, 0x89, 0xC3, 0xF8])             # 50,000 x 50 bytes a second, which nobody holds us to


def _pack(stamp: int) -> bytes:
    """The header of a pack; its clock is the decode time of what follows."""
    clock = 1 << 46 | 1 << 42 | 1 << 26 | 1 << 10 | 1   # the mark "01" and the marker bits
    clock |= (stamp >> 30 & 7) << 43 | (stamp >> 15 & 0x7FFF) << 27 | (stamp & 0x7FFF) << 11
    return b"\x00\x00\x01\xba" + clock.to_bytes(6, "big") + _MUX_RATE


def _time(mark: int, stamp: int) -> bytes:
    bits = mark << 36 | 1 << 32 | 1 << 16 | 1
    bits |= (stamp >> 30 & 7) << 33 | (stamp >> 15 & 0x7FFF) << 17 | (stamp & 0x7FFF) << 1
    return bits.to_bytes(5, "big")


def _pes(length: int, times: bytes) -> bytes:
    """The header of a PES packet with ``length`` bytes of content."""
    return _START_OF_PES.pack(b"\x00\x00\x01\xe0", length + 3 + len(times), 0x84, _PES_FLAGS[len(times)],
                              len(times)) + times


def _stream_map(kind: int) -> bytes:
    """The program stream map: one elementary stream and its type."""
    body = b"\xe0\xff" + b"\x00\x00" + b"\x00\x04" + bytes([kind, _VIDEO]) + b"\x00\x00"
    data = b"\x00\x00\x01\xbc" + (len(body) + 4).to_bytes(2, "big") + body
    crc = 0xFFFFFFFF                                     # CRC-32 of MPEG: polynomial 0x04C11DB7, nothing reflected
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc >> 31 else 0)) & 0xFFFFFFFF
    return data + crc.to_bytes(4, "big")
