"""One stream: units with their true arrival time, opened again and again until nobody wants it.

Runs on: its own thread, named after the stream, which opens, waits and opens again; what plays over plain RTSP/TCP is
read on the worker's thread "reader" meanwhile (app.video.reader). Time limits end every wait, and a stream that is no
longer wanted leaves at its next packet or time limit without anyone waiting for it.
"""

from __future__ import annotations

import contextlib
import math
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Protocol

from app.model.errors import CameraError
from app.video.annexb import PictureSize, claimed_size, has_parameter_sets
from app.video.backoff import Backoff
from app.video.board import StreamRecord
from app.video.causes import cause_of
from app.video.container import OPEN_S, SILENT_S, LibavStream, Target, open_container
from app.video.decodable import CODECS, LONGEST_SIDE
from app.video.knock import EVERY_S, MENDS_ITSELF, answers
from app.video.reader import Reader
from app.video.rtsp.client import RtspStream, SoundRefused
from app.video.rtsp.rtp import Packet
from app.video.stamps import Stamper
from app.video.transport import CLOCK, Heard, Sound, Unit

__all__ = ["OPEN_S", "SILENT_S", "Listener", "Source", "Target", "open_container", "open_stream"]

SILENT, REFUSED, ANOTHER_WAY = "", "refused", "way"      # why no sound comes: there is none; not by this way

SEEN_PACKETS = 64       # fingerprints kept to notice a camera that sends the same packets again


class Listener(Protocol):
    """What a source tells; called on the source's thread or on the reader's, never on both at once."""

    def opening(self) -> None:
        """It begins to open the stream."""

    def let_in(self) -> None:
        """The camera took the login."""

    def opened(self, codec: str, width: int, height: int) -> None:
        """It runs and the first key picture is there; again when the size changes."""

    def failed(self, cause: str, detail: str, retry_in: float) -> None:
        """It broke or did not open; seconds until the next attempt, -1 when a person has to ask for it."""

    def unit(self, unit: Unit) -> None:
        """The next access unit."""

    def hears(self, sound: Sound | None, codec: str) -> None:
        """Only where sound is wanted, before :meth:`opened`: what comes, or None and what does not (SILENT, REFUSED,
        ANOTHER_WAY, or a codec as the camera names it)."""

    def heard(self, heard: Heard) -> None:
        """The next frame of sound."""


class Opened(Protocol):
    """A stream that is open, whoever received it."""

    @property
    def codec(self) -> str:
        """libav's name."""

    @property
    def parameter_sets(self) -> bytes:
        """Annex B, for key pictures that come without; may be empty."""

    def packets(self) -> Generator[Packet]:
        """Until the connection breaks; raises CameraError or libav's errors."""

    def size(self) -> PictureSize:
        """What is known of the size beside the key pictures' own parameter sets; 0×0: nothing."""

    def close(self) -> None: ...


def needs_libav(target: Target) -> bool:
    """False for what our own receiver speaks: RTSP over TCP or TLS."""
    return target.scheme not in ("rtsp", "rtsps") or target.transport != "tcp"


def open_stream(target: Target, *, libav: bool) -> Opened:
    """Open with libav or with our own receiver, which alone brings sound; raises CameraError."""
    if libav:
        return LibavStream(target)
    return RtspStream(target.url, target.credentials, open_s=OPEN_S, silent_s=SILENT_S, listen=target.sound)


class Source:
    """Pulls one stream for as long as it is wanted."""

    def __init__(self, target: Target, record: StreamRecord, listener: Listener, reader: Reader, *,
                 hold: bool = False) -> None:
        """``hold``: it opens nothing before :meth:`retry`."""
        self._target = target
        self._hold = hold
        self._reader = reader
        self._record = record
        self._listener = listener
        self._wanted = True
        self._wake = threading.Event()
        self._backoff = Backoff()
        self._asked = False
        self._libav = needs_libav(target)
        self._deaf = not target.sound           # or the camera broke off when it was asked for its sound
        self._thread = threading.Thread(target=self._run, name=f"pull {target.stream}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def retry(self) -> None:
        """An attempt is wanted now."""
        self._asked = True
        self._wake.set()

    def close(self) -> None:
        """No longer wanted; returns at once."""
        self._wanted = False
        self._wake.set()

    @property
    def finished(self) -> bool:
        return not self._thread.is_alive()

    def _run(self) -> None:
        if self._hold:
            self._wait(None, knocking=False)
            self._asked = False
        while self._wanted:
            began = 0.0
            try:
                with OPENING:
                    if not self._wanted:
                        return
                    self._listener.opening()
                    opened = open_stream(replace(self._target, sound=not self._deaf), libav=self._libav)
                with contextlib.closing(opened):
                    began = time.monotonic()
                    if self._target.sound:
                        self._listener.hears(*self._what_comes(opened))
                    self._record.opened(time.monotonic_ns())
                    self._listener.let_in()
                    _Reading(opened, self._record, self._listener, lambda: self._wanted).run(self._reader)
                error = CameraError("closed")
            except SoundRefused:
                self._deaf = True           # at once without
                continue
            except CameraError as caught:
                error = caught
            except Exception as caught:     # noqa: BLE001 - what a camera's noise broke in us is lost and tried again
                error = cause_of(caught)
            if error.cause == "unsupported" and not self._libav:
                self._libav = True      # our own receiver has met its limits: at once the other way
                continue
            if not began:
                self._libav = needs_libav(self._target)     # only a way that worked is kept
            self._record.opened(0)
            if not self._wanted:
                return
            ran = time.monotonic() - began if began else 0.0
            attempt = self._backoff.failed(refused=error.cause == "unauthorised", busy=error.cause == "busy",
                                           ran_seconds=ran, chance=random.random())
            self._listener.failed(error.cause, error.detail, -1.0 if attempt.seconds is None else attempt.seconds)
            self._wait(attempt.seconds, knocking=error.cause in MENDS_ITSELF)
            if self._asked:
                self._asked = False
                self._backoff.asked()

    def _what_comes(self, opened: Opened) -> tuple[Sound | None, str]:
        if not isinstance(opened, RtspStream):
            return None, ANOTHER_WAY
        media = opened.sound
        if opened.hears and media is not None:
            return Sound(media.config, media.rate, media.channels, media.codec if media.plain else ""), media.codec
        return None, REFUSED if self._deaf or (media is not None and media.received) else \
            media.codec if media is not None else SILENT

    def _wait(self, seconds: float | None, *, knocking: bool) -> None:
        """Until the next attempt is due, the operator asks, or a camera that did not answer answers again."""
        due = math.inf if seconds is None else time.monotonic() + seconds
        was_silent = False
        while (left := due - time.monotonic()) > 0:
            if self._wake.wait(None if left == math.inf else min(left, EVERY_S) if knocking else left):
                break
            if knocking and due - time.monotonic() > 0:
                answering = answers(self._target.url)
                if answering and was_silent:
                    break
                was_silent = was_silent or answering is False
        self._wake.clear()


# Start-up staggered: so many cameras of one worker are being opened at the same time (PyAV#1257, cctv-viewer#98).
OPENING = threading.Semaphore(8)


class _Reading:
    """One connection: packets become units until it breaks."""

    def __init__(self, opened: Opened, record: StreamRecord, listener: Listener, wanted: Callable[[], bool]) -> None:
        self._opened = opened
        self._wanted = wanted
        self._record = record
        self._listener = listener
        self._codec = opened.codec
        if self._codec not in CODECS:
            raise CameraError("unsupported", self._codec)
        self._stamper = Stamper()
        self._size: PictureSize | None = None
        self._told: PictureSize | None = None
        self._seen: deque[int] = deque()
        self._known: set[int] = set()           # the same numbers
        self._heard = opened.heard if isinstance(opened, RtspStream) else []
        self._beat = Stamper()                  # of the sound

    def run(self, reader: Reader) -> None:
        """Read until the connection breaks or nobody wants it; raises CameraError or libav's errors."""
        opened = self._opened
        handle = opened.at_once() if isinstance(opened, RtspStream) else None
        if handle is None:
            with contextlib.closing(opened.packets()) as packets:
                for packet in packets:
                    if not self._wanted():
                        return
                    self._pass_on(packet)
                    if self._heard:
                        self._hear(opened)
            return
        assert isinstance(opened, RtspStream)
        self._playing = opened
        reading = reader.read(handle, self)
        reading.over.wait()
        if reading.error is not None:
            raise reading.error

    def arrived(self, now: float) -> bool:
        """The reader's thread: see app.video.reader.Stream."""
        if not self._wanted():
            return False
        packets = self._playing.arrived(now)
        for packet in packets:
            self._pass_on(packet)
        packets.clear()
        if self._heard:
            self._hear(self._playing)
        return True

    def tick(self, now: float) -> bool:
        """As :meth:`arrived`."""
        if self._wanted():
            self._playing.tick(now)
        return self._wanted()

    def _pass_on(self, packet: Packet) -> None:
        unit = self._unit(packet)
        if unit is not None:
            self._listener.unit(unit)

    def _hear(self, opened: Opened) -> None:
        assert isinstance(opened, RtspStream) and opened.sound is not None
        arrived, rate = time.monotonic_ns(), opened.sound.rate
        for data, stamp in self._heard:
            self._listener.heard(Heard(data, arrived, self._beat.stamp(stamp * CLOCK // rate, arrived)))
        self._heard.clear()

    def _unit(self, packet: Packet) -> Unit | None:
        arrived = time.monotonic_ns()
        data, key, stamp, lead, broken = packet
        self._observe(data, arrived, key=key, broken=broken)
        if key and self._codec in ("h264", "hevc"):
            sets = self._opened.parameter_sets
            if sets and not has_parameter_sets(self._codec, data):
                data = sets + data
            self._size = claimed_size(self._codec, data) or self._size
        elif self._size is None:
            self._size = self._opened.size()
        if self._size is not None and max(self._size.width, self._size.height) > LONGEST_SIDE:
            raise CameraError("too-big", f"{self._size.width}×{self._size.height}")
        if key and self._size != self._told:
            self._told = self._size
            size = self._size or PictureSize(0, 0)
            self._listener.opened(self._codec, size.width, size.height)
        if self._told is None:
            return None                         # nothing before the first key picture is of use to anyone
        return Unit(data, key, arrived, self._stamper.stamp(stamp, arrived), lead)

    def _observe(self, data: bytes, arrived: int, *, key: bool, broken: bool) -> None:
        fingerprint = hash(data)
        news = fingerprint not in self._known
        if news:
            self._known.add(fingerprint)
            self._seen.append(fingerprint)
            if len(self._seen) > SEEN_PACKETS:
                self._known.discard(self._seen.popleft())
        self._record.packet(len(data), arrived, key=key, news=news, broken=broken)
