"""Pictures from segments into MP4 files: whole groups copied as they are, never decoded, never encoded again.

A new file (part) begins where the run, the codec or its parameters change, and after a gap. Times are counted in
90,000ths of a second from the part's first picture. Sound that was recorded comes along, whole frames of it.
Runs on: a worker thread or process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import av.error

from app.evidence.copied import SCALE, Copied, Part, Sound, Source
from app.evidence.hearing import Hearing, sound_of
from app.evidence.outcome import Stopped
from app.evidence.pictures import TICK, Picture, Unreadable, demuxed
from app.evidence.spans import GAP_US, OVERLAP_US
from app.model.clip import Segment

_LOOK = 256                 # packets between two looks at the stop button: a few milliseconds
_TAGS = {"hevc": "hvc1"}    # what Apple's players and browsers ask for


class Copier:
    """Copies the pictures of one camera from ``t0`` to ``t1`` into ``name(index)``. One use.

    How a segment is read and a file is written may be done otherwise (:class:`app.evidence.planning.Planner`): which
    pictures come, where a file is split and every time are decided here alone.
    """

    def __init__(self, t0: int, t1: int, name: Callable[[int], Path], *, stopped: Callable[[], bool],
                 advanced: Callable[[int], None]) -> None:
        self._t0, self._t1, self._name = t0, t1, name
        self._stopped, self._advanced = stopped, advanced
        self._copied = Copied()
        self._container: Any = None
        self._stream: Any = None
        self._part: Part | None = None
        self._lead: list[Picture] = []     # the group of pictures in which t0 may lie, not written yet
        self._begun = False
        self._last: Picture | None = None  # the last one written
        self._last_dts = -1
        self._shift = 0                     # ticks by which the current segment is moved off its time
        self._shift_of: Segment | None = None
        self._opened: list[Any] = []        # segments that are read from
        self._sounds: tuple[Segment | None, Sound | None] = (None, None)    # that of the newest segment
        self._hearing: Hearing | None = None

    def run(self, segments: Sequence[Segment]) -> Copied:
        """Copies; raises Stopped, or OSError when the disk is full or gone."""
        try:
            for segment in segments:
                try:
                    if self._through(segment):
                        break
                except Unreadable as error:
                    self._copied.unreadable.append((segment, str(error)))
                self._close_read()
            if self._lead and not self._begun:
                self._flush_lead()          # the last group of a span that nothing follows
        finally:
            self._close()
            self._lead = []
            self._close_read()
        return self._copied

    # --- reading ---

    def _through(self, segment: Segment) -> bool:
        """Whether the end of the span was reached in this segment."""
        try:
            container = av.open(str(segment.path))
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise Unreadable(type(error).__name__) from None
        self._opened.append(container)
        for count, picture in enumerate(self._read(container, segment)):
            if count % _LOOK == 0 and self._stopped():
                raise Stopped
            self._advanced(picture.size)
            if picture.key and picture.utc >= self._t1:
                return True
            if self._begun:
                self._write(picture)
            elif picture.key and picture.utc <= self._t0:
                self._lead = [picture]
            elif self._lead or picture.key:
                if self._lead and picture.key and self._ends_before():
                    self._lead = []         # nothing of that group reaches into the span
                self._lead.append(picture)
                if picture.utc + picture.length > self._t0:
                    self._flush_lead()
            else:
                self._copied.headless += picture.utc >= self._t0
        return False

    def _ends_before(self) -> bool:
        last = self._lead[-1]
        return last.utc + last.length <= self._t0

    def _flush_lead(self) -> None:
        lead, self._lead, self._begun = self._lead, [], True
        if lead and lead[-1].utc + lead[-1].length <= self._t0:
            self._begun = False
            return
        for picture in lead:
            self._write(picture)

    def _close_read(self) -> None:
        # Held pictures still name their stream; closing under them would be a use after free.
        held = {id(picture.stream.container) for picture in self._lead}
        for container in self._opened:
            if id(container) not in held:
                container.close()
        self._opened = [container for container in self._opened if id(container) in held]

    # --- writing ---

    def _write(self, picture: Picture) -> None:
        why = self._why_split(picture)
        if why is not None:
            if not picture.key:
                self._copied.headless += 1  # after a change nothing can be shown before a key picture
                return
            self._open(picture, why)
        part = self._part
        assert part is not None
        pts = self._ticks(picture, part)
        dts = max(pts - picture.dts_lag, self._last_dts + 1)
        pts = max(pts, dts)                 # times that repeat or run backwards: order holds, each 1/90,000 s apart
        self._last_dts = dts
        if not part.sources or part.sources[-1].segment is not picture.segment:
            part.sources.append(Source(picture.segment, pts))
        self._put(picture, pts, dts, _in_ticks(picture.length))
        part.sources[-1].pictures += 1
        part.pictures += 1
        part.keys += picture.key
        part.end = max(part.end, picture.utc + picture.length)
        self._cover(picture)
        self._last = picture

    def _ticks(self, picture: Picture, part: Part) -> int:
        ticks = _in_ticks(picture.utc - part.start)
        if self._shift_of is not picture.segment:
            # Segments that overlap a little would run backwards: the later one is moved as a whole.
            self._shift_of = picture.segment
            last = self._last
            free = self._last_dts + _in_ticks(last.length) + picture.dts_lag if last is not None else ticks
            self._shift = max(0, free - ticks)
        return ticks + self._shift

    def _why_split(self, picture: Picture) -> str | None:
        last = self._last
        if last is None or self._part is None:
            return ""
        if picture.parameters != self._part.parameters:
            return "parameters"
        if picture.segment.run != last.segment.run:
            return "run"
        if picture.segment is not last.segment and self._sound(picture) != self._part.sound:
            return "parameters"
        step = picture.utc - (last.utc + last.length)
        if step > GAP_US and picture.key:
            return "gap"
        if step < -OVERLAP_US and picture.segment is not last.segment:
            return "clock"
        return None

    def _open(self, picture: Picture, why: str) -> None:
        self._close()
        path = self._name(len(self._copied.parts))
        self._begin(path, picture)
        context = picture.stream.codec_context
        self._part = Part(path, why, context.name, context.width, context.height, picture.utc, picture.utc,
                          parameters=picture.parameters, sound=self._sound(picture))
        self._copied.parts.append(self._part)
        self._last_dts, self._shift_of = -picture.dts_lag - 1, None

    def _sound(self, picture: Picture) -> Sound | None:
        if self._sounds[0] is not picture.segment:
            self._sounds = picture.segment, sound_of(picture.stream.container)
        return self._sounds[1]

    def _cover(self, picture: Picture) -> None:
        covered, end = self._copied.covered, picture.utc + picture.length
        if covered and -OVERLAP_US <= picture.utc - covered[-1][1] <= GAP_US:
            covered[-1] = (covered[-1][0], max(covered[-1][1], end))
        else:
            covered.append((picture.utc, end))

    def _close(self) -> None:
        self._part = self._last = None
        self._end()

    # --- libav: what a quicker way does otherwise ---

    def _read(self, container: Any, segment: Segment) -> Iterator[Picture]:
        return demuxed(container, segment)

    def _begin(self, path: Path, picture: Picture) -> None:
        """A file that begins with ``picture``."""
        self._container, self._stream = opened(str(path), picture.stream)
        sound = self._sound(picture)
        if sound is not None:
            try:
                self._hearing = Hearing(self._container, sound, picture.segment, picture.utc)
            except (av.error.FFmpegError, OSError, ValueError):
                self._hearing = None            # it went meanwhile: the pictures at hand are copied

    def _put(self, picture: Picture, pts: int, dts: int, length: int) -> None:
        """The next picture of the file; times in ticks."""
        packet = picture.packet
        packet.stream, packet.time_base = self._stream, TICK
        packet.pts, packet.dts, packet.duration = pts, dts, length
        self._container.mux_one(packet)
        if self._hearing is not None:
            self._hearing.until(picture.segment, picture.utc + picture.length, self._shift * 1_000_000 // SCALE)

    def _end(self) -> None:
        """The file is whole; there may be none."""
        hearing, self._hearing = self._hearing, None
        if hearing is not None:
            self._copied.parts[-1].frames = hearing.frames
            hearing.close()
        container, self._container = self._container, None
        if container is not None:
            container.close()


def opened(target: Any, stream: Any) -> tuple[Any, Any]:
    """A container of libav's on ``target``, and its stream, made like ``stream``: what every clip is written with."""
    container = av.open(target, "w", format="mp4", options={
        "video_track_timescale": str(SCALE), "movie_timescale": str(SCALE), "fflags": "+bitexact"})
    made: Any = container.add_stream_from_template(stream)
    made.time_base = TICK
    if tag := _TAGS.get(stream.codec_context.name):
        made.codec_context.codec_tag = tag
    return container, made


def _in_ticks(us: int) -> int:
    return (us * SCALE + 500_000) // 1_000_000
