"""A click makes a point the middle and a box the whole, as one relative move that a stop ends, over real sockets."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.demo.onvif.head import Look
from app.demo.onvif.server import OnvifServer
from app.devices.learning import learn
from app.model.camera import ROTATIONS
from app.model.device import DeviceFacts
from app.model.errors import OperatorError
from app.model.secret import Credentials, Secret
from app.ptz import messages, orders
from app.ptz.centring import POWER, relative
from app.ptz.lane import Lane
from tests.ptz.conftest import PASSWORD, USER, Told, device, until

HALF = math.tan(math.radians(30.0))     # of the demo's widest picture


@pytest.fixture
def facts(dome: OnvifServer) -> DeviceFacts:
    return learn(f"{dome.base}/onvif/device_service", Credentials(USER, Secret(PASSWORD)))


def seen(zoom: float) -> messages.Position:
    return messages.Position("cam-1", 0.0, 0.0, zoom)


def test_what_the_node_lists_is_learned(facts: DeviceFacts) -> None:
    assert facts.view_space.endswith("/TranslationSpaceFov") and facts.view_most == (1.0, 1.0)
    assert facts.relative and facts.relative_zoom


@pytest.mark.parametrize("zoom", [1.0, 4.0])
@pytest.mark.parametrize("together", [True, False])
def test_the_point_comes_to_the_middle(dome: OnvifServer, told: Told, lane_for: Callable[..., Lane],
                                       facts: DeviceFacts, zoom: float, together: bool) -> None:
    dome.head.faults.not_together = not together
    dome.head.go(Look(20.0, -20.0, zoom))
    until(lambda: not dome.head.moving)
    lane = lane_for(device(dome, together=together))
    move = relative("cam-1", facts, None, 0.5, 0.4, 2.0)
    lane.order(orders.relative(lane.device, move))
    until(lambda: told.of(messages.Told))
    until(lambda: not dome.head.moving)
    look = dome.head.look()
    assert look.pan == pytest.approx(20.0 + math.degrees(math.atan(0.5 * HALF / zoom)), abs=0.1)
    assert look.tilt == pytest.approx(-20.0 + math.degrees(math.atan(0.4 * HALF / zoom * 9 / 16)), abs=0.1)
    assert (look.zoom > zoom) is together
    assert all(message.cause == "" for message in told.of(messages.Told))
    assert [name for _at, name in dome.requests].count("RelativeMove") == 1


def test_a_stop_ends_it_on_its_way(dome: OnvifServer, told: Told, lane_for: Callable[..., Lane]) -> None:
    lane = lane_for(device(dome))
    dome.head.clock = lambda: 0.0                       # it begins to travel and gets nowhere
    dome.head.go(Look())
    lane.order(orders.relative(lane.device, messages.Relative("cam-1", 0.5, 0.0)))
    until(lambda: dome.head.moving)
    lane.stop()
    until(lambda: told.of(messages.Standing))
    assert not dome.head.moving and dome.head.look().pan == pytest.approx(0.0)


def test_the_point_is_that_of_the_picture_as_it_is_shown(facts: DeviceFacts) -> None:
    upper_right = (0.5, 0.4)
    own = {turn: relative("c", facts, None, *upper_right, 2.0, turn) for turn in ROTATIONS}
    assert [(move.pan, move.tilt) for move in own.values()] == [(0.5, 0.4), (-0.4, 0.5), (-0.5, -0.4), (0.4, -0.5)]
    assert len({move.zoom for move in own.values()}) == 1
    # The lens is wider than high: what reckons in degrees does so by the camera's own sides.
    wide = relative("c", replace(facts, view_space=""), seen(0.0), 0.0, 1.0, 1.0, 270)
    assert (wide.pan * 360.0, wide.tilt) == (pytest.approx(30.0), 0.0)


def test_a_device_with_the_generic_space_alone_goes_by_the_zoom(facts: DeviceFacts) -> None:
    generic = replace(facts, view_space="")
    wide, near = (relative("c", generic, seen(zoom), 1.0, -1.0) for zoom in (0.0, 1.0))
    assert wide.space == "" and wide.pan * 360.0 == pytest.approx(30.0) and wide.tilt * 180.0 == pytest.approx(-17.0)
    assert near.pan == pytest.approx(wide.pan / POWER)
    with pytest.raises(OperatorError):
        relative("c", generic, None, 1.0, 0.0)          # nobody knows how wide its picture is
    with pytest.raises(OperatorError):
        relative("c", replace(generic, relative=False), seen(0.0), 1.0, 0.0)


def test_the_range_of_the_device_and_a_missing_zoom_are_kept_to(facts: DeviceFacts) -> None:
    percent = replace(facts, view_most=(100.0, 50.0), relative_zoom=False)
    assert relative("c", percent, None, 0.5, -3.0, 4.0) == messages.Relative("c", 50.0, -50.0, 0.0, facts.view_space)
