"""The devices worker: slow and hostile SOAP in a process of its own. Started as ``python -m app.devices.worker``.

Threads: ``orders`` reads the desktop's messages; at most ASKING device threads; ``finding`` while a search runs. It
never steers: app.ptz does, in another process, so that no WSDL and no 50 MB answer can delay a stop.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from app.devices import messages
from app.model.errors import CameraError
from app.model.found import Asked, FoundDevice
from app.model.secret import Credentials, Secret
from app.runtime.process import Parent

if TYPE_CHECKING:
    from app.devices.finding import Finding

ASKING = 8          # devices asked at a time; more would only wait for this process' one interpreter
NICE = 10           # a wall that shows pictures goes first

_M_ARENA_MAX = -8    # malloc.h

_decoder = msgspec.msgpack.Decoder(messages.ToWorker)


class Worker:
    """Takes orders; one device is asked by one thread at a time, the newest order for it replaces a waiting one."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(ASKING, thread_name_prefix="device")
        self._lock = threading.Lock()
        self._waiting: dict[str, messages.Learn] = {}
        self._busy = 0                                      # devices that wait or are asked
        self._finding: Finding | None = None
        self.parent = Parent(self._order, lambda: None)

    def run(self) -> None:
        """Serve until the desktop goes away, which ends this process."""
        logging.getLogger("zeep").setLevel(logging.CRITICAL)
        self.parent.listen()
        threading.Event().wait()

    def _order(self, body: bytes) -> None:
        order = _decoder.decode(body)
        if isinstance(order, messages.Learn):
            self._order_learn(order)
            return
        if self._finding is not None:
            self._finding.cancel()
        if isinstance(order, messages.Find):
            from app.devices.finding import Finding  # asyncio: only a search needs it

            def told(about: FoundDevice | Asked) -> None:
                self.parent.send(messages.Progress(order.turn, about) if isinstance(about, Asked)
                                 else messages.Found(order.turn, about))
            self._finding = Finding(order.search, told)
            threading.Thread(target=self._find, args=(order.turn, self._finding), name="finding", daemon=True).start()

    def _find(self, turn: int, finding: Finding) -> None:
        try:
            finding.run()
        except Exception:
            logging.getLogger("lawang.devices").exception("a search of the network broke off")
        self.parent.send(messages.FindEnded(turn))

    def _order_learn(self, order: messages.Learn) -> None:
        with self._lock:
            fresh = order.camera not in self._waiting
            self._waiting[order.camera] = order
            self._busy += fresh
        if fresh:
            self._pool.submit(self._learn, order.camera)

    def _learn(self, camera: str) -> None:
        from app.devices.learning import learn  # zeep costs 0.3 s: a wall without devices does not pay it
        with self._lock:
            order = self._waiting.pop(camera)
        try:
            facts = learn(order.address, Credentials(order.username, Secret(order.password)), pin=order.pin,
                          streams=order.streams)
            self.parent.send(messages.Learned(camera, facts))
        except CameraError as error:
            self.parent.send(messages.Failed(camera, error.cause, error.detail))
        except Exception as error:  # noqa: BLE001  # one odd device must not end the asking of all others
            self.parent.send(messages.Failed(camera, "nonsense", type(error).__name__))
        finally:
            with self._lock:
                self._busy -= 1
                idle = not self._busy
            if idle:
                _give_back()


def _one_heap() -> None:
    """glibc gives each thread a heap of its own, and eight of them keep 10 MB that nobody uses. Elsewhere: nothing."""
    try:
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
    except (OSError, AttributeError, TypeError):
        return


def _give_back() -> None:
    """What answers took goes back to the system when nobody is asked any more. Elsewhere than in glibc: nothing."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError, TypeError):
        return


if __name__ == "__main__":
    import os
    _one_heap()
    os.nice(NICE)
    Worker().run()
