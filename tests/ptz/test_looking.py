"""After a stop the camera is watched: one that goes on is stopped again, and it is told where it looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from app.demo.onvif.server import OnvifServer
from app.ptz import messages
from app.ptz.journal import Journal
from app.ptz.lane import Lane
from app.ptz.looking import WATCH_S, Looker, status
from app.ptz.motion import Velocity
from app.ptz.orders import Order
from app.runtime.process import Message
from tests.ptz.conftest import Told, device, until

RIGHT = Velocity(pan=0.3)


@pytest.fixture
def looked(dome: OnvifServer, told: Told, tmp_path: Path) -> Iterator[tuple[Lane, Looker]]:
    lookers: list[Looker] = []

    def tell(message: Message) -> None:
        told.append(message)
        if isinstance(message, messages.Standing):
            lookers[0].stood()
    lane = Lane(device(dome), tell, Journal(tmp_path / "moving.json"))
    lookers.append(Looker(lane, tell))
    yield lane, lookers[0]
    lane.close()
    lookers[0].close()
    until(lambda: lane.finished and lookers[0].finished, 8)


def test_it_tells_where_the_selected_camera_looks(dome: OnvifServer, looked: tuple[Lane, Looker], told: Told) -> None:
    lane, looker = looked
    looker.watch(True)
    lane.stop()                                 # until something was let in, it does not spend a try of the login
    until(lambda: told.of(messages.Position))
    assert told.of(messages.Position)[0] == messages.Position("cam-1", 0.0, -12.0, 0.0)
    assert dome.requests[0][1] == "Stop"
    lane.move(RIGHT)
    looker.wake()
    until(lambda: any(m.pan > 3 for m in told.of(messages.Position)))  # type: ignore[attr-defined]
    lane.stop()
    until(lambda: lane.standing)


def test_a_camera_that_goes_on_is_stopped_again_in_another_way(dome: OnvifServer, looked: tuple[Lane, Looker],
                                                               told: Told) -> None:
    dome.head.faults.ignores_timeout = dome.head.faults.stop_ignored = True
    lane, _looker = looked
    lane.move(RIGHT)
    until(lambda: dome.head.moving)
    lane.stop()
    until(lambda: told.of(messages.Standing))
    assert dome.head.moving                     # it said yes and turns on
    until(lambda: messages.MayMove("cam-1", "still-moving") in told, WATCH_S + 3)
    until(lambda: not dome.head.moving)
    assert messages.Learned("cam-1", stop="both") in told


def test_a_preset_after_the_stop_is_no_runaway(dome: OnvifServer, looked: tuple[Lane, Looker], told: Told) -> None:
    from app.demo.onvif.head import Look
    from app.ptz import soap
    dome.head.presets["9"] = ("far", Look(170.0, 10.0, 12.0))
    lane, _looker = looked
    lane.move(RIGHT)
    until(lambda: dome.head.moving)
    lane.stop()
    until(lambda: told.of(messages.Standing))
    lane.order(Order("go", soap.goto_preset("main", "9")))
    until(lambda: abs(dome.head.look().pan - 170) < 0.01, 5)
    assert not any(m.cause == "still-moving" for m in told.of(messages.MayMove))  # type: ignore[attr-defined]


@pytest.mark.parametrize(("inside", "moving"), [
    ("", None), ("<MoveStatus><PanTilt>IDLE</PanTilt><Zoom>MOVING</Zoom></MoveStatus>", True),
    ("<Position><PanTilt x=\'nan\' y=\'0\'/></Position>", "nonsense"),
    ("<Position><PanTilt x=\'abc\' y=\'0\'/></Position>", "nonsense")])
def test_what_devices_tell_of_their_status(inside: str, moving: object) -> None:
    seen = status(etree.fromstring(f"<r>{inside}</r>"))
    assert (seen is None) if moving == "nonsense" else (seen is not None and seen.moving is moving)


def test_looking_spends_no_try_of_a_wrong_password(dome: OnvifServer, told: Told, tmp_path: Path) -> None:
    lane = Lane(device(dome, password="wrong"), told.append, Journal(tmp_path / "moving.json"))
    looker = Looker(lane, told.append)
    try:
        looker.watch(True)
        lane.move(RIGHT)
        until(lambda: told.of(messages.Refused))
        lane.stop()
        until(lambda: lane.standing, 6)
        assert dome.refusals == 2 and [name for _at, name in dome.requests] == ["ContinuousMove", "Stop"]
    finally:
        lane.close()
        looker.close()
        until(lambda: lane.finished and looker.finished, 8)
