"""Reads transport streams as libVLC's demuxer does: packet by packet, unit by unit (ISO/IEC 13818-1 2.4.3)."""

from __future__ import annotations

from dataclasses import dataclass

VIDEO_PID = 0x100


@dataclass(frozen=True, slots=True)
class Pes:
    """One access unit. Times in 90 kHz ticks; ``whole``: as many bytes came as its header says."""

    pts: int
    dts: int
    key: bool
    whole: bool
    content: bytes


def video_payload(data: bytes) -> list[tuple[bytes, bool]]:
    """(payload with its PES header, is a key picture) per unit of the video; raises ValueError without sync bytes."""
    units: list[tuple[bytes, bool]] = []
    for at in range(0, len(data) // 188 * 188, 188):
        packet = data[at : at + 188]
        if packet[0] != 0x47:
            raise ValueError(f"no packet begins at byte {at}")
        if int.from_bytes(packet[1:3], "big") & 0x1FFF != VIDEO_PID:
            continue
        begin, key = 4, False
        if packet[3] & 0x20:
            begin += 1 + packet[4]
            key = bool(packet[4] and packet[5] & 0x40)
        if packet[1] & 0x40:
            units.append((packet[begin:], key))
        elif units:
            units[-1] = (units[-1][0] + packet[begin:], units[-1][1])
    return units


def pes_units(data: bytes) -> list[Pes]:
    """The access units of the video."""
    found = []
    for payload, key in video_payload(data):
        if payload[:3] != b"\x00\x00\x01":
            raise ValueError("a unit begins without its header")
        pts = _stamp(payload[9:14])
        dts = _stamp(payload[14:19]) if payload[7] & 0x40 else pts
        found.append(Pes(pts, dts, key, int.from_bytes(payload[4:6], "big") == len(payload) - 6,
                         payload[9 + payload[8] :]))
    return found


def _stamp(data: bytes) -> int:
    high, middle, low = data[0] >> 1 & 7, int.from_bytes(data[1:3], "big") >> 1, int.from_bytes(data[3:5], "big") >> 1
    return high << 30 | middle << 15 | low
