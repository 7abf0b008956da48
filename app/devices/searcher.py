"""The desktop's side of a search: the network asked by a devices worker of its own, which ends with the search panel.

Runs on: orders from any thread; signals are emitted on the worker's reading thread.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec
from psygnal import Signal

from app.devices import messages
from app.devices.ranges import addresses_in
from app.model.found import FoundDevice, Search
from app.model.secret import Credentials
from app.runtime.certificates import CAUSES
from app.runtime.worker import Worker

MOST_AT_ONCE = 16           # devices the worker is told of at a time: its pipe never fills
_decode = msgspec.msgpack.Decoder(messages.FromWorker).decode


class Searcher:
    """``found`` (FoundDevice), ``asked`` (Asked), ``ended`` (whether it broke off); ``learned`` (key of a device,
    DeviceFacts) and ``failed`` (key, cause key) for those that were logged in to; ``certificate`` (key, cause key, what
    it shows) before ``failed`` for those whose certificate nobody trusted."""

    found = Signal(object)
    asked = Signal(object)
    ended = Signal(bool)
    learned = Signal(str, object)
    failed = Signal(str, str)
    certificate = Signal(str, str, str)

    def __init__(self) -> None:
        self._turns = itertools.count(1)
        self._turn = 0                                      # of the search that runs, 0 when none does
        self._lock = threading.Lock()
        self._asking: set[str] = set()
        self._waiting: deque[tuple[FoundDevice, Credentials, str]] = deque()     # at most as many as were found
        self._refused: dict[str, tuple[Credentials, str]] = {}
        self._logins: dict[str, tuple[Credentials, str]] = {}
        self._worker = Worker("device search", "app.devices.worker", received=self._heard, started=self._started)

    @property
    def running(self) -> bool:
        return bool(self._turn)

    @property
    def pid(self) -> int:
        """Of the worker, 0 while there is none."""
        return self._worker.pid

    def start(self, search: Search) -> None:
        """Searches; one that runs is given up. Raises OperatorError for a range that is none."""
        for text in search.ranges:
            addresses_in(text)
        self._turn = next(self._turns)
        self._worker.send(messages.Find(self._turn, search))

    def stop(self) -> None:
        """Gives the search up; ``ended`` follows."""
        if self._turn:
            self._worker.send(messages.StopFinding())

    def log_in(self, devices: Iterable[FoundDevice], login: Credentials,
               pins: Mapping[str, str] = MappingProxyType({})) -> list[str]:
        """Learn these devices, and only these, with this login; gives the keys of those that are asked.

        A device that refused this very login is not asked again: it would lock us out. ``pins``: the certificates that
        the operator trusts, by key.
        """
        asked = []
        with self._lock:
            waiting = {device.key for device, _login, _pin in self._waiting} | self._asking
            for device in devices:
                pin = pins.get(device.key, "")
                if device.key in waiting or (login and self._refused.get(device.key) == (login, pin)):
                    continue
                waiting.add(device.key)
                self._waiting.append((device, login, pin))
                asked.append(device.key)
        self._next()
        return asked

    def _next(self) -> None:
        with self._lock:
            while self._waiting and len(self._asking) < MOST_AT_ONCE:
                device, login, pin = self._waiting.popleft()
                self._asking.add(device.key)
                self._logins[device.key] = login, pin
                self._worker.send(messages.Learn(device.key, device.address, login.username, login.password.reveal(),
                                                 pin))

    def _answered(self, key: str) -> None:
        with self._lock:
            self._asking.discard(key)
        self._next()

    def close(self) -> None:
        """Ends the worker."""
        self._turn = 0
        self._worker.close()

    def end(self) -> None:
        """As ``close``, without waiting for it."""
        threading.Thread(target=self.close, name="device search end", daemon=True).start()

    def _started(self) -> list[msgspec.Struct]:
        """A worker that died takes its search and its questions along. At the first start there are none yet sent."""
        if self._worker.deaths:
            with self._lock:
                lost = [*self._asking, *(device.key for device, _login, _pin in self._waiting)]
                self._asking.clear()
                self._waiting.clear()
            for key in lost:
                self.failed.emit(key, "worker")
            if self._turn:
                self._turn = 0
                self.ended.emit(True)
        return []

    def _heard(self, body: bytes) -> None:
        match _decode(body):
            case messages.Found(turn, device) if turn == self._turn:
                self.found.emit(device)
            case messages.Progress(turn, asked) if turn == self._turn:
                self.asked.emit(asked)
            case messages.FindEnded(turn) if turn == self._turn:
                self._turn = 0
                self.ended.emit(False)
            case messages.Learned(key, facts):
                self._answered(key)
                self.learned.emit(key, facts)
            case messages.Failed(key, cause, detail):
                self._answered(key)
                if cause == "unauthorised":
                    self._refused[key] = self._logins[key]
                if cause in CAUSES:
                    self.certificate.emit(key, cause, detail)
                self.failed.emit(key, cause)
