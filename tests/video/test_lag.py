"""A player that a hiccup has made late is replaced, and a machine without time is not asked for more."""

from __future__ import annotations

import signal
from itertools import pairwise
from types import SimpleNamespace

import pytest

from app.video.casting import RESETTLE_FAR_S, RESETTLE_S, Casting
from app.video.lag import FIRST_S, FOR_S, MORE_S, MOST_S, Lag
from app.video.line import Phase
from tests.fakes.clips import clip
from tests.fakes.hostile_rtsp import Fake
from tests.video.conftest import camera, want


def _late_since(lag: Lag, began: float, delay: float, seconds: float) -> float:
    """Looks five times a second; how long it took until another player was due, or all the seconds."""
    for tick in range(int(seconds * 5)):
        lag.look(delay, began + tick / 5, calm=True)
        if lag.due(began, began + tick / 5):
            return tick / 5
    return seconds


def test_what_is_a_little_late_or_late_for_a_moment_stays():
    lag = Lag()
    lag.look(0.09, 0.0, calm=True)
    assert _late_since(lag, 1.0, 0.09 + MORE_S - 0.01, 600) == 600
    assert _late_since(lag, 1000.0, 0.5, FOR_S - 0.5) == FOR_S - 0.5
    lag.look(0.09, 1010.0, calm=True)
    assert not lag.since and not lag.due(0.0, 2000.0)


def test_a_player_that_began_in_a_rush_says_nothing_of_what_is_usual():
    lag = Lag()
    lag.look(0.02, 0.0, calm=False)
    lag.look(0.0, 0.0, calm=True)
    assert lag.usual == 0.0
    assert _late_since(lag, 1.0, 0.5, 60) == 60


def test_each_player_that_did_not_help_makes_the_next_one_wait_longer():
    lag, began, waits = Lag(), 1.0, []
    lag.look(0.09, 0.0, calm=True)
    for _player in range(7):
        waits.append(_late_since(lag, began, 0.4, 2 * MOST_S))
        lag.replaced()
        began += waits[-1]
    assert waits[0] < FIRST_S + 1 and all(later >= before for before, later in pairwise(waits))
    assert sum(waits[:5]) > 300 and MOST_S <= waits[-1] < MOST_S + 1
    lag.look(0.09, began, calm=True)
    lag.replaced()
    assert _late_since(lag, began + MOST_S, 0.4, 60) < FIRST_S + 1, "calm for long: the next hiccup is the first"


@pytest.mark.parametrize(("interval", "lives"), [(0.0, RESETTLE_S), (1 / 15, RESETTLE_S), (0.5, RESETTLE_FAR_S)])
def test_a_camera_of_which_no_delay_is_seen_has_its_player_replaced_more_often(interval, lives):
    line = SimpleNamespace(phase=Phase.OPEN, interval=interval)
    player = SimpleNamespace(line=line, alive=True, started=1000.0, settle_after=1000.0 + RESETTLE_S, shape=None)
    run = SimpleNamespace(current=player, coming=None, line=line, lag=Lag(), want=SimpleNamespace(visible=True))
    player.run = run
    started = []
    casting = SimpleNamespace(_last_asked=0.0, _start=lambda *what, **how: started.append((what, how)))
    Casting._settle(casting, [run], 1000.0 + lives - 0.1)
    assert not started
    Casting._settle(casting, [run], 1000.0 + lives)
    assert [how for _what, how in started] == [{"settling": True}]


def test_a_pane_that_a_hiccup_made_late_is_soon_as_it_was(server, watch):
    server.add("a", Fake(clip("h264", seconds=60, group_s=1)))
    watch.engine.show({"w/0": want(camera("a", server.url("a")))})
    watch.live("w/0")
    run = watch.engine._runs["w/0"]
    watch.until(lambda: run.lag.usual, 20, "a calm player")
    usual, player = run.lag.usual, run.current
    worker = next(name for name in watch.hosts() if name.startswith("decode"))
    watch.kill(worker, signal.SIGSTOP)
    watch.during(0.6)
    watch.kill(worker, signal.SIGCONT)
    watch.until(lambda: watch.report("w/0").delay > usual + MORE_S, 5, "libVLC is late now")
    watch.until(lambda: run.current is not player and run.current.settling, 30, "another player")
    watch.until(lambda: 0 < watch.report("w/0").delay < usual + MORE_S, 10, "as it was")
