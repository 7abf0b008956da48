"""A camera's sound: what a description says of it (RFC 4566), and RTP packets -> whole AAC frames (RFC 3640). Pure.

AAC is received, and plain samples: G.711 and L16 (RFC 3551). Everything else is named, so that somebody can be told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from app.video.rtsp.sdp import attributes_of, parameters_of
from app.video.transport import FRAME_SAMPLES, PLAIN

_HEADER_BYTES = 12
_MOST_FRAMES = 64               # in one packet; a camera sends one to eight
_LARGEST = 16 << 10             # bytes of one frame: 6,144 bits a channel (ISO/IEC 14496-3), eight channels
# RFC 3551: name, samples a second, channels
_STATIC = {"0": ("PCMU", 8000, 1), "8": ("PCMA", 8000, 1), "9": ("G722", 8000, 1), "10": ("L16", 44_100, 2),
           "11": ("L16", 44_100, 1), "14": ("MPA", 90_000, 1)}
# Those that AAC names by an index (ISO/IEC 14496-3 1.6.3.3), without those beyond hearing.
_RATES = (7350, 8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


@dataclass(frozen=True, slots=True)
class SoundMedia:
    """``codec``: "aac", or the description's own name for everything else. ``config``: AudioSpecificConfig.

    ``rate``: of the stamps, a second. ``control``: as written. ``bits``: of a frame's size, of its index, of the
    indices after the first. ``channels``: of plain samples.
    """

    codec: str
    payload_type: int
    control: str
    rate: int = 0
    config: bytes = b""
    bits: tuple[int, int, int] = (13, 3, 3)
    channels: int = 1

    @property
    def plain(self) -> bool:
        """Whether these are samples that AAC can be made of."""
        return self.codec in PLAIN and self.rate in _RATES and self.channels in (1, 2)

    @property
    def received(self) -> bool:
        """Whether an MP4 file gets it, as it comes or as AAC."""
        return self.codec == "aac" or self.plain


class Frame(NamedTuple):
    """One frame of sound, or as many plain samples as came; ``stamp`` in samples."""

    data: bytes
    stamp: int


def sound(text: str) -> SoundMedia | None:
    """The first sound of a description; None: it has none. Odd numbers make it one that is not received."""
    found = attributes_of(text, "audio")
    if found is None:
        return None
    words, attributes = found
    word = words[3] if len(words) > 3 else ""
    control = next((one.partition(":")[2].strip() for one in attributes if one.lower().startswith("control:")), "")
    mapped = next((match for one in attributes if (match := re.fullmatch(
        rf"(?i)rtpmap:\s*{re.escape(word)}\s+([\w.+-]{{1,32}})/(\d{{1,6}})(?:/(\d{{1,3}}))?\s*", one))), None)
    name, rate, channels = (mapped[1].upper(), int(mapped[2]), int(mapped[3] or 1)) if mapped else \
        _STATIC.get(word, ("?", 0, 1))
    kind = int(word) & 127 if word.isascii() and word.isdigit() and len(word) < 4 else -1
    if name == "MPEG4-GENERIC" and kind >= 0 and 8000 <= rate <= 96_000:
        given = parameters_of(kind, attributes)
        try:
            config = bytes.fromhex(given.get("config", ""))
            bits = (int(given.get("sizelength", "0")), int(given.get("indexlength", "0")),
                    int(given.get("indexdeltalength", "0")))
        except ValueError:
            config, bits = b"", (0, 0, 0)
        if 2 <= len(config) <= 64 and 0 < bits[0] <= 16 and all(0 <= one <= 16 for one in bits):
            plain = _is_plain(config)
            return SoundMedia("aac" if plain else f"AAC-{config[0] >> 3}", kind, control, rate, config, bits)
    return SoundMedia(name, kind, control, rate, channels=channels)


def _is_plain(config: bytes) -> bool:
    """AAC-LC in frames of 1024 samples, its rate by index (ISO/IEC 14496-3 1.6.2.1): what every player knows."""
    return config[0] >> 3 == 2 and (config[0] & 7) << 1 | config[1] >> 7 != 15 and not config[1] >> 2 & 1


class Ear:
    """The packets of one sound in the order of their arrival -> frames in :attr:`ready`, which the caller empties."""

    def __init__(self, media: SoundMedia) -> None:
        self.media = media
        self.ready: list[Frame] = []
        self._next = -1                 # the sequence number that is due
        self._wire, self._stamp = -1, 0
        self._part = bytearray()        # of a frame that is longer than a packet
        self._whole = 0                 # its length

    def add(self, packet: bytes) -> None:
        """One RTP packet; one that cannot be read is passed over."""
        if len(packet) <= _HEADER_BYTES + 2 or packet[0] >> 6 != 2 or packet[1] & 127 != self.media.payload_type:
            return
        at, end = _HEADER_BYTES + 4 * (packet[0] & 15), len(packet)
        if packet[0] & 0x10:
            at += 4 + 4 * int.from_bytes(packet[at + 2 : at + 4])
        if packet[0] & 0x20:
            end -= packet[-1]
        sequence = int.from_bytes(packet[2:4])
        if sequence != self._next:
            self._part.clear()
        self._next = (sequence + 1) & 0xFFFF
        self._unwrap(int.from_bytes(packet[4:8]))
        if self.media.plain:
            self.ready.append(Frame(packet[at:end], self._stamp))
        else:
            self._payload(packet[at:end])

    def _unwrap(self, stamp: int) -> None:
        step = (stamp - self._wire) & 0xFFFFFFFF if self._wire >= 0 else stamp
        self._stamp += step - (1 << 32) if self._wire >= 0 and step >> 31 else step
        self._wire = stamp

    def _payload(self, payload: bytes) -> None:
        sizes = self._sizes(payload)
        if not sizes:
            return
        size, index, delta = self.media.bits
        at = 2 + (size + index + (len(sizes) - 1) * (size + delta) + 7) // 8
        if len(sizes) == 1 and sizes[0] > len(payload) - at:
            self._piece(payload[at:], sizes[0])
            return
        self._part.clear()
        for number, length in enumerate(sizes):
            if at + length > len(payload):
                return
            self.ready.append(Frame(payload[at : at + length], self._stamp + number * FRAME_SAMPLES))
            at += length

    def _piece(self, data: bytes, whole: int) -> None:
        if self._whole != whole:
            self._part.clear()
        self._whole = whole
        self._part += data
        if len(self._part) == whole:
            self.ready.append(Frame(bytes(self._part), self._stamp))
        if len(self._part) >= whole:
            self._part.clear()

    def _sizes(self, payload: bytes) -> list[int]:
        """Of the frames in a packet, from its headers; none when they cannot be."""
        count = int.from_bytes(payload[:2])
        if not 0 < count <= 8 * (len(payload) - 2):
            return []
        bits, used = int.from_bytes(payload[2 : 2 + (count + 7) // 8]) >> -count % 8, 0
        size, index, delta = self.media.bits
        found: list[int] = []
        while used + size + (delta if found else index) <= count and len(found) < _MOST_FRAMES:
            length = bits >> count - used - size & (1 << size) - 1
            if not 0 < length <= _LARGEST:
                return []
            used += size + (delta if found else index)
            found.append(length)
        return found
