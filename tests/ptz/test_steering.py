"""The hand: what is held is sent once, letting go is a stop, and a stop without answer is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.errors import OperatorError
from app.model.secret import Credentials, Secret
from app.ptz import messages
from app.ptz.holding import DEFAULTS
from app.ptz.lease import EXTEND_S, MOST_EXTENDED_S, RELEASE_S, Holder, OneStation
from app.ptz.patrol import Stop, stops_from, stops_to
from app.ptz.steered import UNANSWERED_S
from app.ptz.steering import Steering
from tests.fakes.clock import Clock

DOME = DeviceFacts("http://10.0.0.9/onvif/device_service", ptz="http://10.0.0.9/onvif/ptz", profile="main",
                   auxiliaries=("tt:Wiper|On", "tt:Wiper|Off"), timeout_range=(0.5, 1.0), home=True)
CAMERAS = {n: Camera(n, 100 + i, f"Camera {n}", credentials=Credentials("op", Secret("rahasia")))
           for i, n in enumerate(("a", "b", "fixed"))}


class Worker(list[msgspec.Struct]):
    """Remembers what it was sent, but for the pulse."""

    def send(self, message: msgspec.Struct) -> None:
        if not isinstance(message, messages.Alive):
            self.append(message)

    def taken(self) -> list[msgspec.Struct]:
        """What came since the last look, without what makes a device ready."""
        news = [m for m in self if not isinstance(m, (messages.Device, messages.Warm, messages.Watch))]
        self.clear()
        return news


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def clock() -> Clock:
    return Clock(100.0)


@pytest.fixture
def steering(worker: Worker, clock: Clock) -> Steering:
    made = Steering(worker, CAMERAS.get, clock)
    made.set_facts({"a": DOME, "b": DOME})
    made.select("a")
    worker.taken()
    return made


@pytest.fixture
def hears(steering: Steering) -> Callable[[msgspec.Struct], None]:
    def hear(message: msgspec.Struct) -> None:
        steering.heard(msgspec.msgpack.encode(message))
        steering.tick()
    return hear


def test_the_worker_knows_the_device_before_the_first_key(worker: Worker, clock: Clock) -> None:
    steering = Steering(worker, CAMERAS.get, clock)
    steering.set_facts({"a": DOME})
    steering.select("a")
    assert [type(m) for m in worker] == [messages.Device, messages.Warm, messages.Watch]
    device = worker[0]
    assert isinstance(device, messages.Device)
    assert (device.url, device.profile, device.password, device.timeout_s) == (DOME.ptz, "main", "rahasia", 1.0)


def test_a_key_is_one_move_and_letting_go_one_stop(steering: Steering, worker: Worker) -> None:
    steering.hold("right", True)
    steering.hold("right", True)
    steering.hold("up", True)
    steering.hold("up", False)
    steering.hold("right", False)
    kinds = [type(m) for m in worker.taken()]
    assert kinds == [messages.Move, messages.Move, messages.Move, messages.Stop]


@pytest.mark.parametrize(("rotation", "right", "upper_left"), [
    (0, (1.0, 0.0), (-0.5, 0.5)), (90, (0.0, 1.0), (-0.5, -0.5)), (180, (-1.0, 0.0), (0.5, -0.5)),
    (270, (0.0, -1.0), (0.5, 0.5))])
def test_keys_stick_and_drag_move_by_the_picture_as_it_is_shown(
        worker: Worker, clock: Clock, rotation: int, right: tuple[float, float],
        upper_left: tuple[float, float]) -> None:
    steering = Steering(worker, {"a": replace(CAMERAS["a"], rotation=rotation)}.get, clock)
    steering.set_facts({"a": DOME})
    steering.select("a")
    worker.taken()
    steering.hold("right", True, fast=True)
    steering.hold("right", False)
    steering.deflect(-0.5, 0.5, 0.25)
    assert worker.taken() == [messages.Move("a", *right, 0.0), messages.Stop("a"),
                              messages.Move("a", *upper_left, 0.25)]
    steering.release_all()
    worker.taken()
    steering.scan()
    scan = worker.taken()[-1]
    assert isinstance(scan, messages.Move) and scan.pan > 0 == scan.tilt, "a scan turns by the camera's own headings"


def test_another_camera_lets_the_first_go(steering: Steering, worker: Worker) -> None:
    steering.hold("right", True)
    steering.select("b")
    assert worker.taken()[-1] == messages.Stop("a")
    steering.hold("right", False)
    assert worker.taken() == []


def test_a_fixed_camera_is_sent_nothing(steering: Steering, worker: Worker) -> None:
    steering.select("fixed")
    worker.taken()
    steering.hold("right", True)
    assert worker.taken() == [] and not steering.turns("fixed")
    with pytest.raises(OperatorError):
        steering.preset("home")


def test_a_stop_without_answer_is_told_until_it_is_answered(steering: Steering, clock: Clock,
                                                           hears: Callable[[msgspec.Struct], None]) -> None:
    steering.hold("left", True)
    steering.hold("left", False)
    assert not steering.may_move("a")
    clock.now += UNANSWERED_S + 0.1
    assert steering.may_move("a")
    hears(messages.MayMove("a", "timeout"))
    assert steering.may_move("a")
    hears(messages.Standing("a"))
    assert not steering.may_move("a")


def test_a_camera_is_free_some_seconds_after_the_last_input(steering: Steering, clock: Clock,
                                                           hears: Callable[[msgspec.Struct], None]) -> None:
    steering.hold("left", True)
    clock.now += 60
    assert steering.holding("a") == RELEASE_S
    steering.hold("left", False)
    hears(messages.Standing("a"))
    clock.now += RELEASE_S - 1
    assert steering.holding("a") == pytest.approx(1)
    clock.now += 2
    steering.tick()
    assert steering.holding("a") is None


def test_a_turn_goes_on_by_itself_until_a_hand_ends_it(steering: Steering, worker: Worker) -> None:
    steering.scan()
    move = worker.taken()[-1]
    assert isinstance(move, messages.Move) and move.pan > 0
    steering.hold("up", True)
    steering.hold("up", False)
    assert worker.taken()[-1] == messages.Stop("a")


def test_a_stop_by_hand_is_sent_whatever_is_believed(steering: Steering, worker: Worker) -> None:
    steering.stop()
    assert messages.Stop("a") in worker.taken()


def test_a_fresh_worker_stops_what_the_dead_one_moved(steering: Steering) -> None:
    steering.hold("right", True)
    first = steering.restarted()
    assert isinstance(first[0], messages.Device) and first[-1] == messages.Stop("a", again=True)


def test_quirks_are_kept_for_the_camera(steering: Steering, hears: Callable[[msgspec.Struct], None]) -> None:
    kept: list[DeviceFacts] = []
    steering.learned.connect(lambda _camera, facts: kept.append(facts))
    hears(messages.Learned("a", stop="zero"))
    hears(messages.Learned("a", timeout_s=0.0))
    assert (kept[-1].stop, kept[-1].timeouts, kept[-1].together) == ("zero", False, True)


def test_an_auxiliary_is_sent_exactly_as_the_node_lists_it(steering: Steering, worker: Worker) -> None:
    steering.auxiliary("tt:wiper|on")
    assert worker.taken() == [messages.Auxiliary("a", "tt:Wiper|On")]
    with pytest.raises(OperatorError):
        steering.auxiliary("tt:IRLamp|On")


def test_a_refusal_is_a_sentence_without_secrets(steering: Steering, hears: Callable[[msgspec.Struct], None]) -> None:
    told: list[str] = []
    steering.told.connect(told.append)
    hears(messages.Refused("a", "unauthorised"))
    assert "0100" in told[0] and "rahasia" not in told[0]


def test_it_goes_home_when_nobody_moved_it_for_the_chosen_time(worker: Worker, clock: Clock) -> None:
    seconds = dict(DEFAULTS) | {"ptz.home_seconds": 30.0}
    steering = Steering(worker, CAMERAS.get, clock, seconds.__getitem__)
    steering.set_facts({"a": DOME, "b": DOME})
    steering.select("a")
    steering.hold("right", True)
    steering.hold("right", False)
    worker.taken()
    assert steering.homing.away("a") is not None
    clock.now += 29
    steering.tick()
    assert worker.taken() == []
    clock.now += 2
    steering.tick()
    assert worker.taken() == [messages.Preset("a", "home")] and steering.homing.away("a") is None
    clock.now += 100
    steering.tick()
    assert worker.taken() == []


def test_home_by_hand_and_never_by_itself_unless_chosen(steering: Steering, worker: Worker, clock: Clock) -> None:
    steering.preset("go", "1")
    assert steering.homing.away("a") is not None
    clock.now += 100_000
    steering.tick()
    assert worker.taken() == [messages.Preset("a", "go", "1")]
    steering.preset("home")
    assert steering.homing.away("a") is None


def test_a_patrol_goes_round_rests_under_a_hand_and_goes_on(steering: Steering, worker: Worker, clock: Clock) -> None:
    steering.patrol([Stop("1", 10), Stop("2", 20, 0.5)])
    steering.tick()
    assert worker.taken() == [messages.Preset("a", "go", "1")]
    clock.now += 10
    steering.tick()
    assert worker.taken() == [messages.Preset("a", "go", "2", speed=0.5)]
    steering.hold("left", True)
    steering.hold("left", False)
    worker.taken()
    clock.now += 59
    steering.tick()
    running = steering.patrols.of("a")
    assert worker.taken() == [] and running is not None and running.rests_until
    clock.now += 2
    steering.tick()
    assert worker.taken() == [messages.Preset("a", "go", "2", speed=0.5)]
    clock.now += 20
    steering.tick()
    assert worker.taken() == [messages.Preset("a", "go", "1")]
    steering.patrol([])
    clock.now += 500
    steering.tick()
    assert worker.taken() == []


def test_a_tour_sends_a_camera_but_never_fights_with_a_hand(steering: Steering, worker: Worker, clock: Clock) -> None:
    assert steering.visit("b", "3") and worker.taken() == [messages.Preset("b", "go", "3")]
    assert not steering.visit("fixed", "3")
    steering.hold("left", True)
    assert not steering.visit("a", "1"), "a hand is on it"
    steering.hold("left", False)
    steering.heard(msgspec.msgpack.encode(messages.Standing("a")))
    worker.taken()
    for seconds in (0, 10, 45):
        clock.now += seconds
        steering.tick()
        assert not steering.visit("a", "1"), "a hand was on it a moment ago"
    clock.now += 6
    steering.tick()
    assert steering.visit("a", "1") and worker.taken() == [messages.Preset("a", "go", "1")]
    steering.leases.touch("b", Holder("Posko", "Polisi"), moving=True)
    assert not steering.visit("b", "3"), "somebody else holds it"
    steering.patrol([Stop("1"), Stop("2")])
    worker.taken()
    assert not steering.visit("a", "1"), "it goes round by itself"
    assert worker.taken() == []


def test_one_camera_goes_home_at_a_time_of_its_own(steering: Steering, worker: Worker, clock: Clock) -> None:
    steering.home_after["a"] = 60.0
    for camera in ("a", "b"):
        steering.select(camera)
        steering.preset("go", "1")
    worker.taken()
    clock.now += 61
    steering.tick()
    assert worker.taken() == [messages.Preset("a", "home")]


def test_the_cameras_own_tours_are_asked_once_its_login_was_let_in(steering: Steering, worker: Worker, clock: Clock,
                                                                   hears: Callable[[msgspec.Struct], None]) -> None:
    assert worker.taken() == []
    hears(messages.Position("a", 1.0, 2.0, 0.0))
    hears(messages.Position("a", 1.5, 2.0, 0.0))
    assert worker.taken() == [messages.Tour("a", "list")]
    hears(messages.Tours("a", (("t1", "Round", False),)))
    assert steering.tours["a"] == (("t1", "Round", False),)
    steering.tour("t1", True)
    assert worker.taken() == [messages.Tour("a", "Start", "t1"), messages.Tour("a", "list")]
    assert steering.homing.away("a") is not None


def test_a_camera_is_held_longer_and_let_go(steering: Steering, worker: Worker, clock: Clock) -> None:
    with pytest.raises(OperatorError):
        steering.release()
    steering.preset("go", "1")
    steering.extend()
    assert steering.holding("a") == pytest.approx(RELEASE_S + EXTEND_S)
    clock.now += EXTEND_S
    assert steering.holding("a") == pytest.approx(RELEASE_S)
    for _n in range(40):
        steering.extend()
    assert steering.holding("a") == MOST_EXTENDED_S
    steering.hold("right", True)
    worker.taken()
    steering.release()
    assert steering.holding("a") is None and worker.taken() == [messages.Stop("a")]


def test_somebody_elses_camera_is_not_held_longer(steering: Steering) -> None:
    steering.leases.touch("a", Holder("Rina A."), moving=False)
    with pytest.raises(OperatorError):
        steering.extend()
    with pytest.raises(OperatorError):
        steering.release()


def test_a_picture_that_still_moves_is_told_and_stopped_in_both_ways(steering: Steering, worker: Worker,
                                                                     hears: Callable[[msgspec.Struct], None]) -> None:
    told: list[str] = []
    steering.told.connect(told.append)
    steering.still_moves("a")
    assert worker.taken() == [messages.Runaway("a")] and steering.may_move("a") and "0100" in told[0]
    hears(messages.Standing("a"))
    assert not steering.may_move("a")


def test_a_patrol_of_one_preset_is_none(steering: Steering) -> None:
    with pytest.raises(OperatorError):
        steering.patrol([Stop("1")])


def test_somebody_elses_camera_is_not_moved_but_may_be_stopped(steering: Steering, worker: Worker) -> None:
    other, told = Holder("Rina A.", "Polrestabes", 10), list[str]()
    steering.told.connect(told.append)
    steering.leases.touch("a", other, moving=True)
    steering.hold("right", True)
    assert worker.taken() == [] and "Rina A." in told[0] and steering.holding("a") is None
    with pytest.raises(OperatorError):
        steering.preset("go", "1")
    steering.stop()
    assert worker.taken()[-1] == messages.Stop("a")


def test_a_lease_is_taken_over_by_priority_and_with_a_reason(clock: Clock) -> None:
    leases = OneStation(clock)
    leases.touch("a", Holder("Rina A."), moving=True)
    with pytest.raises(OperatorError):
        leases.take_over("a", Holder("Polda", priority=10), " ")
    with pytest.raises(OperatorError):
        leases.take_over("a", Holder("Budi"), "curious")
    leases.take_over("a", Holder("Polda", priority=10), "chase")
    lease = leases.of("a")
    assert lease is not None and lease.holder.name == "Polda" and lease.seconds_left == RELEASE_S
    clock.now += RELEASE_S
    assert leases.of("a") is None


@pytest.mark.parametrize("value", [None, [], {"stops": [{"token": 1}, {"dwell_s": "x", "token": "2"}]},
                                   {"stops": [{"token": "1", "dwell_s": float("nan")}]}])
def test_a_patrol_that_makes_no_sense_is_empty(value: object) -> None:
    assert stops_from(value) == ()


def test_a_patrol_is_kept_as_it_is() -> None:
    stops = (Stop("1", 10.0, 0.5), Stop("7", 60.0))
    assert stops_from(stops_to(stops)) == stops
