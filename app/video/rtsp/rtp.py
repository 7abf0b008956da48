"""RTP packets (RFC 3550) -> whole access units: sequence, time stamps and where one picture ends. Pure."""

from __future__ import annotations

import struct
from typing import NamedTuple

from app.model.errors import CameraError
from app.video.rtsp.h264 import H264
from app.video.rtsp.h265 import H265
from app.video.rtsp.sound import Ear

UNIT_BYTES = 16 << 20           # a 4K key picture at its best quality has 2-3 MB
STRANGERS = 500                 # packets of other payload types before the description is held to be wrong
_HEADER_BYTES = 12
# "$", channel, length; the RTP header without its source; three bytes of payload: all that tells a packet's way
_FRAME = struct.Struct(">BBHBBHI4xBBB")
FRAME_BYTES = _FRAME.size       # so many must be readable behind the beginning of any frame
# Time stamps that do not rise mean B pictures (RTP tells presentation times only), fields, or a camera without a
# clock: libav's parser knows how to treat them. Each such unit weighs as many as this many good ones.
_WEIGHT, _TOO_ODD = 6, 24
_SECOND = 90_000


class Packet(NamedTuple):
    """One access unit as a camera sent it. ``stamp``, ``lead``: 90 kHz; stamp None: the camera tells none."""

    data: bytes
    key: bool
    stamp: int | None
    lead: int = 0
    broken: bool = False


class Assembler:
    """The packets of one stream in the order of their arrival -> units in :attr:`ready`, which the caller empties."""

    def __init__(self, codec: str, payload_type: int, channel: int) -> None:
        self.ready: list[Packet] = []
        self._unit = H264() if codec == "h264" else H265()
        self._type = payload_type
        self._channel = channel
        self._next = -1                 # the sequence number that is due
        self._stamp = 0                 # of the unit under way, unwrapped
        self._wire_stamp = -1           # the same as it was sent, 32 bits
        self._told: int | None = None   # of the last unit that was handed out
        self._damaged = False           # something was lost since the last key picture
        self._markers = True            # the marker bit ends a picture; some cameras set it in the middle
        self._gap = False
        self._noise = False             # what came cannot be pictures; all waits for a key picture
        self._odd = 0
        self._strangers = 0
        self._ear: Ear | None = None
        self._ear_channel = -1          # nothing but pictures is looked at

    def listen(self, ear: Ear, channel: int) -> None:
        """Give it the packets of another channel."""
        self._ear, self._ear_channel = ear, channel

    def frames(self, buffer: bytearray, view: memoryview, at: int, end: int) -> int:
        """Take the interleaved frames of ``buffer[at:end]``; returns where the first byte stands that was not taken.

        The buffer goes on for FRAME_BYTES behind ``end``. Raises CameraError when the stream cannot be received here.
        """
        unpack, channel, plain = _FRAME.unpack_from, self._channel, self._type
        unit = self._unit
        mask, kind, payload_at = unit.FRAGMENT
        short = payload_at == 18
        while end - at >= 4:
            dollar, to, length, first, second, sequence, stamp, one, two, three = unpack(buffer, at)
            stop = at + 4 + length
            if dollar != 0x24 or stop > end:
                break
            if to == channel and length > _HEADER_BYTES:
                if first == 0x80 and second == plain and sequence == self._next and stamp == self._wire_stamp and \
                        unit.fragment and length > 15 and \
                        one & mask == kind and (two if short else three) < 0x40:
                    # Most packets of large pictures: the middle of a fragmented NAL unit, in its order.
                    unit.data += view[at + payload_at : stop]
                    self._next = (sequence + 1) & 0xFFFF
                else:
                    self._packet(buffer, view, at + 4, stop, first, second, sequence, stamp)
            elif to == self._ear_channel and self._ear is not None:
                self._ear.add(bytes(view[at + 4 : stop]))
            at = stop
        if len(unit.data) > UNIT_BYTES:
            raise CameraError("garbage", "endless picture")
        return at

    def _packet(self, buffer: bytearray, view: memoryview, begin: int, end: int, first: int, second: int,
                sequence: int, stamp: int) -> None:
        at = begin + _HEADER_BYTES
        if first != 0x80:               # anything but version 2 with none of the options
            at, end = _payload(buffer, first, begin, end)
            if at >= end:
                return
        if second & 127 != self._type:
            self._stranger()
            return
        if sequence != self._next and self._next >= 0:
            self._unit.lost()
            self._gap = True
        self._next = (sequence + 1) & 0xFFFF
        unit = self._unit
        if stamp != self._wire_stamp:
            if unit.picture:
                self._finish()
            self._unwrap(stamp)
        unit.add(buffer, view, at, end)
        if second & 128 and unit.picture and self._markers:
            self._finish()

    def _stranger(self) -> None:
        self._strangers += 1
        if self._strangers > STRANGERS and self._next < 0:
            raise CameraError("unsupported", "payload type")

    def _unwrap(self, stamp: int) -> None:
        if self._wire_stamp < 0:
            self._stamp = stamp
        else:
            step = (stamp - self._wire_stamp) & 0xFFFFFFFF
            self._stamp += step - (1 << 32) if step >> 31 else step
        self._wire_stamp = stamp

    def _finish(self) -> None:
        unit = self._unit
        key, broken, stamp, told = unit.key, unit.broken, self._stamp, self._told
        if told is not None and stamp - told <= 0:
            if unit.headless and stamp == told and not self._gap:
                self._markers = False   # the marker came in the middle of this picture
                broken = True
            elif told - stamp < _SECOND:
                self._odd += _WEIGHT
                if self._odd > _TOO_ODD:
                    raise CameraError("unsupported", "order of pictures")
        elif self._odd:
            self._odd -= 1
        if broken:
            self._damaged = True
        elif key:
            self._damaged = False
        # Slices that cannot be: the camera sends noise (nothing was lost on the way), and what follows builds on it.
        noise = unit.nonsense or (unit.headless and not self._gap and stamp != told)
        if noise or (self._noise and not key):
            self._noise = self._damaged = True
            unit.take()
            self._told, self._gap = stamp, False
            return
        self._noise = False
        self._told = stamp
        self._gap = False
        self.ready.append(Packet(unit.take(), key, stamp, 0, self._damaged))


def _payload(buffer: bytearray, first: int, begin: int, end: int) -> tuple[int, int]:
    """(begin, end) of the payload behind contributors and extension and before padding; empty when it is no RTP."""
    if first >> 6 != 2:
        return end, end
    at = begin + _HEADER_BYTES + 4 * (first & 15)
    if first & 0x10:
        if at + 4 > end:
            return end, end
        at += 4 + 4 * (buffer[at + 2] << 8 | buffer[at + 3])
    if first & 0x20:
        end -= buffer[end - 1]
    return at, end
