"""A turn between two ends: it goes to and fro there, and every stop ends it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest

from app.demo.onvif.head import Head
from app.model.errors import OperatorError
from app.ptz import messages
from app.ptz.scanning import SILENT_S, Ends, ends_from, ends_to
from app.ptz.steering import Steering
from tests.fakes.clock import Clock
from tests.ptz.test_steering import CAMERAS, DOME, Worker


class Turning:
    """A virtual head that does what the desktop orders, and tells where it looks twice a second."""

    def __init__(self) -> None:
        self.clock, self.worker = Clock(100.0), Worker()
        self.head = Head(clock=self.clock)
        self.head.faults.ignores_timeout = True         # nobody refreshes here
        self.steering = Steering(self.worker, CAMERAS.get, self.clock)
        self.steering.set_facts({"a": DOME, "b": DOME})
        self.steering.select("a")
        self.tells = True
        self.said: list[str] = []
        self.steering.told.connect(self.said.append)

    def run(self, seconds: float) -> list[float]:
        """The headings, a quarter of a second apart."""
        seen = []
        for quarter in range(round(seconds * 4)):
            self.obey()
            self.clock.now += 0.25
            if self.tells and quarter % 2:
                pan = (self.head.look().pan + 180.0) % 360.0 - 180.0
                self.steering.heard(msgspec.msgpack.encode(messages.Position("a", round(pan, 1), 0.0, 0.0)))
            self.steering.tick()
            seen.append(self.head.look().pan)
        self.obey()
        return seen

    def obey(self) -> None:
        for order in self.worker.taken():
            if isinstance(order, messages.Move):
                self.head.move((order.pan, order.tilt), order.zoom, None)
            elif isinstance(order, messages.Stop):
                self.head.stop()

    def turn_to(self, way: str, seconds: float) -> None:
        self.steering.hold(way, True)
        self.run(seconds)
        self.steering.hold(way, False)
        self.run(1.0)


def mark(steering: Steering, end: str) -> None:
    """As the command does."""
    steering.scanning.mark(steering.selected, end, steering.positions.get(steering.selected))


@pytest.fixture
def turning() -> Turning:
    made = Turning()
    made.run(1.0)
    return made


@pytest.mark.parametrize("from_pan", [-160.0, -30.0, 0.0, 100.0, 170.0])     # also over the seam at 180
def test_it_turns_to_and_fro_between_its_ends(turning: Turning, from_pan: float) -> None:
    head, steering = turning.head, turning.steering
    turning.turn_to("right" if from_pan > 0 else "left", abs(from_pan) / 27.0)
    first = head.look().pan
    mark(steering, "first")
    turning.turn_to("right", 4.0)
    last = head.look().pan
    mark(steering, "last")
    steering.scan()
    headings = turning.run(60.0)
    settled = headings[40:]
    # 27 degrees a second, told twice and looked at four times a second: a second's way beyond the end at most.
    assert first - 27.0 < min(settled) <= first + 7.0 and last - 7.0 <= max(settled) < last + 27.0
    turns = [b - a for a, b in pairwise(settled)]
    assert sum(a * b < 0 for a, b in pairwise(turns)) >= 6
    steering.scan()
    stood = turning.run(1.0)
    assert len(set(stood[1:])) == 1


@pytest.mark.parametrize("by", [Steering.stop, Steering.release_all, lambda s: s.select("b"), lambda s: s.scan()])
def test_every_stop_ends_it_for_good(turning: Turning, by: Callable[[Steering], None]) -> None:
    steering = turning.steering
    mark(steering, "first")
    turning.turn_to("right", 3.0)
    mark(steering, "last")
    steering.scan()
    turning.run(9.0)
    assert turning.head.moving
    by(steering)
    turning.run(0.5)
    assert not turning.head.moving
    moves = turning.head.moves
    turning.run(20.0)
    assert turning.head.moves == moves


def test_a_camera_that_goes_dumb_is_stopped_and_told(turning: Turning) -> None:
    steering = turning.steering
    mark(steering, "first")
    turning.turn_to("right", 3.0)
    mark(steering, "last")
    steering.scan()
    turning.tells = False
    turning.run(SILENT_S + 1.0)
    assert not turning.head.moving and "does not tell any more" in turning.said[-1]


def test_it_cannot_be_done_without_a_position_or_without_room(turning: Turning) -> None:
    steering = turning.steering
    mark(steering, "first")
    with pytest.raises(OperatorError, match="too close"):
        mark(steering, "last")
    steering.select("b")
    with pytest.raises(OperatorError, match="round and round"):
        mark(steering, "first")


def test_without_ends_it_goes_round_and_round(turning: Turning) -> None:
    steering = turning.steering
    mark(steering, "first")
    turning.turn_to("right", 3.0)
    mark(steering, "last")
    mark(steering, "none")
    before = turning.head.look().pan
    steering.scan()
    assert turning.run(20.0)[-1] > before + 400.0


@pytest.mark.parametrize("ends", [Ends(-170.0, 175.5), Ends(10.0), Ends(None, -3.25)])
def test_ends_come_back_as_they_were(ends: Ends) -> None:
    assert ends_from(ends_to(ends)) == ends


@pytest.mark.parametrize("value", [None, [], {}, {"first": "north"}, {"first": 1e300}, {"last": float("nan")},
                                   {"first": 3.0, "last": 4.0}])
def test_nonsense_in_the_register_is_no_end(value: object) -> None:
    assert ends_from(value) is None
