"""The recorded pictures of one camera, found by their time: exact, one by one in both directions, or key pictures.

Runs on: a decoder worker's thread "reel ..."; nothing here knows of slots or processes. Only files are read, also one
that is being written; recording is not touched.
"""

from __future__ import annotations

import contextlib
import os
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import av
import av.error

from app.video.segment_name import PART, SUFFIX, time_of

HOURS = 48                      # so far before and after a moment the next file is looked for
GAP_US = 2_500_000              # a picture that is older than this does not stand for a moment ...
EDGE_US = 30_000_000            # what is being written can be read up to its last group of pictures
SLOW_CAMERA = 3                 # ... nor one that is older than so many of its camera's intervals
KEPT_BYTES = 48 << 20           # decoded pictures kept while going back: a group of 640×360, 15 pictures of 1080p
FORWARD_BYTES = 2 << 20         # kept while going on: 16 panes of it are a picture of 4K
LEAST_KEPT = 2                  # however large they are


type Folders = Path | tuple[Path, ...]      # where the files of one camera lie: in one place, or in several


class Frame(NamedTuple):
    """One decoded picture and its time (UTC, microseconds)."""

    at: int
    picture: Any                # av.VideoFrame


class _File:
    """One open file: when its packets are, and decoding from any key picture on."""

    def __init__(self, path: Path, whole: bool) -> None:
        self.path, self.whole = path, whole
        self.t0 = time_of(path) or 0
        name = path if whole else path.with_name(path.name + PART)
        self.size = name.stat().st_size
        self._container: Any = av.open(os.fspath(name), format="mp4")
        if not self._container.streams.video:
            raise ValueError("no pictures in it")
        self._stream: Any = self._container.streams.video[0]
        self._scale = self._stream.time_base * 1_000_000
        entries = self._stream.index_entries
        self._ticks = [entry.timestamp for entry in entries]
        self.times = [self.t0 + int(tick * self._scale) for tick in self._ticks]
        self.keys = [index for index, entry in enumerate(entries) if entry.is_keyframe]
        self._key_times = [self.times[index] for index in self.keys]
        if not self.keys:
            raise ValueError("no key picture in it")
        self.interval = (self.times[-1] - self.times[0]) // max(1, len(self.times) - 1)
        context = self._stream.codec_context
        context.thread_count = 1            # several cameras play side by side: no decoder takes all cores

    def close(self) -> None:
        self._container.close()

    @property
    def end(self) -> int:
        """Up to when its last picture stands."""
        return self.times[-1] + self.interval

    def key_before(self, at: int) -> int:
        """The number (among ``keys``) of the last key picture whose packet is not later; -1 when there is none."""
        return bisect_right(self._key_times, at) - 1

    def key_time(self, number: int) -> int:
        return self._key_times[number]

    def decode(self, number: int, *, alone: bool = False) -> Iterator[Frame]:
        """Pictures in the order in which they are shown, from that key picture on; ``alone``: only this one."""
        context = self._stream.codec_context
        context.flush_buffers()
        with contextlib.suppress(av.error.FFmpegError):         # the disk went away: what was read counts
            self._container.seek(self._ticks[self.keys[number]], stream=self._stream, backward=True)
            for packet in self._container.demux(self._stream):
                if not packet.size:
                    break
                with contextlib.suppress(av.error.FFmpegError):     # one damaged picture: those after it may be whole
                    for picture in context.decode(packet):
                        yield self._frame(picture)
                if alone:
                    break
        with contextlib.suppress(av.error.FFmpegError):
            for picture in context.decode(None):
                yield self._frame(picture)

    def _frame(self, picture: Any) -> Frame:
        return Frame(self.t0 + int((picture.pts if picture.pts is not None else picture.dts or 0) * self._scale),
                     picture)


class Reel:
    """Finds pictures. Keeps one file open and the pictures decoded last, so that what follows costs one decoding."""

    def __init__(self, folder: Folders) -> None:
        self.folder = folder
        self._file: _File | None = None
        self._until: int | None = None          # when the next file begins, None: it is the newest
        self._frames: deque[Frame] = deque()    # neighbours, by time
        self._bytes = 0
        self._room = FORWARD_BYTES
        self._moment = 0                        # asked for last
        self._coming: Iterator[Frame] | None = None
        self._alone = -1                        # the key picture that _frames holds by itself

    def close(self) -> None:
        self._forget()
        if self._file is not None:
            self._file.close()
            self._file = None

    def at(self, moment: int, *, keys_only: bool = False) -> Frame | None:
        """The picture that was seen at a moment, None in a gap. ``keys_only``: the key picture before it is enough."""
        if moment != self._moment:
            self._room = KEPT_BYTES if moment < self._moment else FORWARD_BYTES
            self._moment = moment
        file = self._turn_to(moment)
        if file is None or moment < file.times[0]:
            return None
        growing = not file.whole and self._until is None
        if moment > file.end + (EDGE_US if growing else max(GAP_US, SLOW_CAMERA * file.interval)):
            return None
        number = file.key_before(moment)
        if number < 0:
            return None
        found = self._key(file, number) if keys_only else self._exact(file, number, moment)
        if found is not None and moment - found.at > max(GAP_US, SLOW_CAMERA * file.interval) and not keys_only \
                and moment < file.end:
            return None                         # the camera was silent within this file
        return found

    def after(self, at: int) -> Frame | None:
        """The next picture after the one of that time, also across a gap; None at the end of what is recorded."""
        file = self._turn_to(at)
        if file is not None and file.times[0] <= at:
            number = file.key_before(at)
            if number >= 0 and self._exact(file, number, at) is not None:
                while self._frames[-1].at <= at and self._more():
                    pass
                later = next((one for one in self._frames if one.at > at), None)
                if later is not None:
                    return later
        following_file = _first_after(self.folder, max(at, file.t0 if file is not None else at))
        opened = self._open(following_file) if following_file is not None else None
        return self._exact_from(opened, 0) if opened is not None else None

    def before(self, at: int) -> Frame | None:
        """The picture before the one of that time, also across a gap; None at the beginning of what is recorded."""
        self._room = KEPT_BYTES
        file = self._turn_to(at - 1)
        if file is not None and (number := file.key_before(at - 1)) >= 0:
            found = self._exact(file, number, at - 1)
            if found is not None:
                return found
        path = preceding(self.folder, at - 1 if file is None else min(at - 1, file.t0 - 1))
        file = self._open(path) if path is not None else None
        return self._exact(file, len(file.keys) - 1, at - 1) if file is not None else None

    @property
    def next_at(self) -> int | None:
        """When the picture after the one given last is due, as far as that is known."""
        return self._frames[-1].at if len(self._frames) > 1 else None

    # -- inside ------------------------------------------------------------------------------------------------------

    def _key(self, file: _File, number: int) -> Frame | None:
        if self._alone != number:
            self._forget()
            found = next(file.decode(number, alone=True), None)
            if found is None:
                return None
            self._keep(found)
            self._alone = number
        return self._frames[0]

    def _exact(self, file: _File, number: int, moment: int) -> Frame | None:
        """The newest picture that is not later, decoded from that key picture on where it is not at hand."""
        frames = self._frames
        behind = not frames or self._alone >= 0 or frames[0].at > moment or (
            frames[-1].at < file.key_time(number) and frames[-1].at < moment)
        if behind:
            self._begin(file, number)
        while (not frames or frames[-1].at <= moment) and self._more():
            pass
        found = next((one for one in reversed(frames) if one.at <= moment), None)
        if found is None and number > 0:        # pictures that are shown later than decoded: one group earlier
            self._begin(file, number - 1)
            while (not frames or frames[-1].at <= moment) and self._more():
                pass
            found = next((one for one in reversed(frames) if one.at <= moment), None)
        return found

    def _exact_from(self, file: _File, number: int) -> Frame | None:
        self._begin(file, number)
        return self._frames[0] if self._more() else None

    def _begin(self, file: _File, number: int) -> None:
        self._forget()
        self._coming = file.decode(number)

    def _more(self) -> bool:
        found = next(self._coming, None) if self._coming is not None else None
        if found is None:
            self._coming = None
            return False
        self._keep(found)
        return True

    def _keep(self, frame: Frame) -> None:
        self._frames.append(frame)
        self._bytes += _bytes(frame)
        while self._bytes > self._room and len(self._frames) > LEAST_KEPT:
            self._bytes -= _bytes(self._frames.popleft())

    def _forget(self) -> None:
        self._frames.clear()
        self._bytes, self._coming, self._alone = 0, None, -1

    def _turn_to(self, moment: int) -> _File | None:
        """The file that holds a moment, or the last before it; the one after it when there is none before."""
        file = self._file
        if file is not None and file.t0 <= moment:
            if self._until is not None and moment < self._until:
                return file
            if self._until is None and moment < file.end:
                return file
        path = covering(self.folder, moment)
        if path is None:
            return None
        if file is not None and path == file.path:
            if self._until is None:
                following_path = following(self.folder, path)
                self._until = time_of(following_path) if following_path is not None else None
            if not self._grown(file):
                return file
        return self._open(path)

    def _grown(self, file: _File) -> bool:
        """What is being written has more by now, or is whole."""
        if file.whole:
            return False
        try:
            part = file.path.with_name(file.path.name + PART)
            return file.path.exists() or part.stat().st_size > file.size
        except OSError:
            return True

    def _open(self, path: Path) -> _File | None:
        last, self._file = self._file, None
        self._forget()
        if last is not None:
            last.close()
        for _try in range(2):                   # it may get its final name in between
            try:
                self._file = _File(path, path.exists())
                break
            except FileNotFoundError:
                continue
            except (av.error.FFmpegError, OSError, ValueError, IndexError, TypeError):
                return None
        following_path = following(self.folder, path)
        self._until = time_of(following_path) if following_path is not None else None
        return self._file


def _bytes(frame: Frame) -> int:
    return int(frame.picture.width * frame.picture.height * 3 // 2)


def _in_hour(folder: Folders, hour: datetime) -> list[tuple[int, Path]]:
    """(time, final path) of the files of one hour, by time; those that are being written under their final name."""
    found: dict[Path, int] = {}
    for one in folder if isinstance(folder, tuple) else (folder,):
        with contextlib.suppress(OSError):
            for entry in os.scandir(one / f"{hour:%Y-%m-%d}" / f"{hour:%H}"):
                path = Path(entry.path.removesuffix(PART))
                at = time_of(path) if path.suffix == SUFFIX else None
                if at is not None:
                    found[path] = at
    return sorted((at, path) for path, at in found.items())


def covering(folder: Folders, at: int) -> Path | None:
    """The newest file that begins before ``at``, else the first one after it; None without any."""
    hour = datetime.fromtimestamp(max(0, at) / 1e6, UTC)
    for moment in (hour, hour - timedelta(hours=1)):
        before = [path for begin, path in _in_hour(folder, moment) if begin <= at]
        if before:
            return before[-1]
    return _first_after(folder, at)


def following(folder: Folders, file: Path) -> Path | None:
    """The file after that one, None when there is none."""
    return _first_after(folder, (time_of(file) or 0) + 1)


def preceding(folder: Folders, at: int) -> Path | None:
    """The newest file that begins at ``at`` or before, however wide the gap (up to HOURS); None without any."""
    hour = datetime.fromtimestamp(max(0, at) / 1e6, UTC)
    for _hour in range(HOURS):
        before = [path for begin, path in _in_hour(folder, hour) if begin <= at]
        if before:
            return before[-1]
        hour -= timedelta(hours=1)
    return None


def _first_after(folder: Folders, at: int) -> Path | None:
    hour, now = datetime.fromtimestamp(max(0, at) / 1e6, UTC), datetime.now(UTC)
    for _hour in range(HOURS):
        later = [path for begin, path in _in_hour(folder, hour) if begin > at]
        if later:
            return later[0]
        hour += timedelta(hours=1)
        if hour > now + timedelta(hours=1):
            return None
    return None
