"""The devices worker: slow and hostile SOAP in a process of its own. Started as ``python -m app.devices.worker``.

Threads: ``orders`` reads the desktop's messages; at most ASKING device threads. It never steers: app.ptz does, in
another process, so that no WSDL and no 50 MB answer can delay a stop.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec

from app.devices import messages
from app.model.errors import CameraError
from app.model.secret import Credentials, Secret
from app.runtime.process import Parent

ASKING = 8          # devices asked at a time; more would only wait for this process' one interpreter
NICE = 10           # a wall that shows pictures goes first

_decoder = msgspec.msgpack.Decoder(messages.ToWorker)


class Worker:
    """Takes orders; one device is asked by one thread at a time, the newest order for it replaces a waiting one."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(ASKING, thread_name_prefix="device")
        self._lock = threading.Lock()
        self._waiting: dict[str, messages.Learn] = {}
        self.parent = Parent(self._order, lambda: None)

    def run(self) -> None:
        """Serve until the desktop goes away, which ends this process."""
        logging.getLogger("zeep").setLevel(logging.CRITICAL)
        self.parent.listen()
        threading.Event().wait()

    def _order(self, body: bytes) -> None:
        order = _decoder.decode(body)
        with self._lock:
            fresh = order.camera not in self._waiting
            self._waiting[order.camera] = order
        if fresh:
            self._pool.submit(self._learn, order.camera)

    def _learn(self, camera: str) -> None:
        from app.devices.learning import learn  # zeep costs 0.3 s: a wall without devices does not pay it
        with self._lock:
            order = self._waiting.pop(camera)
        try:
            facts = learn(order.address, Credentials(order.username, Secret(order.password)))
            self.parent.send(messages.Learned(camera, facts))
        except CameraError as error:
            self.parent.send(messages.Failed(camera, error.cause, error.detail))
        except Exception as error:  # noqa: BLE001  # one odd device must not end the asking of all others
            self.parent.send(messages.Failed(camera, "nonsense", type(error).__name__))


if __name__ == "__main__":
    import os
    os.nice(NICE)
    Worker().run()
