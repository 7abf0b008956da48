"""Devices behind a real interface: a network namespace at the other end of a virtual cable, found and learned there."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from app.devices.finding import Finding
from app.devices.learning import learn
from app.devices.ranges import interfaces
from app.model.found import Asked, FoundDevice, Search
from app.model.secret import Credentials, Secret
from tests.devices import strange_city

pytestmark = pytest.mark.city
OURS, THEIRS = (f"10.199.{os.getpid() % 250}.{last}" for last in (1, 2))
LOGIN = Credentials("operator", Secret("rahasia"))


@pytest.fixture(scope="module")
def city() -> Iterator[tuple[str, list[int]]]:
    if not strange_city.possible():
        pytest.skip("needs root and ip netns")
    with strange_city.network(OURS, THEIRS) as made:
        yield made


def search(what: Search) -> tuple[dict[str, FoundDevice], list[Asked]]:
    told: list[FoundDevice | Asked] = []
    Finding(what, told.append).run()
    found = {one.key: one for one in told if isinstance(one, FoundDevice)}
    return {one.address: one for one in found.values()}, [one for one in told if isinstance(one, Asked)]


def test_a_search_on_the_interface_finds_all_of_them_at_the_host_that_answered(city: tuple[str, list[int]]) -> None:
    name, ports = city
    [ours] = [one for one in interfaces() if one.name == name]
    assert (ours.address, ours.network) == (OURS, f"{OURS.rpartition('.')[0]}.0/24")
    found, asked = search(Search((OURS,)))
    assert set(found) == {f"http://{THEIRS}:{port}/onvif/device_service" for port in ports}
    assert [found[f"http://{THEIRS}:{port}/onvif/device_service"].told for port in ports] == [
        "127.0.0.1", "192.168.77.7", ""]
    assert all(one.source == THEIRS and not one.foreign and one.name for one in found.values())
    assert asked[-1].what.startswith(ours.network) and asked[-1].done == asked[-1].total
    for address in found:                   # whatever it says of itself, everything of it is at the host that answered
        facts = learn(address, LOGIN)
        assert facts.ptz.startswith(f"http://{THEIRS}:") and facts.events.startswith(f"http://{THEIRS}:")
        assert facts.streams == {"main": f"rtsp://{THEIRS}/main"}


def test_a_range_of_that_network_is_asked_one_by_one(city: tuple[str, list[int]]) -> None:
    _name, ports = city
    found, asked = search(Search(ranges=(f"{THEIRS.rpartition('.')[0]}.1-4",), ports=tuple(ports)))
    assert {one.source for one in found.values()} == {THEIRS} and len(found) == len(ports)
    assert asked[-1].done == asked[-1].total == 4 * len(ports)
    assert sorted(one.name for one in found.values()) == ["Kubah 1", "Kubah 2", "Kubah 3"]
