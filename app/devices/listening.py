"""The process that hears events: one task per camera on one event loop. Started as ``python -m app.devices.listening``.

Threads: ``orders`` reads the desktop's messages; the main thread runs the loop. No zeep is loaded here and nothing is
learned: whoever is slow or hostile holds up nobody, and an idle station's devices cost this process and no other.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os

import msgspec

from app.devices import messages
from app.devices.pulling import Pull
from app.runtime.process import Parent

SUBSCRIBING = 8         # at a time: a wall that opens does not knock at 64 doors in one moment
NICE = 10               # a wall that shows pictures goes first
GONE_S = 0.9            # the desktop waits one second for a worker that it ends

_decoder = msgspec.msgpack.Decoder(messages.ToListening)


class Listening:
    """Orders from the desktop become tasks."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._orders: dict[str, messages.ToListening] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._gate = asyncio.Semaphore(SUBSCRIBING)
        self.parent = Parent(self._order, self._gone)

    def run(self) -> None:
        """Serve until the desktop goes away, which ends this process."""
        self.parent.listen()
        gc.freeze()                     # what is loaded now stays: nothing of it is looked at again
        self._loop.run_forever()

    def _order(self, body: bytes) -> None:
        order = _decoder.decode(body)
        self._loop.call_soon_threadsafe(self._obey, order)

    def _obey(self, order: messages.ToListening) -> None:
        before = self._tasks.get(order.camera)
        if before is not None:
            if self._orders.get(order.camera) == order and not before.done():
                return
            self._end(self._tasks.pop(order.camera))
        self._orders[order.camera] = order
        if isinstance(order, messages.Ignore):
            del self._orders[order.camera]
        elif len(self._tasks) < messages.MOST_HEARD:
            self._tasks[order.camera] = self._loop.create_task(self._hear(order, before))

    async def _hear(self, order: messages.Listen, before: asyncio.Task[None] | None) -> None:
        if before is not None:          # its place in the device is given back before another one is asked for
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([before])
        try:
            await Pull(order, self.parent.send, self._gate).run()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  # one odd device must not end the hearing of all others
            self.parent.send(messages.Deaf(order.camera, "nonsense", type(error).__name__))

    def _end(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _gone(self) -> None:
        """Every place is given back, as far as the devices answer within GONE_S."""
        with contextlib.suppress(TimeoutError, RuntimeError):
            asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result(GONE_S)

    async def _leave(self) -> None:
        for task in self._tasks.values():
            self._end(task)
        if self._ending:
            await asyncio.wait(tuple(self._ending))


if __name__ == "__main__":
    os.nice(NICE)
    Listening().run()
