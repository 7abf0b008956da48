"""The ingest worker: pulls cameras and feeds decoders. Started as ``python -m app.video.ingest_worker``.

Threads: ``orders`` (reads the desktop's messages), ``reader`` (takes what all cameras send), one ``pull ...`` per
stream, which opens it and sleeps while it plays, ``tape`` (writes what is recorded), and the main thread, which pumps
feeds and beats. The process leaves when the desktop's pipe closes.
"""

from __future__ import annotations

import gc
import logging
import shutil
import sys
import threading
import time
from collections.abc import Iterable

import av.logging
import msgspec

from app.model.secret import Credentials, Secret
from app.runtime.process import Parent
from app.video import messages
from app.video.board import INGEST_BYTES, FeedRecord, StreamRecord
from app.video.feed import PADDING, Feed, FifoPipe, Pipe, SocketPipe
from app.video.frames import SharedBlock
from app.video.hub import Hub
from app.video.reader import Reader
from app.video.source import Source, Target
from app.video.taping import Decks, Tape
from app.video.transport import Heard, Sound, Unit

PUMP_S = 0.003              # how often waiting readers and full pipes are looked at, while there are any
LOOK_S = 0.2                # for pipes that have filled meanwhile: the next picture empties them too
BEAT_S = 0.5
MEMORY_BYTES = 6 << 30      # address space; a stream that makes libav ask for more ends this worker, not the machine

LEAVE_S = 1.0               # for recorded files to be closed when the desktop goes; the next start mends what is left

_decoder = msgspec.msgpack.Decoder(messages.ToIngest)


class Channel:
    """One stream: its source, its hub, its feeds. Also the source's listener."""

    def __init__(self, worker: IngestWorker, order: messages.Pull) -> None:
        self.name = order.stream
        self.hub = Hub()
        self.codec = ""
        self.tape: Tape | None = None
        self._recording: messages.Record | None = None
        self._size = (0, 0)
        self._sound: Sound | None = None
        self._dropped_before = 0
        self._worker = worker
        self._record = StreamRecord(worker.block, order.record)
        target = Target(order.stream, order.url, Credentials(order.username, Secret(order.password)), order.transport,
                        order.sound)
        self.source = Source(target, self._record, self, worker.reader, hold=order.hold)

    def opening(self) -> None:
        self._worker.parent.send(messages.Opening(self.name))

    def let_in(self) -> None:
        self._worker.parent.send(messages.LetIn(self.name))

    def opened(self, codec: str, width: int, height: int) -> None:
        with self._worker.taping:
            if self.tape is not None and (codec, (width, height)) != (self.codec, self._size):
                self._stop_tape()
            self.codec, self._size = codec, (width, height)
            self._start_tape(with_group=False)      # the group at hand is of what the stream was before
        self._worker.parent.send(messages.Opened(self.name, codec, width, height))

    def failed(self, cause: str, detail: str, retry_in: float) -> None:
        self.hub.forget_group()
        self._worker.parent.send(messages.Failed(self.name, cause, detail, retry_in))

    def record(self, order: messages.Record | None) -> None:
        """Write it from its next packet on, as soon as it runs; None: no more."""
        with self._worker.taping:
            before, self._recording = self._recording, order
            if order is None or before is None or not order.same_files(before):
                self._stop_tape()
                self._start_tape()
            elif self.tape is not None:
                self.tape.order = order

    def _start_tape(self, *, with_group: bool = True) -> None:
        if self._recording is not None and self.codec and self.tape is None:
            self.tape = Tape(self._recording, self.codec, self._size,
                             self._worker.decks.of(self._recording), self._sound if self._recording.sound else None)
            self.tape.deck.start(self.tape)
            self.hub.start(self.tape, with_group=with_group)

    def _stop_tape(self) -> None:
        tape, self.tape = self.tape, None
        if tape is not None:
            self.hub.detach(tape)
            tape.deck.stop(tape)

    def unit(self, unit: Unit) -> None:
        self.hub.accept(unit)

    def hears(self, sound: Sound | None, codec: str) -> None:
        with self._worker.taping:
            if sound != self._sound:
                self._stop_tape()               # opened() begins another
            self._sound = sound
        self._worker.parent.send(messages.Hears(self.name, sound is not None, codec))

    def heard(self, heard: Heard) -> None:
        tape = self.tape
        if tape is not None:
            tape.hear(heard)

    def count_dropped(self, feeds: Iterable[Feed]) -> None:
        """Tell the board how many pictures slow readers made us leave out."""
        self._record.dropped(self._dropped_before + sum(feed.dropped for feed in feeds))

    def feed_over(self, feed: Feed) -> None:
        """Its drops stay counted."""
        self._dropped_before += feed.dropped


class IngestWorker:
    """Takes orders, keeps streams and feeds."""

    def __init__(self) -> None:
        self.parent = Parent(self._order, self._leave)
        self._lock = threading.Lock()
        self._channels: dict[str, Channel] = {}
        self._waiting: dict[int, tuple[Feed, Channel]] = {}
        self._live: dict[int, tuple[Feed, Channel]] = {}
        self._busy = threading.Event()
        self.decks = Decks(lambda message: self.parent.send(message))
        self.taping = threading.Lock()      # who records what changes on a pull's thread and on that of the orders
        self._folder = ""
        self.reader = Reader()

    def run(self) -> None:
        """Serve until the desktop goes away."""
        self.parent.listen()
        next_beat = time.monotonic()
        while True:
            now = time.monotonic()
            if now >= next_beat:
                self.parent.send(messages.Beat())
                self._count_drops()
                self.decks.look()
                next_beat = now + BEAT_S
            busy = self._pump()
            if busy:
                time.sleep(PUMP_S)
            else:
                self._busy.wait(min(LOOK_S, next_beat - now))
                self._busy.clear()

    def _pump(self) -> bool:
        with self._lock:
            waiting, live = list(self._waiting.values()), list(self._live.values())
        for feed, channel in waiting:
            if feed.reader_came():
                channel.hub.start(feed, with_group=not feed.patient)
                with self._lock:
                    if self._waiting.pop(feed.number, None) is not None:
                        self._live[feed.number] = (feed, channel)
                    else:
                        channel.hub.detach(feed)
            elif feed.ended:
                self._end(feed)
        backlog = False
        for feed, _ in live:
            if feed.waits:
                feed.pump()
                backlog = backlog or feed.has_backlog
            if feed.ended:
                self._end(feed)
        return backlog or bool(waiting)

    def _end(self, feed: Feed) -> None:
        with self._lock:
            entry = self._waiting.pop(feed.number, None) or self._live.pop(feed.number, None)
        if entry is not None:
            entry[1].hub.detach(feed)
            entry[1].feed_over(feed)
            feed.close()
            self.parent.send(messages.FeedEnded(feed.number, feed.ended))

    def _count_drops(self) -> None:
        with self._lock:
            live = list(self._live.values())
            channels = list(self._channels.values())
        for channel in channels:
            channel.count_dropped(feed for feed, owner in live if owner is channel)

    # -- orders ------------------------------------------------------------------------------------------------------

    def _order(self, body: bytes) -> None:
        order = _decoder.decode(body)
        match order:
            case messages.Setup():
                self._folder = order.folder
                self.block = SharedBlock.attach(order.token, INGEST_BYTES)
            case messages.Pull():
                with self._lock:
                    old = self._channels.pop(order.stream, None)
                    channel = self._channels[order.stream] = Channel(self, order)
                if old is not None:
                    old.source.close()
                    old.record(None)
                channel.source.start()
            case messages.Drop():
                with self._lock:
                    gone = self._channels.pop(order.stream, None)
                if gone is not None:
                    gone.source.close()
                    gone.record(None)
            case messages.Record() | messages.Unrecord():
                with self._lock:
                    written = self._channels.get(order.stream)
                if written is not None:
                    written.record(order if isinstance(order, messages.Record) else None)
            case messages.Retry():
                with self._lock:
                    asked = self._channels.get(order.stream)
                if asked is not None:
                    asked.source.retry()
            case messages.Feed():
                self._feed(order)
            case messages.Save():
                with self._lock:
                    saved = self._waiting.get(order.feed) or self._live.get(order.feed)
                if saved is not None:
                    saved[0].saving = order.saving
            case messages.Unfeed():
                with self._lock:
                    entry = self._waiting.get(order.feed) or self._live.get(order.feed)
                if entry is not None:
                    entry[0].close()
                    self._end(entry[0])

    def _feed(self, order: messages.Feed) -> None:
        with self._lock:
            channel = self._channels.get(order.stream)
        if channel is None or not channel.codec:
            self.parent.send(messages.FeedEnded(order.feed, "the stream does not run"))
            return
        pipe: Pipe
        if order.address == "listen":
            pipe = SocketPipe()
            self.parent.send(messages.FeedReady(order.feed, pipe.address))
        else:
            pipe = FifoPipe(order.address, PADDING if channel.codec != "mjpeg" else b"")
        feed = Feed(order.feed, channel.codec, pipe, FeedRecord(self.block, order.record, order.feed),
                    channel.hub, patient=order.patient, saving=order.saving)
        with self._lock:
            self._waiting[order.feed] = (feed, channel)
        self._busy.set()

    def _leave(self) -> None:
        self.decks.close(LEAVE_S)
        with self._lock:
            feeds = [feed for feed, _ in (*self._waiting.values(), *self._live.values())]
        for feed in feeds:
            feed.pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)     # nobody else is left to do it when the desktop was killed


def main() -> int:
    """Run the worker until its parent leaves."""
    av.logging.set_level(None)          # libav's lines hold addresses with passwords
    logging.disable(logging.CRITICAL)   # PyAV would forward them
    if sys.platform != "win32":
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))    # a core dump would hold passwords
    gc.freeze()                         # what is loaded stays; the collector has little to find beside it
    gc.set_threshold(50_000, 20, 50)
    IngestWorker().run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
