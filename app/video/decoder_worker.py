"""The decoder worker: libVLC in a process of its own. Started as ``python -m app.video.decoder_worker``.

Threads: ``orders`` (reads the desktop's messages into a queue), ``reaper`` (stops and releases players), libVLC's own,
and the main thread, which starts players, polls counters and beats. Leaves when the desktop's pipe closes.
"""

from __future__ import annotations

import ctypes
import gc
import os
import queue
import shutil
import sys
import threading
import time

import msgspec

from app.runtime.process import Parent
from app.video import messages
from app.video.decoder import Decoder, Plays, Show
from app.video.frames import Buffers, SharedBlock

POLL_S = 0.1                    # libVLC refreshes its counters every 0.25 s; the moment of change is what counts
BEAT_S = 0.5
TRIM_S = 2.0                    # after the last player was taken down, its small memory goes back to the system
STOP_DUE_S = 5.0                # a stop that has not come back by then never will: the worker asks to be replaced
NICE = 15                       # when processors are short, keys and windows come before pictures
MEMORY_BYTES = 12 << 30         # address space, shared pictures included; an overloaded libVLC queues 400 MB a stream

_decoder = msgspec.msgpack.Decoder(messages.ToDecoder)
_malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)      # glibc's


class DecoderWorker:
    """Takes orders, keeps players."""

    def __init__(self) -> None:
        self._parent = Parent(self._order, self._leave)
        self._orders: queue.Queue[messages.ToDecoder] = queue.Queue(1024)     # more is a desktop gone mad: it waits
        self._doomed: queue.Queue[Plays] = queue.Queue()       # bounded by the players there are
        self._stopping_since = 0.0
        self._freed = 0.0               # when a player was last taken down, 0: given back since
        self._folder = ""
        self._reaper = threading.Thread(target=self._reap, name="reaper", daemon=True)

    def run(self) -> None:
        """Serve until the desktop goes away."""
        self._parent.listen()
        setup = self._orders.get()
        assert isinstance(setup, messages.Setup)
        self._folder = setup.folder
        self._block = SharedBlock.attach(setup.token, setup.size)
        decoder = Decoder(self._block)
        self._reaper.start()
        self._parent.send(messages.Beat())
        next_beat = next_poll = time.monotonic()
        while True:
            now = time.monotonic()
            if now >= next_poll:
                decoder.poll()
                next_poll = now + POLL_S
            if now >= next_beat:
                self._parent.send(messages.Beat(self._stuck(now)))
                next_beat = now + BEAT_S
                self._trim(now)
            try:
                self._carry_out(decoder, self._orders.get(timeout=max(0.0, min(next_poll, next_beat) - now)))
            except queue.Empty:
                continue

    def _leave(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)     # nobody else is left to do it when the desktop was killed

    def _order(self, body: bytes) -> None:
        self._orders.put(_decoder.decode(body))

    def _carry_out(self, decoder: Decoder, order: messages.ToDecoder) -> None:
        match order:
            case messages.Show():
                doomed = decoder.show(Show(
                    slot=order.slot, generation=order.generation, buffers=Buffers(order.offset, order.capacity),
                    width=order.width, height=order.height, source_width=order.source_width,
                    source_height=order.source_height, fit=order.fit, native=order.native, demux=order.demux,
                    feed=order.feed, caching_ms=order.caching_ms, hardware=order.hardware, economy=order.economy,
                    rotation=order.rotation,
                ))
            case messages.Reel():
                # PyAV is loaded only where something recorded is shown.
                from app.video.reel_player import ReelPlayer
                doomed = decoder.players.pop(order.slot, None)
                decoder.players[order.slot] = ReelPlayer(self._block, order)
            case messages.Steer():
                player = decoder.players.get(order.slot)
                if player is not None and player.order.generation == order.generation:
                    steer = getattr(player, "steer", None)
                    if steer is not None:
                        steer(order)
                return
            case messages.Hide():
                doomed = decoder.hide(order.slot)
                if doomed is None:
                    self._parent.send(messages.Hidden(order.slot, order.generation))
            case messages.Setup():
                return
        if doomed is not None:
            self._doomed.put(doomed)

    def _reap(self) -> None:
        while True:
            player = self._doomed.get()
            self._stopping_since = time.monotonic()
            player.stop()
            self._stopping_since, self._freed = 0.0, time.monotonic()
            self._parent.send(messages.Hidden(player.order.slot, player.order.generation))

    def _trim(self, now: float) -> None:
        """What players of the past leave between the things of those that play: 8 of 136 MB, for 1.3 ms of a core."""
        if self._freed and now - self._freed > TRIM_S:
            self._freed = 0.0
            if _malloc_trim is not None:
                _malloc_trim(0)

    def _stuck(self, now: float) -> str:
        since = self._stopping_since
        return "a player does not stop" if since and now - since > STOP_DUE_S else ""


def main() -> int:
    """Run the worker until its parent leaves."""
    if sys.platform != "win32":
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
        os.nice(NICE)
    gc.freeze()                         # what is loaded stays; the collector has little to find beside it
    gc.set_threshold(50_000, 20, 50)
    DecoderWorker().run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
