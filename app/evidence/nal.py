"""The parameter sets that travel inside key pictures: a camera that changes them in mid-stream is noticed."""

from __future__ import annotations

import hashlib

_SETS = {"h264": {7, 8}, "hevc": {32, 33, 34}}      # SPS and PPS; VPS, SPS and PPS
_MOST = 64                                          # units looked at; parameter sets come first


def parameter_sets(unit: bytes, codec: str) -> str:
    """A hash of the parameter sets in a key picture of an MP4 (4-byte lengths), "" when it has none."""
    wanted = _SETS.get(codec)
    if not wanted:
        return ""
    found, at = [], 0
    for _ in range(_MOST):
        if at + 5 > len(unit):
            break
        size = int.from_bytes(unit[at:at + 4])
        kind = unit[at + 4] & 0x1F if codec == "h264" else unit[at + 4] >> 1 & 0x3F
        if size == 0 or at + 4 + size > len(unit):
            break
        if kind in wanted:
            found.append(unit[at + 4:at + 4 + size])
        at += 4 + size
    return hashlib.sha256(b"".join(sorted(set(found)))).hexdigest() if found else ""
