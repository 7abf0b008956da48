"""RTP packets for tests, as cameras make them, and a receiver that is handed them in pieces."""

from __future__ import annotations

from app.video.annexb import START, nal_units
from app.video.rtsp.rtp import FRAME_BYTES, Assembler, Packet

TYPE = 96


def rtp(payload, sequence, stamp, *, marker=False, kind=TYPE, first=0x80):
    """One packet without its frame."""
    return bytes((first, kind | 128 * marker)) + (sequence & 0xFFFF).to_bytes(2, "big") + \
        (stamp & 0xFFFFFFFF).to_bytes(4, "big") + b"SRCE" + payload


def framed(packet, channel=0):
    return b"$" + bytes((channel,)) + len(packet).to_bytes(2, "big") + packet


def fragments(codec, unit, size):
    """FU-A (RFC 6184 5.8) or FU (RFC 7798 4.4.3) payloads."""
    head = 1 if codec == "h264" else 2
    body, found = unit[head:], []
    for at in range(0, len(body), size):
        flags = 128 * (at == 0) | 64 * (at + size >= len(body))
        prefix = bytes((unit[0] & 0xE0 | 28, flags | unit[0] & 31)) if codec == "h264" else \
            bytes((unit[0] & 0x81 | 49 << 1, unit[1], flags | unit[0] >> 1 & 63))
        found.append(prefix + body[at : at + size])
    return found


def payloads(codec, data, size=500):
    """A whole access unit: short NAL units before the picture together, long ones in fragments."""
    units = [data[begin:end] for begin, end in nal_units(data)]
    short = [unit for unit in units[:-1] if len(unit) < size]
    found = []
    if len(short) > 1:
        head = b"\x18" if codec == "h264" else b"\x60\x01"
        found.append(head + b"".join(len(unit).to_bytes(2, "big") + unit for unit in short))
    elif short:
        found.append(short[0])
    for unit in units:
        if unit not in short:
            found += fragments(codec, unit, size) if len(unit) > size else [unit]
    return found


def stream(codec, units, *, sequence=65_500, stamp=(1 << 32) - 20_000, step=6000, size=500, markers=True):
    """The packets of many access units; sequence and stamps wrap on the way."""
    found = []
    for data in units:
        parts = payloads(codec, data, size)
        for index, part in enumerate(parts):
            found.append(rtp(part, sequence, stamp, marker=markers and index == len(parts) - 1))
            sequence += 1
        stamp += step
    return found


def received(codec, data, *, pieces=1 << 16) -> list[Packet]:
    """Frames through an assembler, so many bytes at a time."""
    assembler = Assembler(codec, TYPE, 0)
    found: list[Packet] = []
    rest = b""
    for at in range(0, len(data), pieces):
        rest += data[at : at + pieces]
        buffer = bytearray(rest + bytes(FRAME_BYTES))
        taken = assembler.frames(buffer, memoryview(buffer), 0, len(rest))
        rest = rest[taken:]
        found += assembler.ready
        assembler.ready.clear()
    return found


def annexb(*units):
    return b"".join(START + unit for unit in units)


def nals(data):
    """The NAL units of a byte stream without their start codes."""
    return [data[begin:end] for begin, end in nal_units(data)]
