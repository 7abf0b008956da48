"""A real dome over real HTTP: it moves while held, and it always stands in the end."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.demo.onvif.server import OnvifServer
from app.ptz import messages, orders
from app.ptz.lane import SUCCESSOR_S, Lane
from app.ptz.motion import Velocity
from app.ptz.orders import Order, imaging
from tests.ptz.conftest import Told, device, until

RIGHT, IN = Velocity(pan=0.5), Velocity(zoom=0.5)


def names(dome: OnvifServer) -> list[str]:
    return [name for _at, name in dome.requests]


def test_it_moves_while_held_and_stands_when_let_go(dome: OnvifServer, lane_for: Callable[..., Lane],
                                                    told: Told, tmp_path: Path) -> None:
    lane = lane_for(device(dome))
    before = dome.head.look().pan
    lane.move(RIGHT)
    until(lambda: dome.head.look().pan > before + 3)
    assert json.loads((tmp_path / "moving.json").read_text()) == ["cam-1"]
    lane.stop()
    until(lambda: told.of(messages.Standing))
    assert not dome.head.moving and lane.standing
    assert json.loads((tmp_path / "moving.json").read_text()) == []


def test_a_held_move_is_refreshed_before_its_timeout(dome: OnvifServer, lane_for: Callable[..., Lane]) -> None:
    lane = lane_for(device(dome, timeout_s=2.0))
    lane.move(RIGHT)
    until(lambda: names(dome).count("ContinuousMove") >= 3)
    assert dome.head.moving
    moves = [at for at, name in dome.requests if name == "ContinuousMove"]
    assert moves[1] - moves[0] < 2.0
    lane.stop()
    until(lambda: lane.standing)


def test_only_what_changed_is_sent_and_an_axis_is_stopped_by_name(dome: OnvifServer,
                                                                  lane_for: Callable[..., Lane]) -> None:
    dome.head.faults.zero_ignored = True
    lane = lane_for(device(dome))
    lane.move(Velocity(pan=0.5, zoom=0.5))
    until(lambda: dome.head.look().zoom > 1.2)
    lane.move(RIGHT)
    until(lambda: "Stop" in names(dome) and names(dome)[-1] == "ContinuousMove")
    until(lambda: lane.device and dome.head.moving)
    zoom = dome.head.look().zoom
    pan = dome.head.look().pan
    until(lambda: dome.head.look().pan > pan + 2)
    assert dome.head.look().zoom == pytest.approx(zoom)
    lane.stop()
    until(lambda: lane.standing)


def test_a_stop_overtakes_a_move_that_is_under_way(dome: OnvifServer, lane_for: Callable[..., Lane],
                                                   told: Told) -> None:
    """The device answers late: the move lands after the stop, and only a second stop helps."""
    dome.head.faults.late_s = 0.3
    lane = lane_for(device(dome))
    lane.move(RIGHT)
    until(lambda: "ContinuousMove" in names(dome))
    lane.stop()
    until(lambda: lane.standing and told.of(messages.Standing))
    assert names(dome).count("Stop") >= 2 and not dome.head.moving


def test_a_device_without_stop_is_stopped_by_zero_and_that_is_learned(dome: OnvifServer,
                                                                      lane_for: Callable[..., Lane],
                                                                      told: Told) -> None:
    dome.head.faults.no_stop = True
    dome.head.faults.ignores_timeout = True
    lane = lane_for(device(dome))
    lane.move(RIGHT)
    until(lambda: dome.head.moving)
    lane.stop()
    until(lambda: told.of(messages.Standing))
    assert not dome.head.moving
    assert messages.Learned("cam-1", stop="zero") in told


def test_what_a_device_refuses_is_learned_and_left_out(dome: OnvifServer, lane_for: Callable[..., Lane],
                                                       told: Told) -> None:
    dome.head.faults.no_timeout = dome.head.faults.not_together = True
    lane = lane_for(device(dome))
    lane.move(Velocity(pan=0.5, zoom=0.5))
    until(lambda: dome.head.look().pan > 1 and dome.head.look().zoom > 1.05)
    assert {(m.timeout_s, m.together) for m in told.of(messages.Learned)  # type: ignore[attr-defined]
            } == {(0.0, True), (-1.0, False)}
    lane.stop()
    until(lambda: lane.standing)
    assert not dome.head.moving


def test_http_digest_and_a_wrong_clock(dome: OnvifServer, lane_for: Callable[..., Lane]) -> None:
    dome.head.faults.no_wsse = True
    lane = lane_for(device(dome, login="digest"))
    lane.move(RIGHT)
    until(lambda: dome.head.moving)
    lane.stop()
    until(lambda: lane.standing)
    dome.head.faults.no_wsse, dome.head.faults.clock_ahead_s = False, 7200.0
    lane.update(device(dome, clock_offset=7200.0))
    lane.move(RIGHT)
    until(lambda: dome.head.moving)
    lane.stop()
    until(lambda: lane.standing)


@pytest.mark.parametrize("late_s", [0.0, 0.2])
@pytest.mark.parametrize("digest", [False, True])
def test_a_wrong_password_is_tried_twice_and_never_again(dome: OnvifServer, lane_for: Callable[..., Lane], told: Told,
                                                         late_s: float, digest: bool) -> None:
    dome.head.faults.no_wsse, dome.refuse_late_s = digest, late_s
    lane = lane_for(device(dome, password="wrong", login="digest" if digest else "wsse"))
    lane.move(RIGHT)
    until(lambda: dome.refusals)
    if digest:                                  # one order asks twice: for the challenge, then with the password
        until(lambda: told.of(messages.Refused))
    lane.stop()
    lane.move(Velocity(pan=0.7))
    lane.order(Order("go", "<p:GotoPreset/>"))
    lane.stop()
    lane.update(device(dome, password="wrong", login="digest" if digest else "wsse", together=False))
    lane.stop()
    until(lambda: lane.standing, 6)
    lane.move(IN)
    lane.order(Order("go", "<p:GotoPreset/>"))
    lane.stop()
    until(lambda: lane.standing, 6)
    assert dome.refusals == 2 and not told.of(messages.Standing)
    assert "wrong" not in repr(told)
    lane.update(device(dome, login="digest" if digest else "wsse"))
    lane.move(RIGHT)
    until(lambda: dome.head.moving)
    lane.stop()
    until(lambda: told.of(messages.Standing))


def test_a_camera_that_hangs_or_hangs_up_is_stopped_when_it_is_back(dome: OnvifServer, lane_for: Callable[..., Lane],
                                                                    told: Told) -> None:
    dome.head.faults.ignores_timeout = True
    lane = lane_for(device(dome))
    lane.move(RIGHT)
    until(lambda: dome.head.moving)
    dome.head.faults.resets = True
    dome.head.faults.no_stop = True
    lane.stop()
    until(lambda: told.of(messages.MayMove))
    assert not lane.standing and dome.head.moving
    dome.head.faults.resets = dome.head.faults.no_stop = False
    until(lambda: told.of(messages.Standing), 6)
    assert not dome.head.moving


def test_presets_wait_for_their_turn_and_a_stop_forgets_them(dome: OnvifServer, lane_for: Callable[..., Lane],
                                                             told: Told) -> None:
    from app.ptz import soap
    lane = lane_for(device(dome))
    lane.order(Order("store", soap.set_preset("main", "Simpang utara", "1")))
    until(lambda: told.of(messages.Told))
    assert told.of(messages.Told)[0] == messages.Told("cam-1", "store", token="1")
    lane.move(RIGHT)
    until(lambda: dome.head.look().pan > 5)
    lane.stop()
    until(lambda: lane.standing)
    lane.order(Order("go", soap.goto_preset("main", "1")))
    until(lambda: abs(dome.head.look().pan) < 0.1)
    lane.order(Order("go", soap.goto_preset("main", "7")))
    until(lambda: any(m.cause for m in told.of(messages.Told)))  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(3))
def test_no_camera_runs_away(dome: OnvifServer, lane_for: Callable[..., Lane], seed: int) -> None:
    """Random holding and letting go while the device misbehaves at random; in the end it always stands."""
    chance = random.Random(seed)
    faults = dome.head.faults
    faults.ignores_timeout = True
    lane = lane_for(device(dome))
    for _step in range(25):
        faults.late_s = chance.choice((0.0, 0.0, 0.02, 0.1))
        faults.resets = chance.random() < 0.15
        faults.not_together = chance.random() < 0.2
        faults.broken_xml = chance.random() < 0.15
        faults.no_stop = not faults.broken_xml and chance.random() < 0.1
        if chance.random() < 0.6:
            lane.move(Velocity(chance.choice((-1.0, 0.0, 0.4)), chance.choice((0.0, 0.7)), chance.choice((0.0, 0.5))))
        else:
            lane.stop()
        threading.Event().wait(chance.random() * 0.08)
    faults.resets = faults.broken_xml = False
    lane.stop()
    until(lambda: lane.standing, 8)
    assert not dome.head.moving


def test_focus_stands_still_also_when_a_stop_comes_between(dome: OnvifServer, lane_for: Callable[..., Lane],
                                                           told: Told) -> None:
    from app.ptz import soap
    lane, path, imaging = lane_for(device(dome)), "/onvif/imaging_service", dome.camera.imaging
    lane.order(Order("near", soap.imaging("vs", "near"), path))
    until(lambda: imaging.get("Focus") == "-0.5")
    assert imaging["AutoFocusMode"] == "MANUAL"
    lane.order(Order("still", soap.imaging("vs", "still"), path, sure=True))
    lane.order(Order("night", soap.imaging("vs", "night"), path))
    lane.stop()
    until(lambda: imaging["Focus"] == "0" and lane.standing)
    lane.order(Order("autofocus", soap.imaging("vs", "autofocus"), path))
    until(lambda: imaging["AutoFocusMode"] == "AUTO")
    lane.order(Order("night", soap.imaging("vs", "night"), path))
    until(lambda: imaging["IrCutFilter"] == "OFF")


def test_the_iris_steps_from_where_it_is_and_ends_at_its_range(dome: OnvifServer,
                                                               lane_for: Callable[..., Lane]) -> None:
    lane = lane_for(device(dome, imaging=f"{dome.base}/onvif/imaging_service", source="vs"))
    imaging = dome.camera.imaging
    lane.order(orders.imaging(lane.device, "iris-close"))
    until(lambda: float(imaging["Iris"]) > 0)
    assert imaging["Exposure"] == "MANUAL"
    once = float(imaging["Iris"])
    lane.order(orders.imaging(lane.device, "iris-close"))
    until(lambda: float(imaging["Iris"]) == pytest.approx(2 * once))
    for _n in range(3):
        lane.order(orders.imaging(lane.device, "iris-open"))
    until(lambda: float(imaging["Iris"]) == 0.0)
    lane.order(orders.imaging(lane.device, "iris-auto"))
    until(lambda: imaging["Exposure"] == "AUTO")


def test_the_devices_own_tours_are_listed_started_and_stopped(dome: OnvifServer, lane_for: Callable[..., Lane],
                                                              told: Told) -> None:
    from app.demo.onvif.head import Look
    dome.head.presets |= {"1": ("a", Look(10.0)), "2": ("b", Look(40.0))}
    lane = lane_for(device(dome))
    lane.order(orders.tour(lane.device, messages.Tour("cam-1", "list")))
    until(lambda: told.of(messages.Tours))
    assert told.of(messages.Tours)[0] == messages.Tours("cam-1", (("keliling", "Keliling", False),))
    lane.order(orders.tour(lane.device, messages.Tour("cam-1", "Start", "keliling")))
    until(lambda: dome.head.look().pan > 30, 12)
    lane.order(orders.tour(lane.device, messages.Tour("cam-1", "list")))
    until(lambda: told.of(messages.Tours)[-1] == messages.Tours("cam-1", (("keliling", "Keliling", True),)))
    lane.stop()
    until(lambda: lane.standing and not dome.head.moving)
    assert not dome.head.touring


def test_the_second_try_of_a_wrong_password_is_left_to_a_stop(dome: OnvifServer, lane_for: Callable[..., Lane],
                                                              told: Told) -> None:
    lane = lane_for(device(dome, password="wrong"))
    for count in (1, 2, 3):
        lane.order(Order("go", "<p:GotoPreset/>"))
        until(lambda count=count: len(told.of(messages.Told)) == count)
    assert dome.refusals == 1
    assert {message.cause for message in told.of(messages.Told)} == {"unauthorised"}  # type: ignore[attr-defined]
    lane.stop()
    until(lambda: lane.standing)
    assert dome.refusals == 2


def test_the_successor_of_a_killed_worker_stops_once_more_when_its_last_move_must_have_arrived(
        dome: OnvifServer, lane_for: Callable[..., Lane], told: Told) -> None:
    lane = lane_for(device(dome))
    lane.stop(again=True)
    until(lambda: [name for _at, name in dome.requests].count("Stop") == 1)
    dome.head.move((0.5, 0.0), None, 60.0)              # what the dead one had sent comes late
    until(lambda: told.of(messages.Standing))
    stops = [at for at, name in dome.requests if name == "Stop"]
    assert not dome.head.moving and stops[-1] - stops[0] > SUCCESSOR_S / 2


def test_a_stop_takes_away_what_waits_but_for_the_focus_own_stop(dome: OnvifServer, lane_for: Callable[..., Lane],
                                                                 told: Told) -> None:
    dome.head.faults.late_s = 0.3
    lane = lane_for(device(dome, imaging=f"{dome.base}/onvif/imaging_service", source="vs"))
    lane.move(RIGHT)
    until(lambda: dome.requests)                # it is under way: what is ordered now waits for its answer
    lane.order(Order("go", "<p:GotoPreset/>"))
    lane.order(imaging(lane.device, "still"))
    lane.stop()
    until(lambda: told.of(messages.Told) and lane.standing)
    assert "GotoPreset" not in [name for _at, name in dome.requests]
    assert [message.action for message in told.of(messages.Told)] == ["still"]  # type: ignore[attr-defined]
