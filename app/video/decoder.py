"""libVLC players that decode what a feed gives them into shared memory. The only module that imports vlc.

Runs on: a decoder worker's control thread (start, poll) and its reaper threads (stop, release); the callbacks run on
libVLC's own threads and do nothing but choose a buffer and publish it. See reference/video.md sections 4 to 6.
"""

from __future__ import annotations

import ctypes
import os
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import vlc

from app.model.turning import sides
from app.video.canvas import Canvas, canvas, rows
from app.video.decodable import LONGEST_SIDE
from app.video.frames import SLOT_BYTES, Buffers, SharedBlock, SlotRecord, place_of, row_stride
from app.video.pipe_end import open_pipe_end
from app.video.readback import CallbackFeed

# Instance options: reasons in reference/video.md section 5.
INSTANCE_OPTIONS = (
    "--quiet",
    "--swscale-mode=0",
    "--aout=dummy",
    "--no-xlib",
    "--no-disable-screensaver",
    "--no-osd",
    "--no-video-title-show",
    "--no-spu",
    "--text-renderer=none",             # each picture output loads all fonts otherwise: 18 of the 25 ms of a new player
    "--no-sub-autodetect-file",
    "--no-snapshot-preview",
    "--no-lua",
    "--no-interact",
    "--no-auto-preparse",
    # Each player reads ahead into a ring that it goes round before it uses any of it again: 16 MB unless both are set,
    # so that a player grew by 50 KB with each second of its first five minutes. The pipe before it holds 256 KB too.
    "--prefetch-buffer-size=256",       # KiB; never smaller than ...
    "--prefetch-read-size=65536",       # ... bytes
)

_STAMP, _PUBLISHED = struct.Struct("<Q"), struct.Struct("<I")
_PUBLISHED_AT, _CHANGED_AT = place_of("published"), place_of("changed_ns")

_Setup = ctypes.CFUNCTYPE(
    ctypes.c_uint,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.c_void_p,                    # chroma: python-vlc's own prototype makes it immutable bytes (python-vlc#294)
    ctypes.POINTER(ctypes.c_uint),
    ctypes.POINTER(ctypes.c_uint),
    ctypes.POINTER(ctypes.c_uint),
    ctypes.POINTER(ctypes.c_uint),
)
_Cleanup = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_Lock = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p))
_Display = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


@dataclass(frozen=True, slots=True)
class Show:
    """One order to decode: into which slot and buffers, from which feed, how large."""

    slot: int
    generation: int
    buffers: Buffers
    width: int                          # the pane's box in pixels
    height: int
    source_width: int                   # what the stream claims; 0 = unknown (libVLC tells its padded size only)
    source_height: int
    fit: str                            # "fit", "fill" or "stretch"
    native: bool                        # keep the camera's own size (digital zoom), as far as the buffers reach
    demux: str                          # libVLC demuxer
    feed: str                           # FIFO path, or "callback:ADDRESS"
    caching_ms: int
    hardware: str                       # libVLC's avcodec-hw: "none" or a method
    economy: bool                       # the picture is shown smaller than it is: skip the loop filter
    rotation: int = 0                   # degrees clockwise; width and height are those of the turned picture


def fitted(width: int, height: int, box_width: int, box_height: int, fit: str) -> tuple[int, int]:
    """Output size for a picture of width x height pixels in a box: whole (fit), covering (fill) or stretched."""
    if fit == "stretch" or width <= 0 or height <= 0:
        return box_width, box_height
    by_width, by_height = box_width * height, box_height * width
    narrower = by_width < by_height     # the box is narrower than the picture: width is the limit when fitting
    if narrower == (fit == "fit"):
        return box_width, max(1, round(box_width * height / width))
    return max(1, round(box_height * width / height)), box_height


class Player:
    """One libVLC player writing into one slot."""

    def __init__(self, instance: Any, block: SharedBlock, order: Show) -> None:
        self.order = order
        self._record = SlotRecord(block, order.slot)
        self._memory = memoryview(block.memory)
        self._record_at = order.slot * SLOT_BYTES
        self._base = ctypes.addressof(ctypes.c_char.from_buffer(block.memory)) + order.buffers.offset
        self._capacity = order.buffers.capacity
        self._canvas: Canvas | None = None
        self._serial = 0
        self._displays = 0
        if order.rotation:
            import numpy  # noqa: F401 - for app.video.canvas: loaded here, no picture of another pane waits for it
        self._callbacks: tuple[Any, ...] = (
            _Setup(self._setup), _Cleanup(self._cleanup), _Lock(self._lock), _Display(self._display))
        self._record.begin(order.generation)
        self._feed: CallbackFeed | None = None
        self._fifo = -1
        self._media = self._open_media(instance)
        self._player = instance.media_player_new()
        setup, cleanup, lock, display = self._callbacks
        vlc.libvlc_video_set_callbacks(
            self._player,
            _as(vlc.CallbackDecorators.VideoLockCb, lock),
            vlc.CallbackDecorators.VideoUnlockCb(),
            _as(vlc.CallbackDecorators.VideoDisplayCb, display),
            None,
        )
        vlc.libvlc_video_set_format_callbacks(
            self._player,
            _as(vlc.CallbackDecorators.VideoFormatCb, setup),
            _as(vlc.CallbackDecorators.VideoCleanupCb, cleanup),
        )
        self._player.set_media(self._media)
        self._player.play()

    def _open_media(self, instance: Any) -> Any:
        order = self.order
        if order.feed.startswith("callback:"):
            self._feed = CallbackFeed(order.feed.removeprefix("callback:"))
            read, close = vlc_media_callbacks(self._feed)
            self._media_callbacks = (read, close)
            # Without a seek callback libVLC knows that it cannot: else it would look for the end of the stream first.
            media = instance.media_new_callbacks(None, read, None, close, None)
        else:
            self._fifo, location = open_pipe_end(order.feed)
            media = instance.media_new_location(location)
        options = [
            f":demux={order.demux}",
            f":file-caching={order.caching_ms}",
            ":no-audio",
            ":no-spu",
            ":avcodec-threads=1",
            f":avcodec-hw={order.hardware}",
            ":clock-jitter=500",        # ms: the delay may grow by at most this before libVLC starts a new clock
        ]
        if order.economy:
            options += [":avcodec-skiploopfilter=4", ":avcodec-fast"]
        for option in options:
            media.add_option(option)
        return media

    # -- libVLC's threads -------------------------------------------------------------------------------------------

    def _setup(self, _opaque: Any, chroma: int, width: Any, height: Any, pitches: Any, lines: Any) -> int:
        # Keep this thread's Python state for as long as its picture output lives: otherwise each callback makes and
        # frees one, which costs an mmap, page faults and a munmap per picture.
        self._gil_state = ctypes.pythonapi.PyGILState_Ensure()
        record = self._record
        source_width, source_height = width[0], height[0]
        record["source_width"], record["source_height"] = source_width, source_height
        if max(source_width, source_height) > LONGEST_SIDE:
            record["refused"] = 1
            return 0
        out_width, out_height = self._output_size(source_width, source_height)
        self._forget_canvas()
        self._canvas = made = canvas(self._base, self._capacity, out_width, out_height, self.order.rotation)
        ctypes.memmove(chroma, made.chroma, 4)
        width[0], height[0] = sides(out_width, out_height, self.order.rotation)
        for plane, (pitch, count) in enumerate(zip(made.pitches, made.lines, strict=True)):
            pitches[plane], lines[plane] = pitch, count
        record["width"], record["height"], record["stride"] = out_width, out_height, row_stride(out_width)
        return 1

    def _forget_canvas(self) -> None:
        made, self._canvas = self._canvas, None
        if made is not None:
            made.close()

    def _output_size(self, source_width: int, source_height: int) -> tuple[int, int]:
        """Of the picture as it is shown, turned."""
        order = self.order
        claimed = order.source_width, order.source_height
        if 0 <= source_width - claimed[0] < 64 and 0 <= source_height - claimed[1] < 64:
            source_width, source_height = claimed       # libVLC's figures carry the decoder's padding (640x386)
        source_width, source_height = sides(source_width, source_height, order.rotation)
        box = (source_width, source_height) if order.native else (order.width, order.height)
        width, height = fitted(source_width, source_height, *box, order.fit)
        while row_stride(width) * rows(height) > self._capacity:
            width, height = max(1, width * 3 // 4), max(1, height * 3 // 4)
        return width, height

    def _cleanup(self, _opaque: Any) -> None:
        ctypes.pythonapi.PyGILState_Release(self._gil_state)

    def _lock(self, _opaque: Any, planes: Any) -> int:
        assert self._canvas is not None
        self._canvas.begin(planes)
        return 0

    def _display(self, _opaque: Any, _picture: Any) -> None:
        self._displays += 1
        assert self._canvas is not None
        buffer = self._canvas.finish()
        if buffer < 0:
            return                  # libVLC shows the last picture again every 80 ms: only one that differs counts
        self._serial += 1
        _PUBLISHED.pack_into(self._memory, self._record_at + _PUBLISHED_AT, buffer)
        _STAMP.pack_into(self._memory, self._record_at + _CHANGED_AT, time.monotonic_ns())
        _STAMP.pack_into(self._memory, self._record_at, self._serial)       # last: now it may be looked at

    # -- control thread -----------------------------------------------------------------------------------------------

    def poll(self, stats: Any) -> None:
        """Copy libVLC's counters to the board; called ten times a second."""
        record = self._record
        if self._media.get_stats(stats):
            record["decoded"] = stats.decoded_video
            record["lost"] = stats.lost_pictures
            if stats.demux_read_bytes != record["demuxed"]:
                record["demuxed"] = stats.demux_read_bytes
                record["demuxed_ns"] = time.monotonic_ns()
        record["displays"] = self._displays

    def stop(self) -> None:
        """Stop and release; joins libVLC's threads, so only a reaper thread calls it."""
        if self._feed is not None:
            self._feed.close()
        self._player.stop()
        self._player.release()
        self._media.release()
        self._forget_canvas()
        self._callbacks = ()                # they name this player, which names them: else they go with a collection
        if self._fifo >= 0:
            os.close(self._fifo)


def _as(kind: Any, callback: Any) -> Any:
    """The same function by python-vlc's prototype; ctypes.cast would tie ``callback`` to itself (bpo-12836)."""
    return kind(ctypes.c_void_p.from_buffer(callback).value)


def vlc_media_callbacks(feed: CallbackFeed) -> tuple[Any, Any]:
    """libVLC's read and close callbacks on top of a portable feed."""

    def read(_opaque: Any, buffer: Any, length: int) -> int:
        return feed.read_into(ctypes.addressof(buffer.contents), length)

    def close(_opaque: Any) -> None:
        feed.close()

    decorators = vlc.CallbackDecorators
    return decorators.MediaReadCb(read), decorators.MediaCloseCb(close)


class HasSlot(Protocol):
    """What every order to show something says."""

    @property
    def slot(self) -> int: ...

    @property
    def generation(self) -> int: ...


class Plays(Protocol):
    """Whatever writes pictures into a slot: libVLC's players, and app.video.reel_player for what is recorded."""

    @property
    def order(self) -> HasSlot: ...

    def poll(self, stats: Any) -> None: ...

    def stop(self) -> None: ...


class Decoder:
    """The libVLC instance of one worker and its players."""

    def __init__(self, block: SharedBlock, extra_options: Sequence[str] = ()) -> None:
        self._block = block
        self._instance = vlc.Instance([*INSTANCE_OPTIONS, *extra_options])
        if self._instance is None:
            raise RuntimeError("libVLC could not start; run: python main.py doctor")
        self._stats = vlc.MediaStats()
        self.players: dict[int, Plays] = {}

    def show(self, order: Show) -> Plays | None:
        """Start decoding; returns the player that had the slot before, for the reaper."""
        previous = self.players.pop(order.slot, None)
        self.players[order.slot] = Player(self._instance, self._block, order)
        return previous

    def hide(self, slot: int) -> Plays | None:
        """Take the player off its slot; the caller gives it to the reaper."""
        return self.players.pop(slot, None)

    def poll(self) -> None:
        """Refresh the board's counters of every player."""
        for player in self.players.values():
            player.poll(self._stats)


def probe() -> dict[str, str]:
    """Version and compiler of libVLC, for the doctor; raises OSError or NameError when there is none."""
    return {"version": vlc.libvlc_get_version().decode(), "compiler": vlc.libvlc_get_compiler().decode()}
