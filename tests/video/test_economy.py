"""What a machine that cannot follow gives up, in which order, and that each pane says so and stays truthful."""

from __future__ import annotations

import itertools
import time
from types import SimpleNamespace

import numpy as np
import pytest

from app.model.camera import StreamRole
from app.model.pane import PaneState, Saving, StreamWish
from app.video import economy
from app.video.annexb import START, is_disposable
from app.video.casting import Casting
from app.video.choice import Choice, Offer
from app.video.economy import CALM_S, LOOK_S, Ladder, Level, Sieve, saving_of, sub_only
from app.video.transport import Unit
from tests.fakes.clips import clip
from tests.fakes.hostile_rtsp import Fake
from tests.video.conftest import camera, patience, want

TICK = 0.2


def _run(ladder, seconds, lost, *, now, shown=30):
    """Looks for so long; returns (level, now)."""
    for _ in range(round(seconds / TICK)):
        now += TICK
        ladder.look(shown, lost, now)
    return ladder.level, now


def _strain(ladder, *, now):
    """Pictures are lost until the first step is taken; returns when."""
    while ladder.level is Level.FULL:
        now += TICK
        ladder.look(20, 10, now)
    return now


def test_a_machine_that_follows_gives_up_nothing():
    ladder = Ladder()
    assert _run(ladder, 120, 0, now=0.0)[0] is Level.FULL
    assert _run(ladder, 120, 2, now=200.0)[0] is Level.FULL, "a few lost pictures are nobody's stutter"


def test_a_hiccup_is_no_reason():
    ladder = Ladder()
    _, now = _run(ladder, 30, 0, now=0.0, shown=240)
    ladder.look(200, 60, now + TICK)
    assert _run(ladder, 10, 0, now=now + TICK, shown=240)[0] is Level.FULL


def test_two_panes_that_lose_a_picture_say_nothing():
    assert _run(Ladder(), 60, 1, now=0.0, shown=0)[0] is Level.FULL


def test_steps_are_taken_one_by_one_and_no_further_than_the_last():
    ladder, now, levels = Ladder(), 0.0, []
    while now < 60:
        now += TICK
        level = ladder.look(20, 10, now)
        if not levels or level is not levels[-1][1]:
            levels.append((now, level))
    assert [level for _, level in levels] == list(Level)
    steps = [b[0] - a[0] for a, b in itertools.pairwise(levels)]
    assert all(step >= 0.75 * LOOK_S - TICK for step in steps), "each step may show what it saves"


def test_it_comes_back_in_calm_and_more_slowly_when_that_was_too_early():
    ladder = Ladder()
    now = _strain(ladder, now=0.0)
    _, now = _run(ladder, CALM_S + LOOK_S + 1, 0, now=now)
    assert ladder.level is Level.FULL
    now = _strain(ladder, now=now)          # it loses pictures again at once
    level, now = _run(ladder, CALM_S + 2 * LOOK_S, 0, now=now)
    assert level is Level.SUB, "twice the patience this time"
    assert _run(ladder, CALM_S, 0, now=now)[0] is Level.FULL


@pytest.mark.parametrize(("level", "small", "large", "selected"), [
    (Level.FULL, "", "", ""), (Level.SUB, "", "", ""), (Level.FEWER, "fewer", "fewer", ""),
    (Level.SMALL_KEYS, "keys", "fewer", ""), (Level.KEYS, "keys", "keys", ""), (Level.ALL_KEYS, "keys", "keys", "keys"),
])
def test_selected_panes_come_last(level, small, large, selected):
    assert saving_of(level, important=False, height=134) == small
    assert saving_of(level, important=False, height=540) == large
    assert saving_of(level, important=True, height=134) == selected
    assert sub_only(level, important=False) == (level >= Level.SUB)
    assert sub_only(level, important=True) == (level >= Level.KEYS)


def test_a_large_pane_takes_the_sub_stream_and_the_main_one_again():
    choice, offer = Choice(), Offer(True, True, 360)
    def decide(now, saving):
        return choice.decide(offer, 1000, wish=StreamWish.AUTO, zoomed=False, panes=1, now=now, saving=saving)
    assert decide(0.0, False) is StreamRole.MAIN
    assert decide(1.0, True) is StreamRole.SUB
    decide(20.0, False)
    assert decide(22.0, False) is StreamRole.MAIN
    zoomed = choice.decide(offer, 1000, wish=StreamWish.AUTO, zoomed=True, panes=1, now=30.0, saving=True)
    assert zoomed is StreamRole.MAIN, "who looks closely is not given less"


def _slice(codec, reference):
    if codec == "h264":
        return START + bytes([0x41 if reference else 0x01]) + bytes(20)
    return START + bytes([(1 if reference else 0) << 1, 1]) + bytes(20)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_only_pictures_that_no_other_needs_are_disposable(codec):
    assert is_disposable(codec, _slice(codec, False))
    assert not is_disposable(codec, _slice(codec, True))
    assert not is_disposable(codec, _slice(codec, False) + _slice(codec, True))
    assert not any(is_disposable(codec, data) for data, _ in clip(codec).units), "a camera's usual stream has none"
    assert not is_disposable("hevc", START + bytes([0, 2]) + bytes(20)), "another sub-layer: it may carry others"
    assert not is_disposable(codec, b"") and not is_disposable("mpeg4", bytes(30))


def test_what_passes_never_lacks_what_it_builds_on():
    sieve = Sieve("h264")
    key, ref, spare = (Unit(data, is_key, 0, 0) for data, is_key in
                       ((b"key", True), (_slice("h264", True), False), (_slice("h264", False), False)))
    assert [sieve.passes(unit, Saving.NONE) for unit in (key, ref, spare)] == [True, True, True]
    assert [sieve.passes(unit, Saving.FEWER) for unit in (ref, spare, ref)] == [True, False, True]
    assert [sieve.passes(unit, Saving.KEYS) for unit in (ref, spare, key, ref)] == [False, False, True, False]
    assert [sieve.passes(unit, Saving.NONE) for unit in (ref, spare, key, ref)] == [False, False, True, True]
    assert [Sieve("mjpeg").passes(unit, Saving.KEYS) for unit in (key, ref)] == [True, True], "each stands for itself"


def test_a_starved_wall_degrades_says_so_stays_truthful_and_recovers(server, watch, monkeypatch):
    """Two panes; the board's count of lost pictures is what a starved worker would tell. Real cameras, real libVLC."""
    monkeypatch.setattr(economy, "LOOK_S", 1.0)
    monkeypatch.setattr(economy, "LEAST_PICTURES", 3)
    server.add("a", Fake(clip("h264", seconds=30, group_s=2)))
    one = camera("a", server.url("a"))
    quiet = want(one, 160, 90)
    chosen = want(camera("b", server.url("a")), 320, 180)
    watch.engine.show({"w/0": quiet, "w/1": type(chosen)(chosen.camera, 320, 180, important=True)})
    watch.live("w/0", "w/1")
    watch.until(lambda: watch.report("w/0").fps > 12, 10, "the camera's rate")
    lines = watch.engine._runs["w/0"].current.line
    watch.until(lambda: lines.key_interval, 10, "its rhythm of key pictures is known")
    casting = watch.engine._casting
    starved = [True]
    monkeypatch.setattr(casting, "losses",
                        lambda runs, now: (5, 5) if starved[0] and casting.level < Level.KEYS else (20, 0))
    watch.until(lambda: watch.report("w/0").saving is Saving.KEYS, 10, "the small pane shows key pictures only")
    watch.until(lambda: casting.level is Level.KEYS, 10)
    watch.until(lambda: watch.report("w/0").fps < 3, 10, "and says at which rate")
    assert watch.report("w/1").saving is not Saving.KEYS
    states, before, began = set(), watch.count("w/0"), time.monotonic()
    selected = watch.count("w/1")
    while time.monotonic() - began < 6.5:
        watch.during(0.1)
        states.add(watch.state("w/0"))
    assert states == {PaneState.LIVE}, "a key picture every 2 s is what was promised: neither late nor frozen"
    assert 2 <= watch.count("w/0") - before <= 6, "one each 2 s"
    assert watch.count("w/1") - selected > 6.5 * 8 / patience(1), "the selected pane goes on"
    server.cameras["a"].silent = True
    watch.until(lambda: watch.state("w/0") is PaneState.FROZEN, 12, "silence is still told, only later")
    server.cameras["a"].silent = False
    watch.live("w/0")
    starved[0] = False
    watch.engine._ladder._calm_s = 0.3
    watch.until(lambda: casting.level is Level.FULL, 15, "back, step by step")
    watch.until(lambda: watch.report("w/0").saving is Saving.NONE and watch.report("w/0").fps > 12, 10, "all pictures")
    states.clear()
    began = time.monotonic()
    while time.monotonic() - began < 1.5:
        watch.during(0.1)
        states.add(watch.state("w/0"))
    assert states == {PaneState.LIVE}


@pytest.mark.parametrize(("interval", "saving"), [(0.0, Saving.FEWER), (2.0, Saving.KEYS), (20.0, Saving.FEWER)])
def test_key_pictures_alone_are_shown_only_where_they_are_known_to_come_often(interval, saving):
    run = SimpleNamespace(want=want(camera("a", "rtsp://127.0.0.1/a"), 160, 90))
    casting = SimpleNamespace(level=Level.KEYS)
    assert Casting._saving_for(casting, run, SimpleNamespace(key_interval=interval)) is saving


def _behind(picture, sent, step):
    """How many units a picture is behind the newest of clip's drifting gradient; each ``step`` th is looked at."""
    rows, columns = np.mgrid[40:picture.height, 40:picture.width]       # outside the patch of noise
    shown = picture.pixels[40:, 40:picture.width, 1].astype(int)

    def far(index):
        return np.median(np.abs((shown - (columns * 2 + rows + index * 7) + 128) % 256 - 128))

    return sent - min(range(sent - sent % step, max(-1, sent - 5 * step), -step), key=far)


def test_a_player_that_begins_with_key_pictures_alone_is_not_one_behind(server, watch, monkeypatch):
    """What is shown is the newest key picture, not the one before: libVLC must not wait for the next to begin."""
    fake = server.add("a", Fake(clip("h264", seconds=30, group_s=2)))
    one = camera("a", server.url("a"))
    watch.engine.show({"w/0": want(one)})
    watch.live("w/0")
    line = watch.engine._runs["w/0"].current.line
    watch.until(lambda: line.key_interval, 10, "its rhythm of key pictures is known")
    monkeypatch.setattr(watch.engine._ladder, "look", lambda *_seen: Level.ALL_KEYS)
    watch.until(lambda: watch.report("w/0").saving is Saving.KEYS, 10)
    for width, height in ((160, 90), (320, 180)):               # a new player each time, which begins in this state
        watch.engine.show({"w/0": want(one, width, height)})
        watch.until(lambda wide=width: watch.engine.picture("w/0").width == wide, 10, "the new size")
    watch.during(3.0)                                           # what passes while the buffer fills
    behind = []
    for _ in range(3):
        before = watch.count("w/0")
        watch.until(lambda seen=before: watch.count("w/0") > seen, 10, "the next key picture")
        behind.append(_behind(watch.engine.picture("w/0"), fake.sent - 1, 30))
    assert sorted(behind)[1] < 25, f"pictures sent since the one that is shown: {behind}"


def test_a_camera_with_one_picture_a_second_is_not_one_behind(server, watch):
    """Its players are replaced once they have settled: what it shows then is what it has just sent."""
    fake = server.add("a", Fake(clip("h264", fps=1, seconds=60, group_s=4)))
    watch.engine.show({"w/0": want(camera("a", server.url("a")))})
    watch.until(lambda: watch.count("w/0") > 2, 20)
    watch.engine.show({"w/0": want(camera("a", server.url("a")), 160, 90)})
    watch.until(lambda: watch.engine.picture("w/0").width == 160, 10)
    watch.engine.show({"w/0": want(camera("a", server.url("a")))})
    watch.until(lambda: watch.engine.picture("w/0").width == 320, 10)
    assert _looked(watch, fake, 20)[-3:] == [0, 0, 0]


def test_a_camera_with_few_pictures_is_never_one_behind(server, watch):
    """Neither with its first picture nor with the player that takes over when all is calm.

    A hiccup of more than libVLC's caching may make it so: that player is replaced (test_lag).
    """
    fake = server.add("a", Fake(clip("h264", fps=1, seconds=60, group_s=2)))
    watch.engine.show({"w/0": want(camera("a", server.url("a")))})
    watch.until(lambda: watch.count("w/0"), 20)
    first = watch.engine._runs["w/0"].current
    assert _behind(watch.engine.picture("w/0"), fake.sent - 1, 1) == 0, "the first picture waits for no other"
    watch.until(lambda: watch.engine._runs["w/0"].current is not first, 20, "a calm player")
    watch.during(1.2)
    assert _looked(watch, fake, 12)[-3:] == [0, 0, 0]


def test_pictures_of_jpeg_are_not_behind_and_the_first_one_waits_for_no_other(server, watch):
    fake = server.add("a", Fake(clip("mjpeg", fps=2, seconds=60)))
    watch.engine.show({"w/0": want(camera("a", server.url("a", "http")))})
    watch.until(lambda: watch.count("w/0"), 20)
    assert _behind(watch.engine.picture("w/0"), fake.sent - 1, 1) == 0
    assert _looked(watch, fake, 12)[-3:] == [0, 0, 0]


def _looked(watch, fake, most):
    """How many pictures were sent since each one that was shown, until three were the newest."""
    behind = []
    while behind[-3:] != [0, 0, 0] and len(behind) < most:
        before = watch.count("w/0")
        watch.until(lambda seen=before: watch.count("w/0") > seen, 10, "another picture")
        behind.append(_behind(watch.engine.picture("w/0"), fake.sent - 1, 1))
    return behind
