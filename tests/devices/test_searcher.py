"""A search in its worker process: results stream in, only ticked devices get a login, a killed worker is told."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from app.demo.onvif.answers import Camera, Identity
from app.demo.onvif.head import Head
from app.demo.onvif.server import OnvifServer
from app.devices.searcher import Searcher
from app.model.errors import OperatorError
from app.model.found import FoundDevice, Search
from app.model.secret import Credentials, Secret

HERE, WAIT_S = "127.0.0.1", 30


class Heard:
    """What a searcher said, waited for by kind."""

    def __init__(self, searcher: Searcher) -> None:
        self._said: queue.Queue[tuple[str, Any]] = queue.Queue()
        searcher.found.connect(lambda device: self._said.put(("found", device)))
        searcher.ended.connect(lambda broken: self._said.put(("ended", broken)))
        searcher.learned.connect(lambda key, facts: self._said.put(("learned", (key, facts))))
        searcher.failed.connect(lambda key, cause: self._said.put(("failed", (key, cause))))

    def next(self, kind: str) -> Any:
        while True:
            said, value = self._said.get(timeout=WAIT_S)
            if said == kind:
                return value


@pytest.fixture
def domes() -> Iterator[list[OnvifServer]]:
    servers = [OnvifServer(Camera(Identity(f"Kubah {n}", f"SN-{n}", {"main": "rtsp://127.0.0.1/x"}), Head()),
                           {"operator": "rahasia"}) for n in (1, 2)]
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.close()


@pytest.fixture
def searcher() -> Iterator[Searcher]:
    made = Searcher()
    yield made
    made.close()


def test_only_the_ticked_device_is_logged_in_to(domes: list[OnvifServer], searcher: Searcher) -> None:
    heard = Heard(searcher)
    searcher.start(Search(ranges=(HERE,), ports=tuple(dome.port for dome in domes)))
    devices: list[FoundDevice] = [heard.next("found") for _dome in domes]
    assert heard.next("ended") is False and not searcher.running
    ticked = next(one for one in devices if f":{domes[0].port}/" in one.address)
    wrong, right = Credentials("operator", Secret("falsch")), Credentials("operator", Secret("rahasia"))
    assert searcher.log_in([ticked], wrong) == [ticked.key]
    assert heard.next("failed") == (ticked.key, "unauthorised")
    assert searcher.log_in([ticked], wrong) == []           # never again with what was refused
    assert domes[0].refusals == 1
    assert searcher.log_in([ticked], right) == [ticked.key]
    key, facts = heard.next("learned")
    assert key == ticked.key and facts.serial == "SN-1" and facts.mac
    assert {name for _at, name in domes[1].requests} == {"GetSystemDateAndTime"}


def test_a_search_is_given_up(searcher: Searcher) -> None:
    heard = Heard(searcher)
    searcher.start(Search(ranges=("127.3.0.0/20",), ports=(1,)))
    searcher.stop()
    assert heard.next("ended") is False


def test_a_killed_worker_is_told_and_the_next_search_runs(domes: list[OnvifServer], searcher: Searcher) -> None:
    heard = Heard(searcher)
    searcher.start(Search(ranges=(HERE, "127.3.0.0/20"), ports=(domes[0].port,)))
    heard.next("found")
    os.kill(searcher.pid, signal.SIGKILL)
    assert heard.next("ended") is True
    searcher.start(Search(ranges=(HERE,), ports=(domes[0].port,)))
    heard.next("found")
    assert heard.next("ended") is False


def test_a_range_that_is_none_is_refused_before_a_process_starts(searcher: Searcher) -> None:
    with pytest.raises(OperatorError):
        searcher.start(Search(ranges=("somewhere",)))
    assert searcher.pid == 0
