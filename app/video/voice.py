"""Plain samples (G.711, L16), as most cameras send them, -> AAC, the one sound that every player of MP4 files knows.

Runs on: the thread "tape".
"""

from __future__ import annotations

import logging
from collections import deque
from fractions import Fraction
from typing import Any

import av
import av.error

from app.video.transport import CLOCK, FRAME_SAMPLES, PLAIN, SLIP_S, Heard, Sound

_log = logging.getLogger("lawang.recording")

_BITS_A_SAMPLE = 4              # of AAC: half of G.711's own, and nothing is heard of it
_MOST_BITS = 128_000            # a second


class Voice:
    """One camera's samples in the order of their arrival. ``sound``: what comes of them."""

    def __init__(self, plain: Sound) -> None:
        """Raises libav's errors for samples that it does not know."""
        self._plain = plain
        self._name, self._wide, self._silence = PLAIN[plain.plain]
        self._wide *= plain.channels
        self._waiting = bytearray()         # less than a frame
        self._begin = 0                     # when its first sample sounds, in ticks
        self._stamps: deque[int] = deque()  # of frames that the encoder has
        self._encoder: Any = None
        self._decoder: Any = None
        self._arrived = 0
        self._count = 0                     # samples that the encoder was given
        encoder = self._open()
        self.sound = Sound(bytes(encoder.extradata), plain.rate, plain.channels, made_of=plain.plain)

    def frames(self, heard: Heard) -> list[Heard]:
        """The frames that are whole by now; none when libav refuses the samples."""
        found = []
        begin = heard.stamp - self._ticks(len(self._waiting))
        if (self._waiting or self._stamps) and abs(begin - self._begin) > SLIP_S * CLOCK:
            found, begin = self.rest(), heard.stamp
        self._begin, self._arrived = begin, heard.arrived_ns
        self._waiting += heard.data[: len(heard.data) // self._wide * self._wide]
        whole = FRAME_SAMPLES * self._wide
        while len(self._waiting) >= whole:
            block = bytes(self._waiting[:whole])
            del self._waiting[:whole]
            found += self._encoded(block)
            self._begin += self._ticks(whole)
        return found

    def rest(self) -> list[Heard]:
        """What is still waited with, the last frame filled up with silence: a file ends, or the sound paused."""
        found = []
        if self._waiting:
            short = FRAME_SAMPLES * self._wide - len(self._waiting)
            found = self._encoded(bytes(self._waiting) + self._silence * short)
            self._waiting.clear()
        if self._stamps:
            found += self._encoded(None)
            self._stamps.clear()
            self._encoder = None
        return found

    def _ticks(self, count: int) -> int:
        return count // self._wide * CLOCK // self._plain.rate

    def _open(self) -> Any:
        layout, rate = "stereo" if self._plain.channels == 2 else "mono", self._plain.rate
        self._decoder = av.CodecContext.create(self._name, "r")
        self._decoder.sample_rate, self._decoder.layout = rate, layout
        encoder: Any = av.CodecContext.create("aac", "w")
        encoder.sample_rate, encoder.layout, encoder.format = rate, layout, "fltp"
        encoder.bit_rate = min(_BITS_A_SAMPLE * rate * self._plain.channels, _MOST_BITS)
        encoder.time_base = Fraction(1, rate)
        encoder.open()
        self._encoder, self._count = encoder, 0
        return encoder

    def _encoded(self, block: bytes | None) -> list[Heard]:
        """None: no more comes."""
        try:
            packets = []
            if block is None:
                packets = self._encoder.encode(None)
            else:
                if self._encoder is None:
                    self._open()
                self._stamps.append(self._begin)
                for frame in self._decoder.decode(av.Packet(block)):
                    frame.pts, frame.time_base = self._count, Fraction(1, self._plain.rate)
                    packets += self._encoder.encode(frame)
                self._count += FRAME_SAMPLES
            # The first packet lies before the first sample: each frame overlaps the one before (ISO/IEC 14496-3).
            return [Heard(bytes(one), self._arrived, self._stamps.popleft())
                    for one in packets if one.pts >= 0 and self._stamps]
        except (av.error.FFmpegError, ValueError) as error:
            _log.warning("%s could not be made AAC: %s", self._plain.plain, type(error).__name__)
            self._stamps.clear()
            self._encoder = None
            return []
