"""H.264 from RTP: NAL units out of single, aggregated and fragmented packets (RFC 6184) into an Annex B unit."""

from __future__ import annotations

from app.model.errors import CameraError
from app.video.annexb import START

_SLICES = range(1, 6)
_IDR, _SEI = 5, 6
_RECOVERY_POINT = 6             # SEI payload type (H.264 D.1.8): a picture from which one may start, without IDR
_STAP_A, _FU_A = 24, 28


class H264:
    """Collects one access unit; what it holds so far is told by its public attributes.

    ``data``: its bytes so far. ``fragment``: a fragmented NAL unit is under way. ``picture``: it has a slice.
    ``headless``: its first slice is not the first of a picture. ``key``: decoding may begin here. ``broken``: parts
    are missing. ``nonsense``: its first slice cannot be one.
    """

    FRAGMENT = (31, _FU_A, 18)      # mask and type of a fragment's first byte; payload's place behind the frame's "$"

    def __init__(self) -> None:
        self.data = bytearray()
        self.fragment = False
        self._clear()

    def _clear(self) -> None:
        self.picture = self.headless = self.key = self.broken = self.nonsense = False

    def take(self) -> bytes:
        """The unit; a new one begins."""
        data = bytes(self.data)
        self.data.clear()
        self.fragment = False
        self._clear()
        return data

    def lost(self) -> None:
        """Packets are missing before the next one."""
        self.broken = True
        self.fragment = False

    def add(self, buffer: bytearray, view: memoryview, begin: int, end: int) -> None:
        """The payload of one packet, at least one byte. Raises CameraError("unsupported") for interleaved modes."""
        kind = buffer[begin] & 31
        data = self.data
        if kind == _FU_A:
            if end - begin < 3:
                self.broken = True
                return
            flags = buffer[begin + 1]
            if flags & 0x80:
                data += START
                data.append(buffer[begin] & 0xE0 | flags & 31)
                self._note(flags & 31, buffer, begin + 2, end)
                self.fragment = True
            elif not self.fragment:
                self.broken = True      # its beginning was lost
                return
            data += view[begin + 2 : end]
            if flags & 0x40:
                self.fragment = False
        elif 0 < kind < _STAP_A:
            data += START
            data += view[begin:end]
            self._note(kind, buffer, begin + 1, end)
        elif kind == _STAP_A:
            self._aggregate(buffer, view, begin + 1, end)
        elif kind in (25, 26, 27, 29):
            raise CameraError("unsupported", "interleaved NAL units")
        else:
            self.broken = True          # reserved types

    def _aggregate(self, buffer: bytearray, view: memoryview, at: int, end: int) -> None:
        while end - at > 2:
            begin, at = at + 2, at + 2 + (buffer[at] << 8 | buffer[at + 1])
            if at > end:
                self.broken = True
                return
            if at > begin:
                self.data += START
                self.data += view[begin:at]
                self._note(buffer[begin] & 31, buffer, begin + 1, at)

    def _note(self, kind: int, buffer: bytearray, begin: int, end: int) -> None:
        """A NAL unit of that type; its payload behind the header begins at ``begin``."""
        if kind in _SLICES:
            if not self.picture:
                self.picture = True
                # first_mb_in_slice is 0, written as a single one bit, only in the first slice of a picture
                self.headless = begin < end and not buffer[begin] & 0x80
                self.nonsense = not self.headless and end - begin >= 6 and \
                    not _may_be_slice(int.from_bytes(buffer[begin : begin + 6]), idr=kind == _IDR)
            if kind == _IDR:
                self.key = True
        elif kind == _SEI and _has_recovery_point(buffer, begin, end):
            self.key = True


def _may_be_slice(bits: int, *, idr: bool) -> bool:
    """Whether the first 48 bits of a slice may be those of a picture's first one (H.264 7.3.3, 7.4.3).

    first_mb_in_slice is 0; then slice type and parameter set in Exp-Golomb codes; an IDR picture's frame number is 0,
    in four bits at least.
    """
    left, found = 47, []
    for _ in range(2):
        zeros = left - (bits & (1 << left) - 1).bit_length()
        if zeros > 8:
            return False
        left -= 2 * zeros + 1
        found.append((bits >> left & (1 << zeros + 1) - 1) - 1)
    if not idr:
        return found[0] <= 9 and found[1] <= 255
    return found[0] in (2, 4, 7, 9) and found[1] <= 255 and not bits >> left - 4 & 15


def _has_recovery_point(buffer: bytearray, at: int, end: int) -> bool:
    """Walk the messages of a SEI unit (H.264 7.3.2.3.1): type and size, each in bytes of 255 and a rest."""
    while end - at > 2:
        numbers = []
        for _ in range(2):
            number = 0
            while at < end and buffer[at] == 255:
                number += 255
                at += 1
            if at >= end:
                return False
            numbers.append(number + buffer[at])
            at += 1
        if numbers[0] == _RECOVERY_POINT:
            return True
        at += numbers[1]
    return False
