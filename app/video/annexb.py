"""H.264 and H.265 byte streams: NAL units, parameter sets, delimiters and the picture size that a stream claims.

Sources: ITU-T H.264 (7.3.2.1, 7.4.1), H.265 (7.3.2.2, 7.4.2). Pure; no decoder is involved, so a hostile stream is
measured before libVLC allocates anything for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

START = b"\x00\x00\x00\x01"

# Appended to each access unit so that libVLC's packetizer hands it on at once instead of waiting for the next one
# (reference/video.md: two pictures of delay saved). H.264 NAL type 9, H.265 NAL type 35.
DELIMITER = {"h264": START + b"\x09\xf0", "hevc": START + b"\x46\x01\x50"}

_H264_SPS, _H264_PPS = 7, 8
_HEVC_VPS, _HEVC_SPS, _HEVC_PPS = 32, 33, 34


@dataclass(frozen=True, slots=True)
class PictureSize:
    """What a sequence parameter set claims, in luma samples after cropping."""

    width: int
    height: int


def nal_units(data: bytes) -> Iterator[tuple[int, int]]:
    """(start of payload, end) of each NAL unit in an Annex B byte stream."""
    at = data.find(b"\x00\x00\x01")
    while at >= 0:
        begin = at + 3
        at = data.find(b"\x00\x00\x01", begin)
        end = len(data) if at < 0 else (at - 1 if at and data[at - 1] == 0 else at)
        if end > begin:
            yield begin, end


def nal_type(codec: str, first: int) -> int:
    """The type of a NAL unit from its first byte."""
    return first & 31 if codec == "h264" else (first >> 1) & 63


def has_parameter_sets(codec: str, data: bytes) -> bool:
    """True when the access unit carries its own sequence parameter set."""
    wanted = _H264_SPS if codec == "h264" else _HEVC_SPS
    return any(nal_type(codec, data[begin]) == wanted for begin, _ in nal_units(data))


def is_disposable(codec: str, data: bytes) -> bool:
    """True when no other picture is built on this one: H.264 nal_ref_idc 0 (7.4.1), H.265 sub-layer non-reference
    pictures of the lowest sub-layer (7.4.2.2, types 0 to 14, even): above it others of that sub-layer's pictures stand.
    """
    sliced = False
    for begin, end in nal_units(data):
        kind = nal_type(codec, data[begin])
        if codec == "h264" and 1 <= kind <= 5:
            if data[begin] & 0x60:
                return False
            sliced = True
        elif codec == "hevc" and kind < 32:
            if kind > 14 or kind & 1 or end - begin < 2 or data[begin + 1] & 7 != 1:
                return False
            sliced = True
    return sliced


def claimed_size(codec: str, data: bytes) -> PictureSize | None:
    """Size claimed by the first sequence parameter set in ``data``; None when there is none or it is broken."""
    wanted = _H264_SPS if codec == "h264" else _HEVC_SPS
    for begin, end in nal_units(data):
        if nal_type(codec, data[begin]) == wanted:
            bits = _Bits(data[begin:end].replace(b"\x00\x00\x03", b"\x00\x00"))
            try:
                return _h264_size(bits) if codec == "h264" else _hevc_size(bits)
            except (IndexError, ValueError):
                return None
    return None


class _Bits:
    """Big-endian bit reader with Exp-Golomb codes (H.264 9.1). Raises IndexError past the end."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def u(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise IndexError("parameter set ends early")
        return (self._value >> self._left) & ((1 << count) - 1)

    def ue(self) -> int:
        zeros = 0
        while self.u(1) == 0:
            zeros += 1
            if zeros > 31:
                raise ValueError("Exp-Golomb code too long")
        return (1 << zeros) - 1 + (self.u(zeros) if zeros else 0)

    def se(self) -> int:
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)


# profile_idc values whose parameter set says its chroma format (H.264 7.3.2.1.1).
_H264_WITH_CHROMA = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}


def _h264_size(bits: _Bits) -> PictureSize:
    bits.u(8)
    profile = bits.u(8)
    bits.u(16)
    bits.ue()
    chroma = 1
    if profile in _H264_WITH_CHROMA:
        chroma = bits.ue()
        if chroma == 3:
            bits.u(1)
        bits.ue()
        bits.ue()
        bits.u(1)
        if bits.u(1):
            for index in range(8 if chroma != 3 else 12):
                if bits.u(1):
                    _skip_scaling_list(bits, 16 if index < 6 else 64)
    bits.ue()
    order = bits.ue()
    if order == 0:
        bits.ue()
    elif order == 1:
        bits.u(1)
        bits.se()
        bits.se()
        for _ in range(min(bits.ue(), 255)):
            bits.se()
    bits.ue()
    bits.u(1)
    width = (bits.ue() + 1) * 16
    map_units = bits.ue() + 1
    frames_only = bits.u(1)
    height = map_units * 16 * (2 - frames_only)
    if not frames_only:
        bits.u(1)
    bits.u(1)
    if bits.u(1):
        x_unit = 1 if chroma in (0, 3) else 2
        y_unit = (2 if chroma == 1 else 1) * (2 - frames_only)
        left, right, top, bottom = (bits.ue() for _ in range(4))
        width -= (left + right) * x_unit
        height -= (top + bottom) * y_unit
    return _checked(width, height)


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last, following = 8, 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def _hevc_size(bits: _Bits) -> PictureSize:
    bits.u(16)
    bits.u(4)
    layers = bits.u(3)
    bits.u(1)
    bits.u(88)                                   # general profile, tier, compatibility and constraint flags
    bits.u(8)                                    # general_level_idc
    present = [(bits.u(1), bits.u(1)) for _ in range(layers)]
    if layers:
        bits.u(2 * (8 - layers))
    for profile, level in present:
        bits.u(88 * profile + 8 * level)
    bits.ue()
    chroma = bits.ue()
    if chroma == 3:
        bits.u(1)
    width, height = bits.ue(), bits.ue()
    if bits.u(1):
        x_unit = 2 if chroma in (1, 2) else 1
        y_unit = 2 if chroma == 1 else 1
        left, right, top, bottom = (bits.ue() for _ in range(4))
        width -= (left + right) * x_unit
        height -= (top + bottom) * y_unit
    return _checked(width, height)


def _checked(width: int, height: int) -> PictureSize:
    if width <= 0 or height <= 0:
        raise ValueError("cropped to nothing")
    return PictureSize(width, height)
