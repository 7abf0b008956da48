"""Who holds a camera may lose it: with a reason, to a higher priority, and standing still."""

from __future__ import annotations

import pytest

from app.model.errors import OperatorError
from app.ptz import messages
from app.ptz.holding import DEFAULTS
from app.ptz.lease import Holder
from app.ptz.patrol import Stop
from app.ptz.steering import Steering
from tests.fakes.clock import Clock
from tests.ptz.test_steering import CAMERAS, DOME, Worker, clock, steering, worker

__all__ = ["clock", "steering", "worker"]


def test_who_takes_over_is_asked_for_a_reason_and_whoever_lost_it_stands_and_is_told(worker: Worker, clock: Clock
                                                                                     ) -> None:
    station = Steering(worker, CAMERAS.get, clock, seconds=lambda key: 50 if key == "ptz.priority" else DEFAULTS[key])
    station.set_facts({"a": DOME})
    station.select("a")
    with pytest.raises(OperatorError):              # it is free
        station.to_take_over()
    station.leases.touch("a", Holder("Polda", priority=10), moving=True)
    with pytest.raises(OperatorError):
        station.to_take_over()
    station.leases.release("a")
    rina = Holder("Rina A.", "Polrestabes", 200)
    station.leases.touch("a", rina, moving=True)
    assert station.to_take_over() == rina
    with pytest.raises(OperatorError):
        station.take_over("a", "  ")
    station.take_over("a", "pursuit")
    assert station.holding("a") is not None
    told = list[str]()
    station.told.connect(told.append)
    station.hold("right", True)
    worker.taken()
    station.leases.take_over("a", Holder("Polda", priority=10), "riot")
    assert worker.taken() == [messages.Stop("a")] and station.holding("a") is None
    assert "Polda" in told[-1] and "riot" in told[-1] and "100" in told[-1]


def test_a_lease_that_is_gone_stops_what_is_held(steering: Steering, worker: Worker) -> None:
    """An engine may give it away without a word."""
    told = list[str]()
    steering.told.connect(told.append)
    steering.hold("right", True)
    worker.taken()
    steering.leases.release("a")
    steering.leases.touch("a", Holder("Rina A."), moving=True)
    steering.tick()
    assert worker.taken() == [messages.Stop("a")] and told
    steering.tick()
    assert worker.taken() == [] and len(told) == 1


def test_nobodys_patrol_moves_a_camera_that_somebody_else_holds(steering: Steering, worker: Worker, clock: Clock
                                                                ) -> None:
    steering.patrol([Stop("1"), Stop("2")])
    assert worker.taken()
    steering.leases.touch("a", Holder("Rina A."), moving=True)
    clock.now += 120
    steering.tick()
    assert worker.taken() == []
    steering.leases.release("a")
    clock.now += 120
    steering.tick()
    assert [type(message) for message in worker.taken()] == [messages.Preset]
