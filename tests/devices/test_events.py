"""Events are pulled from a real pull point: they come at once, outlive losses and restarts, places are given back."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lxml import etree

from app.demo.onvif.answers import Camera, Identity
from app.demo.onvif.head import Head
from app.demo.onvif.points import PLACES
from app.demo.onvif.server import OnvifServer
from app.devices import messages
from app.devices.notices import kind_of, moment, notices, topic_of
from app.devices.pulling import Pull, Times
from app.model.event import EventKind
from tests.ptz.conftest import until

QUICK = Times(life=600.0, pull=5.0, pauses=(0.05,))
WAIT_S = 20.0


@pytest.fixture
def dome() -> Iterator[OnvifServer]:
    server = OnvifServer(Camera(Identity("Bundaran", "SN-1", {"main": "rtsp://127.0.0.1/main"}), Head()),
                         {"operator": "rahasia"})
    server.start()
    yield server
    server.close()


class Ear:
    """A Pull on a loop of its own, and what it told."""

    def __init__(self, dome: OnvifServer, times: Times = QUICK, **more: Any) -> None:
        fields = {"login": "wsse", "username": "operator", "password": "rahasia"} | more
        self.order = messages.Listen("cam", f"{dome.base}/onvif/event_service", f"{dome.base}/onvif/device_service",
                                     **fields)
        self.told: list[Any] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(times,), name="ear", daemon=True)
        self._thread.start()

    def _run(self, times: Times) -> None:
        async def hear() -> None:
            self._task = asyncio.current_task()
            await Pull(self.order, self.told.append, asyncio.Semaphore(1), times).run()
        try:
            self._loop.run_until_complete(hear())
        except asyncio.CancelledError:
            return

    def of(self, kind: type[Any]) -> list[Any]:
        return [one for one in tuple(self.told) if isinstance(one, kind)]

    def events(self) -> list[tuple[EventKind, bool]]:
        return [(one.event.kind, one.event.on) for one in self.of(messages.Noticed)]

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    def close(self) -> None:
        if not self.ended:
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)
        self._loop.close()


type Listen = Callable[..., Ear]


@pytest.fixture
def listen(dome: OnvifServer) -> Iterator[Listen]:
    ears: list[Ear] = []

    def start(times: Times = QUICK, **more: Any) -> Ear:
        ears.append(Ear(dome, times, **more))
        return ears[-1]
    yield start
    for ear in ears:
        ear.close()


@pytest.mark.parametrize("faults", [(), ("no_wsse",), ("no_relative",)])
def test_what_happens_is_told_and_the_place_is_given_back(dome: OnvifServer, listen: Listen,
                                                          faults: tuple[str, ...]) -> None:
    for fault in faults:
        setattr(dome.head.faults, fault, True)
    ear = listen(login="digest" if "no_wsse" in faults else "wsse")
    until(lambda: ear.of(messages.Hearing), WAIT_S)
    for name in ("motion", "tamper", "input"):
        dome.camera.points.happen(name, True)
    dome.camera.points.happen("motion", False)
    until(lambda: len(ear.events()) == 4, WAIT_S)
    assert ear.events() == [(EventKind.MOTION, True), (EventKind.TAMPER, True), (EventKind.INPUT, True),
                            (EventKind.MOTION, False)]
    assert {one.event.source for one in ear.of(messages.Noticed)} == {"vsc", "vs", "in-1"}
    assert dome.camera.points.open == 1
    ear.close()
    until(lambda: dome.camera.points.open == 0, WAIT_S)
    assert dome.camera.points.left == 1


def test_a_state_that_was_there_before_is_told_at_once(dome: OnvifServer, listen: Listen) -> None:
    dome.camera.points.happen("tamper", True)
    ear = listen()
    until(lambda: ear.events() == [(EventKind.TAMPER, True)], WAIT_S)


def test_a_lost_subscription_is_made_anew(dome: OnvifServer, listen: Listen) -> None:
    ear = listen()
    until(lambda: ear.of(messages.Hearing), WAIT_S)
    dome.camera.points.lose()
    until(lambda: len(ear.of(messages.Hearing)) == 2, WAIT_S)
    assert ear.of(messages.Deaf)[0].cause == "fault"
    dome.camera.points.happen("motion", True)
    until(lambda: ear.events(), WAIT_S)


def test_it_is_renewed_before_it_ends(dome: OnvifServer, listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dome.camera.points, "_seconds", lambda _text: 60.0)     # what was asked for is a second
    ear = listen(Times(life=1.0, pull=5.0, pauses=(0.05,)))
    until(lambda: dome.camera.points.renewals >= 2, WAIT_S)
    assert len(ear.of(messages.Hearing)) == 1 and dome.camera.points.made == 1


def test_a_wrong_clock_of_the_device_changes_nothing(dome: OnvifServer, listen: Listen) -> None:
    dome.head.faults.clock_ahead_s = -86_400.0
    ear = listen(clock_offset=-86_400.0)
    until(lambda: ear.of(messages.Hearing), WAIT_S)
    dome.camera.points.happen("motion", True)
    until(lambda: ear.events(), WAIT_S)
    assert abs(ear.of(messages.Noticed)[0].event.at - time.time()) < 30


def test_a_refused_login_is_not_tried_again_and_a_clock_that_drifted_is_met_once(dome: OnvifServer,
                                                                                 listen: Listen) -> None:
    ear = listen(password="falsch")
    until(lambda: ear.ended, WAIT_S)
    assert [one.cause for one in ear.of(messages.Deaf)] == ["unauthorised"] and dome.refusals == 1
    dome.head.faults.clock_ahead_s = 900.0          # since it was learned
    other = listen()
    until(lambda: other.of(messages.Hearing), WAIT_S)
    assert dome.refusals == 2


def test_a_login_that_the_device_changes_costs_one_request_and_none_to_give_the_place_back(dome: OnvifServer,
                                                                                           listen: Listen) -> None:
    ear = listen()
    until(lambda: ear.of(messages.Hearing), WAIT_S)
    dome.logins["operator"] = "lain"
    dome.camera.points.happen("motion", True)       # the question under way is answered, the next one refused
    until(lambda: ear.ended, WAIT_S)
    assert [one.cause for one in ear.of(messages.Deaf)] == ["unauthorised"] and dome.refusals == 1


def test_with_all_places_taken_it_waits_and_comes_back(dome: OnvifServer, listen: Listen) -> None:
    others = [listen() for _n in range(PLACES)]
    until(lambda: dome.camera.points.open == PLACES, WAIT_S)
    late = listen()
    until(lambda: len(late.of(messages.Deaf)) >= 2, WAIT_S)
    others[0].close()
    until(lambda: late.of(messages.Hearing), WAIT_S)


def test_a_lying_address_is_pulled_at_our_host(listen: Listen, dome: OnvifServer) -> None:
    dome.told = f"http://192.168.77.7:{dome.port}"
    ear = listen()
    until(lambda: ear.of(messages.Hearing), WAIT_S)
    dome.told = "http://127.0.0.1:1"                 # its port is another one than ours, and nobody is there
    other = listen()
    dome.camera.points.happen("input", True)
    until(lambda: ear.events() and other.events(), WAIT_S)


def test_a_flood_of_the_same_is_told_once(dome: OnvifServer, listen: Listen) -> None:
    ear = listen()
    until(lambda: ear.of(messages.Hearing), WAIT_S)
    for _n in range(200):
        dome.camera.points.happen("motion", True)
        dome.camera.points.states["motion"] = False         # the device says "on" again without ever saying "off"
    dome.camera.points.happen("input", True)
    until(lambda: (EventKind.INPUT, True) in ear.events(), WAIT_S)
    assert ear.events().count((EventKind.MOTION, True)) <= 5      # every two seconds


def said(topic: str, data: str, *, operation: str = "Changed", at: str = "2026-11-22T10:00:00Z") -> etree._Element:
    return etree.fromstring(
        '<r xmlns:w="http://docs.oasis-open.org/wsn/b-2" xmlns:t="http://www.onvif.org/ver10/schema">'
        f"<w:NotificationMessage><w:Topic>{topic}</w:Topic><w:Message><t:Message UtcTime='{at}' "
        f"PropertyOperation='{operation}'><t:Source><t:SimpleItem Name='Rule' Value='r1'/></t:Source><t:Data>"
        f"{data}</t:Data></t:Message></w:Message></w:NotificationMessage></r>")


@pytest.mark.parametrize(("topic", "kind"), [
    ("tns1:RuleEngine/CellMotionDetector/Motion", EventKind.MOTION),
    ("tns1:VideoSource/tns1:MotionAlarm/.", EventKind.MOTION),
    ("tns1:RuleEngine/MyRuleDetector/PeopleDetect", EventKind.MOTION),
    ("tns1:RuleEngine/TamperDetector/Tamper", EventKind.TAMPER),
    ("tns1:VideoSource/GlobalSceneChange/AnalyticsService", EventKind.TAMPER),
    ("tns1:Device/Trigger/DigitalInput", EventKind.INPUT), ("tns1:Device/Trigger/Relay", None), ("", None)])
def test_topics_of_many_makes(topic: str, kind: EventKind | None) -> None:
    assert kind_of(topic_of(topic)) is kind


def test_notices_are_read_and_strange_topics_are_named() -> None:
    [crossed], _none = notices(said("tns1:RuleEngine/LineDetector/Crossed", "<t:SimpleItem Name='Id' Value='7'/>"))
    assert crossed.on and crossed.source == "r1" and crossed.at == moment("2026-11-22T10:00:00Z")
    [over], _none = notices(said("tns1:VideoSource/MotionAlarm", "<t:SimpleItem Name='State' Value='0'/>"))
    assert not over.on
    assert notices(said("tns1:VideoSource/MotionAlarm", "", operation="Initialized")) == ([], [])
    assert notices(said("tns1:VideoSource/MotionAlarm", "", operation="Deleted")) == ([], [])
    assert notices(said("vendor:Coffee/Ready", "")) == ([], ["Coffee/Ready"])
    assert moment("1970-01-01T00:00:00Z") is None and moment("gestern") is None
