"""The sound of segments beside their pictures: whole frames as they were recorded, each with its time.

Runs on: a worker thread or process.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import av.error

from app.evidence.copied import Sound
from app.model.clip import MADE_OF, Segment

_SLIP_S = 0.15              # by which frames may stand off their time and follow each other nevertheless


def sound_of(container: Any) -> Sound | None:
    """That of an open segment; None: it has pictures alone."""
    if not container.streams.audio:
        return None
    stream = container.streams.audio[0]
    context, name = stream.codec_context, stream.metadata.get("handler_name", "")
    return Sound(context.name, context.sample_rate, bytes(context.extradata or b""),
                 name.removeprefix(MADE_OF) if name.startswith(MADE_OF) else "")


class Hearing:
    """Writes the sound that belongs to pictures into their file. One for each file that is written.

    ``begin``: UTC microseconds of the file's first picture.
    """

    def __init__(self, target: Any, sound: Sound, segment: Segment, begin: int) -> None:
        """Raises libav's errors or OSError when the segment cannot be opened."""
        self.frames = 0
        self._target, self._rate, self._begin = target, sound.rate, begin
        self._segment: Segment | None = None
        self._container: Any = None
        self._coming: Iterator[tuple[Any, int]] = iter(())
        self._held: tuple[Any, int] | None = None       # read already, not due yet
        self._due: int | None = None                    # where the next frame stands, in samples
        self._stream = target.add_stream_from_template(self._read(segment))
        if sound.made_of:
            self._stream.metadata["handler_name"] = MADE_OF + sound.made_of

    def until(self, segment: Segment, utc: int, shift_us: int) -> None:
        """Write what sounds before a moment, in this segment and those before. ``shift_us``: as its pictures."""
        if segment is not self._segment:
            self._take(utc, shift_us)           # what the one before still has
            self.close()
            try:
                self._read(segment)
            except (av.error.FFmpegError, OSError, ValueError):
                return
        self._take(utc, shift_us)

    def close(self) -> None:
        """Let the segment go."""
        container, self._container = self._container, None
        self._coming, self._held = iter(()), None
        if container is not None:
            container.close()

    def _read(self, segment: Segment) -> Any:
        """The track that is read."""
        self._segment = segment
        container = self._container = av.open(str(segment.path))
        video, audio = container.streams.video[0], container.streams.audio[0]
        first = int((video.start_time or 0) * (video.time_base or 0) * 1_000_000)
        base = audio.time_base or Fraction(1, self._rate)
        samples = Fraction(self._rate) * base

        def coming() -> Iterator[tuple[Any, int]]:
            try:
                for packet in container.demux(audio):
                    if packet.size and packet.pts is not None:
                        packet.duration = round((packet.duration or 0) * samples)
                        yield packet, segment.t0 + int(packet.pts * base * 1_000_000) - first
            except (av.error.FFmpegError, OSError, ValueError):
                return                          # cut off or damaged: the pictures say so
        self._coming = coming()
        return audio

    def _take(self, until: int, shift_us: int) -> None:
        while (one := self._held or next(self._coming, None)) is not None:
            if one[1] >= until:
                self._held = one
                return
            self._held = None
            self._write(one[0], (one[1] + shift_us - self._begin) * self._rate // 1_000_000)

    def _write(self, packet: Any, at: int) -> None:
        slip = int(_SLIP_S * self._rate)
        due = self._due if self._due is not None else max(0, at)
        if at < due - slip or (self._due is None and at < 0):
            return                              # before the file, or beside another frame
        at = due if at <= due + slip else at
        packet.stream, packet.time_base = self._stream, Fraction(1, self._rate)
        packet.pts = packet.dts = at
        self._due = at + (packet.duration or 1024)
        self._target.mux_one(packet)
        self.frames += 1
