"""The past through real workers: what a camera sent is recorded and shown again, exactly, in step, beside live."""

from __future__ import annotations

import threading
import time

from app.model.pane import PaneState
from app.model.playback import Moving
from app.video.engine import RecordWant
from app.video.replayed import replayed
from tests.video.conftest import camera, patience, want

S = 1_000_000


def now_us():
    return time.time_ns() // 1000


def test_recorded_cameras_are_shown_exactly_in_step_and_disturb_nothing(server, watch, tmp_path):
    engine = watch.engine
    names = ("one", "two", "live")
    for name in names:
        server.add(name)
    cameras = {name: camera(name, server.url(name)) for name in names}
    live = {f"w/{name}": want(cameras[name]) for name in names}
    engine.show(live)
    engine.record({name: RecordWant(cameras[name], str(tmp_path / name), 10) for name in ("one", "two")})
    watch.live(*live)
    began = now_us()
    # A file that is being written can be read up to its last whole group of pictures: three of them.
    watch.until(lambda: now_us() - began > 5 * S, 10.0)
    since = time.monotonic()
    past = {name: replayed(cameras[name], str(tmp_path / name), 1) for name in ("one", "two")}
    wants = live | {f"w/{name}": want(past[name]) for name in past}
    at = began + 1_500_000
    engine.show(wants)
    orders = {name: engine.steer(past[name].id, Moving(at)) for name in past}

    def done(name, order):
        told = engine.played(past[name].id)
        return told is not None and told.order >= order and told.at > 0
    watch.until(lambda: all(done(name, order) for name, order in orders.items()), 10.0, "both stand at the moment")
    shown = {name: engine.played(past[name].id) for name in past}
    for told in shown.values():
        assert not told.missing
        assert 0 <= at - told.at < 250_000                  # the picture of that moment: the fake sends 15 a second
    watch.until(lambda: all(watch.state(f"w/{name}") is PaneState.LIVE for name in past), 5.0)

    step = engine.steer(past["one"].id, Moving(at), 1)
    watch.until(lambda: done("one", step), 5.0, "a step on")
    on = engine.played(past["one"].id).at
    assert 0 < on - shown["one"].at < 250_000
    back = engine.steer(past["one"].id, Moving(at), -1)
    watch.until(lambda: done("one", back), 5.0, "a step back")
    assert engine.played(past["one"].id).at == shown["one"].at

    both = Moving(began + S, time.monotonic_ns(), 8)
    for name in past:
        orders[name] = engine.steer(past[name].id, both)
    watch.until(lambda: all(done(name, orders[name]) and engine.played(past[name].id).at > began + 1_800_000
                            for name in past), 10.0, "both play")
    one, two = (engine.played(past[name].id).at for name in past)
    assert abs(one - two) < patience(0.3) * S               # read one after the other, each up to a picture old
    assert watch.gap("w/live", since) < patience(1.5), "recorded pictures beside it stop no live pane"

    for name in past:
        orders[name] = engine.steer(past[name].id, Moving(began - 3600 * S))
    watch.until(lambda: all(engine.played(past[name].id).missing for name in past), 5.0)
    watch.until(lambda: watch.report("w/one").cause == "no-recording", 5.0)

    for name in past:
        orders[name] = engine.steer(past[name].id, Moving(at))
    watch.kill(next(iter(watch.hosts("decoder"))))
    threading.Event().wait(0.3)
    watch.until(lambda: all(done(name, orders[name]) and engine.picture(f"w/{name}") is not None for name in past)
                and watch.restarts() == 1, 20.0, "the past is back after its worker fell")
    assert engine.played(past["one"].id).at == shown["one"].at
    engine.show(live)
    watch.live(*live)
