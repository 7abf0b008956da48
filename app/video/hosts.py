"""Worker hosts: one worker process each, its shared board, its health, and when to start it again. Supervisor side.

Runs on: the supervisor's thread only; the process' reader thread does nothing but post into the supervisor's queue.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import numpy.typing as npt
import psutil

from app.runtime.process import Process, WorkerGone
from app.video import messages
from app.video.board import FEEDS, INGEST_BYTES, STREAMS, feed_board, stream_board
from app.video.frames import BOARD_BYTES, SLOTS, Arena, Buffers, SharedBlock

_log = logging.getLogger("lawang.video")

FIRST_BEAT_S = 10.0             # libVLC's first start reads its plugin cache from a cold disk
SILENT_S = 1.7                  # a worker beats twice a second; three missed beats and it is replaced ...
STARVED_S = 10.0                # ... unless it still works: then the machine is overloaded, and killing makes it worse
WORKING_S = 0.005               # of processor time between two looks; what hangs or was stopped has none
TICK_SLACK_S = 0.25             # looks come every 0.2 s
RESTARTS_S = (0.0, 0.5, 2.0, 5.0, 10.0, 30.0)   # wait before the n-th restart within a minute
FORGIVEN_S = 60.0               # a worker that lived so long begins anew
ARENA_BYTES = 2 << 30           # address space, not memory: only pictures that are drawn cost pages
PANES_PER_DECODER = 16
STREAMS_PER_INGEST = 64         # see docs/decisions/0007: a second one costs 1.5 % of a core and 25 MB

type Post = Callable[["Host", bytes | None], None]


class Host:
    """One worker process that comes back. ``down_cause`` says why its panes stand still while it is down."""

    module = ""
    environment: Mapping[str, str] = MappingProxyType({})

    def __init__(self, name: str, block_bytes: int, folder: str, post: Post) -> None:
        self.name = name
        self.folder = folder
        self.restarts = 0
        self.exit_code = 0              # of the last process: minus the signal that ended it
        self.down_cause = ""
        self.block: SharedBlock
        self._block_bytes = block_bytes
        self._post = post
        self._process: Process | None = None
        self._started = 0.0
        self._beat = 0.0
        self._deaths: list[float] = []
        self._idle_since: float | None = None       # since when it has had no processor time, as far as was looked
        self._worked = 0.0
        self._again_at = 0.0

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    @property
    def up(self) -> bool:
        return self._process is not None

    @property
    def again_at(self) -> float:
        """When it will be started again, in monotonic seconds."""
        return self._again_at

    def start(self, now: float) -> None:
        """Start the process with a fresh board: whoever still looks at the old pictures keeps them."""
        self.block = SharedBlock.create(self._block_bytes, self.name)
        self._fresh()
        self._started, self._beat = now, 0.0
        this: list[Process] = []

        def received(body: bytes) -> None:
            if this and self._process is this[0]:
                self._post(self, body)

        def ended(code: int) -> None:
            if this and self._process is this[0]:
                self.exit_code = code
                self._post(self, None)

        handles = [self.block.handle] if self.block.handle >= 0 else []
        process = Process(self.name, self.module, handles=handles, environment=self.environment,
                          received=received, ended=ended)
        this.append(process)
        self._process = process
        self.send(messages.Setup(self.block.token, self._block_bytes, self.folder))

    def _fresh(self) -> None:
        """The board is new: nothing is handed out."""

    def beat(self, now: float, stuck: str) -> None:
        """The worker said that it is alive, or that something in it does not come back."""
        self._beat = now
        self.down_cause = ""
        if stuck:
            _log.warning("%s: %s; it is replaced", self.name, stuck)
            self.kill()

    def check(self, now: float, slept: float) -> None:
        """Kill it when it is silent. ``slept``: how late the supervisor itself is, which is no fault of the worker."""
        if self._process is None:
            return
        allowed = FIRST_BEAT_S if not self._beat else SILENT_S
        silent = now - max(self._beat, self._started)
        if silent < allowed / 2:
            self._idle_since = None
            return
        worked = processor_seconds(self.pid)
        if self._idle_since is None or (worked - self._worked > WORKING_S and silent < STARVED_S):
            self._idle_since, self._worked = now, worked
        elif silent > allowed + slept and now - self._idle_since >= allowed / 2 - TICK_SLACK_S:
            _log.warning("%s: no sign of life for %.1f s; it is replaced", self.name, silent)
            self.kill()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def died(self, now: float) -> None:
        """The process ended: give its things back and fix when it starts again."""
        process, self._process = self._process, None
        if process is not None:
            process.close(0.0)
        self._deaths = [at for at in self._deaths if now - at < FORGIVEN_S] + [now]
        wait = RESTARTS_S[min(len(self._deaths) - 1, len(RESTARTS_S) - 1)]
        self._again_at = now + wait
        self.restarts += 1
        self.down_cause = "worker" if wait >= 2.0 else ""
        _log.warning("%s ended; again in %.1f s (%d times so far)", self.name, wait, self.restarts)

    def send(self, message: msgspec.Struct) -> bool:
        """Give an order; a worker that takes none is killed and comes back by itself. False when it did not go out."""
        if self._process is None:
            return False
        try:
            self._process.send(message)
            return True
        except WorkerGone as error:
            _log.warning("%s", error)
            self._process.kill()
            return False

    def close(self, deadline: float) -> None:
        """End it for good."""
        process, self._process = self._process, None
        if process is not None:
            process.close(deadline)


class IngestHost(Host):
    """Hosts pulls: hands out records on its board."""

    module = "app.video.ingest_worker"
    # Many threads, few big buffers: one arena per thread would multiply memory.
    environment = MappingProxyType({"MALLOC_ARENA_MAX": "2"})

    def __init__(self, name: str, folder: str, post: Post) -> None:
        self.board: npt.NDArray[Any]
        self.feeds: npt.NDArray[Any]
        self._free: list[int] = []
        self._free_feeds: list[int] = []
        self.load = 0           # streams that are pulled
        super().__init__(name, INGEST_BYTES, folder, post)

    def _fresh(self) -> None:
        self.board = stream_board(self.block)
        self.feeds = feed_board(self.block)
        self._free = list(range(STREAMS))
        self._free_feeds = list(range(FEEDS))
        self.load = 0

    def take(self) -> int | None:
        """A record for one more stream, or None when the board is full."""
        if not self._free:
            return None
        self.load += 1
        return self._free.pop(0)

    def take_feed(self) -> int:
        """A record for one more feed; records go round, so that a feed that ends late writes into nobody's."""
        record = self._free_feeds.pop(0)
        self._free_feeds.append(record)
        return record

    def give_back(self, record: int) -> None:
        """Last in the row: a source that leaves late still writes into it for some seconds."""
        self._free.append(record)
        self.load -= 1


class DecoderHost(Host):
    """Hosts players: hands out slots and picture buffers."""

    module = "app.video.decoder_worker"
    # Every change of size frees the 20 pictures and more of a libVLC player. glibc raises its limit for separate
    # mappings at the first such free and keeps pictures in its arenas from then on, where they lie between small
    # things and are never given back: 15 MB more with each switch of 8 panes. A limit that is set is not raised.
    environment = MappingProxyType({"MALLOC_ARENA_MAX": "4", "MALLOC_MMAP_THRESHOLD_": "131072"})

    def __init__(self, name: str, folder: str, post: Post) -> None:
        self.board: npt.NDArray[Any]
        self._arena: Arena
        self._slots: list[int] = []
        self.load = 0           # players that show or will
        self.ending = 0         # players that were told to go and have not gone yet
        super().__init__(name, ARENA_BYTES, folder, post)

    def _fresh(self) -> None:
        self.board = self.block.board()
        self._arena = Arena(max(ARENA_BYTES, BOARD_BYTES))
        self._slots = list(range(SLOTS))
        self.load = 0
        self.ending = 0

    def take(self, capacity: int) -> tuple[int, Buffers] | None:
        """A slot with room for three pictures of ``capacity`` bytes, or None when there is none."""
        if not self._slots:
            return None
        try:
            buffers = self._arena.take(capacity)
        except MemoryError:
            return None
        return self._slots.pop(0), buffers

    def give_back(self, slot: int, buffers: Buffers) -> None:
        offset, length = self._arena.give_back(buffers)
        self.block.discard(offset, length)
        self._slots.append(slot)



def processor_seconds(pid: int) -> float:
    """Processor time that the process has had or, on Linux, stood in line for; 0 when it is gone.

    What hangs or was stopped does neither. A thread in line counts, because it may hold the lock that the beat needs.
    """
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    waited_ns = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):      # "time on a processor, time in line, turns"
        with contextlib.suppress(OSError, IndexError, ValueError):
            waited_ns += int(task.read_text().split()[1])
    return float(times.user + times.system) + waited_ns / 1e9
