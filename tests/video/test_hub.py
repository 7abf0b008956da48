"""One pull, several consumers: newcomers get the group, nobody misses a unit, nothing grows without end."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from app.video import hub as hub_module
from app.video.hub import GROUP_BYTES, GROUP_UNITS, Hub
from app.video.transport import Unit


def _unit(number, *, key=False, size=10):
    return Unit(number.to_bytes(8, "big") + bytes(size), key, number, number)


class _Reader:
    def __init__(self):
        self.group, self.units = None, []

    def begin(self, group):
        self.group = [unit.stamp for unit in group]

    def offer(self, unit):
        self.units.append(unit.stamp)


def _started(hub):
    reader = _Reader()
    hub.start(reader)
    return reader


def test_a_newcomer_gets_the_current_group_then_everything():
    hub = Hub()
    for number in range(10):
        hub.accept(_unit(number, key=number % 4 == 0))
    reader = _started(hub)
    hub.accept(_unit(10))
    assert (reader.group, reader.units) == ([8, 9], [10])
    hub.detach(reader)
    hub.detach(reader)
    hub.accept(_unit(11))
    assert reader.units == [10]


def test_nothing_before_the_first_key_picture_and_nothing_of_a_broken_stream():
    hub = Hub()
    hub.accept(_unit(1))
    assert _started(hub).group == []
    hub.accept(_unit(2, key=True))
    hub.forget_group()
    hub.accept(_unit(3))
    assert _started(hub).group == []


def test_an_endless_group_is_not_kept():
    hub = Hub()
    hub.accept(_unit(0, key=True))
    for number in range(1, GROUP_UNITS):
        hub.accept(_unit(number))
    assert len(_started(hub).group) == GROUP_UNITS
    hub.accept(_unit(GROUP_UNITS))
    assert _started(hub).group == []
    hub.accept(_unit(GROUP_UNITS + 1))
    assert _started(hub).group == [], "a tail without its key picture is of no use"


def test_a_fat_group_is_not_kept():
    hub = Hub()
    hub.accept(_unit(0, key=True))
    for number in range(1, 5):
        hub.accept(_unit(number, size=GROUP_BYTES // 4))
    assert _started(hub).group == []
    hub.accept(_unit(9, key=True))
    assert _started(hub).group == [9]


@given(st.lists(st.booleans(), max_size=80), st.integers(0, 80), st.integers(1, 20))
def test_group_and_live_join_without_gap(keys, joins, limit):
    hub, reader, before = Hub(), _Reader(), hub_module.GROUP_UNITS
    hub_module.GROUP_UNITS = limit
    try:
        for number, key in enumerate(keys):
            if number == joins:
                hub.start(reader)
            hub.accept(_unit(number, key=key))
    finally:
        hub_module.GROUP_UNITS = before
    if reader.group is not None:
        assert len(reader.group) <= limit
        row = reader.group + reader.units
        assert row == list(range(len(keys) - len(row), len(keys)))
        if reader.group:
            assert keys[reader.group[0]]


def test_readers_come_while_units_flow():
    hub, readers, met, done = Hub(), [], threading.Event(), threading.Event()

    def pull():
        for number in range(6000):
            if number == 3000:
                met.wait(30.0)          # a busy machine runs one thread to its end before the other
            hub.accept(_unit(number, key=number % 30 == 0))
        done.set()

    thread = threading.Thread(target=pull, name="pull test")
    thread.start()
    while not done.is_set() and len(readers) < 300:
        readers.append(_started(hub))
        met.set()
    thread.join()
    assert readers
    for reader in readers:
        row = reader.group + reader.units
        assert row == list(range(6000 - len(row), 6000)), "no unit lost or doubled between group and live"
