"""Alarms end by time, tampering by a person, and what was acknowledged stays quiet for as long as it goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.events.alarms import MOST_ENTRIES, Alarms
from app.events.hearing import Policy, policy_of, wanted
from app.model.camera import Camera
from app.model.event import CameraEvent, EventKind
from app.model.register import Device
from app.runtime.settings import SETTINGS
from tests.fakes.clock import Clock

MOTION = CameraEvent("a", EventKind.MOTION, True, 1000.0, "vs")
TAMPER = CameraEvent("a", EventKind.TAMPER, True, 1001.0, "vs")


@pytest.fixture
def clock() -> Clock:
    return Clock(50.0)


@pytest.fixture
def alarms(clock: Clock) -> Alarms:
    return Alarms(lambda: 30.0, clock)


def test_motion_counts_from_its_last_word(alarms: Alarms, clock: Clock) -> None:
    told: list[frozenset[str]] = []
    alarms.changed.connect(told.append)
    alarms.take(MOTION)
    clock.now += 20
    alarms.take(MOTION)
    alarms.take(replace(MOTION, on=False))          # that it ended does not cut short what an operator is to see
    clock.now += 29
    alarms.tick()
    assert alarms.alarmed == {"a"} and len(alarms.entries) == 1
    clock.now += 2
    alarms.tick()
    assert told == [frozenset({"a"}), frozenset()]


def test_tampering_stays_until_somebody_looked(alarms: Alarms, clock: Clock) -> None:
    alarms.take(MOTION)
    alarms.take(TAMPER)
    alarms.take(replace(TAMPER, on=False))
    clock.now += 86_400
    alarms.tick()
    alarm = alarms.of("a")
    assert alarm is not None and alarm.kind is EventKind.TAMPER
    assert alarms.acknowledge("b") == 0 and alarms.acknowledge("a") == 1
    assert alarms.of("a") is None and not alarms.alarmed
    assert [bool(entry.acknowledged) for entry in alarms.entries] == [True, False]


def test_what_was_acknowledged_is_quiet_while_it_goes_on_and_news_when_it_comes_again(alarms: Alarms,
                                                                                      clock: Clock) -> None:
    began: list[CameraEvent] = []
    alarms.began.connect(began.append)
    alarms.take(TAMPER)
    alarms.acknowledge()
    for _n in range(5):
        clock.now += 20
        alarms.take(TAMPER)
    assert not alarms.alarmed and len(began) == 1
    alarms.take(replace(TAMPER, on=False))
    alarms.take(TAMPER)
    assert alarms.alarmed == {"a"} and len(began) == 2


def test_the_list_is_bounded_and_the_newest_comes_first(alarms: Alarms) -> None:
    for n in range(MOST_ENTRIES + 5):
        alarms.take(replace(MOTION, source=str(n)))
    assert len(alarms.entries) == MOST_ENTRIES
    assert alarms.entries[0].event.source == str(MOST_ENTRIES + 4)


def test_who_is_heard() -> None:
    cameras = {name: Camera(name, n, name, device=Device(service="" if name == "mute" else f"http://{name}/"))
               for n, name in enumerate(("a", "mute", "b", "c"))}
    shown, tagged = ["a", "", "mute", "a", "gone"], ["b", "a", "c"]
    assert [one.id for one in wanted(Policy(), shown, tagged, cameras.get)] == ["a", "b", "c"]
    assert [one.id for one in wanted(Policy(most=2), shown, tagged, cameras.get)] == ["a", "b"]
    assert [one.id for one in wanted(Policy(walls=False), shown, tagged, cameras.get)] == ["b", "a", "c"]
    settings = {setting.key: setting.default for setting in SETTINGS}
    assert policy_of(settings | {"events.tags": "gate, river,"}) == Policy(True, frozenset({"gate", "river"}), 64)
    assert policy_of(settings | {"events.hear": "off"}).walls is False
