"""Reads program streams as libVLC's demuxer does: packet by packet, unit by unit (ISO/IEC 13818-1 2.5.3)."""

from __future__ import annotations

from dataclasses import dataclass

PACK, MAP, PADDING, VIDEO = 0xBA, 0xBC, 0xBE, 0xE0


@dataclass(frozen=True, slots=True)
class Pes:
    """One access unit. Times in 90 kHz ticks; ``whole``: as many bytes came as its headers say.

    ``key``: a program stream map stands before it. ``pieces``: PES packets that it came in.
    """

    pts: int
    dts: int
    key: bool
    whole: bool
    content: bytes
    clock: int
    pieces: int = 1


def pes_units(data: bytes) -> list[Pes]:
    """The access units of the video; raises ValueError where no packet begins."""
    found: list[Pes] = []
    at, clock, mapped = 0, 0, False
    while at + 6 <= len(data):
        if data[at : at + 3] != b"\x00\x00\x01":
            raise ValueError(f"no packet begins at byte {at}")
        kind = data[at + 3]
        if kind == PACK:
            clock, mapped = pack_clock(data[at + 4 : at + 10]), False
            at += 14
            continue
        stop = at + 6 + int.from_bytes(data[at + 4 : at + 6], "big")
        if kind == MAP:
            mapped = True
        elif kind == VIDEO:
            flags, length = data[at + 7 : at + 9] if at + 9 <= len(data) else (0, 0)
            content, whole = data[at + 9 + length : stop], stop <= len(data)
            if flags & 0x80:
                pts = _stamp(data[at + 9 : at + 14])
                dts = _stamp(data[at + 14 : at + 19]) if flags & 0x40 else pts
                found.append(Pes(pts, dts, mapped, whole, content, clock))
            else:
                last = found.pop()
                found.append(Pes(last.pts, last.dts, last.key, last.whole and whole, last.content + content,
                                 last.clock, last.pieces + 1))
        elif kind != PADDING:
            raise ValueError(f"packet of kind {kind:#x}")
        at = stop
    return found


def pack_clock(data: bytes) -> int:
    """The clock of a pack's header in ticks, from its six bytes."""
    bits = int.from_bytes(data, "big")
    return (bits >> 43 & 7) << 30 | (bits >> 27 & 0x7FFF) << 15 | bits >> 11 & 0x7FFF


def _stamp(data: bytes) -> int:
    if len(data) < 5:
        return 0
    high, middle, low = data[0] >> 1 & 7, int.from_bytes(data[1:3], "big") >> 1, int.from_bytes(data[3:5], "big") >> 1
    return high << 30 | middle << 15 | low
