"""H.265 from RTP: NAL units out of single, aggregated and fragmented packets (RFC 7798) into an Annex B unit."""

from __future__ import annotations

from app.model.errors import CameraError
from app.video.annexb import START
from app.video.rtsp.h264 import H264

_SLICES_END = 32                # types below are slices
_IRAP = range(16, 24)           # pictures from which one may start (H.265 3.64)
_AP, _FU, _PACI = 48, 49, 50


class H265(H264):
    """As for H.264, with headers of two bytes."""

    FRAGMENT = (0x7E, _FU << 1, 19)

    def add(self, buffer: bytearray, view: memoryview, begin: int, end: int) -> None:
        """The payload of one packet. Raises CameraError("unsupported") for PACI packets, which no camera sends."""
        if end - begin < 3:
            self.broken = True
            return
        kind = buffer[begin] >> 1 & 63
        data = self.data
        if kind == _FU:
            flags = buffer[begin + 2]
            if flags & 0x80:
                data += START
                data.append(buffer[begin] & 0x81 | (flags & 63) << 1)
                data.append(buffer[begin + 1])
                self._note(flags & 63, buffer, begin + 3, end)
                self.fragment = True
            elif not self.fragment:
                self.broken = True      # its beginning was lost
                return
            data += view[begin + 3 : end]
            if flags & 0x40:
                self.fragment = False
        elif kind < _AP:
            data += START
            data += view[begin:end]
            self._note(kind, buffer, begin + 2, end)
        elif kind == _AP:
            self._aggregate(buffer, view, begin + 2, end)
        elif kind == _PACI:
            raise CameraError("unsupported", "PACI")
        else:
            self.broken = True

    def _aggregate(self, buffer: bytearray, view: memoryview, at: int, end: int) -> None:
        while end - at > 2:
            begin, at = at + 2, at + 2 + (buffer[at] << 8 | buffer[at + 1])
            if at > end:
                self.broken = True
                return
            if at - begin > 1:
                self.data += START
                self.data += view[begin:at]
                self._note(buffer[begin] >> 1 & 63, buffer, begin + 2, at)

    def _note(self, kind: int, buffer: bytearray, begin: int, end: int) -> None:
        if kind < _SLICES_END:
            if not self.picture:
                self.picture = True
                # first_slice_segment_in_pic_flag is the first bit of a slice segment header
                self.headless = begin < end and not buffer[begin] & 0x80
            if kind in _IRAP:
                self.key = True
